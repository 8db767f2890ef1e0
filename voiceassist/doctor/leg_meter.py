"""What one leg sounds like: how loud, how often something sounds, when it first did, how much was lost.

Pure: numbers in, numbers out. Sound is what stands out of the leg's own quiet; whether it is speech is not known.
Next: `findings.py` reads it.
"""

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.signal import level_of

BLOCK_MS = 20
QUIETEST_DBFS = -100
SOUND_DBFS = -50.0  # no telephone talk is quieter
ABOVE_QUIET_DB = 9.0  # by which talk stands out of the line's noise
QUIET_SHARE = 0.1  # of the blocks: nobody talks without any pause
GREETING_MS = 60_000  # who spoke first is looked for so long
# Somebody speaks: most of a third of a second. A click or a door is shorter.
WINDOW_BLOCKS, SOUNDING_BLOCKS = 15, 10
CLIPPED = 32_000  # of 32,768: the outermost codes of G.711


class LegMeter:
    """One leg; feed it everything."""

    def __init__(self, rate_hz: int) -> None:
        self._block = rate_hz * BLOCK_MS // 1000
        self._rest: Pcm = np.zeros(0, np.int16)
        self._first: list[float] = []  # levels of the first blocks
        self._counts = np.zeros(-QUIETEST_DBFS + 1, np.int64)  # blocks by level, from 0 dBFS down
        self._samples = self._clipped = 0
        self.lost_ms = 0

    def add(self, pcm: Pcm) -> None:
        """Some more of it."""
        self._samples += len(pcm)
        self._clipped += int(np.count_nonzero(np.abs(pcm.astype(np.int32)) >= CLIPPED))
        waiting = np.concatenate((self._rest, pcm))
        whole = len(waiting) // self._block * self._block
        self._rest = waiting[whole:]
        for block in waiting[:whole].reshape(-1, self._block).astype(np.float64):
            self._add_block(level_of(float(np.mean(block**2))))

    @property
    def blocks(self) -> int:
        """How many whole blocks there were."""
        return int(self._counts.sum())

    @property
    def threshold_dbfs(self) -> float:
        """What is louder sounds."""
        upwards = np.cumsum(self._counts[::-1])
        quiet = -int(len(self._counts) - 1 - np.searchsorted(upwards, QUIET_SHARE * max(1, self.blocks)))
        return max(SOUND_DBFS, quiet + ABOVE_QUIET_DB)

    @property
    def level_dbfs(self) -> float | None:
        """How loud it is while it sounds; None: it never does."""
        levels = -np.arange(len(self._counts), dtype=np.float64)
        sounding = np.where(levels > self.threshold_dbfs, self._counts, 0)
        if not sounding.sum():
            return None
        return float(10 * np.log10((10 ** (levels / 10) * sounding).sum() / sounding.sum()))

    @property
    def sounding_share(self) -> float:
        """How much of the time it sounds, 0 to 1."""
        levels = -np.arange(len(self._counts))
        return float(self._counts[levels > self.threshold_dbfs].sum() / max(1, self.blocks))

    @property
    def first_ms(self) -> int | None:
        """When somebody was first heard, within the first minute."""
        sounds = np.array(self._first) > self.threshold_dbfs
        if len(sounds) < WINDOW_BLOCKS:
            return None
        in_window = np.convolve(sounds, np.ones(WINDOW_BLOCKS), "valid")
        found = np.flatnonzero(in_window >= SOUNDING_BLOCKS)
        if not len(found):
            return None
        begin = int(found[0])
        return (begin + int(np.argmax(sounds[begin:]))) * BLOCK_MS

    @property
    def clipped_share(self) -> float:
        """How many samples are as loud as can be, 0 to 1."""
        return self._clipped / max(1, self._samples)

    def _add_block(self, level_dbfs: float) -> None:
        self._counts[min(-QUIETEST_DBFS, max(0, round(-level_dbfs)))] += 1
        if len(self._first) * BLOCK_MS < GREETING_MS:
            self._first.append(level_dbfs)
