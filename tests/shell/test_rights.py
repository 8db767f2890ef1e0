"""Who may call what, tried: every role on every route and socket; and which calls each of them sees."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
import websockets
from fastapi.routing import APIRoute, APIWebSocketRoute
from websockets.asyncio.client import ClientConnection

from tests.shell.people import add_person, browser_of, cookie_of, make_key, with_key
from tests.shell.serving import Serving, begin, calling, hang_up, serving, settings_for, start_message
from voiceassist.bus.topics import notice_topic, presence_topic, topic_for
from voiceassist.events import CallEnded, Record
from voiceassist.people.key_ring import SCOPES
from voiceassist.server.auth import COOKIE, PEOPLE, Allow
from voiceassist.server.http import ROUTERS
from voiceassist.server.rights import RIGHTS, TOPICS

from .test_bus_asyncapi import CHANNELS

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEAMS = ("returns", "sales")
TOKEN = "s3cret"  # of the settings: the older spelling of a key with `ingest`
SECRETS = {"token": TOKEN}  # by scope


def declared() -> Iterator[tuple[str, frozenset[str]]]:
    for route in (route for router in ROUTERS for route in router.routes):
        assert isinstance(route, APIRoute | APIWebSocketRoute)
        allowed = next(one.dependency for one in route.dependencies if isinstance(one.dependency, Allow))
        for method in (route.methods or ()) if isinstance(route, APIRoute) else ("SOCKET",):
            yield f"{method} {route.path}", allowed.roles


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """With somebody of every role, who has no team, and a key of every scope; and nobody's call."""
    async with serving(settings_for(tmp_path_factory.mktemp("data"), ingest_token=TOKEN)) as running:
        for role in reversed(PEOPLE):
            await add_person(running, role, role)
        for scope in SCOPES:
            SECRETS[scope] = await make_key(running, scope, name=scope)
        yield running


async def test_every_route_is_in_the_table_with_the_roles_that_it_declares() -> None:
    assert dict(declared()) == RIGHTS


async def test_topics_are_in_the_table_and_no_others_are_published() -> None:
    fill = {"site": "s", "call_id": "c", "node_id": "n", "event": "call_ended", "channel": "desk"}
    ended = Record(call_id="c", seq=1, event=CallEnded(at_ms=1, reason="hangup"))
    published = {topic_for("s", ended), presence_topic("s", "n"), notice_topic("s", "desk")}
    assert {topic.format(**fill) for topic in TOPICS} == published
    addresses = (channel["address"] for channel in CHANNELS.values() if "broker" in channel["servers"][0]["$ref"])
    documented = {re.sub("assured_event|other_event", "event", address) for address in addresses}
    assert documented == set(TOPICS)


@pytest.mark.parametrize("role", ["anyone", *PEOPLE, *SCOPES, "token"])
async def test_every_route_lets_in_whom_the_table_says_and_nobody_else(server: Serving, role: str) -> None:
    for right, roles in RIGHTS.items():
        is_refused = await answer_to(server, right, role) in (401, 403)
        if right == "POST /api/session":  # a wrong password is a 401 for everybody
            continue
        named = "ingest" if role == "token" else role
        assert is_refused == (not roles & {named, "anyone"}), (right, role)


async def answer_to(server: Serving, right: str, role: str) -> int:
    """The status that somebody of this role gets; paths name nothing that is there."""
    method, path = right.split(" ")
    path = re.sub(r"\{.*?\}", "zzz", path)
    headers = with_key(SECRETS[role]) if role in SECRETS else {}
    if role in PEOPLE:
        token = await server.runtime.directory.open_session(role, agent="", address="")
        headers = {"Cookie": f"{COOKIE}={token}"}
    if method == "SOCKET":
        return await socket_status(server, path, headers)
    return (await server.http.request(method, path, headers=headers, timeout=60)).status_code


async def socket_status(server: Serving, path: str, headers: dict[str, str]) -> int:
    try:
        async with websockets.connect(server.socket_url(path), additional_headers=headers):
            return 101
    except websockets.InvalidStatus as refused:
        return refused.response.status_code


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def calls(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    """Ana of returns and Ben of sales have a live call and a finished one each; people by role and team."""
    async with (
        serving(settings_for(tmp_path_factory.mktemp("calls"))) as running,
        calling(running, "ana-live", agent=agent("Ana", "returns")) as ana,
        calling(running, "ben-live", agent=agent("Ben", "sales")) as ben,
    ):
        await begin(running, "ana-live", ana)
        await begin(running, "ben-live", ben)
        for name, team in (("Ana", "returns"), ("Ben", "sales")):
            call_id = f"{name.lower()}-done"
            async with calling(running, call_id, agent=agent(name, team)) as phone:
                await begin(running, call_id, phone)
                await hang_up(phone)
        await add_person(running, "ana", "agent")
        await add_person(running, "sue", "supervisor", teams=("sales",))
        await add_person(running, "rob", "reviewer", teams=("returns",))
        await add_person(running, "all", "supervisor", teams=("*",))
        await add_person(running, "two", "agent", "supervisor", teams=())
        yield running


def agent(name: str, team: str) -> dict[str, Any]:
    return {"id": name, "name": name, "team": team}


SEEN = {
    "ana": {"ana-live", "ana-done"},
    "sue": {"ben-live", "ben-done"},
    "rob": {"ana-done"},
    "all": {"ana-live", "ana-done", "ben-live", "ben-done"},
    "two": set(),
}


@pytest.mark.parametrize("login", SEEN)
async def test_everybody_sees_their_own_calls_and_no_others(calls: Serving, login: str) -> None:
    async with browser_of(calls, login) as browser:
        listed = (await browser.get("/api/calls")).json()["calls"]
        assert {call["call_id"] for call in listed} == SEEN[login]
        for call_id in SEEN["all"]:
            seen = call_id in SEEN[login]
            for part in ("", "/events"):
                answer = await browser.get(f"/api/calls/{call_id}{part}")
                assert (answer.status_code == 200) == seen, (call_id, part)
                assert seen or answer.json()["message"] == f"there is no call {call_id!r}"
            recording = await browser.get(f"/api/calls/{call_id}/recording")
            assert seen or recording.json()["code"] == "unknown_call"
            acted = await browser.post(f"/api/calls/{call_id}/actions", json={"type": "nothing"})
            assert acted.status_code == (403 if login == "rob" else 422 if seen else 404)
            url = calls.socket_url(f"/api/calls/{call_id}/socket")
            async with websockets.connect(url, additional_headers=cookie_of(browser)) as socket:
                assert (json.loads(await socket.recv())["type"] == "snapshot") == seen


@pytest.mark.parametrize("login", ["ana", "sue", "all", "two"])
async def test_wall_and_agents_show_no_other_calls(calls: Serving, login: str) -> None:
    async with browser_of(calls, login) as browser:
        url = calls.socket_url("/api/wall/socket")
        async with websockets.connect(url, additional_headers=cookie_of(browser)) as wall:
            rows = json.loads(await wall.recv())["rows"]
            assert {row["call_id"] for row in rows} == {one for one in SEEN[login] if one.endswith("live")}
        async with websockets.connect(f"{url}?rows=true", additional_headers=cookie_of(browser)) as screen:
            await screen.send("{}")
            assert json.loads(await screen.recv())["rows"] == rows
    async with browser_of(calls, login) as browser:
        answer = await browser.get("/api/agents")
        names = {one["id"].lower() for one in answer.json()}
        assert names == {one.partition("-")[0] for one in SEEN[login]}


async def test_alerts_of_other_teams_cannot_be_changed(calls: Serving) -> None:
    async with browser_of(calls, "sue") as sue:
        wanted = {"alerts": [{"call_id": "ana-live", "alert_id": "a-1"}], "state": "acknowledged"}
        failed = (await sue.post("/api/wall/alerts", json=wanted)).json()["failed"]
        assert [one["code"] for one in failed] == ["unknown_call"]


@asynccontextmanager
async def phone_of(calls: Serving, call_id: str, who: dict[str, Any]) -> AsyncIterator[ClientConnection]:
    """A phone system that proves who it is, with a call of this agent."""
    token = {"Authorization": f"Bearer {calls.runtime.directory.own_token}"}
    async with websockets.connect(calls.socket_url("/ingest/stream"), additional_headers=token) as phone:
        await phone.send(json.dumps(start_message(call_id, agent=who)))
        assert json.loads(await phone.recv())["type"] == "started"
        yield phone


async def test_waiting_for_a_call_tells_nothing_of_calls_that_one_may_not_see(
    calls: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not there, finished, live and talking, and begun meanwhile: the same answers."""
    monkeypatch.setattr("voiceassist.server.sockets.PING_S", 0.05)
    async with browser_of(calls, "ana") as browser, AsyncExitStack() as sockets:
        screens = {}
        for call_id in ("no-call", "ben-done", "ben-live", "ben-next"):
            url = calls.socket_url(f"/api/calls/{call_id}/socket?wait=true")
            connecting = websockets.connect(url, additional_headers=cookie_of(browser))
            screens[call_id] = await sockets.enter_async_context(connecting)
        async with phone_of(calls, "ben-next", agent("Ben", "sales")) as phone:
            await begin(calls, "ben-next", phone)
            told = {
                call_id: [json.loads(await screen.recv())["type"] for _ in range(4)]
                for call_id, screen in screens.items()
            }
        assert set(map(tuple, told.values())) == {("awaited", "ping", "ping", "ping")}


async def test_own_call_that_is_waited_for_is_joined(calls: Serving) -> None:
    async with browser_of(calls, "ana") as browser:
        url = calls.socket_url("/api/calls/ana-next/socket?wait=true")
        async with websockets.connect(url, additional_headers=cookie_of(browser)) as screen:
            assert json.loads(await screen.recv())["type"] == "awaited"
            async with phone_of(calls, "ana-next", agent("Ana", "returns")) as phone:
                await begin(calls, "ana-next", phone)
                assert json.loads(await screen.recv())["type"] == "snapshot"
                await hang_up(phone)


async def test_backtest_reads_the_calls_that_its_starter_may_read_and_only_they_see_it(calls: Serving) -> None:
    await add_person(calls, "pia", "author", "reviewer", teams=("returns",))
    await add_person(calls, "pen", "author", "supervisor", teams=("*",))
    await add_person(calls, "pat", "author", teams=("*",))
    async with browser_of(calls, "pia") as pia, browser_of(calls, "pen") as pen, browser_of(calls, "pat") as pat:
        shown = (await pia.get("/api/playbooks/retail")).json()
        draft = {"text": shown["text"] + "\n# another\n", "revision": 0}
        assert (await pia.put("/api/playbooks/retail/draft", json=draft)).status_code == 200
        refused = await pat.post("/api/playbooks/retail/backtest", json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "no_calls_to_read")
        finished = {browser: await finished_of(browser) for browser in (pia, pen)}
        jobs = {
            browser: (await browser.post("/api/playbooks/retail/backtest", json={})).json()["job"]
            for browser in (pia, pen)
        }
        for browser, job in jobs.items():
            # On a slow machine a silent call may end meanwhile.
            assert finished[browser] <= await total_of(browser, job) <= await finished_of(browser)
        assert 0 < await finished_of(pia) < await finished_of(pen)
        for other in (pen, pat):
            assert (await other.get(f"/api/playbooks/backtests/{jobs[pia]}")).json()["code"] == "unknown_job"
            assert (await other.delete(f"/api/playbooks/backtests/{jobs[pia]}")).json()["code"] == "unknown_job"


async def finished_of(browser: httpx.AsyncClient) -> int:
    """How many finished calls somebody may read."""
    return sum(one["status"] != "live" for one in (await browser.get("/api/calls")).json()["calls"])


async def total_of(browser: httpx.AsyncClient, job: str) -> int:
    """How many calls a backtest went through."""
    shown: dict[str, Any] = {"state": "running"}
    while shown["state"] == "running":  # asked again and again, as the screen does
        shown = (await browser.get(f"/api/playbooks/backtests/{job}")).json()
        await asyncio.sleep(0.05)
    assert shown["error"] is None
    return int(shown["total"])
