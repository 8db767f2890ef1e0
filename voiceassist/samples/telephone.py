"""Turns a studio voice into one side of a telephone call.

Never delays the sound: every step keeps word times exact.
Next: `recording.py` stores both sides in one file.
"""

from collections.abc import Sequence

import numpy as np
import soxr
from numpy.random import Generator
from numpy.typing import NDArray

from voiceassist.samples import flite
from voiceassist.samples.casting import Voice
from voiceassist.samples.flite import Signal
from voiceassist.samples.sample import SpokenWord

RATE_HZ = 8_000  # ITU-T G.711 section 1
SAMPLES_PER_MS = RATE_HZ // 1000
BAND_HZ = (300.0, 3_400.0)  # The voice band of the telephone network, ITU-T G.120
EDGE_HZ = 80.0  # Width of the filter's slopes: wide enough not to ring audibly
MU = 255.0  # ITU-T G.711 section 3.2, the curve of the mu-law
STEPS = 128  # Levels on either side of zero: eight bits


def voice_at_level(utterance: flite.SynthesisedLine, level_dbfs: float) -> Signal:
    """Bring a spoken line to telephone rate and band, at a level measured over its words."""
    narrow = np.asarray(soxr.resample(utterance.signal, flite.RATE_HZ, RATE_HZ), np.float64)
    banded = band_limit(narrow)
    return banded * (from_db(level_dbfs) / rms(during(banded, utterance.words)))


def line(signal: Signal, voice: Voice, random: Generator) -> Signal:
    """Add the noise of the line and send it all through mu-law."""
    hiss = band_limit(random.standard_normal(len(signal)))
    return companded(signal + hiss * (from_db(voice.noise_dbfs) / rms(hiss)))


def band_limit(signal: Signal) -> Signal:
    """Keep the telephone band, with raised-cosine slopes and without any delay."""
    frequency = np.fft.rfftfreq(len(signal), 1.0 / RATE_HZ)
    inside = np.minimum(frequency - BAND_HZ[0], BAND_HZ[1] - frequency)
    gain = 0.5 - 0.5 * np.cos(np.pi * np.clip(inside / EDGE_HZ, 0.0, 1.0))
    return np.asarray(np.fft.irfft(np.fft.rfft(signal) * gain, len(signal)), np.float64)


def companded(signal: Signal) -> Signal:
    """Give what is left of `signal` after eight bits of mu-law."""
    compressed = np.log1p(MU * np.minimum(np.abs(signal), 1.0)) / np.log1p(MU)
    coarse = (np.floor(compressed * (STEPS - 1)) + 0.5) / STEPS
    return np.asarray(np.sign(signal) * np.expm1(coarse * np.log1p(MU)) / MU, np.float64)


def during(signal: NDArray[np.floating], words: Sequence[SpokenWord]) -> Signal:
    """Cut out the samples in which `words` are spoken."""
    parts = [signal[w.start_ms * SAMPLES_PER_MS : w.end_ms * SAMPLES_PER_MS] for w in words]
    return np.concatenate(parts).astype(np.float64)


def rms(signal: Signal) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(signal))))


def from_db(level_db: float) -> float:
    """Amplitude of a level in decibels."""
    return float(10.0 ** (level_db / 20.0))
