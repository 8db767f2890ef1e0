"""Calls that we place as phone systems do: what a server of ours hears, and what is told when something fails."""

import asyncio
import json
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.fakes.ingest_server import HeldClock, Sessions, joins_of, serving, stream_app
from voiceassist.audio.pcm import decode
from voiceassist.callers import g711
from voiceassist.callers.caller import CallerError, PlacedCall
from voiceassist.callers.placing import CallHooks
from voiceassist.callers.plan import KeyPress, Manner, Stretch
from voiceassist.callers.run import place_call
from voiceassist.events import Customer, Person
from voiceassist.ingest.limits import PeerLimits

AT_ONCE = 1e9  # times real time
CALL = PlacedCall(
    call_id="call-1",
    agent=Person(id="7", name="Ana", team="returns"),
    customer=Customer(id="42", name="Mr Brown", tier="gold"),
    language="es-MX",
)
LEFT, RIGHT = np.random.default_rng(1).integers(-9_000, 9_000, (2, 8_100)).astype(np.int16)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A second of two channels, and a piece of a frame."""
    return wave_file(tmp_path / "call.wav", np.stack([LEFT, RIGHT], axis=1))


def wave_file(path: Path, samples: np.ndarray[tuple[int, int], np.dtype[np.int16]]) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(samples.tobytes())
    return path


@asynccontextmanager
async def phone_room() -> AsyncIterator[tuple[str, Sessions]]:
    sessions = Sessions()
    sessions.listening.set()
    async with serving(stream_app(joins_of(sessions, PeerLimits(line_grace_s=0.0), clock=HeldClock()))) as address:
        yield f"ws://{address}/ingest/stream", sessions


async def test_every_sample_of_each_channel_arrives_on_its_leg_with_who_speaks(recording: Path) -> None:
    started: list[float] = []
    async with phone_room() as (url, sessions):
        outcome = await place_call(
            recording, url, CALL, manner=Manner(speed=AT_ONCE), hooks=CallHooks(started=started.append)
        )
        call = sessions.calls["call-1"]
    assert np.array_equal(call.leg("agent"), LEFT)
    assert np.array_equal(call.leg("customer"), RIGHT)
    assert (call.info.agent, call.info.customer, call.info.language) == (CALL.agent, CALL.customer, "es-MX")
    assert (outcome.frames, outcome.connections, outcome.unsent, outcome.duration_ms) == (51, 1, 0, 1_012)
    assert len(started) == 1


async def test_channels_may_be_named_the_other_way_round_and_be_sent_as_mulaw(recording: Path) -> None:
    call = PlacedCall(call_id="c", agent=CALL.agent, customer=CALL.customer, options={"encoding": "mulaw"})
    async with phone_room() as (url, sessions):
        await place_call(recording, url, call, manner=Manner(speed=AT_ONCE), legs=("customer", "agent"))
    assert np.array_equal(sessions.calls["c"].leg("customer"), decode(g711.mulaw(LEFT), "mulaw"))


async def test_frames_that_are_lost_or_on_hold_are_not_sent(recording: Path) -> None:
    manner = Manner(speed=AT_ONCE, pauses=(Stretch(from_ms=200, to_ms=600),))
    async with phone_room() as (url, sessions):
        outcome = await place_call(recording, url, CALL, manner=manner)
    assert outcome.frames == 31
    assert np.array_equal(sessions.calls["call-1"].leg("agent"), np.concatenate([LEFT[:1_600], LEFT[4_800:]]))


async def test_a_call_that_is_cut_says_no_goodbye(recording: Path) -> None:
    async with phone_room() as (url, sessions):
        outcome = await place_call(recording, url, CALL, manner=Manner(speed=AT_ONCE, cut_ms=500))
        call = await sessions.call("call-1")
        await call.over.wait()
    assert outcome.frames == 24
    assert call.end_reason == "vanished"


async def test_a_line_that_dies_and_comes_back_goes_on_in_the_same_call(recording: Path) -> None:
    manner = Manner(speed=AT_ONCE, drops=(Stretch(from_ms=300, to_ms=500),))
    async with phone_room() as (url, sessions):
        outcome = await place_call(recording, url, CALL, manner=manner)
    assert (outcome.connections, list(sessions.calls)) == (2, ["call-1"])
    heard = sessions.calls["call-1"].leg("agent")  # of the first one what had arrived before it died
    assert np.array_equal(heard[-4_100:], LEFT[-4_100:])


async def test_keys_of_the_agents_telephone_are_pressed(recording: Path) -> None:
    keys = (KeyPress(at_ms=100, speaker="agent", key="5"), KeyPress(at_ms=200, speaker="customer", key="1"))
    async with phone_room() as (url, sessions):
        await place_call(recording, url, CALL, manner=Manner(speed=AT_ONCE, keys=keys))
    assert sessions.keys == ["5"]


@dataclass(kw_only=True)
class SlowServer:
    """It takes the call, and then reads nothing until it may."""

    may_read: asyncio.Event = field(default_factory=asyncio.Event)
    heard_bytes: int = 0

    async def take(self, socket: ServerConnection) -> None:
        """One call."""
        await socket.recv()
        await socket.send(json.dumps({"type": "started", "call_id": "call-1"}))
        await self.may_read.wait()
        async for message in socket:
            if isinstance(message, str):
                await socket.send(json.dumps({"type": "stopped", "call_id": "call-1", "duration_ms": 0}))
                return
            self.heard_bytes += len(message)


async def test_a_server_that_is_behind_and_reads_nothing_for_minutes_loses_no_call(recording: Path) -> None:
    slow, sent = SlowServer(), asyncio.Event()
    async with serve(slow.take, "127.0.0.1", 0, ping_interval=None, max_queue=1) as server:
        host, port = server.sockets[0].getsockname()
        hooks = CallHooks(progress=lambda at_ms, of_ms: sent.set() if at_ms >= of_ms else None)
        url = f"ws://{host}:{port}/ingest/stream"
        calling = asyncio.create_task(place_call(recording, url, CALL, manner=Manner(speed=AT_ONCE), hooks=hooks))
        await sent.wait()
        await pass_by(300.0)
        slow.may_read.set()
        await calling
    assert slow.heard_bytes == 2 * (LEFT.nbytes)


async def pass_by(seconds: float) -> None:
    """The loop's clock goes on by so much, and whoever waits for it has had their turn."""
    loop, step_s = asyncio.get_running_loop(), 5.0
    real, ahead_s = loop.time, 0.0
    loop.time = lambda: real() + ahead_s  # type: ignore[method-assign]
    while ahead_s < seconds:
        ahead_s += step_s
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            {"type": "error", "code": "call_live", "message": "call 'c' is live"},
            "call_live: call 'c",
        ),
        ({"type": "hello"}, "the server said hello"),
        (["started"], "a JSON object was to come"),
    ],
)
async def test_a_server_that_refuses_the_call_is_quoted(recording: Path, answer: object, told: str) -> None:
    async def refuse(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(json.dumps(answer))

    async with serve(refuse, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        with pytest.raises(CallerError, match=told):
            await place_call(recording, f"ws://{host}:{port}/", CALL)


async def test_a_server_that_closes_in_the_middle_is_told_with_its_reason(recording: Path) -> None:
    async def give_up(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(json.dumps({"type": "started", "call_id": "call-1"}))
        await socket.recv()
        await socket.close(1012, "shutdown")

    async with serve(give_up, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        with pytest.raises(CallerError, match=r"ended the call.*shutdown"):
            await place_call(recording, f"ws://{host}:{port}/", CALL, manner=Manner(speed=100))


async def test_channels_that_were_not_named_are_told(recording: Path) -> None:
    with pytest.raises(CallerError, match="2 channels, and 1 were named"):
        await place_call(recording, "ws://127.0.0.1:1/", CALL, legs=("agent",))


@pytest.mark.parametrize(
    ("protocol", "options", "told"),
    [
        ("nothing", {}, "the protocols are stream"),
        ("stream", {"encoding": "mp3"}, "s16le, mulaw, alaw"),
        ("stream", {"codec": "mulaw"}, "does not know it; its options are encoding"),
    ],
)
async def test_a_wrong_protocol_or_option_is_told_with_the_right_ones(
    recording: Path, protocol: str, options: dict[str, str], told: str
) -> None:
    call = PlacedCall(call_id="c", agent=CALL.agent, customer=CALL.customer, options=options)
    with pytest.raises(CallerError, match=told):
        await place_call(recording, "ws://127.0.0.1:1/", call, protocol=protocol)
