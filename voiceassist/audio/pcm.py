"""The audio that flows: int16 samples, one leg at a time, with helpers to decode and split it.

Never reads a socket, a file or a clock. Sources make `AudioFrame`s; `session.py` feeds them to recognizers.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from voiceassist.events import Speaker

Pcm: TypeAlias = npt.NDArray[np.int16]  # mono samples, shape (n,)
Encoding = Literal["s16le", "mulaw", "alaw"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AudioFrame:
    """Some samples of one leg, in order, of any length."""

    speaker: Speaker
    pcm: Pcm
    rate_hz: int
    arrived_s: float  # monotonic seconds when the last of it reached us; 0.0 in replay
