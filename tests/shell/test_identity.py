"""Who speaks, as it becomes known after a call was announced: by a lookup, by `PATCH /api/calls/{call_id}`."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from tests.fakes.ingest_server import serving as asgi_serving
from tests.shell.people import add_person, browser_of, cookie_of, make_key, with_key
from tests.shell.serving import Serving, begin, calling, hang_up, serving, settings_for
from voiceassist.events import CallIdentified, Customer, Record

ANA = {"id": "ana", "name": "Ana", "team": "returns"}
EVE = {"id": "7", "name": "Eve", "tier": "gold"}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """Ana is an agent of returns; Sue and Sid look after returns and sales."""
    async with serving(settings_for(tmp_path)) as running:
        yield running


async def people(server: Serving) -> None:
    await add_person(server, "ana", "agent")
    await add_person(server, "sue", "supervisor", teams=("returns",))
    await add_person(server, "sid", "supervisor", teams=("sales",))


async def identify(http: httpx.AsyncClient, call_id: str, **body: Any) -> httpx.Response:
    return await http.patch(f"/api/calls/{call_id}", json=body)


async def state_of(server: Serving, call_id: str) -> dict[str, Any]:
    state: dict[str, Any] = (await server.http.get(f"/api/calls/{call_id}")).json()
    return state


async def test_what_is_told_of_a_live_call_is_what_screens_and_the_list_of_calls_say(server: Serving) -> None:
    async with calling(server, "c") as phone:
        await begin(server, "c", phone)
        with server.runtime.hub.watching_call("c") as mailbox:
            answer = await identify(
                server.http, "c", agent={"team": "sales"}, customer={"name": "Eve", "tier": "vip"}
            )
            told = [item for item in await mailbox.take() if not isinstance(item, str)]
        assert answer.status_code == 200
        assert answer.json() == {
            "agent": {"id": "ana", "name": "Ana", "team": "sales"},
            "customer": {"id": "42", "name": "Eve", "tier": "vip"},
        }
        assert [type(record.event).__name__ for record in told] == ["CallIdentified"]
        assert (await state_of(server, "c"))["started"]["customer"]["name"] == "Eve"
        await hang_up(phone)
    (listed,) = (await server.http.get("/api/calls")).json()["calls"]
    assert (listed["agent"]["team"], listed["customer"]["tier"]) == ("sales", "vip")


async def test_nothing_new_is_no_event_and_a_call_that_is_over_can_be_named_too(server: Serving) -> None:
    async with calling(server, "c") as phone:
        await begin(server, "c", phone)
        await identify(server.http, "c", customer={"tier": "gold"})
        await hang_up(phone)
    before = (await state_of(server, "c"))["seq"]
    assert (await identify(server.http, "c", customer=EVE)).json()["customer"] == EVE
    assert (await identify(server.http, "c", customer=EVE)).status_code == 200
    after = await state_of(server, "c")
    assert (after["seq"], after["started"]["customer"]) == (before + 1, EVE)
    found = (await server.http.get("/api/calls", params={"customer": "7"})).json()["calls"]
    assert [call["call_id"] for call in found] == ["c"]


async def test_before_the_first_audio_the_team_still_decides_the_playbook(server: Serving) -> None:
    async with calling(server, "c") as phone:
        await identify(server.http, "c", agent={"team": "sales"}, customer={"name": "\u200bEve"})
        await begin(server, "c", phone)
        started = (await state_of(server, "c"))["started"]
        assert (started["agent"]["team"], started["customer"]["name"]) == ("sales", "Eve")
        assert server.runtime.live["c"].info.agent.team == "sales"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"agent": {"team": 7}}, "team"),
        ({"customer": {"tier": ""}}, "tier"),
        ({"customer": {"colour": "red"}}, "colour"),
        ({"agnet": {}}, "agnet"),
    ],
)
async def test_a_wrong_field_is_named(server: Serving, body: dict[str, Any], field: str) -> None:
    answer = await identify(server.http, "c", **body)
    assert (answer.status_code, field in answer.text) == (422, True)


async def test_a_call_that_is_not_there_is_told(server: Serving) -> None:
    assert (await identify(server.http, "nothing", customer=EVE)).status_code == 404


async def test_an_agent_names_the_customer_and_a_supervisor_or_the_phone_system_the_agent(server: Serving) -> None:
    await people(server)
    key = await make_key(server, "ingest")
    headers = with_key(key)
    async with calling(server, "c", headers, agent=ANA) as phone:
        await begin(server, "c", phone)
        async with browser_of(server, "ana") as ana, browser_of(server, "sid") as sid:
            assert (await identify(ana, "c", customer=EVE)).status_code == 200
            assert (await identify(ana, "c", agent={"team": "sales"})).status_code == 403
            assert (await identify(sid, "c", customer=EVE)).status_code == 404  # not of his team
            wanted = {"agent": {"team": "sales"}}
            assert (await server.http.patch("/api/calls/c", json=wanted, headers=headers)).status_code == 200
            assert (await identify(sid, "c", customer={"tier": "vip"})).status_code == 200


async def test_a_call_that_goes_to_another_team_is_gone_for_the_old_ones_supervisor(server: Serving) -> None:
    await people(server)
    key = with_key(await make_key(server, "ingest"))
    async with calling(server, "c", key, agent=ANA) as phone, browser_of(server, "sue") as sue:
        await begin(server, "c", phone)
        url = server.socket_url("/api/calls/c/socket")
        async with websockets.connect(url, additional_headers=cookie_of(sue)) as screen:
            assert json.loads(await screen.recv())["type"] == "snapshot"
            await server.http.patch("/api/calls/c", json={"agent": {"team": "sales"}}, headers=key)
            assert json.loads(await screen.recv())["code"] == "unknown_call"
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await screen.recv()
            assert closed.value.rcvd
            assert closed.value.rcvd.code == 4004
        assert (await sue.get("/api/calls/c")).status_code == 404
        async with browser_of(server, "sid") as sid:
            assert (await sid.get("/api/calls/c")).status_code == 200


@dataclass(kw_only=True)
class Desk:
    """A service that answers when the test says so."""

    answer: dict[str, Any]
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.is_asked.set()
        await self.may_answer.wait()
        await JSONResponse(self.answer)(scope, receive, send)


@asynccontextmanager
async def asking(desk: Desk, data_dir: Path) -> AsyncIterator[Serving]:
    async with asgi_serving(desk) as address:
        settings = settings_for(data_dir, lookup={"url": f"http://{address}/who"})
        async with serving(settings) as server:
            yield server


async def test_a_lookup_that_answers_late_delays_nothing_and_names_nobody_who_was_named_meanwhile(
    tmp_path: Path,
) -> None:
    desk = Desk(answer={"agent": {"team": "returns"}, "customer": {"name": "Somebody else"}})
    async with asking(desk, tmp_path) as server, calling(server, "c") as phone:
        await desk.is_asked.wait()
        await begin(server, "c", phone)
        await identify(server.http, "c", customer=EVE)
        with server.runtime.hub.watching_call("c") as mailbox:
            desk.may_answer.set()
            (told,) = await mailbox.take()
        assert isinstance(told, Record)
        assert isinstance(told.event, CallIdentified)
        assert (told.event.by, told.event.agent.team, told.event.customer) == (
            "lookup",
            "returns",
            Customer(**EVE),
        )


async def test_a_lookup_that_answers_before_the_first_audio_is_what_the_call_begins_with(tmp_path: Path) -> None:
    desk = Desk(answer={"customer": EVE})
    desk.may_answer.set()
    async with asking(desk, tmp_path) as server, calling(server, "c") as phone:
        while server.runtime.joins.feeds["c"].info.customer.id != "7":  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0)
        await begin(server, "c", phone)
        state = await state_of(server, "c")
        assert state["started"]["customer"] == EVE
        events = (await server.http.get("/api/calls/c/events")).json()
        assert "call_identified" not in {event["type"] for event in events}
