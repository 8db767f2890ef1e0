"""Listens to one WebRTC peer until it is gone: its packets, put in order and decoded, become the call's audio.

aiortc decrypts the packets and would decode them in a thread of each track; we take them from it before that.
Never recognises speech and never waits for whoever does: every sound goes straight on to the call's feed.
Next: `dialect.py` makes events of the sounds, `feed/peer_feed.py` takes them.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog
from aiortc import MediaStreamTrack, RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RtpPacket

from voiceassist.events import EndReason
from voiceassist.ingest.feed.peer_feed import PeerFeed
from voiceassist.ingest.whip.dialect import WhipDialect
from voiceassist.ingest.whip.jitter import OpusPacket, OrderedPackets
from voiceassist.ingest.whip.sound import Sound, Track

log = structlog.get_logger(__name__)

JITTER_ATTRIBUTE = "_RTCRtpReceiver__jitter_buffer"  # private: the version of aiortc is pinned, a test looks here
WAITING = 1000  # packets, 20 s of most senders: we run on the loop that brings them, so that few wait ever
SILENT_TICK_S = 0.1  # how often silence is given that a sender does not send: its words are over when it is heard
OVERDUE_S = 0.4  # without a packet: those that are missing will not come either


class Packets:
    """The packets of a track, in the place of aiortc's jitter buffer; with too many, the oldest are dropped."""

    def __init__(self) -> None:
        self._packets: deque[RtpPacket] = deque(maxlen=WAITING)
        self._news = asyncio.Event()

    def add(self, packet: RtpPacket) -> tuple[bool, None]:
        """Takes a packet; aiortc asks the sender for nothing and decodes nothing."""
        self._packets.append(packet)
        self._news.set()
        return False, None

    def wake(self) -> None:
        """Whoever waits for packets looks whether there will be any."""
        self._news.set()

    async def next(self, within_s: float) -> list[RtpPacket]:
        """Those that have come; none when none comes in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._news.wait()
        self._news.clear()
        packets = list(self._packets)
        self._packets.clear()
        return packets


def packets_of(receiver: RTCRtpReceiver) -> Packets:
    """What a receiver gets from now on; AttributeError when this aiortc keeps its jitter buffer elsewhere."""
    packets = getattr(receiver, JITTER_ATTRIBUTE)
    if not isinstance(packets, Packets):
        packets = Packets()
        setattr(receiver, JITTER_ATTRIBUTE, packets)
    return packets


class TrackHearing:
    """Makes sounds of packets."""

    def __init__(self, channels: int, longest_silence_s: float, now_s: float) -> None:
        self._ordered, self._track = OrderedPackets(), Track(channels, longest_silence_s)
        self._came_s = now_s

    def wait_s(self, tick_s: float) -> float:
        """How soon to look again if no packet comes."""
        return min(tick_s, SILENT_TICK_S) if self._track.may_be_silent else tick_s

    def hear(self, came: list[RtpPacket], now_s: float) -> list[Sound]:
        """What is heard now that these came, or none."""
        if came:
            self._came_s = now_s
            return self._sounds(
                ordered
                for packet in came
                for ordered in self._ordered.add(packet.sequence_number, packet.timestamp, packet.payload)
            )
        quiet_s = now_s - self._came_s
        overdue = self._ordered.flush() if quiet_s >= OVERDUE_S else []
        return self._sounds(overdue) + self._track.pass_time(quiet_s)

    def _sounds(self, packets: Iterable[OpusPacket]) -> list[Sound]:
        return [sound for packet in packets for sound in self._track.hear(packet)]


async def listen(
    receiver: RTCRtpReceiver,
    publisher: PeerFeed,
    dialect: WhipDialect,
    clock: Callable[[], float],
    is_over: Callable[[], bool],
) -> EndReason:
    """Feeds the call until the peer ends, or nothing has come from it for too long."""
    limits, packets = publisher.feed.limits, packets_of(receiver)
    hearing = TrackHearing(len(publisher.tracks[0]), limits.silent_after_s, clock())
    ending = asyncio.create_task(_has_ended(receiver.track))
    ending.add_done_callback(lambda _: packets.wake())
    try:
        while not (is_over() or ending.done()):
            came = await packets.next(hearing.wait_s(limits.tick_s))
            now_s = clock()
            _take(publisher, dialect, hearing.hear(came, now_s), now_s)
            publisher.feed.tick(now_s)
            quiet_s = publisher.quiet_s(now_s)
            if publisher.has_begun and quiet_s >= limits.dead_after_s:
                publisher.feed.lose(publisher, now_s)  # over when it was waited for long enough
            elif not publisher.has_begun and quiet_s >= limits.start_within_s:
                break
    finally:
        ending.cancel()
    return "vanished"


def _take(publisher: PeerFeed, dialect: WhipDialect, sounds: Iterable[Sound], now_s: float) -> None:
    for sound in sounds:
        for event in dialect.receive(sound):
            if warned := publisher.take(event, now_s):
                call_id = publisher.feed.info.call_id
                log.warning("ingest_warning", call_id=call_id, code=warned.code, message=warned.message)


async def _has_ended(track: MediaStreamTrack) -> None:
    """Waits until aiortc ends the track: the peer said goodbye, or its connection is gone."""
    with suppress(MediaStreamError):
        while True:
            await track.recv()
