"""Changes the sample rate of one leg, piece by piece.

Never loses or invents time: n samples in give n * to / from samples out, once `finish` was called. Until then
the output lags behind the input by what the filter still holds back (`delay_ms`), and the lag is not hidden:
callers that need an exact position count the samples they got. Next: a recognizer's `feed`.
"""

import numpy as np
import soxr

from voiceassist.audio.pcm import Pcm

BLOCKS_PER_SECOND = 50  # 20 ms: the filter sees the same blocks however the audio arrived
NOTHING: Pcm = np.zeros(0, dtype=np.int16)


class Resampler:
    """A streaming filter between two rates, given in Hertz; the same samples out for any split of the input."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        if from_hz < BLOCKS_PER_SECOND or to_hz < BLOCKS_PER_SECOND:
            raise ValueError(f"cannot resample from {from_hz} Hz to {to_hz} Hz")
        self._to_hz = to_hz
        self._block = from_hz // BLOCKS_PER_SECOND
        self._waiting = NOTHING
        # Floats inside: soxr dithers int16 output with noise.
        self._stream = None if from_hz == to_hz else soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32")

    @property
    def delay_ms(self) -> float:
        """How much output the filter holds back at this moment."""
        return self._stream.delay() * 1000 / self._to_hz if self._stream else 0.0

    def feed(self, pcm: Pcm) -> Pcm:
        """What is ready after these samples; possibly nothing."""
        waiting = np.concatenate((self._waiting, pcm))
        ready = len(waiting) // self._block * self._block
        self._waiting = waiting[ready:]
        blocks = waiting[:ready].reshape(-1, self._block)
        return np.concatenate([NOTHING, *(self._convert(block, last=False) for block in blocks)])

    def finish(self) -> Pcm:
        """The rest; nothing may be fed after it."""
        rest, self._waiting = self._waiting, NOTHING
        return self._convert(rest, last=True)

    def _convert(self, pcm: Pcm, *, last: bool) -> Pcm:
        if self._stream is None:
            return pcm
        converted = self._stream.resample_chunk(pcm.astype(np.float32), last=last)
        return np.asarray(np.clip(np.rint(converted), -32768, 32767), np.int16)
