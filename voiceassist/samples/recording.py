"""Writes and reads the two-channel Ogg Opus files of the samples.

Never mixes the two sides: the bit rate is chosen so that the coder keeps them apart.
Next: `synthesise.py` writes what it made and measures what is left of it.
"""

from pathlib import Path

import av
import numpy as np
import soxr
from numpy.typing import NDArray

from voiceassist.samples.telephone import RATE_HZ

BIT_RATE = 32_000
"""Leaks less than -65 dB of one side into the other (`synthesise --check` prints it per call)."""

CODER = {"application": "audio", "vbr": "on"}
"""`voip` codes the difference of the channels with few bits, `audio` codes both: less leakage."""


def write(path: Path, channels: NDArray[np.float64]) -> None:
    """Store `channels` (2 x samples, full scale 1.0), the same bytes every time."""
    pcm = np.clip(np.round(channels * 32767.0), -32768, 32767).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(pcm.T.reshape(1, -1).copy(), format="s16", layout="stereo")
    frame.sample_rate = RATE_HZ
    with av.open(str(path), "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=RATE_HZ, layout="stereo", options=CODER)
        stream.bit_rate = BIT_RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def read(path: Path) -> NDArray[np.float64]:
    """Decode a recording at telephone rate, as 2 x samples."""
    with av.open(str(path)) as container:
        rate_hz = container.streams.audio[0].rate
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    decoded = np.concatenate(frames, axis=1).T.astype(np.float64)
    return np.asarray(soxr.resample(decoded, rate_hz, RATE_HZ), np.float64).T
