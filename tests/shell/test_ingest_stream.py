"""Streams over real sockets to a real server: what comes out, and what a bad peer gets, without harm to others."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
import pytest
from starlette.types import Message
from starlette.websockets import WebSocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.fakes.ingest_server import HeardCall, HeldClock, Sessions, joins_of, serving, stream_app
from tests.fakes.stream_client import START, rest, send, stop, stream
from voiceassist.audio.doubted_rate import WITHOUT_SOUND
from voiceassist.ingest.call_socket import serve_call
from voiceassist.ingest.joins import Joins
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.stream.dialect import StreamDialect

LIMITS = PeerLimits(tick_s=0.02, idle_after_s=60.0, idle_told_s=10.0)
NO_TICKS = replace(LIMITS, tick_s=60.0)  # longer than any of these tests
RANDOM = np.random.default_rng(1)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the server is, and what its sessions heard."""

    url: str
    sessions: Sessions
    joins: Joins
    clock: HeldClock

    async def heard(self, samples: int, call_id: str = "call-1") -> HeardCall:
        """The call, once so much of its agent was heard."""
        return await self.sessions.heard(call_id, lambda call: len(call.leg("agent")) >= samples)


@asynccontextmanager
async def server(limits: PeerLimits = LIMITS) -> AsyncIterator[Place]:
    """Its clock stands still: however slow the machine is, nobody is silent, and no speed of sending is a rate."""
    sessions, clock = Sessions(), HeldClock()
    sessions.listening.set()
    joins = joins_of(sessions, limits, clock=clock)
    async with serving(stream_app(joins)) as address:
        yield Place(url=f"ws://{address}/ingest/stream", sessions=sessions, joins=joins, clock=clock)


def two_legs(samples: int) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    return RANDOM.integers(-30_000, 30_000, (samples, 2)).astype(np.int16)


@pytest.mark.parametrize("message_bytes", [1, 3, 641, 32_000])
async def test_every_sample_arrives_whatever_the_message_size(message_bytes: int) -> None:
    audio = two_legs(800 if message_bytes < 600 else 80_000)
    async with server() as place, stream(place.url) as ws:
        await send(ws, audio.tobytes(), message_bytes=message_bytes)
        duration_ms = len(audio) * 1000 // 8000
        assert await stop(ws) == [
            {"type": "stopped", "call_id": "call-1", "duration_ms": duration_ms},
            {"close": 1000},
        ]
        call = place.sessions.calls["call-1"]
    assert call.leg("agent").tolist() == audio[:, 0].tolist()
    assert call.leg("customer").tolist() == audio[:, 1].tolist()
    assert (call.end_reason, call.gaps) == ("hangup", [])


async def test_call_of_one_leg_hears_nothing_on_the_other_until_somebody_brings_it() -> None:
    async with server() as place, stream(place.url, legs=["customer"], encoding="mulaw") as ws:
        await send(ws, bytes(8000))
        await stop(ws)
        call = place.sessions.calls["call-1"]
    assert call.info.legs == ("agent", "customer")
    assert len(call.leg("customer")) == 8000
    assert not call.leg("agent").any()


async def test_legs_that_come_on_connections_of_their_own_are_one_call() -> None:
    async with server() as place, stream(place.url, legs=["customer"]) as customer:
        async with stream(place.url, legs=["agent"]) as agent:
            await send(customer, b"\x01\x00" * 800)
            await send(agent, b"\x02\x00" * 800)
            assert (await stop(agent))[0]["type"] == "stopped"  # though the call goes on
        await send(customer, b"\x03\x00" * 800)
        await stop(customer)
    assert list(place.sessions.calls) == ["call-1"]
    call = place.sessions.calls["call-1"]
    assert set(call.leg("customer")) == {1, 3}
    assert {1, 3}.isdisjoint(call.leg("agent"))
    assert 2 in call.leg("agent")


async def test_bytes_after_the_last_whole_sample_are_reported() -> None:
    async with server() as place, stream(place.url) as ws:
        await send(ws, bytes(4003), message_bytes=4003)
        warning, stopped, _ = await stop(ws)
    assert (warning["code"], stopped["duration_ms"]) == ("leftover_bytes", 125)
    assert warning["message"].startswith("3 bytes")


Misbehaviour = Callable[[ClientConnection], Awaitable[object]]
LIVE_MISTAKES: list[tuple[Misbehaviour, str, int]] = [
    (lambda ws: ws.send("{garbage"), "bad_json", 4400),
    (lambda ws: ws.send("[]"), "not_an_object", 4400),
    (lambda ws: ws.send('{"type": "hello"}'), "unknown_type", 4400),
    (lambda ws: ws.send(json.dumps(START)), "already_started", 4400),
    (lambda ws: ws.send(bytes(10_000_000)), "frame_too_large", 1009),
]


@pytest.mark.parametrize(("mistake", "code", "close"), LIVE_MISTAKES, ids=[code for _, code, _ in LIVE_MISTAKES])
async def test_mistake_in_a_call_ends_that_call_and_harms_no_other(
    mistake: Misbehaviour, code: str, close: int
) -> None:
    audio = two_legs(4000)
    async with server() as place, stream(place.url) as bad, stream(place.url, call_id="good") as good:
        await send(good, audio[:2000].tobytes())
        await send(bad, bytes(6400))
        await mistake(bad)
        error, closed = await rest(bad)
        await send(good, audio[2000:].tobytes())
        assert (await stop(good))[-1] == {"close": 1000}
        calls = place.sessions.calls
    assert (error["type"], error["code"], closed) == ("error", code, {"close": close})
    assert calls["call-1"].end_reason == "peer_error"
    assert len(calls["call-1"].leg("agent")) == 1600
    assert calls["good"].leg("agent").tolist() == audio[:, 0].tolist()


@pytest.mark.parametrize(
    ("message", "code", "close"),
    [
        ("{garbage", "bad_json", 4400),
        (json.dumps(START | {"encoding": "gsm"}), "unknown_encoding", 4400),
        ('{"type": "stop"}', "no_start", 4400),
        (b"audio", "no_start", 4400),
    ],
)
async def test_bad_first_message_is_answered_and_starts_no_call(
    message: str | bytes, code: str, close: int
) -> None:
    async with server() as place, connect(place.url) as ws:
        await ws.send(message)
        error, closed = await rest(ws)
        assert (error["code"], closed) == (code, {"close": close})
        assert place.sessions.live == set()


async def test_peer_that_says_nothing_is_told_and_closed() -> None:
    async with server(replace(LIMITS, start_within_s=0.0)) as place, connect(place.url) as ws:
        error, closed = await rest(ws)
    assert (error["code"], closed) == ("start_timeout", {"close": 4408})


async def test_leg_that_another_connection_carries_is_refused_and_its_call_id_free_again_afterwards() -> None:
    async with server() as place:
        async with stream(place.url) as first, connect(place.url) as second:
            await second.send(json.dumps(START))
            error, closed = await rest(second)
            assert (error["code"], closed) == ("leg_taken", {"close": 4409})
            await send(first, bytes(3200))
            assert (await stop(first))[-1] == {"close": 1000}
        async with stream(place.url) as again:
            await stop(again)


async def test_client_that_vanishes_and_stays_away_ends_its_call_with_all_that_it_sent() -> None:
    async with server() as place, stream(place.url, call_id="good") as good:
        async with stream(place.url) as ws:
            await send(ws, bytes(32_000))
            ws.transport.abort()
        call = await place.sessions.heard("call-1", lambda call: len(call.lines) == 2)
        place.clock.now_s += LIMITS.line_grace_s
        await call.over.wait()
        await send(good, bytes(6400))
        await stop(good)
    assert call.end_reason == "vanished"
    assert len(place.sessions.calls["good"].leg("agent")) == 1600


async def test_silent_client_is_filled_in_and_one_that_stays_silent_is_closed() -> None:
    async with server() as place, stream(place.url) as ws:
        await send(ws, bytes(3200))
        call = await place.heard(800)
        place.clock.now_s += 60.0
        error, closed = await rest(ws)
    assert (error["code"], closed, call.end_reason) == ("idle", {"close": 4408}, "idle")
    assert {(gap.speaker, gap.cause) for gap in call.gaps} == {("agent", "silent"), ("customer", "silent")}
    assert len(call.gaps) == 2
    assert len(call.leg("agent")) == len(call.leg("customer"))
    assert len(call.leg("agent")) == 60 * 8000


async def test_what_was_spoken_in_a_stall_comes_late_and_takes_no_time_of_its_own() -> None:
    audio = two_legs(9 * 8000)
    async with server() as place, stream(place.url) as ws:
        await send(ws, audio[:8000].tobytes())
        await place.heard(8000)
        place.clock.now_s += 8.0
        await send(ws, audio[8000:].tobytes(), message_bytes=3200)
        stopped, _ = await stop(ws)
        call = place.sessions.calls["call-1"]
    assert (stopped["duration_ms"], call.gaps) == (9000, [])
    assert np.array_equal(call.leg("agent"), audio[:, 0])


async def test_empty_messages_do_not_keep_a_call_alive() -> None:
    async with server(NO_TICKS) as place, stream(place.url) as ws:
        await ws.send(bytes(3200))
        await place.heard(1)
        place.clock.now_s += NO_TICKS.tick_s
        await ws.send(b"")
        error, *_ = await rest(ws)
    assert error["code"] == "idle"


async def test_client_that_sends_faster_than_we_recognise_is_slowed_down_and_loses_nothing() -> None:
    audio = two_legs(400_000)  # 50 s, sent at once
    async with server(replace(LIMITS, backlog_s=1.0)) as place, stream(place.url) as ws:
        place.sessions.listening.clear()
        sender = asyncio.create_task(send(ws, audio.tobytes(), message_bytes=8000))
        queue = place.joins.feeds["call-1"]._queue
        async with asyncio.timeout(30):
            while queue._load() < 1:  # noqa: ASYNC110 - the sender fills it
                await asyncio.sleep(0)
        for _ in range(100):
            await asyncio.sleep(0)  # time enough for what must not be read
        assert queue._load() <= 1.25  # full, and the message that filled it
        place.sessions.listening.set()
        await sender
        assert (await stop(ws))[-1] == {"close": 1000}
        call = place.sessions.calls["call-1"]
    assert np.array_equal(call.leg("customer"), audio[:, 1])
    assert call.gaps == []


async def test_wrong_announced_rate_is_told_to_the_peer() -> None:
    async with server(replace(LIMITS, rate_window_s=1.0)) as place, stream(place.url, rate_hz=16_000) as ws:
        for sent in range(1, 2 * (WITHOUT_SOUND + 1)):
            await ws.send(bytes(16_000))  # half a second, in truth at 8 kHz
            await place.heard(sent * 4000)
            place.clock.now_s += 0.5
        warning = json.loads(await ws.recv())
        assert (await stop(ws))[-1] == {"close": 1000}
    assert (warning["type"], warning["code"]) == ("warning", "rate_mismatch")
    assert "announced 16000 Hz, measured 8000 Hz" in warning["message"]


async def test_peer_that_reads_nothing_holds_no_call_id() -> None:
    said = iter(({"type": "websocket.connect"}, {"type": "websocket.receive", "text": json.dumps(START)}))

    async def receive() -> Message:
        return next(said, None) or await never()

    async def send(message: Message) -> None:
        if message["type"] != "websocket.accept":
            await never()  # as a socket whose buffers are full

    sessions = Sessions()
    joins = joins_of(sessions, replace(LIMITS, send_within_s=0.0))
    async with asyncio.timeout(30):
        await serve_call(WebSocket({"type": "websocket"}, receive, send), StreamDialect(joins.limits), joins)
    assert (joins.waiting, joins.feeds, sessions.live) == (0, {}, set())


async def never() -> NoReturn:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


async def test_call_that_we_fail_is_told_to_its_peer() -> None:
    async with server() as place, stream(place.url) as ws:
        place.sessions.failure = RuntimeError("engine broke")
        await send(ws, bytes(640))
        error, closed = await rest(ws)
    assert (error["code"], closed) == ("call_failed", {"close": 1011})


async def test_server_that_stops_ends_its_calls_as_shutdown() -> None:
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(server())
        async with stream(place.url) as ws:
            await send(ws, bytes(640))
            await stack.aclose()
            with pytest.raises(ConnectionClosed) as closed:
                await ws.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert place.sessions.calls["call-1"].end_reason == "shutdown"


async def test_stream_that_starts_and_sends_nothing_leaves_no_call_behind() -> None:
    async with server() as place, stream(place.url) as silent:
        place.clock.now_s += 60.0
        error, closed = await rest(silent)
    assert (error["code"], closed) == ("idle", {"close": 4408})
    assert (place.sessions.calls, place.sessions.live, place.joins.feeds) == ({}, set(), {})


async def test_stream_that_starts_and_stops_leaves_no_call_behind() -> None:
    async with server() as place, stream(place.url) as brief:
        assert (await stop(brief))[0] == {"type": "stopped", "call_id": "call-1", "duration_ms": 0}
    assert (place.sessions.calls, place.sessions.live, place.joins.feeds) == ({}, set(), {})


async def test_too_many_sockets_without_audio_are_told_so_and_the_others_go_on() -> None:
    audio = two_legs(4000)
    async with server(replace(LIMITS, waiting_publishers=2)) as place, stream(place.url, call_id="good") as good:
        await send(good, audio[:2000].tobytes())
        await place.sessions.call("good")
        async with stream(place.url, call_id="a"), stream(place.url, call_id="b"), connect(place.url) as third:
            error, closed = await rest(third)
            await send(good, audio[2000:].tobytes())
            assert (await stop(good))[-1] == {"close": 1000}
    assert (error["code"], closed) == ("too_many_waiting", {"close": 1013})
    assert place.sessions.calls["good"].leg("agent").tolist() == audio[:, 0].tolist()


async def test_start_message_that_is_too_large_is_refused_and_says_how_large_it_may_be() -> None:
    async with server() as place, connect(place.url) as ws:
        await ws.send(json.dumps(START | {"agent": {"name": "x" * 1_000_000}}))
        error, closed = await rest(ws)
    assert (error["code"], closed) == ("frame_too_large", {"close": 1009})
    assert "at most 32768 at once before the call has started" in error["message"]


async def test_call_that_we_broke_off_is_taken_up_again_under_an_id_that_the_peer_is_told() -> None:
    async with server() as place:
        place.sessions.stored_ends["call-1"] = "shutdown"
        async with connect(place.url) as ws:
            await ws.send(json.dumps(START))
            answer = json.loads(await ws.recv())
            await send(ws, bytes(3200))
            (stopped, _) = await stop(ws)
    assert answer == {"type": "started", "version": 1, "call_id": "call-1~2", "continues": "call-1"}
    assert stopped["call_id"] == "call-1~2"
    assert place.sessions.calls["call-1~2"].info.continues == "call-1"


async def test_line_that_dropped_goes_on_in_the_same_call_with_a_gap_as_long_as_it_was_away() -> None:
    async with server() as place:
        async with stream(place.url) as ws:
            await send(ws, bytes([1, 0] * 1600))
            await place.heard(800)
            ws.transport.abort()
        call = await place.sessions.heard("call-1", lambda call: len(call.lines) == 2)
        place.clock.now_s += 7.0
        async with stream(place.url, encoding="mulaw") as again:  # as another phone system would send it
            await send(again, bytes(1600))
            await stop(again)
    assert list(place.sessions.calls) == ["call-1"]
    assert {(gap.speaker, gap.at_ms, gap.cause) for gap in call.gaps} == {
        ("agent", 100, "line_lost"),
        ("customer", 100, "line_lost"),
    }
    assert {gap.duration_ms for gap in call.gaps} <= {7000, 6900}
    assert [line.state for line in call.lines] == ["lost", "lost", "back", "back"]
    assert call.end_reason == "hangup"


async def test_new_connection_takes_over_from_one_that_is_half_open_which_is_told_so() -> None:
    async with server() as place, stream(place.url) as dying:
        await send(dying, bytes(3200))
        await place.heard(800)
        place.clock.now_s += 2.0
        async with stream(place.url) as again:
            *_, error, closed = await rest(dying)
            await send(again, bytes(3200))
            assert (await stop(again))[-1] == {"close": 1000}
    assert (error["code"], closed) == ("taken_over", {"close": 4409})
    assert list(place.sessions.calls) == ["call-1"]


async def test_call_that_was_hung_up_is_over_and_says_why() -> None:
    async with server() as place:
        place.sessions.stored_ends["call-1"] = "hangup"
        async with connect(place.url) as ws:
            await ws.send(json.dumps(START))
            error, closed = await rest(ws)
    assert (error["code"], closed) == ("call_over", {"close": 4409})
    assert error["message"] == "call 'call-1' is over: it was hung up; choose another `call_id`"


async def test_peer_is_warned_before_its_silence_ends_the_connection() -> None:
    async with server(LIMITS) as place, stream(place.url) as ws:
        await send(ws, bytes(3200))
        await place.heard(800)
        place.clock.now_s += 50.0
        warning = json.loads(await ws.recv())
        call = await place.sessions.heard("call-1", lambda call: len(call.lines) == 2)
        place.clock.now_s += 10.0
        error, _closed = await rest(ws)
    assert (warning["type"], warning["code"], error["code"]) == ("warning", "idle_soon", "idle")
    assert {line.state for line in call.lines} == {"quiet"}


async def test_flood_of_tiny_messages_leaves_other_calls_their_turn_and_becomes_ordinary_frames() -> None:
    # A tick gives out what was kept back, however little.
    async with server(NO_TICKS) as place, stream(place.url) as flood, stream(place.url, call_id="good") as good:
        sender = asyncio.create_task(send(flood, bytes(4 * 20_000), message_bytes=4))
        await send(good, bytes(32_000))
        assert (await stop(good))[-1] == {"close": 1000}
        await sender
        assert (await stop(flood))[-1] == {"close": 1000}
        call = place.sessions.calls["call-1"]
    assert len(call.leg("agent")) == len(call.leg("customer")) == 20_000
    assert min(len(frame.pcm) for frame in call.frames[:-2]) >= 80


async def misbehave(url: str, number: int) -> None:
    """One of four: garbage, a wrong rate, an early hang-up in mid-message, or silence."""
    async with connect(url) as ws:
        match number % 4:
            case 0:
                await ws.send("{" * 20_000)
            case 1:
                await ws.send(json.dumps(START | {"rate_hz": 1, "call_id": f"bad-{number}"}))
            case 2:
                await ws.send(json.dumps(START | {"call_id": f"bad-{number}"}))
                await ws.send(bytes(3))
                ws.transport.abort()
                return
            case 3:
                await ws.send(json.dumps(START | {"call_id": f"bad-{number}"}))
                await ws.recv()
                return
        assert (await rest(ws))[0]["type"] == "error"


async def test_twenty_bad_sockets_at_once_cost_the_good_calls_nothing() -> None:
    audio = two_legs(40_000)

    async def good(url: str, number: int) -> None:
        async with stream(url, call_id=f"good-{number}") as ws:
            await send(ws, audio.tobytes())
            assert (await stop(ws))[-1] == {"close": 1000}

    async with server() as place, asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(misbehave(place.url, number))
        for number in range(3):
            tasks.create_task(good(place.url, number))
    for number in range(3):
        call = place.sessions.calls[f"good-{number}"]
        assert (np.array_equal(call.leg("customer"), audio[:, 1]), call.gaps) == (True, [])
