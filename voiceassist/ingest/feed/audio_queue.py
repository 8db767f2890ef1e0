"""Audio that waits for the recognizer, so that no socket ever waits for one.

Bounded in seconds, in bytes and in pieces. Two rules for a full queue, one for each kind of peer:
- one that can be slowed down (TCP) waits for `room` before it is read on, so nothing is lost; its last message
  may stand above the bounds;
- one that cannot (UDP) drops the oldest by `push`. Silence comes out in its place, so that times stay true, then
  one `AudioGap` (overflow) per leg. A gap that lies within what was dropped is dropped with it; nothing else is.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from voiceassist.audio.pcm import AudioFrame, TimePassed
from voiceassist.events import AudioDoubted, AudioGap, LineChanged, Speaker
from voiceassist.ingest.feed.gaps import FRAME_S, Piece, gap_of, silent_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueBounds:
    """How much may wait; the first bound that is reached counts."""

    seconds: float  # of every leg
    bytes: int  # of samples; a piece costs some 250 bytes beside them
    pieces: int


@dataclass(slots=True, kw_only=True)
class _Hole:
    """What was dropped of a leg and not replaced yet: it stands at the head of the queue."""

    speaker: Speaker
    rate_hz: int
    arrived_s: float  # when the newest of it had arrived
    start: int  # in samples of the leg
    samples: int = 0
    replaced: int = 0  # samples of silence given for it

    def as_gap(self) -> AudioGap:
        return gap_of(self.speaker, self.start, self.samples, self.rate_hz, "overflow")


class AudioQueue:
    """The audio of one call between its peers and its session."""

    def __init__(self, legs: int, bounds: QueueBounds) -> None:
        self._limit_us, self._bounds = round(bounds.seconds * legs * 1_000_000), bounds
        self._queued_us = 0  # whole microseconds: sums of them do not drift
        self._queued_bytes = 0
        self._pieces: deque[Piece] = deque()
        self._holes: dict[Speaker, _Hole] = {}
        # From before a hole; one cause of gaps at a time, so a few at most.
        self._kept: deque[AudioGap | LineChanged | AudioDoubted] = deque()
        self._positions: dict[Speaker, int] = {}  # samples given so far, per leg
        self._closed = False
        self._ready, self._room = asyncio.Event(), asyncio.Event()

    @property
    def is_full(self) -> bool:
        """Whether a bound is reached: whoever can wait should."""
        return self._load() >= 1 and not self._closed

    async def room(self) -> None:
        """Waits until no bound is reached."""
        while self.is_full:
            self._room.clear()
            await self._room.wait()

    def add(self, piece: Piece) -> None:
        """Adds a piece, whatever waits."""
        if self._closed:
            return  # nobody would read it
        self._pieces.append(piece)
        self._count(piece, 1)
        self._ready.set()

    def push(self, piece: Piece) -> None:
        """Adds a piece; the oldest audio makes room."""
        self.add(piece)
        while self._load() > 1:
            self._drop_oldest()

    def close(self) -> None:
        """Nothing more will come: the reader gets what is here, then the end."""
        self._closed = True
        self._ready.set()
        self._room.set()

    async def pieces(self) -> AsyncIterator[Piece]:
        """Everything in order, until the end."""
        while True:
            while piece := self._next():
                yield piece
            if self._closed:
                return
            self._ready.clear()
            await self._ready.wait()

    def _load(self) -> float:
        """How full the queue is by the bound that is nearest: 1 is full."""
        return max(
            self._queued_us / self._limit_us,
            self._queued_bytes / self._bounds.bytes,
            len(self._pieces) / self._bounds.pieces,
        )

    def _next(self) -> Piece | None:
        if self._kept:
            return self._kept.popleft()
        if self._holes:
            return self._given(self._silence_or_gap(next(iter(self._holes.values()))))
        return self._given(self._take()) if self._pieces else None

    def _given(self, piece: Piece) -> Piece:
        if isinstance(piece, AudioFrame):
            self._positions[piece.speaker] = self._positions.get(piece.speaker, 0) + len(piece.pcm)
        return piece

    def _silence_or_gap(self, hole: _Hole) -> Piece:
        samples = min(hole.samples - hole.replaced, FRAME_S * hole.rate_hz)
        if not samples:
            del self._holes[hole.speaker]
            return hole.as_gap()
        hole.replaced += samples
        (frame,) = silent_frames(hole.speaker, samples, hole.rate_hz, hole.arrived_s)
        return frame

    def _take(self) -> Piece:
        piece = self._pieces.popleft()
        self._count(piece, -1)
        self._room.set()
        return piece

    def _count(self, piece: Piece, sign: int) -> None:
        if isinstance(piece, AudioFrame):
            self._queued_us += sign * (len(piece.pcm) * 1_000_000 // piece.rate_hz)
            self._queued_bytes += sign * piece.pcm.nbytes

    def _drop_oldest(self) -> None:
        piece = self._take()
        if isinstance(piece, AudioFrame):
            self._widen_hole(piece)
        elif not isinstance(piece, TimePassed) and not self._is_in_hole(piece):
            self._kept.append(piece)

    def _widen_hole(self, frame: AudioFrame) -> None:
        start = self._positions.get(frame.speaker, 0)
        hole = self._holes.setdefault(
            frame.speaker,
            _Hole(speaker=frame.speaker, rate_hz=frame.rate_hz, arrived_s=frame.arrived_s, start=start),
        )
        hole.samples += len(frame.pcm)
        hole.arrived_s = frame.arrived_s

    def _is_in_hole(self, gap: AudioGap | LineChanged | AudioDoubted) -> bool:
        if not isinstance(gap, AudioGap) or gap.speaker not in self._holes:
            return False
        if not gap.duration_ms:  # a place that is marked
            return False
        whole = self._holes[gap.speaker].as_gap()
        end_ms = gap.at_ms + max(gap.duration_ms, gap.within_ms)
        return whole.at_ms <= gap.at_ms and end_ms <= whole.at_ms + whole.duration_ms
