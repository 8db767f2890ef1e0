"""Audio that waits for the recognizer, so that no socket ever waits for one.

Bounded by seconds of audio, with a rule for each kind of peer:
- `put` waits for room: for a peer that can be slowed down (TCP), so that nothing is lost;
- `push` drops the oldest: for a peer that cannot (UDP). What was dropped comes out as `AudioGap` (overflow)
  followed by as much silence, so that times stay true. Gaps themselves are never dropped.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from voiceassist.audio.pcm import AudioFrame, silence
from voiceassist.events import AudioGap, Speaker
from voiceassist.ingest.timeline import Piece


class AudioQueue:
    """The audio of one call between its peer and its session."""

    def __init__(self, legs: int, limit_s: float) -> None:
        self._limit_us = round(limit_s * legs * 1_000_000)
        self._queued_us = 0  # whole microseconds: sums of them do not drift
        self._pieces: deque[Piece] = deque()
        self._dropped: dict[Speaker, AudioFrame] = {}  # per leg: silence for what was dropped at the head
        self._holes: deque[Piece] = deque()  # the same with its gap, about to be given: cannot be dropped
        self._positions: dict[Speaker, int] = {}  # samples given so far, per leg
        self._closed = False
        self._ready, self._room = asyncio.Event(), asyncio.Event()

    async def put(self, piece: Piece) -> None:
        """Adds a piece, once there is room."""
        while self._queued_us >= self._limit_us and not self._closed:
            self._room.clear()
            await self._room.wait()
        self._add(piece)

    def push(self, piece: Piece) -> None:
        """Adds a piece at once; the oldest audio makes room."""
        self._add(piece)
        while self._queued_us > self._limit_us:
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

    def _add(self, piece: Piece) -> None:
        if self._closed:
            return  # nobody would read it
        self._pieces.append(piece)
        self._queued_us += _microseconds(piece)
        self._ready.set()

    def _next(self) -> Piece | None:
        for hole in self._dropped.values():
            self._holes += (self._gap(hole), hole)
        self._dropped.clear()
        if not self._holes and not self._pieces:
            return None
        piece = self._holes.popleft() if self._holes else self._take()
        if isinstance(piece, AudioFrame):
            self._positions[piece.speaker] = self._positions.get(piece.speaker, 0) + len(piece.pcm)
        return piece

    def _take(self) -> Piece:
        piece = self._pieces.popleft()
        self._queued_us -= _microseconds(piece)
        self._room.set()
        return piece

    def _drop_oldest(self) -> None:
        at = next(at for at, piece in enumerate(self._pieces) if isinstance(piece, AudioFrame))
        self._pieces.rotate(-at)
        piece = self._take()
        self._pieces.rotate(at)
        assert isinstance(piece, AudioFrame)
        hole = self._dropped.get(piece.speaker)
        samples = len(piece.pcm) + (len(hole.pcm) if hole else 0)
        self._dropped[piece.speaker] = AudioFrame(
            speaker=piece.speaker, pcm=silence(samples), rate_hz=piece.rate_hz, arrived_s=piece.arrived_s
        )

    def _gap(self, hole: AudioFrame) -> AudioGap:
        position = self._positions.get(hole.speaker, 0)
        return AudioGap(
            at_ms=position * 1000 // hole.rate_hz,
            speaker=hole.speaker,
            duration_ms=len(hole.pcm) * 1000 // hole.rate_hz,
            cause="overflow",
        )


def _microseconds(piece: Piece) -> int:
    return len(piece.pcm) * 1_000_000 // piece.rate_hz if isinstance(piece, AudioFrame) else 0
