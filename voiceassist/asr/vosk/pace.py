"""When libvosk decodes: it collects sound until a chunk of its network is full, and decodes the chunk at once.

In between it keeps what it gets, and asks itself each time how silent it was and whether the utterance is over. So
`stream.py` gives it sound when a chunk is full: libvosk answers as soon, and a tenth of the work is saved.
Chunks differ between models (90 ms in ours, 240 ms in the vendor's small ones), and so does how far a network
looks ahead. Neither is written down where one could read it, so both are measured, once per model.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from vosk import KaldiRecognizer

from voiceassist.asr.voice import BLOCK, RATE_HZ

STEP = RATE_HZ // 100  # samples: the features of Kaldi's networks are 10 ms apart
MOST_STEPS = 300  # 3 s: the chunks of published models are far shorter
NOTHING_DECODED = '{"text": ""}'  # the answer before a first frame; any later one is written with line breaks


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkPace:
    """All in samples of what libvosk was given."""

    look_ahead: int  # what it must have beyond a chunk, to decode that
    period: int  # of its chunks

    def chunks(self, samples: int) -> int:
        """How many have been decoded when libvosk has been given `samples`."""
        return max(0, (samples - self.look_ahead) // self.period)

    def enough_for(self, samples: int) -> int:
        """How much libvosk must be given so that the first `samples` are decoded."""
        return self.look_ahead + ceil(samples / self.period) * self.period


UNKNOWN = ChunkPace(look_ahead=24 * BLOCK, period=BLOCK)
"""As if every block could be decoded at once, and libvosk looked further ahead than any model does."""


def pace_of(native: KaldiRecognizer) -> ChunkPace:
    """The pace of a model, by a fresh recognizer of it, which may not be used afterwards."""
    decoded: list[int] = []
    silence = np.zeros(STEP, np.int16).tobytes()
    for step in range(1, MOST_STEPS + 1):
        native.AcceptWaveform(silence)
        if native.Result() != NOTHING_DECODED:
            decoded.append(step * STEP)
        if len(decoded) == 2:  # noqa: PLR2004 - the second tells the period
            first, second = decoded
            return ChunkPace(look_ahead=max(0, 2 * first - second), period=second - first)
    return UNKNOWN
