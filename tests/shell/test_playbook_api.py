"""Playbooks over HTTP, as the playbook screen uses them, and what calls get of what is published there."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import websockets

from tests.shell.serving import Serving, begin, calling, hang_up, serving, settings_for, silence, whole_call
from tests.shell.test_playbook_versions import SMALL, team
from tests.shell.test_server import until
from voiceassist.events import Alert, CallStarted, Cue, Event, Prompt
from voiceassist.ingest.fields import NO_CUSTOMER
from voiceassist.playbook_worker import work

URL = "/api/playbooks/small"
PATIENCE_S = 60  # a machine that runs other tests too reads a playbook slowly


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    (tmp_path / "small.yaml").write_text(SMALL)
    async with serving(settings_for(tmp_path, playbook=tmp_path / "small.yaml")) as running:
        yield running


async def ask(server: Serving, method: str, url: str, status: int = 200, **body: Any) -> Any:
    sent = body if method in ("PUT", "PATCH", "POST") else None
    answer = await server.http.request(method, url, json=sent, timeout=PATIENCE_S)
    assert answer.status_code == status, answer.text
    return answer.json()


async def drafted(server: Serving, text: str, url: str = URL, revision: int = 0) -> Any:
    return await ask(server, "PUT", f"{url}/draft", text=text, revision=revision)


async def published(server: Serving, text: str, url: str = URL) -> Any:
    draft = await drafted(server, text, url)
    return await ask(server, "POST", f"{url}/publish", revision=draft["revision"], note="better")


async def events(server: Serving, call_id: str) -> list[Event]:
    return [record.event for record in await server.runtime.store.records(call_id)]


def copy_of(source: str, name: str) -> dict[str, Any]:
    return {"name": name, "from": source}


def edit(op: str, *path: str | int, **more: Any) -> dict[str, Any]:
    return {"op": op, "path": path, **more}


# ---- reading ---------------------------------------------------------------------------------------------


async def test_the_list_tells_what_is_current_and_what_a_new_one_can_be_made_from(server: Serving) -> None:
    listed = await ask(server, "GET", "/api/playbooks")
    (small,) = listed["playbooks"]
    assert small["current"]["note"] == "from small.yaml"
    assert {
        name: small[name] for name in ("name", "language", "teams", "is_default", "has_draft", "problems")
    } == {
        "name": "small",
        "language": "en",
        "teams": [],
        "is_default": True,
        "has_draft": False,
        "problems": 0,
    }
    assert {"retail", "comercio"} <= {one["name"] for one in listed["available"]}


async def test_a_playbook_is_its_document_its_text_and_its_current_version(server: Serving) -> None:
    shown = await ask(server, "GET", URL)
    assert (shown["name"], shown["text"], shown["draft"]) == ("small", SMALL, None)
    assert shown["document"]["policies"]["general"]["alternatives"]["other"]["cost"] == "low"
    assert shown["current"]["number"] == 1
    assert shown["current"]["is_current"]
    assert (await ask(server, "GET", "/api/playbooks/schema"))["title"] == "voiceassist playbook"


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "/nothing", {}, "unknown_playbook"),
        ("GET", "/nothing/versions", {}, "unknown_playbook"),
        ("GET", "/small/versions/7", {}, "unknown_version"),
        ("GET", "/small/draft/changes", {}, "unknown_draft"),
        ("DELETE", "/small/draft?revision=7", {}, "unknown_draft"),
        ("PUT", "/nothing/draft", {"text": "", "revision": 0}, "unknown_playbook"),
        ("POST", "/small/publish", {"revision": 0, "note": "x"}, "unknown_draft"),
        ("POST", "/small/rollback", {"number": 4, "note": "x"}, "unknown_version"),
        ("POST", "/small/backtest", {"last": 5}, "unknown_draft"),
        ("GET", "/backtests/none", {}, "unknown_job"),
        ("DELETE", "/backtests/none", {}, "unknown_job"),
        ("POST", "", {"name": "new", "from": "nothing"}, "unknown_playbook"),
    ],
)
async def test_what_is_not_there_is_told_in_the_one_form(
    server: Serving, method: str, path: str, body: dict[str, Any], code: str
) -> None:
    answer = await ask(server, method, f"/api/playbooks{path}", 404, **body)
    assert (set(answer), answer["code"]) == ({"type", "code", "message"}, code)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/publish", {"revision": "x"}),
        ("/publish", {"revision": -1, "note": "x"}),
        ("/publish", {"revision": 1, "note": "x" * 2001}),
        ("/publish", {"revision": 1, "note": "x", "version": 3}),
        ("/publish", {"revision": 1}),
        ("/publish", {"revision": 1, "note": "  "}),
        ("/publish", {"revision": 2**64, "note": "x"}),
        ("/rollback", {"number": 1, "note": ""}),
        ("/rollback", {"number": 2**70, "note": "x"}),
        ("/try", {"speaker": "boss", "text": "no"}),
        ("/backtest", {"last": 0}),
    ],
)
async def test_a_body_that_is_wrong_is_refused_by_its_field(
    server: Serving, path: str, body: dict[str, Any]
) -> None:
    assert (await ask(server, "POST", URL + path, 422, **body))["code"] == "bad_field"


@pytest.mark.parametrize("path", [f"/versions/{2**63}", "/versions/0", f"/versions/1/changes?against={2**63}"])
async def test_a_number_that_no_version_can_have_is_refused(server: Serving, path: str) -> None:
    assert (await ask(server, "GET", URL + path, 422))["code"] == "bad_field"


# ---- editing ---------------------------------------------------------------------------------------------


async def test_edits_by_path_keep_every_comment(server: Serving) -> None:
    text = SMALL.replace("cards:", "# shown to agents\ncards: # all of them").replace(
        "topic: Anything", "topic: Anything # else"
    )
    draft = await drafted(server, text)
    edits = [
        edit("set", "policies", "general", "topic", value="Something"),
        edit("insert", "policies", "returns", value={"topic": "Return"}, to=0),
        edit("rename", "policies", "returns", to="late_return"),
        edit("move", "policies", "late_return", to=1),
        edit("remove", "cues", "refusal", "rules", "plain", "confidence"),
    ]
    after = await ask(server, "PATCH", f"{URL}/draft", revision=draft["revision"], edits=edits)
    assert "topic: Something # else" in after["text"]
    assert "# shown to agents\ncards: # all of them" in after["text"]
    assert list(after["document"]["policies"]) == ["general", "late_return"]
    assert (after["by"], after["base"], after["changes"]) == ("Kim", 1, 3)
    assert any(problem["path"] == ["policies", "late_return", "limit"] for problem in after["problems"])


async def test_edits_of_one_request_are_made_together_or_not_at_all(server: Serving) -> None:
    edits = [edit("set", "title", value="New"), edit("remove", "nothing")]
    answer = await ask(server, "PATCH", f"{URL}/draft", 422, revision=0, edits=edits)
    assert (answer["code"], answer["message"]) == ("bad_edit", "there is no 'nothing' in the document")
    assert (await ask(server, "GET", URL))["draft"] is None


async def test_who_was_slower_is_told_who_saved_and_loses_nothing_of_the_others(server: Serving) -> None:
    first = await drafted(server, SMALL + "# Kim\n")
    change = {"revision": first["revision"], "edits": [edit("set", "title", value="T")]}
    await ask(server, "PATCH", f"{URL}/draft", **change)
    answer = await ask(server, "PATCH", f"{URL}/draft", 409, **change)
    assert answer["code"] == "draft_changed"
    assert "Kim saved the draft of 'small' at 20" in answer["message"]
    late = await ask(server, "POST", f"{URL}/publish", 409, revision=first["revision"], note="x")
    assert late["code"] == "draft_changed"
    assert (await ask(server, "GET", URL))["draft"]["by"] == "Kim"


async def test_a_stale_edit_is_told_so_even_where_it_does_not_fit_any_more(server: Serving) -> None:
    first = await drafted(server, SMALL + "# Kim\n")
    change = {
        "revision": first["revision"],
        "edits": [edit("remove", "policies", "general", "topic")],
    }
    await ask(server, "PATCH", f"{URL}/draft", **change)
    assert (await ask(server, "PATCH", f"{URL}/draft", 409, **change))["code"] == "draft_changed"
    stale = await ask(server, "DELETE", f"{URL}/draft?revision={first['revision']}", 409)
    assert stale["code"] == "draft_changed"
    unnamed = await ask(server, "DELETE", f"{URL}/draft", 422)
    assert unnamed["message"] == "`query.revision`: Field required"
    assert (await ask(server, "GET", URL))["draft"] is not None


async def test_a_draft_from_before_a_publication_is_published_only_over_it_by_name(server: Serving) -> None:
    await published(server, SMALL + "# second\n")
    draft = await drafted(server, SMALL + "# mine\n")
    await ask(server, "POST", f"{URL}/rollback", number=1, note="no")
    draft = await drafted(server, SMALL + "# mine again\n", revision=draft["revision"])
    assert draft["base"] == 2
    wanted = {"revision": draft["revision"], "note": "x"}
    answer = await ask(server, "POST", f"{URL}/publish", 409, **wanted)
    assert answer["code"] == "base_changed"
    assert "version 3 by Kim was published" in answer["message"]
    assert (await ask(server, "POST", f"{URL}/publish", **wanted, over=3))["number"] == 4


async def test_a_name_that_a_client_signs_with_is_not_believed(server: Serving) -> None:
    draft = await ask(server, "PUT", f"{URL}/draft", text=SMALL + "# more", revision=0, by="Mallory")
    assert draft["by"] == "Kim"
    edits = [edit("set", "title", value="T")]
    draft = await ask(server, "PATCH", f"{URL}/draft", revision=draft["revision"], by="voiceassist", edits=edits)
    assert draft["by"] == "Kim"
    wanted = {"revision": draft["revision"], "note": "x", "by": "Mallory"}
    assert (await ask(server, "POST", f"{URL}/publish", **wanted))["author"] == "Kim"


async def test_nobody_takes_a_built_in_name_for_something_else(server: Serving) -> None:
    answer = await ask(server, "POST", "/api/playbooks", 409, **copy_of("small", "telecom"))
    assert "is a built-in playbook's name" in answer["message"]
    assert (
        "is an address"
        in (await ask(server, "POST", "/api/playbooks", 409, **copy_of("small", "schema")))["message"]
    )
    deep: Any = 1
    for _ in range(600):
        deep = [deep]
    edits = [edit("set", "title", value=deep)]
    answer = await ask(server, "PATCH", f"{URL}/draft", 422, revision=0, edits=edits)
    assert (answer["code"], "nested too deeply" in answer["message"]) == ("bad_edit", True)


async def test_a_withdrawn_playbook_gets_no_calls_and_stays_in_the_history(server: Serving) -> None:
    url = "/api/playbooks/returns"
    draft = await ask(server, "POST", "/api/playbooks", 201, **copy_of("small", "returns"))
    draft = await drafted(server, team("returns", "returns"), url, draft["revision"])
    await ask(server, "POST", f"{url}/publish", revision=draft["revision"], note="x")
    gone = await ask(server, "POST", f"{url}/withdraw", note="merged")
    assert (gone["action"], gone["by"], gone["note"]) == ("withdrawn", "Kim", "merged")
    assert server.runtime.registry.for_call("en", "returns").label == "small@1"
    assert len((await ask(server, "GET", f"{url}/versions"))["versions"]) == 1
    assert (await ask(server, "GET", url))["offer"]["withdrawn"] == gone
    assert (await ask(server, "POST", f"{URL}/withdraw", 409, note="x"))["code"] == "default_playbook"
    await ask(server, "POST", f"{url}/offer")
    assert server.runtime.registry.for_call("en", "returns").label == "returns@1"
    assert [one["action"] for one in (await ask(server, "GET", f"{url}/activity"))["activity"]] == [
        "offered",
        "withdrawn",
    ]


async def test_an_empty_playbook_is_valid_and_becomes_the_default_by_a_persons_choice(server: Serving) -> None:
    url = "/api/playbooks/fresh"
    draft = await ask(server, "POST", "/api/playbooks", 201, name="fresh", title='"Fresh": #1')
    assert (draft["problems"], draft["changes"]) == ([], 0)
    assert draft["document"]["title"] == '"Fresh": #1'
    await ask(server, "POST", f"{url}/publish", revision=draft["revision"], note="first")
    offer = (await ask(server, "GET", url))["offer"]
    assert (offer["default_for"], offer["could_be_default_for"]) == ([], ["en"])
    (choice,) = (await ask(server, "POST", f"{url}/default", language="en", note="start"))["activity"]
    assert (choice["by"], choice["action"], choice["language"]) == ("Kim", "default", "en")
    assert server.runtime.registry.for_call("en", "").label == "fresh@1"
    listed = await ask(server, "GET", "/api/playbooks")
    assert listed["defaults"] == [{"language": "en", "name": "fresh", "setting": "small", "choice": choice}]
    assert {one["name"]: one["default_for"] for one in listed["playbooks"]} == {"fresh": ["en"], "small": []}


async def test_sentences_become_phrases_and_are_tried_on_ordinary_talk(server: Serving) -> None:
    sentences = ["Um, I just want to return it!", "Thank you.", "", "(half price)"]
    tried = await ask(server, "POST", f"{URL}/phrases", speaker="agent", sentences=sentences, phrases=["<wee> go"])
    phrases = tried["phrases"]
    assert [one["phrase"] for one in phrases] == [
        "i [just] want to return it",
        "thank you",
        "half price",
        "<wee> go",
    ]
    assert [one["count"] > 0 for one in phrases] == [False, True, False, False]
    assert "Thank you for holding, I have the information now." in phrases[1]["found"] or phrases[1]["count"] > 3
    assert phrases[3]["problem"]["code"] == "phrase_unknown_list_near"
    assert phrases[3]["problem"]["given"] == {"phrase": "<wee> go", "name": "wee", "near": "we"}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
async def test_a_text_comes_back_byte_for_byte_as_draft_and_as_version(server: Serving, ends: str) -> None:
    text = ("# \u00e4\u4e2d \U0001f600\ttab \n\n" + SMALL + "\n\n# end").replace("\n", ends)
    assert (await drafted(server, text))["text"] == text
    draft = (await ask(server, "GET", URL))["draft"]
    assert (draft["text"], draft["problems"]) == (text, [])
    await ask(server, "POST", f"{URL}/publish", revision=draft["revision"], note="x")
    assert (await ask(server, "GET", f"{URL}/versions/2"))["text"] == text


@pytest.mark.parametrize("text", ["", "a: [", "name: small\n", "- 1\n", "\ufeffname: x\n"])
async def test_a_broken_draft_is_saved_with_its_problems_and_never_published(server: Serving, text: str) -> None:
    draft = await drafted(server, text)
    assert draft["problems"]
    assert draft["text"] == text
    answer = await ask(server, "POST", f"{URL}/publish", 422, revision=draft["revision"], note="x")
    assert answer["code"] == "bad_playbook"
    assert (await ask(server, "GET", "/api/playbooks"))["playbooks"][0]["problems"] == len(draft["problems"])
    assert await ask(server, "DELETE", f"{URL}/draft?revision={draft['revision']}") == {}
    assert (await ask(server, "GET", URL))["draft"] is None


async def test_a_new_playbook_is_a_copy_that_gets_the_calls_of_its_teams(server: Serving) -> None:
    draft = await ask(server, "POST", "/api/playbooks", 201, **copy_of("small", "night"))
    assert (draft["problems"], draft["changes"]) == ([], 0)
    assert (await ask(server, "GET", "/api/playbooks/night"))["current"] is None
    change = {"revision": draft["revision"], "edits": [edit("set", "teams", value=["night"])]}
    draft = await ask(server, "PATCH", "/api/playbooks/night/draft", **change)
    assert (draft["problems"], draft["base"]) == ([], 0)
    await ask(server, "POST", "/api/playbooks/night/publish", revision=draft["revision"], note="x")
    assert server.runtime.registry.for_call("en", "Night").label == "night@1"
    for name in ("night", "small", "schema"):
        taken = await ask(server, "POST", "/api/playbooks", 409, **copy_of("retail", name))
        assert taken["code"] == "name_taken"


# ---- history ---------------------------------------------------------------------------------------------


async def test_history_shows_versions_differences_and_the_way_back(server: Serving) -> None:
    await published(server, SMALL.replace("topic: Anything", "topic: Something").replace("say: s", "say: t"))
    draft = await drafted(server, SMALL.replace("topic: Anything", "topic: Nothing"))
    seen = (await ask(server, "GET", f"{URL}/versions/2/changes?against=1"))["changes"]
    assert seen == [
        {"path": ["policies", "general", "topic"], "before": "Anything", "after": "Something"},
        {"path": ["cards", "refusal", "say"], "before": "s", "after": "t"},
    ]
    assert len((await ask(server, "GET", f"{URL}/draft/changes"))["changes"]) == draft["changes"] == 2
    back = await ask(server, "POST", f"{URL}/rollback", number=1, note="too early")
    assert (back["number"], back["note"], back["is_current"]) == (3, "Back to version 1: too early", True)
    listed = (await ask(server, "GET", f"{URL}/versions"))["versions"]
    assert [(one["number"], one["author"], one["is_current"]) for one in listed] == [
        (3, "Kim", True),
        (2, "Kim", False),
        (1, "voiceassist", False),
    ]
    assert listed[0]["hash"] == listed[2]["hash"]
    assert (await ask(server, "GET", URL))["draft"]["revision"] == draft["revision"]


# ---- calls -----------------------------------------------------------------------------------------------


async def test_a_running_call_keeps_its_version_and_the_next_one_gets_the_new(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, "abuse-ladder")) as server:
        url = "/api/playbooks/retail"
        text = (await ask(server, "GET", url))["text"]
        async with calling(server, "before") as phone:
            await begin(server, "before", phone)
            assert (await published(server, text + "\n# new\n", url))["number"] == 2
            for _ in range(3):
                await phone.send(silence(20))
            await hang_up(phone)
        await whole_call(server, "after", "abuse-ladder")
        for call_id, label in (("before", "retail@1"), ("after", "retail@2")):
            assert labels(await events(server, call_id)) == {label}
            started = (await events(server, call_id))[0]
            assert isinstance(started, CallStarted)
            number = int(label[-1])
            version = await ask(server, "GET", f"{url}/versions/{number}")
            assert started.playbook_hash == version["version"]["hash"]
        assert (await ask(server, "GET", "/api/status"))["playbook"] == "retail@2"


def labels(given: Sequence[Event]) -> set[str]:
    """Of everything that says which playbook decided it."""
    found = {event.playbook for event in given if isinstance(event, CallStarted | Cue)}
    found |= {event.why.playbook for event in given if isinstance(event, Prompt | Alert)}
    assert {type(event) for event in given} >= {Cue, Prompt, Alert}
    return found


async def test_a_call_gets_the_playbook_of_its_agents_team(server: Serving) -> None:
    await ask(server, "POST", "/api/playbooks", 201, **copy_of("small", "returns"))
    draft = (await ask(server, "GET", "/api/playbooks/returns"))["draft"]
    draft = await drafted(server, team("returns", "returns"), "/api/playbooks/returns", draft["revision"])
    await ask(server, "POST", "/api/playbooks/returns/publish", revision=draft["revision"], note="x")
    for call_id, agent in (("c-1", {"id": "ana"}), ("c-2", {"id": "bo", "team": "Returns"})):
        async with calling(server, call_id, agent=agent) as phone:
            await phone.send(silence(0.02))
            await hang_up(phone)
    labels = [
        event.playbook
        for call in ("c-1", "c-2")
        for event in await events(server, call)
        if isinstance(event, CallStarted)
    ]
    assert labels == ["small@1", "returns@1"]
    listed = (await ask(server, "GET", "/api/calls"))["calls"]
    assert [call["agent"]["team"] for call in listed] == ["Returns", ""]


async def test_what_a_customer_took_before_is_on_the_next_call(tmp_path: Path) -> None:
    limited = "{text: Something else, cost: low, per_customer: {times: 1, days: 30}}"
    (tmp_path / "small.yaml").write_text(SMALL.replace("{text: Something else, cost: low}", limited))
    async with serving(settings_for(tmp_path, playbook=tmp_path / "small.yaml")) as server:
        for call_id, customer in (("c-1", "42"), ("c-2", "42"), ("c-3", NO_CUSTOMER), ("c-4", "43")):
            async with calling(server, call_id, customer={"id": customer}) as phone:
                await phone.send(silence(25))
                if call_id == "c-1":
                    await use_first_card(server, call_id)
                await hang_up(phone)
        taken = [
            event.past_offers
            for n in (1, 2, 3, 4)
            for event in await events(server, f"c-{n}")
            if isinstance(event, CallStarted)
        ]
    assert [[past.alternative for past in offers] for offers in taken] == [[], ["other"], [], []]
    assert all(past.text for offers in taken for past in offers), "each has the words of its alternative"


async def use_first_card(server: Serving, call_id: str) -> None:
    """Waits for the card, and takes its first alternative."""
    async with websockets.connect(server.socket_url(f"/api/calls/{call_id}/socket")) as screen:
        prompt = (await until(screen, "prompt"))[-1]
    action = {"type": "use_prompt", "prompt_id": prompt["prompt_id"], "alternative": "other"}
    await ask(server, "POST", f"/api/calls/{call_id}/actions", 202, **action)


# ---- trying ----------------------------------------------------------------------------------------------


async def test_a_sentence_is_tried_on_the_draft_or_on_what_calls_get(server: Serving) -> None:
    await drafted(server, SMALL.replace("topic: Anything", "topic: Something"))
    said: dict[str, Any] = {"speaker": "agent", "text": "I can't do that", "before": "I want my money back"}
    tried = await ask(server, "POST", f"{URL}/try", **said)
    assert [(cue["kind"], cue["first_word"]) for cue in tried["cues"]] == [("refusal", 0)]
    assert tried["card"]["headline"] == "Something"
    assert tried["policy"] == {"id": "general", "topic": "Something"}
    assert [(offer["id"], offer["shown"]) for offer in tried["alternatives"]] == [("other", True)]
    assert (await ask(server, "POST", f"{URL}/try", draft=False, **said))["card"]["headline"] == "Anything"
    quiet = await ask(
        server, "POST", f"{URL}/try", speaker="customer", text="hello", turns=[{"speaker": "agent", "text": "hi"}]
    )
    assert (quiet["cues"], quiet["card"]) == ([], None)


async def test_a_draft_with_problems_cannot_be_tried_and_says_why(server: Serving) -> None:
    await drafted(server, "name: small\n")
    answer = await ask(server, "POST", f"{URL}/try", 422, speaker="agent", text="no")
    assert (answer["code"], "policies: is missing" in answer["message"]) == ("bad_playbook", True)
    assert (await ask(server, "POST", f"{URL}/backtest", 422, last=5))["code"] == "bad_playbook"


async def test_examples_of_the_draft_or_of_what_calls_get_are_run_and_tell_what_came_otherwise(
    server: Serving,
) -> None:
    said = """examples:
  - call: [{customer: can I have it}, {agent: I can't do that}]
    cues: [refusal]
    card: refusal
  - call: [{agent: I can't do that}]
    cues: []
    card: none
    topic: general
"""
    await drafted(server, SMALL + said)
    right, wrong = (await ask(server, "POST", f"{URL}/examples"))["examples"]
    assert right == {"number": 1, "ok": True, "text": "I can't do that", "expected": {}, "got": {}}
    assert (wrong["ok"], wrong["expected"]) == (False, {"cues": "none", "card": "none"})
    assert wrong["got"] == {"cues": "refusal", "card": "refusal"}
    assert (await ask(server, "POST", f"{URL}/examples", draft=False))["examples"] == []


async def test_examples_of_a_draft_with_problems_cannot_be_run_and_say_why(server: Serving) -> None:
    await drafted(server, "name: small\n")
    assert (await ask(server, "POST", f"{URL}/examples", 422))["code"] == "bad_playbook"


async def test_a_text_that_is_too_long_to_be_a_playbook_is_refused_by_its_length(server: Serving) -> None:
    refused = await ask(server, "PUT", f"{URL}/draft", 422, text="#" * 300_001, revision=0)
    assert "`body.text`: is longer than 300,000 characters" in refused["message"]


async def test_reading_a_long_draft_keeps_nobody_else_waiting(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    await drafted(server, SMALL)
    monkeypatch.setattr(work, "_read", _not_here)
    monkeypatch.setattr(work, "problems_of", _not_here)
    monkeypatch.setattr(work, "read_playbook", _not_here)
    for path in ("", "/small", "/small/draft/changes", "/small/versions/1"):
        await ask(server, "GET", f"/api/playbooks{path}")
    await ask(server, "POST", f"{URL}/try", speaker="agent", text="we can't do that")


def _not_here(*_: Any) -> None:
    pytest.fail("this is work for the process of its own, not for the one in which calls run")


async def over(server: Serving, job: str) -> Any:
    """The job when it is no longer running."""
    async with asyncio.timeout(60):
        shown = await ask(server, "GET", f"/api/playbooks/backtests/{job}")
        while shown["state"] == "running":  # asked again and again, as the screen does
            await asyncio.sleep(0.05)
            shown = await ask(server, "GET", f"/api/playbooks/backtests/{job}")
    return shown


async def test_a_backtest_shows_what_the_draft_would_change_on_stored_calls(server: Serving) -> None:
    await whole_call(server, "c-1")
    assert (await ask(server, "POST", f"{URL}/backtest", 404))["code"] == "unknown_draft"
    await drafted(
        server,
        SMALL.replace("[<we> can't]", "[all right]").replace(
            "cues:\n  refusal:", "cues:\n  refusal:\n    off: []"
        ),
    )
    job = (await ask(server, "POST", f"{URL}/backtest", 202, last=10))["job"]
    shown = await over(server, job)
    assert (shown["state"], shown["error"], shown["done"], shown["total"]) == ("done", None, 1, 1)
    result = shown["result"]
    assert (result["calls"], result["old"], result["new"]) == (1, "small@1", "small@2")
    assert result["examples"]["started"][0]["call_id"] == "c-1"
    assert "All right" in result["examples"]["started"][0]["text"]


async def test_a_backtest_can_be_cancelled_and_a_stop_of_the_server_ends_it(server: Serving) -> None:
    await drafted(server, SMALL)
    jobs = [(await ask(server, "POST", f"{URL}/backtest", 202, last=10))["job"] for _ in range(4)]
    assert (await ask(server, "POST", f"{URL}/backtest", 409, last=10))["code"] == "busy"
    assert (await ask(server, "DELETE", f"/api/playbooks/backtests/{jobs[3]}"))["state"] == "cancelled"
    await server.runtime.backtests.close()
    states = [(await over(server, job))["state"] for job in jobs]
    assert states[1:] == ["cancelled"] * 3


async def test_policies_in_plain_words_are_those_that_calls_get(server: Serving) -> None:
    page = await ask(server, "GET", f"{URL}/policies")
    await drafted(server, SMALL.replace("title:", "title: Changed #", 1))
    assert await ask(server, "GET", f"{URL}/policies") == page
    assert page["label"] == "small@1"
    assert [policy["is_general"] for policy in page["policies"]][-1]
    assert (await ask(server, "GET", "/api/playbooks/none/policies", 404))["code"] == "unknown_playbook"


async def test_a_playbook_that_was_never_published_has_no_policies_that_hold(server: Serving) -> None:
    await ask(server, "POST", "/api/playbooks", 201, name="fresh", **{"from": "retail"})
    assert (await ask(server, "GET", "/api/playbooks/fresh/policies", 409))["code"] == "never_published"
