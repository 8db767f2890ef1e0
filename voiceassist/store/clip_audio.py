"""A stretch of a recording as a file of its own: Ogg Opus or WAV, agent left, customer right.

What is silent in the recording, since it was masked or paused, is silent in the stretch. The recording is read
from shortly before the stretch on, never from its beginning, and no more than the stretch is in memory. Blocks:
use a thread. Raises RecordingError for a recording that cannot be read there.
Next: `server/clips.py` gives it out.
"""

import io
import wave
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.container import InputContainer

from voiceassist.errors import RecordingError
from voiceassist.store.audiofile import Samples
from voiceassist.store.recordings import BIT_RATE, CODER
from voiceassist.store.wav import CHANNELS, RATE_HZ, SAMPLE_BYTES

LONGEST_MS = 600_000
"""Ten minutes: 38 MB of samples for as long as it is cut, 4 MB of Ogg Opus."""

PREROLL_MS = 1_000  # a decoder that begins in the middle needs 80 ms (RFC 7845, section 4.6); a page is 100 ms


def cut_audio(audio: BinaryIO, name: str, start_ms: int, end_ms: int) -> Samples:
    """The samples of a stretch, shape (2, n) at `RATE_HZ`; silent where the recording has none. Closes `audio`."""
    assert 0 <= start_ms < end_ms <= start_ms + LONGEST_MS
    samples = np.zeros((CHANNELS, (end_ms - start_ms) * RATE_HZ // 1000), np.int16)
    try:
        with audio, av.open(audio, "r") as container:
            _fill(samples, container, start_ms)
    except (OSError, ValueError, av.FFmpegError) as error:
        raise RecordingError(f"{name} cannot be read as audio: {error}") from error
    return samples


def as_wav(samples: Samples) -> bytes:
    """The file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(CHANNELS)
        out.setsampwidth(SAMPLE_BYTES)
        out.setframerate(RATE_HZ)
        out.writeframes(samples.T.astype("<i2").tobytes())
    return file.getvalue()


def as_ogg(samples: Samples) -> bytes:
    """The file."""
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE_HZ, layout="stereo", options=CODER)
        stream.bit_rate = BIT_RATE
        for first in range(0, samples.shape[1], RATE_HZ):
            container.mux(stream.encode(_frame(samples[:, first : first + RATE_HZ], first)))
        container.mux(stream.encode(None))
    return file.getvalue()


def _fill(samples: Samples, container: InputContainer, start_ms: int) -> None:
    from_ms = max(0, start_ms - PREROLL_MS)
    container.seek(from_ms * 1000)  # microseconds; to where decoding can begin before it
    for at, block in _blocks(container):
        place = at - start_ms * RATE_HZ // 1000
        if place >= samples.shape[1]:
            return
        kept = block[:, max(0, -place) : samples.shape[1] - place]
        begin = max(0, place)
        samples[:, begin : begin + kept.shape[1]] = kept


def _blocks(container: InputContainer) -> Iterator[tuple[int, Samples]]:
    """Samples with their place in the recording, in order."""
    resampler = AudioResampler(format="s16", layout="stereo", rate=RATE_HZ)
    at: int | None = None
    for frame in container.decode(audio=0):
        if at is None:
            at = round((frame.time or 0) * RATE_HZ)
        for block in resampler.resample(frame):
            found: Samples = block.to_ndarray().astype(np.int16).reshape(-1, CHANNELS).T
            yield at, found
            at += found.shape[1]


def _frame(samples: Samples, first: int) -> av.AudioFrame:
    interleaved = np.ascontiguousarray(samples.T).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(interleaved, format="s16", layout="stereo")
    frame.sample_rate = RATE_HZ
    frame.pts, frame.time_base = first, Fraction(1, RATE_HZ)
    return frame
