"""The audio that flows: int16 samples, one leg at a time, with helpers to decode and split it.

Never reads a socket, a file or a clock. Sources make `AudioFrame`s; `live/session.py` feeds them to recognizers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from voiceassist.events import Speaker

Pcm: TypeAlias = npt.NDArray[np.int16]  # mono samples, shape (n,)
Encoding = Literal["s16le", "mulaw", "alaw"]

ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)
DEAD = 8  # no sample beyond it: digital silence. A-law, which has no zero, says it as 8 (ITU-T G.711 table 1a)
BYTES_PER_SAMPLE: Mapping[Encoding, int] = {"s16le": 2, "mulaw": 1, "alaw": 1}
MULAW_BIAS = 0x84  # added before the logarithm: 33 steps (ITU-T G.711 table 2a) on the 16-bit scale
ALAW_EVEN_BITS = 0x55  # every second bit is inverted on the line (ITU-T G.711 table 1a, note 2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AudioFrame:
    """Some samples of one leg, in order, of any length."""

    speaker: Speaker
    pcm: Pcm
    rate_hz: int
    arrived_s: float  # monotonic seconds when the last of it reached us; 0.0 in replay


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePassed:
    """Nothing of a leg has come for a while, and it may still come: the call's clock has gone on without it."""

    speaker: Speaker
    until: int  # in samples of the leg: where its audio would be by now
    rate_hz: int
    arrived_s: float  # monotonic seconds


def _mulaw_table() -> Pcm:
    """ITU-T G.711 tables 2a and 2b: inverted bits, sign, 3 bits of segment, 4 of interval."""
    code = ~np.arange(256) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + MULAW_BIAS) << ((code & 0x70) >> 4)) - MULAW_BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_table() -> Pcm:
    """ITU-T G.711 tables 1a and 1b: sign, 3 bits of segment, 4 of interval; segment 0 is linear."""
    code = np.arange(256) ^ ALAW_EVEN_BITS
    segment = (code & 0x70) >> 4
    interval = ((code & 0x0F) << 4) + 8
    magnitude = np.where(segment == 0, interval, (interval + 0x100) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


TABLES: Mapping[Encoding, Pcm] = {"mulaw": _mulaw_table(), "alaw": _alaw_table()}


def decode(data: bytes, encoding: Encoding) -> Pcm:
    """Samples of whole `data`; ValueError when a two-byte sample is cut."""
    if encoding == "s16le":
        return np.frombuffer(data, "<i2").astype(np.int16)
    return TABLES[encoding][np.frombuffer(data, np.uint8)]


def deinterleave(pcm: Pcm, channels: int) -> tuple[Pcm, ...]:
    """One array per channel of samples that take turns; ValueError unless they come out even."""
    return tuple(np.ascontiguousarray(channel) for channel in pcm.reshape(-1, channels).T)


def silence(samples: int) -> Pcm:
    """That many samples of nothing."""
    return np.zeros(samples, np.int16)


def long_silence(samples: int) -> Pcm:
    """The same, read-only: however long, it takes no memory."""
    return np.broadcast_to(silence(1), samples)


class FrameDecoder:
    """Bytes split anywhere in, whole samples of every channel out; a cut sample waits for its rest."""

    def __init__(self, encoding: Encoding, channels: int) -> None:
        self._encoding: Encoding = encoding
        self._channels = channels
        self._frame_bytes = BYTES_PER_SAMPLE[encoding] * channels
        self._rest = b""

    @property
    def leftover_bytes(self) -> int:
        """Bytes that wait for the rest of their frame: lost if nothing follows."""
        return len(self._rest)

    def feed(self, data: bytes) -> tuple[Pcm, ...]:
        """The samples that are complete now, one array of equal length per channel."""
        data = self._rest + data
        whole = len(data) - len(data) % self._frame_bytes
        self._rest = data[whole:]
        return deinterleave(decode(data[:whole], self._encoding), self._channels)
