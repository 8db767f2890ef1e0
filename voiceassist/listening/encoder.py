"""Opus of what listeners hear: blocks of 20 ms in, packets out, each encoded once for all who hear the same.

Both legs are one stereo stream, the agent on the left as in a recording: a receiver that plays one channel mixes
them itself. Blocking (a tenth of a millisecond a block): it runs in a thread. Next: `broadcast.py`.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext

from voiceassist.audio.pcm import Pcm

Encoded: TypeAlias = "av.Packet[av.AudioStream]"  # one packet of Opus

RATES_HZ = (8_000, 12_000, 16_000, 24_000, 48_000)  # that Opus takes as they are (RFC 6716 section 2)
BITS_PER_S = {8_000: 16_000, 12_000: 20_000, 16_000: 24_000}  # of one channel, by the rate of its speech
MOST_BITS_PER_S = 32_000
OPTIONS = {"application": "voip", "frame_duration": "20", "packet_loss": "5", "fec": "1"}


class ListeningEncoder:
    """One stream of Opus."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        """`rate_hz` of its blocks."""
        self._rate_hz, self._channels = rate_hz, channels
        self._layout = "stereo" if channels > 1 else "mono"
        self._position = 0
        to_hz = rate_hz if rate_hz in RATES_HZ else max(RATES_HZ)
        self._resampler = av.AudioResampler("s16", self._layout, to_hz) if to_hz != rate_hz else None
        self._codec = self._opened(to_hz)

    def encode(self, channels: Sequence[Pcm]) -> list[Encoded]:
        """The packets that these samples complete; one for one block but for the first moments."""
        frame = av.AudioFrame.from_ndarray(_interleaved(channels), format="s16", layout=self._layout)
        frame.sample_rate, frame.pts = self._rate_hz, self._position
        frame.time_base = Fraction(1, self._rate_hz)
        self._position += len(channels[0])
        frames = self._resampler.resample(frame) if self._resampler else [frame]
        return [packet for one in frames for packet in self._codec.encode(one)]

    def _opened(self, rate_hz: int) -> AudioCodecContext:
        codec = av.CodecContext.create("libopus", "w")
        assert isinstance(codec, AudioCodecContext)
        codec.bit_rate = BITS_PER_S.get(rate_hz, MOST_BITS_PER_S) * self._channels
        codec.format, codec.layout, codec.sample_rate = "s16", self._layout, rate_hz
        codec.time_base, codec.options = Fraction(1, rate_hz), dict(OPTIONS)
        return codec


def _interleaved(channels: Sequence[Pcm]) -> Pcm:
    return np.ascontiguousarray(np.stack(channels, axis=1).reshape(1, -1))
