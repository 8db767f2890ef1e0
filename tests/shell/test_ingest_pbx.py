"""Asterisk and FreeSWITCH as callers, over real sockets: whose samples arrive, and how their calls end."""

import asyncio
import json
import wave
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.fakes.ingest_server import HeardCall, HeldClock, Sessions, joins_of, protocol_app, serving
from tests.fakes.stream_client import START, send
from tests.shell.test_ingest_asterisk import PLAIN
from voiceassist.audio.pcm import Encoding, Pcm, decode
from voiceassist.callers import g711
from voiceassist.callers.caller import PlacedCall
from voiceassist.callers.placing import CallOutcome
from voiceassist.callers.plan import KeyPress, Manner
from voiceassist.callers.run import place_call
from voiceassist.events import SPEAKERS, Customer, Person
from voiceassist.ingest.joins import Joins
from voiceassist.ingest.limits import PeerLimits

NO_TICKS = PeerLimits(tick_s=60.0)  # longer than any of these tests
AT_ONCE = Manner(speed=1e9)
AGENT, CUSTOMER = np.random.default_rng(14).integers(-9_000, 9_000, (2, 8_000)).astype(np.int16)
CALL = PlacedCall(
    call_id="c-17",
    agent=Person(id="7", name="Ana", team="returns"),
    customer=Customer(id="42", name="Mr Brown", tier="gold"),
    language="es-MX",
)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A server, and a recording of a call to send there."""

    address: str
    sessions: Sessions
    joins: Joins
    recording: Path

    def url(self, name: str) -> str:
        """Where a protocol is spoken."""
        return f"ws://{self.address}/ingest/{name}"

    async def place(
        self, protocol: str, manner: Manner = AT_ONCE, options: Mapping[str, str] | None = None
    ) -> CallOutcome:
        """Sends the recording."""
        call = replace(CALL, options=options or {})
        return await place_call(
            self.recording, self.url(protocol), call, protocol=protocol, manner=manner, legs=SPEAKERS
        )

    async def heard(self, call_id: str = "c-17") -> HeardCall:
        """The call, when it is over."""
        call = await self.sessions.call(call_id)
        await call.over.wait()
        return call


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A second of two channels."""
    return wave_file(tmp_path / "call.wav", AGENT, CUSTOMER)


def wave_file(path: Path, *channels: Pcm) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(np.stack(channels, axis=1).tobytes())
    return path


@asynccontextmanager
async def exchange(recording: Path, limits: PeerLimits = NO_TICKS) -> AsyncIterator[Exchange]:
    sessions = Sessions()
    sessions.listening.set()
    joins = joins_of(sessions, limits, clock=HeldClock())
    async with serving(protocol_app(joins)) as address:
        yield Exchange(address=address, sessions=sessions, joins=joins, recording=recording)


@pytest.mark.parametrize(
    ("protocol", "options", "encoding"),
    [
        ("asterisk", {}, "mulaw"),
        ("asterisk", {"format": "alaw"}, "alaw"),
        ("asterisk", {"format": "slin"}, "s16le"),
        ("asterisk", {"control": "json"}, "mulaw"),
        ("asterisk", {"control": "json", "facts": "variables", "format": "slin"}, "s16le"),
        ("freeswitch", {}, "s16le"),
        ("freeswitch", {"module": "audio_stream", "facts": "metadata", "packets": "2"}, "s16le"),
    ],
)
async def test_the_same_recording_gives_the_same_samples_on_the_same_legs(
    recording: Path, protocol: str, options: dict[str, str], encoding: Encoding
) -> None:
    async with exchange(recording) as place:
        outcome = await place.place(protocol, options=options)
        call = await place.heard()
    for leg, sent in zip(SPEAKERS, (AGENT, CUSTOMER), strict=True):
        coded = {"mulaw": g711.mulaw, "alaw": g711.alaw}.get(encoding)
        assert np.array_equal(call.leg(leg), decode(coded(sent), encoding) if coded else sent)
    assert (call.info.source, call.info.agent, call.info.customer) == (protocol, CALL.agent, CALL.customer)
    assert (call.info.language, call.end_reason, call.gaps) == ("es-MX", "hangup", [])
    assert outcome.told == []


@pytest.mark.parametrize(("protocol", "connections"), [("asterisk", 2), ("freeswitch", 1)])
async def test_both_connections_of_a_call_are_one_call(recording: Path, protocol: str, connections: int) -> None:
    async with exchange(recording) as place:
        assert (await place.place(protocol)).connections == connections
        await place.heard()
        assert list(place.sessions.calls) == ["c-17"]


async def test_freeswitch_may_bring_each_leg_on_a_connection_of_its_own(recording: Path) -> None:
    async with exchange(recording) as place:
        outcome = await place.place("freeswitch", manner=replace(AT_ONCE, per_leg=True))
        call = await place.heard()
    assert outcome.connections == 2
    assert np.array_equal(call.leg("agent"), AGENT)
    assert np.array_equal(call.leg("customer"), CUSTOMER)


async def test_leg_of_asterisk_joins_a_call_that_another_protocol_opened(recording: Path) -> None:
    async with exchange(recording) as place, connect(place.url("stream")) as stream:
        start = {**START, "call_id": "c-17", "legs": ["agent"]}
        await stream.send(json.dumps(start))
        await stream.recv()
        await send(stream, AGENT.tobytes())
        async with connect(place.url("asterisk") + "?call_id=c-17&leg=customer") as asterisk:
            await asterisk.send(PLAIN)
            await send(asterisk, g711.mulaw(CUSTOMER), message_bytes=160)
        await stream.send('{"type": "stop"}')
        call = await place.heard()
    assert call.info.source == "stream"
    assert np.array_equal(call.leg("customer"), decode(g711.mulaw(CUSTOMER), "mulaw"))


async def test_each_system_gets_the_subprotocol_that_it_asks_for(recording: Path) -> None:
    async with exchange(recording) as place:
        for name, subprotocol in (("asterisk", "media"), ("freeswitch", "audio.drachtio.org")):
            async with connect(place.url(name), subprotocols=[Subprotocol(subprotocol)]) as socket:
                assert socket.subprotocol == subprotocol
            async with connect(place.url(name)) as socket:
                assert socket.subprotocol is None


@pytest.mark.parametrize("protocol", ["asterisk", "freeswitch"])
async def test_line_that_is_cut_is_no_hangup(recording: Path, protocol: str) -> None:
    async with exchange(recording, replace(NO_TICKS, line_grace_s=0.0)) as place:
        await place.place(protocol, manner=replace(AT_ONCE, cut_ms=500))
        call = await place.heard()
    assert call.end_reason == "vanished"
    assert len(call.leg("agent")) == 24 * 160


async def test_key_of_the_agents_telephone_is_pressed(recording: Path) -> None:
    keys = (KeyPress(at_ms=100, speaker="agent", key="5"), KeyPress(at_ms=200, speaker="customer", key="1"))
    async with exchange(recording) as place:
        await place.place("asterisk", manner=replace(AT_ONCE, keys=keys))
        await place.heard()
        assert place.sessions.keys == ["5"]


async def test_second_connection_for_a_leg_is_refused_and_costs_the_first_nothing(recording: Path) -> None:
    url = "?call_id=c-17&leg=agent"
    async with exchange(recording) as place, connect(place.url("asterisk") + url) as first:
        await first.send(PLAIN)
        await first.send(bytes(320))
        await place.sessions.heard("c-17", lambda call: len(call.leg("agent")) == 320)
        async with connect(place.url("asterisk") + url) as second:
            await second.send(PLAIN)
            with pytest.raises(ConnectionClosed) as closed:
                await second.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason.split(":")[0]) == (4409, "leg_taken")
        await first.send(bytes(320))
        await first.close()
        assert len((await place.heard()).leg("agent")) == 640


async def test_flood_of_control_messages_keeps_no_call_alive_and_leaves_others_their_turn(recording: Path) -> None:
    async def flood(url: str) -> None:
        async with connect(f"{url}?call_id=flood&leg=agent") as socket:
            await socket.send(PLAIN)
            await socket.send(bytes(160))
            for _ in range(4_000):
                await socket.send("MEDIA_XOFF")

    async with exchange(recording) as place:
        flooding = asyncio.create_task(flood(place.url("asterisk")))
        await place.place("freeswitch")
        call = await place.heard()
        await flooding
        assert len((await place.heard("flood")).leg("agent")) == 160
    assert np.array_equal(call.leg("agent"), AGENT)


async def test_what_freeswitch_should_have_said_is_told_as_its_events_are(recording: Path) -> None:
    async with exchange(recording) as place, connect(place.url("freeswitch")) as socket:
        await socket.send(bytes(320))
        told = json.loads(await socket.recv())
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    assert (told["type"], told["data"]["code"]) == ("error", "bad_legs")


@pytest.mark.parametrize(
    ("protocol", "query", "said"),
    [("asterisk", "?call_id=c-17&leg=agent", PLAIN), ("freeswitch", "?mix=stereo", '{"call_id": "c-17"}')],
)
async def test_channel_that_hangs_up_before_its_first_audio_leaves_no_call(
    recording: Path, protocol: str, query: str, said: str
) -> None:
    async with exchange(recording) as place:
        async with connect(place.url(protocol) + query) as socket:
            await socket.send(said)
        async with asyncio.timeout(30):
            while place.joins.feeds:  # noqa: ASYNC110 - nobody is told of a call that never was
                await asyncio.sleep(0)
        await place.place(protocol)  # under the same id, which is free
        assert (await place.heard()).end_reason == "hangup"
    assert list(place.sessions.calls) == ["c-17"]


async def test_mono_that_was_announced_as_stereo_is_told_to_freeswitch(tmp_path: Path) -> None:
    voice = (6_000 * np.sin(np.arange(16_000) * 2 * np.pi * 300 / 8_000)).astype(np.int16)
    mono = wave_file(tmp_path / "mono.wav", voice)
    async with exchange(mono) as place:
        call = replace(CALL, options={"announce": "stereo"})
        outcome = await place_call(
            mono, place.url("freeswitch"), call, protocol="freeswitch", manner=AT_ONCE, legs=("customer",)
        )
        await place.heard()
    assert [told.split(":")[0] for told in outcome.told] == ["mono_as_stereo"]
