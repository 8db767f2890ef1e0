"""Makes a leg that is far too soft louder, before anybody listens: slowly, within bounds, and only for speech.

Measures how loud the speech of a leg is, and how loud its noise. Speech at -30 dBFS or more is left alone, down to
the sample. Noise is never made louder than a quiet line's, since recognizers make words of it.
Never decides what is speech: blocks well above the noise count. Never reads a clock.
Next: `hearing_edge.py` gives the samples to the recognizers.
"""

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.signal import energy, level_of

BLOCK_MS = 40
SOFT_DBFS = -30.0  # speech that is louder needs no help: recognizers lose no words down to there
AIM_DBFS = -26.0  # ITU-T P.56's usual active level of speech
MOST_DB = 36.0
NOISE_DBFS = -50.0  # the noise of a line is not raised above it
ABOVE_NOISE_DB = 10.0  # speech; the noise of lines varies less
QUIETEST_DBFS = -85.0  # the rounding of 16 bits
NOISE_RISE_DB = 0.04  # per block: 1 dB a second; it falls at once
REMEMBERED_BLOCKS = 100  # of speech: four seconds
KNOWN_BLOCKS = 5  # of speech, before the gain moves: the first sounds of a word are soft
FIRST_BLOCKS = 25  # of speech, in which the gain may move fast: a call should not lose its first words
FAST_DB, SLOW_DB = 6.0, 0.25  # per block of speech; later the gain rises by 6 dB a second, and still falls fast
FULL = 32_767


class Loudness:
    """One leg, in blocks of BLOCK_MS or shorter."""

    def __init__(self) -> None:
        self.gain_db = 0.0
        self._noise_dbfs: float | None = None
        self._speech_power = 0.0
        self._speech_blocks = 0

    @property
    def speech_dbfs(self) -> float:
        """How loud the speech has been lately."""
        return level_of(self._speech_power)

    def hear(self, pcm: Pcm, *, is_talk: bool = True) -> Pcm:
        """The next samples, as loud as they should be; `is_talk`: they may be speech."""
        before_db = self.gain_db
        if is_talk and len(pcm):
            self._measure(pcm)
        return pcm if before_db == self.gain_db == 0.0 else _amplified(pcm, before_db, self.gain_db)

    def _measure(self, pcm: Pcm) -> None:
        power = energy(pcm.astype(np.float32)) / len(pcm)
        level_dbfs = max(QUIETEST_DBFS, level_of(power))
        noise_dbfs = level_dbfs if self._noise_dbfs is None else self._noise_dbfs + NOISE_RISE_DB
        self._noise_dbfs = min(level_dbfs, noise_dbfs)
        if level_dbfs > self._noise_dbfs + ABOVE_NOISE_DB:
            self._speech_blocks += 1
            share = 1 / min(self._speech_blocks, REMEMBERED_BLOCKS)
            self._speech_power += share * (power - self._speech_power)
            if self._speech_blocks >= KNOWN_BLOCKS:
                self._move(self._noise_dbfs)

    def _move(self, noise_dbfs: float) -> None:
        """The gain, a little nearer to where it should be."""
        aim_db = 0.0
        if self.speech_dbfs < SOFT_DBFS:
            aim_db = max(0.0, min(AIM_DBFS - self.speech_dbfs, MOST_DB, NOISE_DBFS - noise_dbfs))
        most_db = FAST_DB if self._speech_blocks <= FIRST_BLOCKS else SLOW_DB
        self.gain_db += min(max(aim_db - self.gain_db, -FAST_DB), most_db)


def _amplified(pcm: Pcm, from_db: float, to_db: float) -> Pcm:
    gain = np.linspace(10 ** (from_db / 20), 10 ** (to_db / 20), len(pcm), dtype=np.float32)
    louder = pcm * gain
    peak = float(np.max(np.abs(louder)))
    return np.asarray(np.rint(louder * min(1.0, FULL / max(peak, 1.0))), np.int16)
