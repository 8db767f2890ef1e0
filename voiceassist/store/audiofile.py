"""Reads any audio file that FFmpeg knows (WAV of any width, FLAC, Ogg, MP3, ...) as int16 channels.

Keeps the file's rate and the order of its channels; never mixes them. It blocks: call it in a thread.
Next: `replay` feeds the channels to a session; tests look at recordings.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler
from av.container import InputContainer

from voiceassist.audio.pcm import Pcm
from voiceassist.errors import RecordingError
from voiceassist.store.recording_cipher import MAGIC

Samples: TypeAlias = npt.NDArray[np.int16]  # shape (channels, n)

LONGEST_WAV_BYTES = 0x7FFF_F000
"""A WAV header that promises this much or more was written into a pipe (sox, ffmpeg): its length is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AudioFile:
    """A whole file in memory (an hour of 8 kHz stereo is 115 MB)."""

    channels: tuple[Pcm, ...]  # equally long
    rate_hz: int
    warning: str = ""  # what is wrong with the file, though it could be read

    @property
    def duration_ms(self) -> int:
        """Of each channel."""
        return len(self.channels[0]) * 1000 // self.rate_hz


def read_audio(path: Path) -> AudioFile:
    """The file's first audio track. RecordingError: missing, empty, no audio, or damaged.

    A file without a length in its header (Ogg, most MP3) is read to where it ends: that is what a crash
    leaves of our own recordings. So is a WAV file that was cut off, with a warning.
    """
    try:
        warning = _cut_off(path)
        with av.open(str(path)) as container:
            return replace(_whole(path, container), warning=warning)
    except (OSError, ValueError, av.FFmpegError) as error:
        raise RecordingError(f"{path} cannot be read as audio: {_cause(error)}") from error


def duration_of(path: Path) -> int:
    """Milliseconds of audio in the file, without decoding it; also of one still being written."""
    try:
        with av.open(str(path)) as container:
            return (container.duration or 0) * 1000 // av.time_base
    except (OSError, ValueError, av.FFmpegError) as error:
        raise RecordingError(f"{path} cannot be read as audio: {_cause(error)}") from error


def _cause(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _cut_off(path: Path) -> str:
    """The warning that a WAV file ends before its header says so, of which FFmpeg says nothing."""
    there = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
    if not there:
        raise RecordingError(f"{path} is empty")
    if head == MAGIC:
        raise RecordingError(f"{path} is encrypted; `voiceassist calls export` gives it as plain audio")
    promised = int.from_bytes(head[4:8], "little") + 8 if head[:4] == b"RIFF" else 0
    if there < promised < LONGEST_WAV_BYTES:
        return f"{path} was cut off: {there} bytes of {promised} are there, and are read to their end"
    return ""


def _whole(path: Path, container: InputContainer) -> AudioFile:
    if not container.streams.audio:
        raise RecordingError(f"{path} has no audio track")
    stream = container.streams.audio[0]
    resampler = AudioResampler(format="s16p", layout=stream.layout, rate=stream.rate)
    blocks: list[Samples] = []
    try:
        for frame in container.decode(stream):
            blocks += (block.to_ndarray().astype(np.int16) for block in resampler.resample(frame))
    except av.FFmpegError as error:
        seconds = sum(block.shape[1] for block in blocks) / stream.rate
        raise RecordingError(f"{path} is damaged or cut off after {seconds:.1f} s: {_cause(error)}") from error
    if not blocks:
        raise RecordingError(f"{path} has no audio in it")
    return AudioFile(channels=tuple(np.concatenate(blocks, axis=1)), rate_hz=stream.rate)
