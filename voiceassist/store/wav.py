"""A recording as WAV: 16 kHz, 16 bits, agent left, customer right. Piece by piece, never whole in memory.

The length is known before the first sample: what the decoder gives is padded or cut to it. Blocks: use a thread.
Next: `server/call_export.py` and `voiceassist calls export` give it out.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

import av
from av.audio.resampler import AudioResampler
from av.container import InputContainer

from voiceassist.errors import RecordingError

RATE_HZ = 16_000  # all that a telephone carries; the recording itself is Opus
CHANNELS, SAMPLE_BYTES = 2, 2
FRAME_BYTES = CHANNELS * SAMPLE_BYTES
HEAD_BYTES = 44
PIECE_BYTES = RATE_HZ * FRAME_BYTES  # a second
LONGEST_BYTES = 0xFFFF_FFFF - HEAD_BYTES  # a WAV header has no more: 18 hours


class WavCopy:
    """An open recording with the size of its WAV file. `pieces` once, then `close`. Raises RecordingError."""

    def __init__(self, audio: BinaryIO, name: str) -> None:
        self._name = name
        self._audio = audio
        try:
            self._container = av.open(audio, "r")
        except (OSError, ValueError, av.FFmpegError) as error:
            audio.close()
            raise RecordingError(f"{name} cannot be read as audio: {error}") from error
        frames = (self._container.duration or 0) * RATE_HZ // av.time_base
        self._bytes = min(frames * FRAME_BYTES, LONGEST_BYTES // FRAME_BYTES * FRAME_BYTES)
        self.size = HEAD_BYTES + self._bytes

    def pieces(self) -> Iterator[bytes]:
        """The file from its first byte to its last."""
        yield _head(self._bytes)
        left = self._bytes
        for piece in self._decoded():
            yield piece[:left]
            left -= len(piece[:left])
            if not left:
                return
        while left:  # the coder's delay: a few milliseconds
            yield bytes(min(left, PIECE_BYTES))
            left -= min(left, PIECE_BYTES)

    def close(self) -> None:
        """Harmless when called twice."""
        self._container.close()
        self._audio.close()

    def _decoded(self) -> Iterator[bytes]:
        waiting = bytearray()
        try:
            for samples in _samples(self._container):
                waiting += samples
                while len(waiting) >= PIECE_BYTES:
                    yield bytes(waiting[:PIECE_BYTES])
                    del waiting[:PIECE_BYTES]
        except (av.FFmpegError, OSError) as error:
            raise RecordingError(f"{self._name} is damaged: {error}") from error
        if waiting:
            yield bytes(waiting)


def _samples(container: InputContainer) -> Iterator[bytes]:
    resampler = AudioResampler(format="s16", layout="stereo", rate=RATE_HZ)
    for frame in container.decode(audio=0):
        for block in resampler.resample(frame):
            yield block.to_ndarray().tobytes()
    for block in resampler.resample(None):
        yield block.to_ndarray().tobytes()


def _head(data_bytes: int) -> bytes:
    """RIFF with one `fmt ` and one `data` chunk (Microsoft, "Multimedia Programming Interface", 1991)."""
    form = struct.pack(
        "<4sIHHIIHH", b"fmt ", 16, 1, CHANNELS, RATE_HZ, RATE_HZ * FRAME_BYTES, FRAME_BYTES, SAMPLE_BYTES * 8
    )
    riff = struct.pack("<4sI4s", b"RIFF", HEAD_BYTES - 8 + data_bytes, b"WAVE")
    return riff + form + struct.pack("<4sI", b"data", data_bytes)
