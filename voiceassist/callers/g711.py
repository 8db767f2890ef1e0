"""Samples as G.711 bytes (ITU-T G.711 tables 1 and 2): what telephone systems send.

Written from the tables' decision values, not from our decoder. Next: the callers of protocols that carry G.711.
"""

from typing import Final

import numpy as np

from voiceassist.audio.pcm import Pcm

BIAS: Final = 33 << 2  # 33 steps of 14 bits, on the 16-bit scale
CLIP: Final = 8158 << 2  # table 2a: the last decision value that has a code


def mulaw(pcm: Pcm) -> bytes:
    """A byte per sample."""
    wide = pcm.astype(np.int32)
    biased = np.minimum(np.abs(wide), CLIP) + BIAS
    segment = _bits(biased) - 8
    code = (segment << 4) | ((biased >> (segment + 3)) & 0x0F)
    return bytes((~(code | np.where(wide < 0, 0x80, 0)) & 0xFF).astype(np.uint8))


def alaw(pcm: Pcm) -> bytes:
    """A byte per sample."""
    wide = pcm.astype(np.int32)
    magnitude = np.where(wide < 0, ~wide, wide)
    segment = np.maximum(_bits(magnitude) - 8, 0)
    code = (segment << 4) | ((magnitude >> np.maximum(segment + 3, 4)) & 0x0F)
    return bytes(((code | np.where(wide < 0, 0, 0x80)) ^ 0x55).astype(np.uint8))


def _bits(values: np.typing.NDArray[np.int32]) -> np.typing.NDArray[np.int32]:
    """How many bits each value needs."""
    return np.frexp(values.astype(np.float64))[1].astype(np.int32)
