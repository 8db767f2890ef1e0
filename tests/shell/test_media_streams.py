"""Twilio, its relatives and Vonage over real sockets: to a server that collects, and to the whole one."""

import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from fastapi import FastAPI, WebSocket
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.fakes.ingest_server import HeardCall, HeldClock, Sessions, joins_of
from tests.fakes.ingest_server import serving as serving_app
from tests.fakes.media_streams import WIRINGS, Wiring, frames, noise, placed, plain
from tests.shell.people import add_person, browser_of, make_key, with_key
from tests.shell.serving import Serving, serving, settings_for
from voiceassist.callers.caller import CallerLine
from voiceassist.callers.plan import KeyPress, Manner
from voiceassist.callers.run import place_call
from voiceassist.callers.twilio import MediaStreamCaller
from voiceassist.config import load_settings
from voiceassist.ingest.call_socket import serve_call
from voiceassist.ingest.handshake import handshake_of
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.protocols import PROTOCOLS

AT_ONCE = Manner(speed=1e9)
LIMITS = PeerLimits(tick_s=60.0)  # longer than any of these tests
TOKEN = "12345"
TWILIO = "/ingest/twilio"
OVER = (1000, "the call is over")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A second of agent and customer, each of their own."""
    path = tmp_path / "call.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.stack([noise(8000, 1), noise(8000, 2)], axis=1).astype("<i2").tobytes())
    return path


@asynccontextmanager
async def room(clock: HeldClock | None = None) -> AsyncIterator[tuple[str, Sessions]]:
    """A server with these protocols whose sessions only collect; its clock stands still."""
    sessions, app, settings = Sessions(), FastAPI(), load_settings(environment={})
    sessions.listening.set()
    joins = joins_of(sessions, LIMITS, clock=clock or HeldClock())

    @app.websocket("/ingest/{name}")
    async def carry(ws: WebSocket, name: str) -> None:
        await serve_call(ws, PROTOCOLS[name].make(handshake_of(ws), LIMITS, settings), joins)

    async with serving_app(app) as address:
        yield f"ws://{address}/ingest", sessions


EIGHT_KHZ = [wiring for wiring in WIRINGS if wiring.rate_hz == 8000]


@pytest.mark.parametrize("wiring", EIGHT_KHZ, ids=str)
async def test_a_recording_is_heard_whole_on_its_legs_over_every_protocol(wiring: Wiring, recording: Path) -> None:
    options = {"encoding": wiring.encoding} if "encoding" in wiring.speaks.options else {}
    async with room() as (url, sessions):
        name = wiring.vendor.name
        await place_call(recording, f"{url}/{name}", placed(**options), protocol=name, manner=AT_ONCE)
        call = await sessions.call("CA17")
        await call.over.wait()
    assert (call.end_reason, call.info.source) == ("hangup", name)
    assert call.leg("agent").tolist() == wiring.heard(noise(8000, 1))
    assert call.leg("customer").tolist() == wiring.heard(noise(8000, 2))


@pytest.mark.parametrize("name", ["twilio", "telnyx", "vonage"])
async def test_legs_on_connections_of_their_own_are_one_call(name: str, recording: Path) -> None:
    async with room() as (url, sessions):
        manner = replace(AT_ONCE, per_leg=True)
        await place_call(recording, f"{url}/{name}", placed(), protocol=name, manner=manner)
        call = await sessions.call("CA17")
        await call.over.wait()
    expected = {wiring.vendor.name: wiring.heard for wiring in reversed(EIGHT_KHZ)}
    heard = expected.get(name, plain)
    assert list(sessions.calls) == ["CA17"]
    assert call.leg("agent").tolist() == heard(noise(8000, 1))
    assert call.leg("customer").tolist() == heard(noise(8000, 2))


async def test_a_new_stream_of_a_call_that_broke_off_goes_on_with_it_after_a_gap() -> None:
    first, second = noise(8000, 1), noise(8000, 2)
    clock, wiring = HeldClock(), WIRINGS[0]
    async with room(clock) as (url, sessions):
        for number, pcm in enumerate((first, second), start=1):
            line = CallerLine(legs=("agent", "customer"), rate_hz=8000, number=number)
            caller = MediaStreamCaller(wiring.speaks, placed(), line)
            async with connect(f"{url}/twilio") as ws:
                audio = [message for piece in frames(pcm, pcm) for message in caller.audio(piece)]
                for message in (*caller.begin(), *audio):
                    await ws.send(message)
                call = await sessions.heard("CA17", partial(_has, number * 8000))
                if number == 1:
                    ws.transport.abort()
                    await call.until(lambda call: bool(call.lines))
                    clock.now_s += 2.0
                else:
                    await ws.send(caller.end()[0])
                    await ws.wait_closed()
        await call.over.wait()
    assert list(sessions.calls) == ["CA17"]
    assert call.end_reason == "hangup"
    assert [line.state for line in call.lines if line.speaker == "agent"] == ["lost", "back"]
    heard = call.leg("agent").tolist()
    assert heard[:8000] == wiring.heard(first)
    assert heard[-8000:] == wiring.heard(second)
    assert [gap.duration_ms for gap in call.gaps if gap.speaker == "agent"] == [len(heard) // 8 - 2000]


async def test_keys_of_the_agents_telephone_are_pressed(recording: Path) -> None:
    keys = (KeyPress(at_ms=100, speaker="agent", key="5"), KeyPress(at_ms=200, speaker="customer", key="1"))
    async with room() as (url, sessions):
        await place_call(
            recording, f"{url}/twilio", placed(), protocol="twilio", manner=replace(AT_ONCE, keys=keys)
        )
    assert sessions.keys == ["5"]


async def test_lost_and_reordered_frames_are_counted_gaps_and_the_rest_is_in_order(recording: Path) -> None:
    manner = replace(AT_ONCE, loss=0.1, reorder=0.2, seed=3)
    async with room(HeldClock(step_s=0.01)) as (url, sessions):
        outcome = await place_call(recording, f"{url}/telnyx", placed(), protocol="telnyx", manner=manner)
        call = await sessions.call("CA17")
        await call.over.wait()
    lost = [gap.duration_ms for gap in call.gaps if gap.cause == "lost"]
    assert 0 < outcome.frames < 50
    assert 0 < sum(lost) <= 2 * (50 - outcome.frames) * 20
    wiring = next(wiring for wiring in WIRINGS if wiring.encoding == "pcmu")
    said = wiring.heard(noise(8000, 1))
    heard = [sample for frame in call.frames if frame.speaker == "agent" for sample in frame.pcm.tolist()]
    pieces = [said[start : start + 160] for start in range(0, 8000, 160)]
    places = [
        place for start in range(0, len(heard), 160) if (place := _place(pieces, heard[start : start + 160]))
    ]
    assert places == sorted(places)


def _has(samples: int, call: HeardCall) -> bool:
    """Whether so much of the agent was heard."""
    return len(call.leg("agent")) >= samples


def _place(pieces: list[list[int]], heard: list[int]) -> int | None:
    """Which piece of the recording this is; None: it is silence."""
    return pieces.index(heard) if heard in pieces else None


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """Somebody signs in there, so that it is not open, and Twilio's auth token is known."""
    settings = settings_for(
        tmp_path, twilio={"auth_token": TOKEN}, plivo={"auth_token": TOKEN}, allowed_hosts=("calls.example.com",)
    )
    async with serving(settings) as running:
        await add_person(running, "root", "admin")
        yield running


async def closing(
    server: Serving, path: str, caller: MediaStreamCaller, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """How the server closes after a short call."""
    (frame,) = frames(noise(160, 1), noise(160, 2))
    async with connect(server.socket_url(path), additional_headers=headers) as ws:
        with suppress(ConnectionClosed):
            for message in (*caller.begin(), *caller.audio(frame), *caller.end()):
                await ws.send(message)
        await ws.wait_closed()
    return ws.close_code or 0, ws.close_reason or ""


def signed(server: Serving, path: str, token: str = TOKEN) -> dict[str, str]:
    """What Twilio would send along, as its SDK signs."""
    url = f"wss://127.0.0.1:{server.port}{path}"
    return {"X-Twilio-Signature": str(RequestValidator(token).compute_signature(url, {}))}


async def test_what_twilio_signed_is_taken_without_a_key(server: Serving) -> None:
    assert await closing(server, TWILIO, WIRINGS[0].caller(), signed(server, TWILIO)) == OVER


async def test_where_a_signature_must_be_nothing_else_is_taken_and_the_audit_has_it(server: Serving) -> None:
    key = await make_key(server, "ingest")
    whole = signed(server, TWILIO)["X-Twilio-Signature"]
    for headers in (
        None,
        signed(server, TWILIO, "54321"),
        signed(server, "/ingest/telnyx"),
        {"X-Twilio-Signature": whole[:-4]},
        with_key(key),
    ):
        code, reason = await closing(server, TWILIO, WIRINGS[0].caller(key=key), headers)
        assert (code, reason.partition(": ")[0]) == (4401, "not_allowed")
    assert server.runtime.joins.feeds == {}
    (entry,) = await refused(server)
    assert (entry["detail"]["code"], entry["call_id"]) == ("not_signed", "CA17")
    assert entry["detail"]["route"] == "SOCKET /ingest/twilio"


async def refused(server: Serving) -> list[dict[str, Any]]:
    """What the audit says of refused requests."""
    await server.runtime.store.audit.settled()
    async with browser_of(server, "root") as root:
        found: list[dict[str, Any]] = (await root.get("/api/audit?what=request.refused")).json()["entries"]
    return found


async def test_a_replayed_signature_takes_no_live_call_over(server: Serving) -> None:
    headers, caller = signed(server, TWILIO), WIRINGS[0].caller()
    (frame,) = frames(noise(160, 1), noise(160, 2))
    with server.runtime.hub.watching_call("CA17") as mailbox:
        async with connect(server.socket_url(TWILIO), additional_headers=headers) as ws:
            for message in (*caller.begin(), *caller.audio(frame)):
                await ws.send(message)
            await mailbox.take()
            code, reason = await closing(server, TWILIO, WIRINGS[0].caller(), headers)
            assert (code, reason.partition(":")[0]) == (4409, "leg_taken")
            assert not server.runtime.joins.feeds["CA17"].is_over


async def test_a_key_comes_as_each_protocol_has_it(server: Serving) -> None:
    key = await make_key(server, "ingest")
    telnyx, signalwire = WIRINGS[3], WIRINGS[1]
    header = {"x-telnyx-streaming-auth-token": key}
    for number, (path, caller, headers) in enumerate(
        (
            ("/ingest/telnyx", telnyx.caller(call_id="c-1"), header),
            ("/ingest/telnyx", telnyx.caller(call_id="c-2", key=key), header),
            (f"/ingest/telnyx/{key}", telnyx.caller(call_id="c-3"), None),
            ("/ingest/signalwire", signalwire.caller(call_id="c-4"), with_key(key)),
        )
    ):
        assert await closing(server, path, caller, headers) == OVER, number


@pytest.mark.parametrize("key", [None, "va_wrong"])
async def test_without_a_key_that_counts_nobody_brings_a_call_in(server: Serving, key: str | None) -> None:
    told = {"x-telnyx-streaming-auth-token": key} if key else None
    for path, caller, headers in (
        ("/ingest/telnyx", WIRINGS[3].caller(), told),
        (f"/ingest/telnyx/{key or ''}", WIRINGS[3].caller(), None),
        ("/ingest/signalwire", WIRINGS[1].caller(), with_key(key) if key else None),
        ("/ingest/plivo", WIRINGS[6].caller(key=key), None),
    ):
        if path.endswith("/"):
            continue
        assert (await closing(server, path, caller, headers))[0] == 4401
    assert server.runtime.joins.feeds == {}


async def test_an_open_server_takes_calls_of_this_machine_without_a_key(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        assert await closing(server, TWILIO, WIRINGS[0].caller()) == OVER


async def test_a_call_that_is_placed_with_an_auth_token_is_taken(server: Serving, recording: Path) -> None:
    url = server.socket_url(TWILIO)
    await place_call(recording, url, placed(auth_token=TOKEN), protocol="twilio", manner=AT_ONCE)
    url = server.socket_url("/ingest/plivo")
    await place_call(recording, url, placed(call_id="c-2", auth_token=TOKEN), protocol="plivo", manner=AT_ONCE)


async def test_a_vonage_call_is_placed_with_its_token(tmp_path: Path, recording: Path) -> None:
    settings = settings_for(tmp_path, vonage={"signature_secret": "s" * 32})
    async with serving(settings) as server:
        url, manner = server.socket_url("/ingest/vonage"), replace(AT_ONCE, per_leg=True)
        call = placed(signature_secret="s" * 32)
        await place_call(recording, url, call, protocol="vonage", manner=manner)
