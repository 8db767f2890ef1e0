"""Brings the legs of a call together and writes them as one two-channel recording while the call runs.

A leg that is not there is silent. A disk that fails costs no call and no recording: the write is tried again until
it works, and audio waits meanwhile, where it comes from. What was written stays playable all the time.
Writing happens in threads that only recordings use, one block after the other.
Never decides what audio is left out: `live/audio_tap.py` does.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from voiceassist.audio.channels import Block, Channels
from voiceassist.audio.pcm import AudioFrame
from voiceassist.errors import RecordingError
from voiceassist.events import Speaker
from voiceassist.store.recorders import Recorders
from voiceassist.store.recordings import Recording, open_recording

Result = TypeVar("Result")


class Recorder:
    """The recording of one call."""

    def __init__(self, path: Path, legs: tuple[Speaker, ...], shared: Recorders) -> None:
        self._path = path
        self._shared = shared
        self._channels = Channels(legs)
        self._recording: Recording | None = None

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
            for block in self._channels.blocks():
                await self._write(block)
        for block in self._channels.rest():
            await self._write(block)
        if self._recording:
            await self._until_it_works(self._recording.finish, again=self._recording.flush)

    async def _write(self, block: Block) -> None:
        if self._recording is None:
            begin = partial(open_recording, self._path, self._channels.rate_hz)
            self._recording = await self._until_it_works(begin, again=begin)
        await self._until_it_works(partial(self._recording.write, *block), again=self._recording.flush)

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
        if self._recording:
            with suppress(OSError, RecordingError):  # told already
                await self._shared.threads.run(self._recording.close)
