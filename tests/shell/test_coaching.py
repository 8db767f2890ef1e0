"""Coaching over a real server: who may write and answer, who hears of it, and a disk that hangs."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import websockets
from websockets.asyncio.client import ClientConnection

from tests.shell.people import add_person, browser_of, cookie_of
from tests.shell.serving import Serving, begin, calling, hang_up, serving, settings_for
from voiceassist.errors import StoreError

SEND = {"type": "send_coaching", "coaching_id": "m1", "text": "Ask for the goal."}
SEE = {"type": "see_coaching", "coaching_id": "m1"}
ANSWER = {"type": "answer_coaching", "coaching_id": "m1", "answer": "thumbs_up"}
WITHDRAW = {"type": "withdraw_coaching", "coaching_id": "m1"}
ANA = {"id": "ana", "name": "Ana", "team": "returns"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """Ana of returns, two supervisors of her team, one of another, one who is both, a reviewer of her team."""
    async with serving(settings_for(tmp_path_factory.mktemp("coaching"))) as running:
        await add_person(running, "ana", "agent")
        await add_person(running, "ben", "agent", teams=("returns",))
        for login, team in (("sue", "returns"), ("sam", "returns"), ("eve", "sales")):
            await add_person(running, login, "supervisor", teams=(team,))
        await add_person(running, "both", "agent", "supervisor", teams=("returns",))
        await add_person(running, "rob", "reviewer", teams=("returns",))
        yield running


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def act(browser: httpx.AsyncClient, call_id: str, action: dict[str, Any]) -> tuple[int, str]:
    answer = await browser.post(f"/api/calls/{call_id}/actions", json=action)
    return answer.status_code, answer.json().get("code", "")


@asynccontextmanager
async def call_of_ana(server: Serving, call_id: str) -> AsyncIterator[ClientConnection]:
    token = {"Authorization": f"Bearer {server.runtime.directory.own_token}"}
    async with calling(server, call_id, token, agent=ANA) as phone:
        await begin(server, call_id, phone)
        yield phone


@asynccontextmanager
async def screen_of(
    server: Serving, browser: httpx.AsyncClient, call_id: str, query: str = ""
) -> AsyncIterator[ClientConnection]:
    url = server.socket_url(f"/api/calls/{call_id}/socket{query}")
    async with websockets.connect(url, additional_headers=cookie_of(browser)) as socket:
        yield socket


async def next_of(screen: ClientConnection, type_: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        said: dict[str, Any] = {"type": ""}
        while said["type"] != type_:
            said = json.loads(await screen.recv())
    return said


async def test_a_supervisor_writes_and_the_agent_sees_and_answers_and_the_other_supervisor_sees_it(
    server: Serving,
) -> None:
    async with (
        call_of_ana(server, "c-1"),
        browser_of(server, "sue") as sue,
        browser_of(server, "ana") as ana,
        browser_of(server, "sam") as sam,
        screen_of(server, ana, "c-1") as agent,
        screen_of(server, sam, "c-1") as other,
    ):
        assert (await act(sue, "c-1", SEND))[0] == 202
        sent = await next_of(agent, "coaching_sent")
        assert (sent["by"], sent["text"]) == ("Sue", "Ask for the goal.")
        assert sent["done_at"]
        assert await next_of(other, "coaching_sent") == sent
        assert (await act(ana, "c-1", SEE | {"seen": False}))[0] == 202
        assert (await next_of(other, "coaching_seen"))["stage"] == "delivered"
        assert (await act(ana, "c-1", SEE))[0] == 202
        assert (await next_of(other, "coaching_seen"))["stage"] == "seen"
        assert await act(sue, "c-1", WITHDRAW) == (409, "coaching_seen")
        assert (await act(ana, "c-1", ANSWER | {"answer": "need_you"}))[0] == 202
        assert (await next_of(other, "coaching_answered"))["by"] == "Ana"
        assert (await next_of(other, "alert"))["kind"] == "help"


@pytest.mark.parametrize(
    ("login", "sends", "answers"),
    [
        ("ana", (403, "not_as_supervisor"), (202, "")),
        ("sue", (202, ""), (403, "not_as_agent")),
        ("both", (202, ""), (403, "not_as_agent")),
        ("ben", (404, "unknown_call"), (404, "unknown_call")),
        ("eve", (404, "unknown_call"), (404, "unknown_call")),
        ("rob", (403, "http_403"), (403, "http_403")),
    ],
)
async def test_supervisors_of_the_team_write_and_the_agent_alone_answers(
    server: Serving, login: str, sends: tuple[int, str], answers: tuple[int, str]
) -> None:
    call_id = f"c-of-{login}"
    async with call_of_ana(server, call_id), browser_of(server, "sam") as sam, browser_of(server, login) as who:
        assert (await act(sam, call_id, SEND))[0] == 202
        mine = {"coaching_id": "mine"}
        assert await act(who, call_id, SEND | mine) == sends
        assert await act(who, call_id, SEE) == answers
        assert await act(who, call_id, ANSWER) == answers
        assert (await act(who, call_id, WITHDRAW | mine))[0] == sends[0]


async def test_words_that_do_not_fit_are_refused_with_what_is_wrong(server: Serving) -> None:
    async with call_of_ana(server, "c-bad"), browser_of(server, "sue") as sue:
        assert await act(sue, "c-bad", SEND | {"text": " "}) == (422, "empty_coaching")
        assert await act(sue, "c-bad", SEND | {"text": "a\x00b"}) == (422, "bad_coaching")
        assert await act(sue, "c-bad", SEND | {"text": "x" * 301}) == (422, "bad_field")
        assert await act(sue, "c-bad", SEND | {"coaching_id": ""}) == (422, "bad_field")
        assert await act(sue, "c-bad", SEND | {"text": "", "snippet": "nope"}) == (422, "unknown_snippet")
        assert await act(sue, "c-bad", SEND | {"text": "x" * 300}) == (202, "")


async def test_the_playbooks_messages_are_offered_to_supervisors_and_sent_by_their_id(server: Serving) -> None:
    async with (
        call_of_ana(server, "c-snippets"),
        browser_of(server, "sue") as sue,
        browser_of(server, "ana") as ana,
        browser_of(server, "eve") as eve,
        screen_of(server, ana, "c-snippets") as agent,
    ):
        snippets = (await sue.get("/api/calls/c-snippets/snippets")).json()
        assert len(snippets) >= 5
        assert (await ana.get("/api/calls/c-snippets/snippets")).status_code == 403
        assert (await eve.get("/api/calls/c-snippets/snippets")).status_code == 404
        chosen = {"type": "send_coaching", "coaching_id": "m1", "snippet": snippets[0]["id"]}
        assert (await act(sue, "c-snippets", chosen))[0] == 202
        assert (await next_of(agent, "coaching_sent"))["text"] == snippets[0]["text"]


async def test_a_call_that_is_over_takes_no_message_but_what_was_sent_is_still_seen_and_answered(
    server: Serving,
) -> None:
    async with browser_of(server, "sue") as sue, browser_of(server, "ana") as ana:
        async with call_of_ana(server, "c-over") as phone:
            assert (await act(sue, "c-over", SEND))[0] == 202
            await hang_up(phone)
        assert await act(sue, "c-over", SEND | {"coaching_id": "late"}) == (409, "call_over")
        assert await act(sue, "c-over", WITHDRAW) == (409, "call_over")
        assert (await act(ana, "c-over", SEE))[0] == 202
        assert (await act(ana, "c-over", ANSWER))[0] == 202
        assert await act(ana, "c-over", ANSWER | {"coaching_id": "m7"}) == (404, "unknown_coaching")
        (view,) = (await ana.get("/api/calls/c-over")).json()["coaching"]
        assert (view["answer"], view["seen_at"] != "") == ("thumbs_up", True)
        assert (await sue.get("/api/calls/c-over/snippets")).json() == []


async def test_a_line_that_is_lost_on_either_side_loses_and_doubles_nothing(server: Serving) -> None:
    """The supervisor's page sends again what was not answered; the agent's socket comes back by number."""
    async with call_of_ana(server, "c-lost"), browser_of(server, "sue") as sue, browser_of(server, "ana") as ana:
        async with screen_of(server, ana, "c-lost") as agent:
            snapshot = json.loads(await agent.recv())
        for _ in range(2):
            for number in range(3):
                assert (await act(sue, "c-lost", SEND | {"coaching_id": f"m{number}"}))[0] == 202
        back = f"?after={snapshot['state']['seq']}&boot={snapshot['boot']}"
        async with screen_of(server, ana, "c-lost", back) as agent:
            assert json.loads(await agent.recv())["type"] == "resumed"
            got = [(await next_of(agent, "coaching_sent"))["coaching_id"] for _ in range(3)]
            assert got == ["m0", "m1", "m2"]
            for _ in range(2):
                assert (await act(ana, "c-lost", SEE | {"coaching_id": "m2"}))[0] == 202
        events = (await ana.get("/api/calls/c-lost/events")).json()
        assert [one["type"] for one in events if one["type"].startswith("coaching")] == [
            *["coaching_sent"] * 3,
            "coaching_seen",
        ]


async def test_who_coached_is_in_the_audit_and_what_they_wrote_is_not(server: Serving) -> None:
    async with (
        call_of_ana(server, "c-audit"),
        browser_of(server, "sue") as sue,
        browser_of(server, "root") as root,
    ):
        await act(sue, "c-audit", SEND | {"text": "a secret word"})
        await act(sue, "c-audit", WITHDRAW)
        told = (await root.get("/api/audit", params={"what": "coaching", "call": "c-audit"})).json()["entries"]
        assert [(one["what"], one["who"]) for one in told] == [
            ("coaching.withdrawn", "Sue"),
            ("coaching.sent", "Sue"),
        ]
        assert "secret" not in json.dumps(told)


async def test_a_disk_that_hangs_keeps_no_message_from_the_agent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(settings_for(tmp_path)) as server, calling(server, "c-disk", agent=ANA) as phone:
        await begin(server, "c-disk", phone)
        disk = asyncio.Event()

        async def hang(_: object) -> None:
            await disk.wait()
            raise StoreError("the disk was away")

        async with websockets.connect(server.socket_url("/api/calls/c-disk/socket")) as screen:
            journal = server.runtime.store.journals.of("c-disk")
            assert journal
            real = journal._append
            monkeypatch.setattr(journal, "_append", hang)
            for number in range(3):
                answer = await server.http.post(
                    "/api/calls/c-disk/actions", json=SEND | {"coaching_id": f"m{number}"}
                )
                assert answer.status_code == 202
            assert [(await next_of(screen, "coaching_sent"))["coaching_id"] for _ in range(3)] == [
                "m0",
                "m1",
                "m2",
            ]
            assert journal.waiting
            monkeypatch.setattr(journal, "_append", real)
            disk.set()
        await hang_up(phone)
