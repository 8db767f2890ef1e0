"""Samples for looking at, not for hearing: about 8,000 a second of one leg, as floats.

Means of neighbouring samples fold high frequencies back; whoever compares legs finds the same folds in both.
Never changes what is heard. Next: `crosstalk.py` and `line_sounds.py` look at them.
"""

import numpy as np
import numpy.typing as npt

from voiceassist.audio.pcm import Pcm, silence

Signal = npt.NDArray[np.float32]  # full scale is 32,768, as of Pcm

ANALYSIS_HZ = 8_000  # a telephone carries no more
FULL_SCALE = 32_768.0


class Decimator:
    """The samples of one leg, fewer of them, however they come."""

    def __init__(self, rate_hz: int) -> None:
        self._factor = max(1, rate_hz // ANALYSIS_HZ)
        self._rest = silence(0)
        self.rate_hz = rate_hz // self._factor

    def feed(self, pcm: Pcm) -> Signal:
        """What the next samples give."""
        if self._factor == 1:
            return pcm.astype(np.float32)
        waiting = np.concatenate((self._rest, pcm)) if len(self._rest) else pcm
        whole = len(waiting) // self._factor * self._factor
        self._rest = waiting[whole:]
        sums: Signal = np.zeros(whole // self._factor, np.float32)
        for place in range(self._factor):  # sums of a few int16 are exact; `mean` over rows of two is slow
            sums += waiting[place : whole : self._factor]
        return sums / np.float32(self._factor)


def energy(signal: Signal) -> float:
    """The sum of squares."""
    return float(signal @ signal)


def power_of(level_dbfs: float) -> float:
    """The mean square of samples at that level."""
    return float(FULL_SCALE**2 * 10 ** (level_dbfs / 10))


def level_of(power: float) -> float:
    """The level of samples with that mean square, in dBFS; -120 for silence."""
    return float(10 * np.log10(power / FULL_SCALE**2 + 1e-12))
