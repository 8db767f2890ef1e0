"""Pieces of sample calls, as files."""

import wave
from pathlib import Path

import numpy as np

from voiceassist.events import SPEAKERS, Speaker
from voiceassist.samples import load_sample
from voiceassist.store.audiofile import read_audio

REFUSAL_MS = (18_000, 23_400)
"""In the late return: "Thank you. I'm sorry, but our policy doesn't allow returns after thirty days."."""


def refusal(path: Path, sides: tuple[Speaker, ...] = SPEAKERS, *, silence_s: float, times: int = 1) -> Path:
    """Writes the refusal of the late return as a WAV file, so many times, with silence around it."""
    audio = read_audio(load_sample("late-return").recording)
    first, last = (at_ms * audio.rate_hz // 1000 for at_ms in REFUSAL_MS)
    spoken = np.stack([audio.channels[SPEAKERS.index(side)][first:last] for side in sides], axis=1)
    silence = np.zeros((int(silence_s * audio.rate_hz), len(sides)), np.int16)
    with wave.open(str(path), "wb") as file:
        file.setparams((len(sides), 2, audio.rate_hz, 0, "NONE", ""))
        file.writeframes(np.concatenate((*[silence, spoken] * times, silence)).tobytes())
    return path
