"""What a publisher's packets become in its call, without a network."""

import asyncio
from collections.abc import Iterator

import av
import numpy as np
import structlog
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RtpPacket

from tests.fakes.ingest_server import HeldClock, Sessions, joins_of
from voiceassist.ingest.dialect import Started
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.whip.dialect import WhipDialect
from voiceassist.ingest.whip.listen import WAITING, Packets, listen
from voiceassist.ingest.whip.request import Publication

RATE_HZ, PACKET = 48_000, 960


class Track(MediaStreamTrack):
    """It ends when all of its packets were heard."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.may_end = asyncio.Event()

    async def recv(self) -> av.AudioFrame:
        await self.may_end.wait()
        raise MediaStreamError


class Receiver:
    """As much of aiortc's as a listener asks."""

    def __init__(self) -> None:
        self.track, self._RTCRtpReceiver__jitter_buffer = Track(), Packets()


def mixed(packets: int) -> Iterator[bytes]:
    """A conversation on one channel, sent as two."""
    codec = av.CodecContext.create("libopus", "w")
    codec.bit_rate, codec.format, codec.layout, codec.sample_rate = 32_000, "s16", "stereo", RATE_HZ
    noise = np.random.default_rng(7).normal(0, 3000, packets * PACKET).astype(np.int16)
    for start in range(0, len(noise), PACKET):
        pcm = np.repeat(noise[start : start + PACKET], 2)[None]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = RATE_HZ, start
        yield from (bytes(packet) for packet in codec.encode(frame))


async def test_one_channel_that_is_announced_as_two_legs_is_told_after_ten_seconds_of_it() -> None:
    sessions, dialect, receiver = Sessions(), WhipDialect(), Receiver()
    sessions.listening.set()
    (started,) = dialect.receive(Publication(call_id="c1", legs="agent,customer"))
    assert isinstance(started, Started)
    for number, payload in enumerate(mixed(510)):
        packet = RtpPacket(payload_type=96, sequence_number=number, timestamp=number * PACKET, payload=payload)
        receiver._RTCRtpReceiver__jitter_buffer.add(packet)
    with structlog.testing.capture_logs() as logs:
        async with asyncio.TaskGroup() as tasks:
            joins = joins_of(sessions, PeerLimits(), tasks.create_task, HeldClock())
            publisher = await joins.join(started, waits=False)
            listening = listen(receiver, publisher, dialect, joins.clock, lambda: False)  # type: ignore[arg-type]
            task = tasks.create_task(listening)
            await sessions.heard("c1", lambda call: len(call.leg("agent")) == 510 * PACKET)
            receiver.track.may_end.set()
            assert await task == "vanished"
            publisher.feed.end("hangup")
    (told,) = [entry for entry in logs if entry["event"] == "ingest_warning"]
    assert (told["code"], told["call_id"]) == ("legs_identical", "c1")


async def test_of_packets_that_nobody_takes_the_oldest_are_dropped() -> None:
    packets = Packets()
    for number in range(WAITING + 5):
        packets.add(RtpPacket(sequence_number=number))
    first, *_ = await packets.next(0)
    assert first.sequence_number == 5
    assert await packets.next(0) == []
