"""Two-channel recordings that benches make themselves, as WAV files of 16 bits.

Next: `callers/run.py` streams them to a server.
"""

import wave
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import soxr

from voiceassist.audio.pcm import Pcm
from voiceassist.samples import Sample
from voiceassist.samples.telephone import RATE_HZ
from voiceassist.store.audiofile import read_audio


def write_wave(path: Path, legs: Sequence[Pcm], rate_hz: int) -> None:
    """The legs as channels; all are equally long."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(legs))
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.stack(legs, axis=1).astype("<i2").tobytes())


def at_telephone_rate(sample: Sample, folder: Path) -> Sample:
    """The same call at 8 kHz, as phone systems send it; FFmpeg reads our Opus files at 48 kHz."""
    audio = read_audio(sample.recording)
    path = folder / f"{sample.id}.wav"
    write_wave(path, [_narrow(leg, audio.rate_hz) for leg in audio.channels], RATE_HZ)
    return replace(sample, recording=path)


def _narrow(leg: Pcm, rate_hz: int) -> Pcm:
    signal = soxr.resample(leg.astype(np.float64), rate_hz, RATE_HZ)
    return np.asarray(np.clip(np.rint(signal), -32768, 32767), np.int16)
