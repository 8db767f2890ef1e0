"""Notices a leg whose level is wrong before it reaches us: it is clipped, or does not swing around zero.

Changes nothing, and never reads a clock. Next: `audio_doubts.py`.
"""

import numpy as np

from voiceassist.audio.pcm import Pcm

# A sample at its leg's own limit, next to another one: the waveform was cut. G.711 has its limit below 32,767.
LOUD = 8_000  # what is cut below is nobody's level
CUT_SHARE = 0.01  # of the samples of sound: recordings that sound clean have less than 0.3 %
OFFSET = 400  # 1.2 % of full scale: recognizers hear speech at this level
OFFSET_SHARE = 0.2  # of the level of the sound


def is_clipped(sound: Pcm) -> bool:
    """Whether the loudest places of the sound were cut."""
    levels = np.abs(sound.astype(np.int32))
    limit = int(levels.max(initial=0))
    if limit < LOUD:
        return False
    cut = levels >= limit - limit // 256
    return bool(np.count_nonzero(cut[1:] & cut[:-1]) >= CUT_SHARE * len(sound))


def offset_of(sound: Pcm) -> int | None:
    """How far from zero the middle of the sound is, when that is far."""
    samples = sound.astype(np.float64)
    middle = float(samples.mean())
    is_far = abs(middle) >= max(OFFSET, OFFSET_SHARE * float(samples.std()))
    return round(middle) if is_far else None
