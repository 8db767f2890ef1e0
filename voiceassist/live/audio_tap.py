"""Hands a call's audio to those who take it beside the recognizers: the recording, and people who listen in.

A taker that is slow never delays the call: it has a queue of its own, and what does not fit is left out. Silence
of exactly that length takes its place, so that times stay true. Who wants the audio of this moment and no other
is told every frame at once, and keeps of it what they can use. Never decodes or writes anything.
Next: `recording.py` is a taker; `listening/` is told.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from voiceassist.audio.pcm import AudioFrame, long_silence
from voiceassist.events import Speaker

# A taker's queue holds so much of every leg, and so many bytes altogether, whichever comes first. Full: new audio
# is left out until half of the queue is free, so that there is one gap and not hundreds. Half a minute outlasts a
# disk that stalls or is full for a moment; with two legs at 16 kHz it is 3.7 MB.
LIMIT_S = 30.0
LIMIT_BYTES = 4 << 20
FRAME_BYTES = 600  # what a frame costs besides its samples: a message of 2 bytes was measured at 594

Missed = Callable[[float], None]  # told of every gap when it is over: how many seconds were left out
# Told every frame, and how many samples its leg has had with it. The call waits for it: it only takes notes.
Told = Callable[[AudioFrame, int], None]


class Taker:
    """The queue of one taker."""

    def __init__(self, legs: tuple[Speaker, ...], on_missed: Missed) -> None:
        self._legs = len(legs)
        self._on_missed = on_missed
        self._frames: deque[tuple[AudioFrame, int, int]] = deque()  # with its bytes and microseconds in the bounds
        self._bytes = 0
        self._us = 0  # whole microseconds of all legs: sums of them do not drift
        self._left_out: dict[Speaker, AudioFrame] = {}  # per leg: the silence that takes the place of it
        self._is_closed = False
        self._news, self._room = asyncio.Event(), asyncio.Event()

    @property
    def is_full(self) -> bool:
        """Whether a frame that comes now is left out."""
        share = 0.5 if self._left_out else 1.0
        return self._bytes >= LIMIT_BYTES * share or self._us >= LIMIT_S * 1e6 * self._legs * share

    def offer(self, frame: AudioFrame) -> None:
        """Takes a frame, or leaves it out."""
        if self._is_closed:
            return
        if self.is_full:
            self._leave_out(frame)
            return
        self._end_gap()
        self._add(frame, frame.pcm.nbytes, _microseconds(frame))

    async def room(self, within_s: float) -> None:
        """Returns when there is room, after `within_s` at the latest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self.is_full and not self._is_closed:
                    self._room.clear()
                    await self._room.wait()

    async def frames(self) -> AsyncIterator[AudioFrame]:
        """The audio of every leg in order and without holes, until the end."""
        while True:
            while self._frames:
                yield self._next()
            if self._is_closed:
                return
            self._news.clear()
            await self._news.wait()

    def close(self) -> None:
        """Nothing more will come: the reader gets what waits, then the end."""
        self._end_gap()
        self._is_closed = True
        self._news.set()
        self._room.set()

    def drop(self) -> float:
        """Forgets what waits, since nobody will take it; how many seconds it was."""
        waiting_s = self._us / 1e6 / self._legs
        self._frames.clear()
        self._bytes = self._us = 0
        return waiting_s

    def _add(self, frame: AudioFrame, samples_bytes: int, microseconds: int) -> None:
        self._frames.append((frame, samples_bytes + FRAME_BYTES, microseconds))
        self._bytes += samples_bytes + FRAME_BYTES
        self._us += microseconds
        self._news.set()

    def _next(self) -> AudioFrame:
        frame, size_bytes, microseconds = self._frames.popleft()
        self._bytes -= size_bytes
        self._us -= microseconds
        self._room.set()
        return frame

    def _leave_out(self, frame: AudioFrame) -> None:
        before = self._left_out.get(frame.speaker)
        samples = len(frame.pcm) + (len(before.pcm) if before else 0)
        self._left_out[frame.speaker] = replace(frame, pcm=long_silence(samples))

    def _end_gap(self) -> None:
        if not self._left_out:
            return
        self._on_missed(max(map(_microseconds, self._left_out.values())) / 1e6)
        for silent in self._left_out.values():
            self._add(silent, 0, 0)  # its samples take no memory
        self._left_out.clear()


class AudioTap:
    """The audio of one call, and those who take it."""

    def __init__(self, legs: tuple[Speaker, ...]) -> None:
        self._legs = legs
        self._takers: list[Taker] = []
        self._told: list[Told] = []
        self._given: dict[Speaker, int] = {}  # samples
        self.position_ms = 0  # how much audio was given, on the leg that is ahead

    @contextmanager
    def taking(self, on_missed: Missed) -> Iterator[Taker]:
        """A taker, from now on and for as long as the block runs."""
        taker = Taker(self._legs, on_missed)
        self._takers.append(taker)
        try:
            yield taker
        finally:
            self._takers.remove(taker)
            taker.close()

    @contextmanager
    def telling(self, told: Told) -> Iterator[None]:
        """`told` hears of every frame from now on and for as long as the block runs."""
        self._told.append(told)
        try:
            yield
        finally:
            self._told.remove(told)

    async def give(self, frame: AudioFrame, *, spare_s: float) -> None:
        """Hands a frame to every taker.

        A full taker is waited for, but only for the `spare_s` by which the call is ahead of real time: a recording
        that is sent faster than it plays is then taken whole, and a live call never waits.
        """
        given = self._given[frame.speaker] = self._given.get(frame.speaker, 0) + len(frame.pcm)
        self.position_ms = max(self.position_ms, given * 1000 // frame.rate_hz)
        for told in tuple(self._told):
            told(frame, given)
        for taker in tuple(self._takers):
            if spare_s > 0 and taker.is_full:
                await taker.room(spare_s)
            taker.offer(frame)


def _microseconds(frame: AudioFrame) -> int:
    return len(frame.pcm) * 1_000_000 // frame.rate_hz
