"""Brings the legs of a call together and writes them as one two-channel recording while the call runs.

A leg that is not there is silent. A disk that fails costs the recording, never the call: it is logged, and what
was written stays playable. Writing happens in a thread, one block after the other, also when a call is cancelled.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import structlog

from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.errors import RecordingError
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.store.recordings import Recording, open_recording

log = structlog.get_logger()

BLOCK_MS = 200  # a page of the recording is at most this plus the container's own


class Recorder:
    """The recording of one call."""

    def __init__(self, path: Path, legs: tuple[Speaker, ...]) -> None:
        self._path = path
        self._legs = legs
        self._rate_hz = 0  # of the first frame, and therefore of all: the source sees to that
        self._recording: Recording | None = None
        self._waiting: dict[Speaker, list[Pcm]] = {leg: [] for leg in legs}
        self._failed = False
        self._turn = asyncio.Lock()

    async def add(self, frame: AudioFrame) -> None:
        """Takes a frame; writes when all legs have a block."""
        if self._failed:
            return
        self._rate_hz = self._rate_hz or frame.rate_hz
        self._waiting[frame.speaker].append(frame.pcm)
        ready = min(self._samples(leg) for leg in self._legs)
        if ready >= self._rate_hz * BLOCK_MS // 1000:
            await self._write(ready)

    async def close(self) -> None:
        """Writes the rest, the shorter leg padded with silence."""
        rest = max(self._samples(leg) for leg in self._legs)
        if rest and not self._failed:
            await self._write(rest)
        await self._guarded(self._close_file)

    def _samples(self, leg: Speaker) -> int:
        return sum(map(len, self._waiting[leg]))

    async def _write(self, samples: int) -> None:
        agent, customer = (self._take(leg, samples) for leg in SPEAKERS)
        await self._guarded(partial(self._write_block, agent, customer))

    def _write_block(self, agent: Pcm, customer: Pcm) -> None:
        if self._failed:
            return
        if self._recording is None:
            self._recording = open_recording(self._path, self._rate_hz)
        self._recording.write(agent, customer)

    def _take(self, leg: Speaker, samples: int) -> Pcm:
        audio = np.concatenate([*self._waiting.get(leg, ()), np.zeros(0, np.int16)])
        self._waiting[leg] = [audio[samples:]]
        return np.pad(audio[:samples], (0, max(0, samples - len(audio))))

    def _close_file(self) -> None:
        if self._recording:
            self._recording.close()

    async def _guarded(self, step: Callable[[], None]) -> None:
        """A step that is cancelled goes on by itself: the next one waits for it, and no sample is lost."""
        await asyncio.shield(self._in_turn(step))

    async def _in_turn(self, step: Callable[[], None]) -> None:
        async with self._turn:
            try:
                await asyncio.to_thread(step)
            except RecordingError as error:
                self._failed = True
                log.error("recording stopped; the call goes on", file=str(self._path), error=str(error))  # noqa: TRY400
