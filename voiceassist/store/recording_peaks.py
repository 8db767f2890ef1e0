"""What a waveform of a recording is drawn of: worked out once, and kept.

Read piece by piece, so three hours need no more memory than a minute does; in threads of its own, two recordings
at a time. Kept beside the recording, and deleted with it (`erasure.py`); of one that is encrypted only in
memory. A recording that changed is read again. A damaged one has a waveform up to there.
Next: `server/peaks.py`.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING, BinaryIO

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.container import InputContainer

from voiceassist.audio.peaks import PeakMeter, Peaks
from voiceassist.errors import RecordingError
from voiceassist.store.disk_threads import DiskThreads
from voiceassist.store.encrypted_recording import read_encrypted
from voiceassist.store.recording_keys import RecordingKey

if TYPE_CHECKING:
    from voiceassist.store.audiofile import Samples

SUFFIX = ".peaks"
KEPT = 64  # in memory; each is some 33 kB at most
WAITING = 16  # recordings at once; three hours of sound are some 15 s of a core
PATIENCE_S = 30.0  # of who asks; the work goes on, and who asks again finds it done
THREADS = 2  # a short call does not wait for one of hours
FRAMES = 250  # taken together: 5 s of sound

HEAD = Struct(">4sQQII")  # magic; size and time of the recording's last change; milliseconds; stretches
MAGIC = b"VAP1"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which state of a recording: it never changes without one of them."""

    size: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class RecordingPeaks:
    """The peaks of a recording as it was."""

    stamp: Stamp
    peaks: Peaks


@dataclass(slots=True)
class KeptPeaks:
    """Of all recordings of one server; `close` in the end."""

    keys: Sequence[RecordingKey] = field(repr=False)
    patience_s: float = PATIENCE_S
    _threads: DiskThreads = field(default_factory=lambda: DiskThreads(THREADS))
    _known: OrderedDict[Path, RecordingPeaks] = field(default_factory=OrderedDict)
    _works: dict[Path, asyncio.Task[RecordingPeaks]] = field(default_factory=dict)
    _is_closed: bool = False

    async def of(self, path: Path) -> RecordingPeaks:
        """Raises FileNotFoundError, OSError, RecordingError, and TimeoutError when it is not ready in time."""
        work = self._works.get(path)
        if work is None:
            if len(self._works) >= WAITING:
                raise TimeoutError
            work = self._works[path] = asyncio.create_task(self._work(path))
            work.add_done_callback(lambda done: done.cancelled() or done.exception())  # whoever asked may be gone
        async with asyncio.timeout(self.patience_s):
            return await asyncio.shield(work)

    async def _work(self, path: Path) -> RecordingPeaks:
        try:
            found = await self._threads.run(partial(self._find, path, self._known.get(path)))
        finally:
            del self._works[path]
        self._known[path] = found
        self._known.move_to_end(path)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return found

    def forget(self, path: Path) -> None:
        """The recording is to be deleted."""
        self._known.pop(path, None)

    def close(self) -> None:
        """Nobody waits any more; a read that hangs is left to itself."""
        self._is_closed = True
        for work in self._works.values():
            work.cancel()
        self._threads.close()

    def _find(self, path: Path, known: RecordingPeaks | None) -> RecordingPeaks:
        encrypted = read_encrypted(path, self.keys)
        stamp = _stamp(path)
        if known is None and encrypted is None:
            known = read_kept(path)
        if known and known.stamp == stamp:
            return known
        with encrypted.open() if encrypted else path.open("rb") as audio:
            found = RecordingPeaks(stamp, self._measured(audio, path))
        if encrypted is None:
            keep(path, found)
        _stamp(path)  # raises if it was deleted meanwhile
        return found

    def _measured(self, audio: BinaryIO, path: Path) -> Peaks:
        try:
            with av.open(audio, "r") as container:
                return self._metered(container)
        except (OSError, ValueError, IndexError, av.FFmpegError) as error:
            raise RecordingError(f"{path} cannot be read as audio: {error}") from error

    def _metered(self, container: InputContainer) -> Peaks:
        stream = container.streams.audio[0]
        meter = PeakMeter(stream.rate, 2)
        to_samples = AudioResampler(format="s16p", layout="stereo", rate=stream.rate)
        blocks: list[Samples] = []
        with suppress(av.FFmpegError, RecordingError):  # damaged: what was read is right
            for frame in container.decode(stream):
                blocks += (block.to_ndarray().astype(np.int16, copy=False) for block in to_samples.resample(frame))
                if len(blocks) >= FRAMES:
                    meter.add(np.concatenate(blocks, axis=1))
                    blocks.clear()
                if self._is_closed:
                    break
        if self._is_closed:
            raise RecordingError("no waveform is worked out any more: the server stops")
        if blocks:
            meter.add(np.concatenate(blocks, axis=1))
        return meter.peaks()


def _stamp(path: Path) -> Stamp:
    stat = path.stat()
    return Stamp(stat.st_size, stat.st_mtime_ns)


def read_kept(recording: Path) -> RecordingPeaks | None:
    """What is beside the recording; None: nothing that can be read."""
    try:
        data = recording.with_suffix(SUFFIX).read_bytes()
    except OSError:
        return None
    if len(data) < HEAD.size:
        return None
    magic, size, changed_ns, stretch_ms, count = HEAD.unpack_from(data)
    if magic != MAGIC or len(data) != HEAD.size + 2 * count:
        return None
    body = data[HEAD.size :]
    return RecordingPeaks(Stamp(size, changed_ns), Peaks(stretch_ms, (body[:count], body[count:])))


def keep(recording: Path, found: RecordingPeaks) -> None:
    """Puts it beside the recording, if the disk lets it: it can be worked out again."""
    file, peaks = recording.with_suffix(SUFFIX), found.peaks
    head = HEAD.pack(MAGIC, found.stamp.size, found.stamp.changed_ns, peaks.stretch_ms, len(peaks.channels[0]))
    with suppress(OSError):
        new = file.with_suffix(f"{SUFFIX}.new")
        new.write_bytes(head + b"".join(peaks.channels))
        new.replace(file)
        if not recording.exists():  # it was deleted meanwhile: whoever deletes it looks here after that
            forget_kept(recording)


def forget_kept(recording: Path) -> None:
    """Deletes what is beside a recording. Raises OSError."""
    recording.with_suffix(SUFFIX).unlink(missing_ok=True)
