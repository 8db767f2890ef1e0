"""Acting on a call by telephone, through the server: who may, and what history, audit and screens have of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from tests.fakes.asterisk_ari import PASSWORD, USER, Asterisk, asterisk_ari
from tests.shell.people import add_person, browser_of
from tests.shell.serving import Serving, calling, serving, settings_for
from voiceassist.store.audit import AuditFilter

AGENT, CUSTOMER = "1761245643.2", "1761245643.1"


@asynccontextmanager
async def answering(tmp_path: Path) -> AsyncIterator[tuple[Serving, Asterisk]]:
    """A server with an Asterisk that it is connected to."""
    async with asterisk_ari() as asterisk:
        ari = {"url": asterisk.url, "user": USER, "password": PASSWORD, "transfer_context": "internal"}
        async with serving(settings_for(tmp_path, phone={"asterisk": ari})) as server:
            await asterisk.until(lambda: "GET /bridges" in asterisk.asked)
            yield server, asterisk


@asynccontextmanager
async def leg(server: Serving, **query: str) -> AsyncIterator[ClientConnection]:
    """A leg of an Asterisk's call, as chan_websocket opens it."""
    address = server.socket_url(f"/ingest/asterisk?{urlencode({'call_id': 'c1'} | query)}")
    async with websockets.connect(address, subprotocols=[websockets.Subprotocol("media")]) as line:
        start = {"connection_id": "va", "channel": "WebSocket/va/0x1", "channel_id": f"9.{query['leg']}"}
        await line.send(json.dumps({"event": "MEDIA_START", **start, "format": "ulaw"}))
        with server.runtime.hub.watching_call("c1") as mailbox:
            await line.send(b"\xff" * 160)
            if "c1" not in server.runtime.hub.calls:
                await mailbox.take()
        yield line


@asynccontextmanager
async def a_call(server: Serving) -> AsyncIterator[None]:
    """A live call whose two legs say which channels they listen to."""
    async with (
        leg(server, leg="customer", agent_team="returns", customer_channel=CUSTOMER),
        leg(server, leg="agent", agent_channel=AGENT),
    ):
        while not server.runtime.feeds["c1"].info.lines.agent:  # noqa: ASYNC110 - nobody tells of a second leg
            await asyncio.sleep(0)
        yield


async def phone_events(server: Serving) -> list[tuple[str, str, str]]:
    records = (await server.http.get("/api/calls/c1/events")).json()
    return [(r["deed"], r["outcome"], r["by"]) for r in records if r["type"] == "phone_acted"]


async def until_phone(server: Serving, *wanted: str) -> None:
    """Waits until the screens have the last of these outcomes."""
    async with asyncio.timeout(20):
        while True:
            state = (await server.http.get("/api/calls/c1")).json()
            if [event["outcome"] for event in state["phone"]] == list(wanted):
                return
            await asyncio.sleep(0.01)


async def wish(browser: httpx.AsyncClient, **body: str) -> httpx.Response:
    return await browser.post("/api/calls/c1/phone", json=body)


async def test_a_supervisor_whispers_and_the_history_has_it(tmp_path: Path) -> None:
    async with answering(tmp_path) as (server, asterisk):
        asterisk.dialled()
        async with a_call(server):
            can = (await server.http.get("/api/calls/c1/phone")).json()
            assert can == {
                "source": "asterisk",
                "can": {"whisper": "", "barge": "", "transfer": "not_in_stasis", "hang_up": ""},
                "visit": "",
            }
            assert (await wish(server.http, deed="whisper", phone=" 201 ")).status_code == 202
            await asterisk.until(lambda: any(one.state == "Ring" for one in asterisk.channels.values()))
            await asterisk.answer(next(one for one in asterisk.channels.values() if one.state == "Ring"))
            await until_phone(server, "ringing", "on")
            mine = (await server.http.get("/api/calls/c1/phone")).json()["visit"]
            assert {event["visit"] for event in (await server.http.get("/api/calls/c1")).json()["phone"]} == {mine}
            assert (await wish(server.http, deed="leave")).status_code == 202
            await until_phone(server, "ringing", "on", "over")
        assert await phone_events(server) == [
            ("whisper", "ringing", "Kim"),
            ("whisper", "on", "Kim"),
            ("whisper", "over", "Kim"),
        ]
        assert set(asterisk.channels) == {AGENT, CUSTOMER}


async def test_a_call_that_ends_takes_its_supervisor_out(tmp_path: Path) -> None:
    async with answering(tmp_path) as (server, asterisk):
        asterisk.dialled()
        async with a_call(server):
            await wish(server.http, deed="barge", phone="201")
            await asterisk.until(lambda: any(one.state == "Ring" for one in asterisk.channels.values()))
            await asterisk.answer(next(one for one in asterisk.channels.values() if one.state == "Ring"))
            await until_phone(server, "ringing", "on")
        await asterisk.until(
            lambda: set(asterisk.channels) == {AGENT, CUSTOMER} and set(asterisk.bridges) == {"dial"}
        )


async def test_a_server_that_stops_leaves_nobody_in_a_call(tmp_path: Path) -> None:
    async with answering(tmp_path) as (server, asterisk):
        asterisk.dialled()
        async with a_call(server):
            await wish(server.http, deed="whisper", phone="201")
            await asterisk.until(lambda: any(one.state == "Ring" for one in asterisk.channels.values()))
            await server.runtime.phone_calls.visits.close()
            assert set(asterisk.channels) == {AGENT, CUSTOMER}


async def test_what_an_asterisk_refuses_is_answered_with_its_code_and_stands_in_audit_and_history(
    tmp_path: Path,
) -> None:
    async with answering(tmp_path) as (server, asterisk):
        asterisk.dialled()
        async with a_call(server):
            refused = await wish(server.http, deed="transfer", to="300")
            assert (refused.status_code, refused.json()["code"]) == (502, "not_in_stasis")
            assert (await wish(server.http, deed="hang_up")).status_code == 202
            assert not asterisk.channels
        entries = (await server.runtime.store.audit_page(AuditFilter(limit=10, what="phone"))).entries
        told = [(entry.what, entry.call_id, entry.detail) for entry in entries[::-1]]
        assert told == [
            ("phone.transfer", "c1", {"outcome": "not_in_stasis", "to": "300"}),
            ("phone.hang_up", "c1", {"outcome": "asked"}),
        ]
        assert await phone_events(server) == [("transfer", "failed", "Kim"), ("hang_up", "done", "Kim")]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"deed": "whisper", "phone": ""}, 422, "bad_phone"),
        ({"deed": "whisper", "phone": "201,Local/900"}, 422, "bad_phone"),
        ({"deed": "transfer", "to": "30 0"}, 422, "bad_phone"),
        ({"deed": "transfer", "to": "3" * 81}, 422, "bad_phone"),
        ({"deed": "sing"}, 422, "bad_field"),
        ({"deed": "leave"}, 202, ""),
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused_before_anybody_is_rung(
    tmp_path: Path, body: dict[str, str], status: int, code: str
) -> None:
    async with answering(tmp_path) as (server, asterisk):
        asterisk.dialled()
        async with a_call(server):
            answer = await wish(server.http, **body)
            assert (answer.status_code, answer.json().get("code", "")) == (status, code)
            assert set(asterisk.channels) == {AGENT, CUSTOMER}


async def test_calls_of_other_phone_systems_say_that_nothing_can_be_done(tmp_path: Path) -> None:
    async with answering(tmp_path) as (server, _), calling(server, "c1") as phone:
        with server.runtime.hub.watching_call("c1") as mailbox:
            await phone.send(bytes(640))
            await mailbox.take()
        can = (await server.http.get("/api/calls/c1/phone")).json()
        assert (can["source"], set(can["can"].values())) == ("stream", {"not_controlled"})
        refused = await wish(server.http, deed="whisper", phone="201")
        assert (refused.status_code, refused.json()["code"]) == (502, "not_controlled")


async def test_a_call_that_is_over_cannot_be_acted_on(tmp_path: Path) -> None:
    async with answering(tmp_path) as (server, asterisk):
        asterisk.dialled()
        async with a_call(server):
            live = server.runtime.live["c1"]
        await live.gone.wait()
        refused = await wish(server.http, deed="hang_up")
        assert (refused.status_code, refused.json()["code"]) == (409, "call_over")


async def test_only_supervisors_of_the_team_may(tmp_path: Path) -> None:
    async with answering(tmp_path) as (server, asterisk):
        asterisk.dialled()
        async with a_call(server):
            await add_person(server, "sue", "supervisor", teams=("returns",))
            await add_person(server, "sam", "supervisor", teams=("billing",))
            await add_person(server, "agent", "agent")
            for login, status in (("sue", 202), ("sam", 404), ("agent", 403)):
                async with browser_of(server, login) as browser:
                    assert (await wish(browser, deed="leave")).status_code == status
                    assert (await browser.get("/api/calls/c1/phone")).status_code == (
                        200 if status == 202 else status
                    )
