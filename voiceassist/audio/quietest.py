"""Where speech without a pause is cut: at the quietest place between two of its blocks.

Never cuts anything itself. Next: `asr/moonshine/leg.py` ends a line that is too long there.
"""

from collections.abc import Sequence

import numpy as np

from voiceassist.audio.pcm import Pcm

BETWEEN_WORDS = 2  # blocks of 32 ms: the gap between two words said in one breath lasts about that long


def quietest_place(blocks: Sequence[Pcm]) -> int:
    """How many blocks come before that place, the last of several that are as quiet; at least one comes after."""
    power = np.array([np.mean(block.astype(np.float64) ** 2) for block in blocks])
    around = np.convolve(power, np.ones(BETWEEN_WORDS), mode="valid")
    return len(around) - int(around[::-1].argmin())
