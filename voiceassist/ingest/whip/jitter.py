"""Puts a track's packets back in order, and waits for a missing one as long as packets here come late.

Packets that come in order pass at once. Behind a missing one they wait until it comes, or until it is later than
any lately was (and some more), within bounds. Nobody listens to the audio in real time, so nothing else is held.
Takes the place of aiortc's jitter buffer, which gives up good packets together with a lost one: measured with one
packet lost, (16, prefetch 4), its default, loses 100 ms and its delay then grows from 80 to 280 ms (aiortc issue
543), (4, prefetch 2) loses 60 ms; this one loses 20 ms.
Never reads a clock: the packets' timestamps are one. Next: `sound.py` decodes what comes out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

RATE_HZ = 48_000  # of Opus timestamps, whatever the audio (RFC 7587 section 4.1)
FIRST_WAIT = RATE_HZ * 200 // 1000  # as late as Wi-Fi in a bad place makes packets; nothing is known yet
LEAST_WAIT = RATE_HZ * 60 // 1000  # three packets of 20 ms: reordered ones overtake one or two
MOST_WAIT = RATE_HZ * 400 // 1000  # what comes later is of no use: the words before it are wanted now
MARGIN = 1.25  # how much longer than the latest packet lately
FORGETTING = 100  # the wait becomes 1 s shorter in so many: from the longest to the shortest in half a minute
JUMP = 100  # a packet this far from the others is a sender that started anew (aiortc's own number)...
HELD = 100  # ...and no more than that wait: 150 kB at most


@dataclass(frozen=True, slots=True, kw_only=True)
class OpusPacket:
    """One packet of a track. Its number and timestamp never start over, unlike RTP's."""

    number: int
    timestamp: int
    payload: bytes


class OrderedPackets:
    """Packets in any order in, packets in order out."""

    def __init__(self) -> None:
        self._held: dict[int, OpusPacket] = {}
        self._next: int | None = None  # number of the packet whose turn it is
        self._newest = 0  # timestamp
        self._wait = FIRST_WAIT  # in samples

    @property
    def holds_any(self) -> bool:
        """Whether packets wait for a missing one."""
        return bool(self._held)

    def add(self, number: int, timestamp: int, payload: bytes) -> list[OpusPacket]:
        """Takes a packet as RTP counts it; gives those whose turn it is."""
        packet = self._counted(number, timestamp, payload)
        flushed = self._restart(packet) if self._is_far(packet) else []
        self._learn(packet)
        if self._next is None:
            self._next = packet.number
        if packet.number >= self._next:
            self._held.setdefault(packet.number, packet)
        return [*flushed, *self._in_turn()]

    def flush(self) -> list[OpusPacket]:
        """Nothing came for a while: the missing ones will not come either."""
        packets = [self._held[number] for number in sorted(self._held)]
        self._held.clear()
        if packets:
            self._next = packets[-1].number + 1
        return packets

    def _counted(self, number: int, timestamp: int, payload: bytes) -> OpusPacket:
        if self._next is None:
            return OpusPacket(number=number, timestamp=timestamp, payload=payload)
        return OpusPacket(
            number=_nearest(number, self._next, 1 << 16),
            timestamp=_nearest(timestamp, self._newest, 1 << 32),
            payload=payload,
        )

    def _is_far(self, packet: OpusPacket) -> bool:
        return self._next is not None and abs(packet.number - self._next) > JUMP

    def _restart(self, packet: OpusPacket) -> list[OpusPacket]:
        packets = self.flush()
        self._next, self._newest = packet.number, packet.timestamp
        return packets

    def _learn(self, packet: OpusPacket) -> None:
        """Waits longer at once when a packet came late, and less in time."""
        passed = packet.timestamp - self._newest if self._next is not None else 0
        self._newest = packet.timestamp if self._next is None else max(self._newest, packet.timestamp)
        if passed > 0:
            self._wait = max(LEAST_WAIT, self._wait - passed // FORGETTING)
        else:
            self._wait = min(MOST_WAIT, max(self._wait, round(-passed * MARGIN)))

    def _in_turn(self) -> Iterator[OpusPacket]:
        while self._held:
            assert self._next is not None
            if self._next in self._held:
                yield self._held.pop(self._next)
            elif not self._is_given_up():
                return
            self._next += 1

    def _is_given_up(self) -> bool:
        """Whether the packet whose turn it is will not be waited for any more."""
        behind = self._held[min(self._held)]
        return self._newest - behind.timestamp >= self._wait or len(self._held) > HELD


def _nearest(short: int, near: int, circle: int) -> int:
    """The number that RTP shortened, nearest to one that is known."""
    return near + (short - near + circle // 2) % circle - circle // 2
