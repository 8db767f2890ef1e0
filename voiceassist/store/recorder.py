"""Brings the legs of a call together and writes them as one two-channel recording while the call runs.

A leg that is not there is silent. A disk that fails costs no call and no recording: the write is tried again until
it works, and audio waits meanwhile, where it comes from. What was written stays playable all the time.
Writing happens in threads that only recordings use, one block after the other.
Audio waits in a delay line until it is decided which words are masked, and those are silent in the file; what is
masked later than the line is long is silenced in the file itself. What was never decided, because the call was cut
short, is silent. Never decides what audio is left out: `live/audio_tap.py` does; nor what is masked.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TypeVar

from voiceassist.audio.channels import Block, Channels
from voiceassist.audio.held_audio import HeldAudio
from voiceassist.audio.pcm import AudioFrame
from voiceassist.audio.silences import Silences
from voiceassist.errors import RecordingError
from voiceassist.events import Speaker
from voiceassist.store.recorders import Recorders
from voiceassist.store.recordings import Recording, open_recording

Result = TypeVar("Result")


class Recorder:
    """The recording of one call."""

    def __init__(
        self, path: Path, legs: tuple[Speaker, ...], shared: Recorders, silences: Silences | None = None
    ) -> None:
        """`silences`: what is known of the audio; None: all of it may be recorded as it comes."""
        self._path = path
        self._silences = silences or Silences(is_over=True)
        self._held = HeldAudio()
        self._looked_at = 0  # of the silences that finals have decided: those that may have come too late
        self._shared = shared
        self._channels = Channels(legs)
        self._recording: Recording | None = None
        self._is_over, self._lock = (
            False,
            Lock(),
        )  # with the recording: a file may be opened when nobody waits for it

    async def record(self, frames: AsyncIterator[AudioFrame]) -> None:
        """Writes frames to their end. Cancelling gives up what is not written; a write that runs is finished."""
        try:
            await self._write_all(frames)
        except Exception as error:  # noqa: BLE001 - whatever it was, it costs this recording, and no call
            self._shared.stopped(self._path, error)
        finally:
            self._shared.ended(self._path)
            await self._close()

    async def _write_all(self, frames: AsyncIterator[AudioFrame]) -> None:
        async for frame in frames:
            self._channels.add(frame)
            if blocks := list(self._channels.blocks()):
                await self._take(blocks)
        await self._take(self._channels.rest())
        decided_ms, spans = self._silences.decided_ms(), self._silences.spans()
        if decided_ms is not None:  # the call was cut short
            for block in self._held.undecided(decided_ms, spans, self._channels.rate_hz):
                await self._write(block)
        if self._recording:
            await self._until_it_works(self._recording.finish, again=self._recording.flush)

    async def _take(self, blocks: Iterable[Block]) -> None:
        """Takes blocks in, silences what was decided too late, and writes what is decided."""
        for block in blocks:
            self._held.add(block)
        decided_ms, spans, rate_hz = self._silences.decided_ms(), self._silences.spans(), self._channels.rate_hz
        await self._silence_late()
        for block in self._held.decided(decided_ms, spans, rate_hz):
            await self._write(block)

    async def _silence_late(self) -> None:
        """Silences in the file what finals have masked since it was written."""
        late, self._looked_at = self._silences.decided[self._looked_at :], len(self._silences.decided)
        written_ms = self._held.given_ms(self._channels.rate_hz)
        for start_ms, end_ms in late:
            if self._recording and start_ms < written_ms:
                step = partial(self._recording.silence, start_ms, end_ms)
                await self._until_it_works(step, again=step)

    async def _write(self, block: Block) -> None:
        if self._recording is None:
            await self._until_it_works(self._open, again=self._open)
        if self._recording is None:  # it was given up
            return
        await self._until_it_works(partial(self._recording.write, *block), again=self._recording.flush)

    def _open(self) -> None:
        """Runs in a thread, which may hang until the recording has been given up."""
        recording = open_recording(self._path, self._channels.rate_hz, self._shared.keys)
        with self._lock:
            if not self._is_over:
                self._recording = recording
                return
        recording.close()

    async def _until_it_works(self, step: Callable[[], Result], again: Callable[[], Result]) -> Result:
        """What `step` gives; when the disk fails, what `again` gives after a pause, as often as it takes."""
        while True:
            try:
                result = await self._shared.threads.run(step)
            except OSError as error:
                self._shared.in_trouble(self._path, error)
                await asyncio.sleep(self._shared.retry_s)
                step = again
            else:
                self._shared.works_again(self._path)
                return result

    async def _close(self) -> None:
        with self._lock:
            self._is_over, recording = True, self._recording
        if recording:
            with suppress(OSError, RecordingError):  # told already
                await self._shared.threads.run(recording.close)
