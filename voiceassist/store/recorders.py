"""What all recordings of one server share: their folder, their threads, and how they are doing.

Says so to the log, to the metrics page (the plain numbers) and to operators (`state`). Never writes audio itself.
Next: `recorder.py` writes one recording; the app reads the numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from voiceassist.errors import RecordingError
from voiceassist.store.disk_threads import DiskThreads
from voiceassist.store.erasure import RemovedRecordings, remove_recordings
from voiceassist.store.recording_keys import RecordingKey
from voiceassist.store.recording_peaks import KeptPeaks
from voiceassist.store.recordings import recording_path

log = structlog.get_logger()

RECORDINGS = "recordings"  # in the data folder

# One thread writes for a hundred calls; the others are for disks that hang, one call at a time.
THREADS = 8
RETRY_S = 1.0  # after a failed write
# A write of 200 ms of audio that takes so long is not slow any more.
HANGS_AFTER_S = 10.0


@dataclass(slots=True, kw_only=True)
class Recorders:
    """All recordings of one server; `close` in the end."""

    folder: Path
    keys: tuple[RecordingKey, ...] = field(default=(), repr=False)  # the newest first; none: nothing is encrypted
    threads: DiskThreads = field(default_factory=lambda: DiskThreads(THREADS))
    retry_s: float = RETRY_S
    failures: int = 0  # times that a recording could no longer be written, until it could again
    gaps: int = 0  # stretches of audio that are missing in recordings
    gap_s: float = 0.0  # the sum of their lengths
    troubles: dict[Path, str] = field(default_factory=dict)  # recordings that cannot be written now, and why
    tasks: set[Any] = field(default_factory=set)  # recorders at work: one that hangs outlives its call
    peaks: KeptPeaks = field(init=False)  # for waveforms

    def __post_init__(self) -> None:
        """Only what reads finished recordings needs the keys here."""
        self.peaks = KeptPeaks(self.keys)

    def path_of(self, call_id: str) -> Path:
        """Where the recording of a call is, or would be."""
        return recording_path(self.folder, call_id)

    async def remove(self, call_ids: Sequence[str]) -> RemovedRecordings:
        """Deletes the recordings of calls that are over, in a thread of recordings. Raises OSError."""
        for call_id in call_ids:
            self.peaks.forget(self.path_of(call_id))
        return await self.threads.run(partial(remove_recordings, self.folder, call_ids))

    def in_trouble(self, path: Path, error: Exception) -> None:
        """A write failed, and is tried again."""
        if path not in self.troubles:
            self.failures += 1
            log.error("recording waits for the disk; the call goes on", file=str(path), error=str(error))
        self.troubles[path] = str(error)

    def works_again(self, path: Path) -> None:
        """A write worked."""
        if self.troubles.pop(path, None):
            log.info("recording goes on", file=str(path))

    def stopped(self, path: Path, error: Exception) -> None:
        """A recording cannot go on, whatever the disk does: a file is in its way, or we have a bug."""
        self.failures += 1
        bug = None if isinstance(error, RecordingError) else error
        log.error("recording stopped; the call goes on", file=str(path), error=str(error), exc_info=bug)

    def ended(self, path: Path) -> None:
        """The call is over."""
        self.troubles.pop(path, None)

    def missed(self, seconds: float) -> None:
        """A stretch of audio is missing in a recording."""
        self.gaps += 1
        self.gap_s += seconds
        log.warning("recording has a gap: the disk was too slow", seconds=round(seconds, 1))

    def state(self) -> str:
        """For operators: "ok", or what is wrong now."""
        longest_s = self.threads.longest_s()
        if longest_s > HANGS_AFTER_S:
            return f"the disk hangs: one write has taken {longest_s:.0f} s; new audio is not recorded"
        for error in self.troubles.values():
            return f"{len(self.troubles)} waiting for the disk: {error}"
        return "ok"

    def close(self) -> None:
        """No further writing; never waits."""
        self.threads.close()
        self.peaks.close()
