"""Summaries over HTTP: made of the call, rewritten by people, set back, and sent to a real receiver."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from standardwebhooks.webhooks import Webhook

from tests.fakes.web_receiver import WebReceiver, hangs, receiving, says
from tests.notices.test_desk import until
from tests.notices.told import SECRET
from tests.shell.people import add_person, browser_of
from tests.shell.serving import Serving, begin, calling, serving, settings_for, whole_call
from voiceassist import summary_desk
from voiceassist.config import Settings, load_settings
from voiceassist.errors import ConfigError
from voiceassist.summary_desk import LONGEST_BODY, SummaryDesk, body_of

SUMMARY = "/api/calls/c-1/summary"


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[WebReceiver]:
    async with receiving() as one:
        yield one


def sending_to(receiver: WebReceiver, tmp_path: Path) -> Settings:
    summary = {"webhook": receiver.url, "secret": SECRET}
    return settings_for(tmp_path, summary=summary, public_url="https://calls.example")


def desk_of(server: Serving) -> SummaryDesk:
    desk = server.runtime.summaries
    assert desk
    return desk


async def shown(http: httpx.AsyncClient, path: str = SUMMARY) -> Any:
    answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def changed(http: httpx.AsyncClient, text: str, over: int, **line: Any) -> httpx.Response:
    lines = [{"section": "reason", "text": text, **line}]
    return await http.put(SUMMARY, json={"lines": lines, "over": over})


async def ended(server: Serving) -> None:
    desk = desk_of(server)
    await until(lambda: not desk.waiting)


async def test_a_call_s_summary_has_its_words_its_refusal_and_what_the_alternatives_cost(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        await whole_call(server, "c-1")
        view = await shown(server.http)
        assert next(iter(view["headings"].values())) == "Why they called"
        seqs = {one["seq"] for one in (await server.http.get("/api/calls/c-1/events")).json()}
        assert view["derived"]
        assert all(line["seq"] == 0 or line["seq"] in seqs for line in view["derived"])
        (refusal,) = view["refusals"]
        assert refusal["outcome"] == "recovered"
        offers = [offer for card in refusal["cards"] for offer in card["offers"]]
        assert offers
        assert all(offer["cost"] in ("none", "low", "medium", "high") for offer in offers)
        spanish = await shown(server.http, f"{SUMMARY}?language=es")
        assert next(iter(spanish["headings"].values())) == "Por qué llamaron"
        assert (view["edited"], view["revision"], view["place"], view["sending"]) == (None, 0, "", None)


async def test_a_rewritten_summary_is_kept_with_its_links_masked_and_can_be_set_back(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        await whole_call(server, "c-1")
        before = await shown(server.http)
        link = next(line for line in before["derived"] if line["seq"])
        kept = {"seq": link["seq"], "from_ms": link["from_ms"]}
        view = (await changed(server.http, "Pays by card number 4111 1111 1111 1111.", 0, **kept)).json()
        (line,) = view["edited"]["lines"]
        assert (line["seq"], line["from_ms"]) == (link["seq"], link["from_ms"])
        assert "4111" not in json.dumps(view)
        assert (view["edited"]["by"], view["derived"]) == ("Kim", before["derived"])
        assert "Edited by Kim." in view["text"]
        unlinked = (await changed(server.http, "Their own line", view["revision"], seq=999_999)).json()
        assert unlinked["edited"]["lines"][0]["seq"] == 0
        back = await server.http.delete(SUMMARY, params={"over": unlinked["revision"]})
        assert (back.json()["edited"], back.json()["derived"]) == (None, before["derived"])
        state = (await server.http.get("/api/calls/c-1")).json()
        assert state["summary"] is None
        told = [one["what"] for one in (await server.http.get("/api/audit?call=c-1")).json()["entries"]]
        assert [what for what in told if what.startswith("summary")] == ["summary.reset", *["summary.edited"] * 2]


async def test_whoever_has_not_seen_the_newest_summary_changes_nothing(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        await whole_call(server, "c-1")
        assert (await changed(server.http, "mine", 0)).status_code == 200
        answer = await changed(server.http, "theirs", 0)
        assert (answer.status_code, answer.json()["code"]) == (409, "summary_changed")
        assert (await shown(server.http))["edited"]["lines"][0]["text"] == "mine"


async def test_a_summary_that_is_none_is_refused(tmp_path: Path) -> None:
    line = {"section": "reason", "text": "x"}
    wrong: list[dict[str, Any]] = [
        {"lines": []},
        {"lines": [line | {"section": "gossip"}]},
        {"lines": [line | {"text": ""}]},
        {"lines": [line | {"text": "x" * 1_001}]},
        {"lines": [line] * 201},
        {"lines": [line | {"seq": -1}]},
        {"lines": [line], "language": "fr"},
    ]
    async with serving(settings_for(tmp_path)) as server:
        await whole_call(server, "c-1")
        assert [(await server.http.put(SUMMARY, json=body)).status_code for body in wrong] == [422] * len(wrong)
        assert (await shown(server.http))["revision"] == 0


async def test_a_call_that_goes_on_has_a_summary_but_nobody_edits_or_sends_it(
    tmp_path: Path, receiver: WebReceiver
) -> None:
    async with serving(sending_to(receiver, tmp_path)) as server, calling(server, "c-1") as phone:
        await begin(server, "c-1", phone)
        assert (await shown(server.http))["is_live"]
        for answer in (await changed(server.http, "x", 0), await server.http.post(f"{SUMMARY}/send", json={})):
            assert (answer.status_code, answer.json()["code"]) == (409, "summary_early")


async def test_an_agent_reads_and_edits_the_summary_of_their_own_call_only(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        await add_person(server, "ana", "agent")
        await add_person(server, "ben", "agent")
        async with (
            browser_of(server, "root") as root,
            browser_of(server, "ana") as ana,
            browser_of(server, "ben") as ben,
        ):
            key = (await root.post("/api/keys", json={"name": "pbx", "scopes": ["ingest"]})).json()["secret"]
            async with calling(server, "c-1", {"Authorization": f"Bearer {key}"}) as phone:
                await begin(server, "c-1", phone)
            await until(lambda: "c-1" not in server.runtime.live)
            assert (await changed(ana, "mine", 0)).status_code == 200
            assert (await changed(ben, "mine", 0)).status_code == 404
            assert (await ben.get(SUMMARY)).status_code == 404
            assert (await ben.post(f"{SUMMARY}/send", json={})).status_code == 404


async def test_a_summary_arrives_signed_and_the_call_tells_that_it_did(
    tmp_path: Path, receiver: WebReceiver
) -> None:
    receiver.answers += [says("200 OK", "thanks")]
    async with serving(sending_to(receiver, tmp_path)) as server:
        await whole_call(server, "c-1")
        await changed(server.http, "In my words", 0)
        answer = await server.http.post(f"{SUMMARY}/send", json={"language": "en"})
        assert answer.status_code == 202, answer.text
        got = await receiver.next()
        sent = Webhook(SECRET).verify(got.body, got.headers)
        assert (sent["type"], sent["data"]["call_id"]) == ("call.summary", "c-1")
        assert [line["text"] for line in sent["data"]["lines"]] == ["In my words"]
        assert sent["data"]["url"] == "https://calls.example/review/c-1"
        await ended(server)
        sending = (await shown(server.http))["sending"]
        assert (sending["outcome"], sending["told"], sending["place"]) == ("arrived", "HTTP 200 OK", "127.0.0.1")


async def test_a_receiver_that_fails_is_tried_again_with_the_same_id_and_one_that_is_gone_is_not(
    tmp_path: Path, receiver: WebReceiver
) -> None:
    receiver.answers += [says("503 Busy"), says("500 Oh"), says("200 OK"), says("410 Gone", "no more")]
    async with serving(sending_to(receiver, tmp_path)) as server:
        await whole_call(server, "c-1")
        waits: list[float] = []
        desk_of(server).pause = lambda wait_s: _noted(waits, wait_s)
        await server.http.post(f"{SUMMARY}/send", json={})
        await ended(server)
        assert (await shown(server.http))["sending"]["outcome"] == "arrived"
        assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
        assert len(waits) == 2
        await server.http.post(f"{SUMMARY}/send", json={})
        await ended(server)
        sending = (await shown(server.http))["sending"]
        assert (sending["outcome"], sending["told"]) == ("failed", "HTTP 410 Gone: no more")


async def test_time_is_up_for_a_receiver_that_never_takes_it(tmp_path: Path, receiver: WebReceiver) -> None:
    receiver.otherwise = says("503 Busy")
    async with serving(sending_to(receiver, tmp_path)) as server:
        await whole_call(server, "c-1")
        desk = desk_of(server)
        now_s = 1_000.0
        desk.clock = lambda: now_s

        async def later(wait_s: float) -> None:
            nonlocal now_s
            now_s += wait_s

        desk.pause = later
        await server.http.post(f"{SUMMARY}/send", json={})
        await ended(server)
        assert (await shown(server.http))["sending"]["outcome"] == "failed"
        assert 5 <= len(receiver.received) <= 30


async def test_nothing_is_sent_twice_at_a_time_and_no_more_wait_than_may(
    tmp_path: Path, receiver: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.otherwise = hangs
    async with serving(sending_to(receiver, tmp_path)) as server:
        await whole_call(server, "c-1")
        assert (await server.http.post(f"{SUMMARY}/send", json={})).json()["sending"]["outcome"] == "waiting"
        again = await server.http.post(f"{SUMMARY}/send", json={})
        assert (again.status_code, again.json()["code"]) == (409, "summary_under_way")
        monkeypatch.setattr(summary_desk, "MOST_WAITING", 1)
        await whole_call(server, "c-2")
        full = await server.http.post("/api/calls/c-2/summary/send", json={})
        assert (full.status_code, full.json()["code"]) == (409, "summaries_full")
        assert (await server.http.get("/api/calls/c-2")).json()["summary_sent"] is None


async def test_a_call_that_is_deleted_meanwhile_is_not_sent(tmp_path: Path, receiver: WebReceiver) -> None:
    receiver.answers += [says("503 Busy")]
    async with serving(sending_to(receiver, tmp_path)) as server:
        await whole_call(server, "c-1")
        tried, deleted = asyncio.Event(), asyncio.Event()

        async def wait(_: float) -> None:
            tried.set()
            await deleted.wait()

        desk_of(server).pause = wait
        await server.http.post(f"{SUMMARY}/send", json={})
        await tried.wait()
        assert (await server.http.delete("/api/calls/c-1")).is_success
        deleted.set()
        await until(lambda: not any("_deliver" in repr(task) for task in server.runtime.tasks))
        assert len(receiver.received) == 1
        assert await server.runtime.store.records("c-1") == []


async def test_one_that_was_on_its_way_when_the_server_stopped_is_not_known_to_have_arrived(
    tmp_path: Path, receiver: WebReceiver
) -> None:
    receiver.otherwise = hangs
    async with serving(sending_to(receiver, tmp_path)) as server:
        await whole_call(server, "c-1")
        await server.http.post(f"{SUMMARY}/send", json={})
        await receiver.next()
    async with serving(sending_to(receiver, tmp_path)) as server:
        assert (await shown(server.http))["sending"]["outcome"] == "unknown"


async def test_without_a_webhook_nothing_is_sent(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        await whole_call(server, "c-1")
        answer = await server.http.post(f"{SUMMARY}/send", json={})
        assert (answer.status_code, answer.json()["code"]) == (409, "no_webhook")


def test_a_message_that_is_too_long_is_refused() -> None:
    assert len(body_of("s", "now", {"text": "x" * 1_000})) < LONGEST_BODY
    with pytest.raises(Exception, match="shorten it"):
        body_of("s", "now", {"text": "x" * LONGEST_BODY})


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        ({"webhook": "http://crm.example/hook", "secret": SECRET}, "summary.webhook.*https"),
        ({"webhook": "https://crm.example/hook"}, "summary.secret.*whsec_"),
        (
            {"webhook": "https://crm.example/hook", "secret": SECRET, "give_up_after_h": 0},
            "summary.give_up_after_h",
        ),
        ({"webhok": "https://crm.example/hook"}, "did you mean `summary.webhook`"),
    ],
)
def test_settings_that_cannot_work_are_refused(tmp_path: Path, summary: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        load_settings(environment={}, data_dir=tmp_path, summary=summary)


def test_the_address_is_never_shown(tmp_path: Path) -> None:
    summary = {"webhook": "https://crm.example/hook/s3cret", "secret": SECRET}
    settings = load_settings(environment={}, data_dir=tmp_path, summary=summary)
    assert "s3cret" not in f"{settings!r}{settings.described()}"


async def _noted(waits: list[float], wait_s: float) -> None:
    waits.append(wait_s)


async def test_a_summary_that_arrives_while_its_call_is_read_is_not_called_lost(
    tmp_path: Path, receiver: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.otherwise = hangs
    async with serving(sending_to(receiver, tmp_path)) as server:
        await whole_call(server, "c-1")
        await server.http.post(f"{SUMMARY}/send", json={})
        desk, read = desk_of(server), server.runtime.store.records

        async def overtaken(call_id: str, after: int = 0) -> Any:
            records = await read(call_id, after)
            desk.waiting.clear()  # it has ended after the records were read
            return records

        monkeypatch.setattr(server.runtime.store, "records", overtaken)
        assert (await shown(server.http))["sending"]["outcome"] == "waiting"
