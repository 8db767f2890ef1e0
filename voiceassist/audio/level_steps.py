"""How loud a leg is, a number for every 100 ms of the call: what level meters and waveforms draw.

Steps begin at whole tenths of a second of the call, whatever pieces the audio comes in. Never reads a clock.
Next: `listening/meters.py` sends them to the screens that have the call open.
"""

from collections.abc import Iterator

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.sample_queue import SampleQueue

STEP_MS = 100
FLOOR_DB = 60  # below full scale: a quiet room. Softer is 0
FULL_SCALE = 32_768.0


class LevelSteps:
    """Of one leg."""

    def __init__(self, rate_hz: int) -> None:
        self._step = rate_hz * STEP_MS // 1000
        self._waiting = SampleQueue()

    def add(self, pcm: Pcm, end: int) -> Iterator[tuple[int, int]]:
        """The steps that are complete now: where each begins (milliseconds of the call), and its level.

        `end`: how many samples the leg has had in the call with these. A level is 0 (silence) to FLOOR_DB.
        """
        self._waiting.add(pcm)
        begin = end - len(self._waiting)
        self._waiting.take(-begin % self._step)  # what began within a step: only the first time
        while len(self._waiting) >= self._step:
            begin = end - len(self._waiting)
            yield begin // self._step * STEP_MS, level_of(self._waiting.take(self._step))


def level_of(pcm: Pcm) -> int:
    """Decibels above FLOOR_DB below full scale: 0 to FLOOR_DB."""
    power = float(np.mean(np.square(pcm, dtype=np.float64))) / FULL_SCALE**2
    return max(0, min(FLOOR_DB, round(FLOOR_DB + 10 * np.log10(power)))) if power else 0
