"""Puts clean synthesised speech on a telephone line: other speeds, rooms, filters, levels, noises, codecs.

The ranges are wide on purpose: the model has few speakers, and every one of them must sound like many.
Audio is float32 on the 16-bit scale at 8 kHz. Never draws a random number but from the generator it is given.
Next: `features.py`.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
import scipy.signal
from numpy.typing import NDArray

from training.phones import SILENCE
from training.speech import Segments, Speech

RATE_HZ = 8_000
FULL_SCALE = 32_768.0
Audio = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Line:
    """What one sentence sounds like at the far end."""

    samples: Audio
    segments: Segments


def on_the_line(speech: Speech, babble: list[Audio], chance: np.random.Generator) -> Line:
    """The speech somewhere in a recording, badly transmitted; segments follow the speed and the silence before."""
    speed = chance.uniform(0.85, 1.18)
    samples = resample(speech.samples.astype(np.float32), speech.rate_hz * speed)
    before, after = (int(chance.uniform(0, 0.5) * RATE_HZ) for _ in range(2))
    samples = np.pad(samples, (before, after)).astype(np.float32)
    shift = before / RATE_HZ
    segments = [(SILENCE, shift), *((sound, end / speed + shift) for sound, end in speech.segments)]
    spoken = _level(_channel(_room(samples, chance), chance), chance)
    heard = _codec(_telephone(_noisy(spoken, babble, chance), chance), chance)
    return Line(np.clip(np.round(heard), -FULL_SCALE, FULL_SCALE - 1).astype(np.float32), segments)


def resample(samples: Audio, from_hz: float) -> Audio:
    """At 8 kHz; by Fourier transform, so that any ratio works."""
    length = int(len(samples) * RATE_HZ / from_hz)
    padded = scipy.fft.next_fast_len(len(samples), real=True)
    loud = np.zeros(padded, np.float32)
    loud[: len(samples)] = samples
    made: Audio = scipy.signal.resample(loud, round(padded * RATE_HZ / from_hz)).astype(np.float32)
    return made[:length]


def loudness(samples: Audio) -> float:
    """Root mean square, never 0."""
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2) + 1))


def _room(samples: Audio, chance: np.random.Generator) -> Audio:
    if chance.random() > 0.3:
        return samples
    length = int(RATE_HZ * chance.uniform(0.05, 0.3))
    decay = np.exp(-6.9 * np.arange(length) / length)  # 60 dB over the length
    echo = chance.normal(0, 1, length) * decay * chance.uniform(0.05, 0.25)
    echo[0] = 1
    return scipy.signal.fftconvolve(samples, echo)[: len(samples)].astype(np.float32)


def _channel(samples: Audio, chance: np.random.Generator) -> Audio:
    """A tilt, a telephone's band, a resonance; each only sometimes."""
    if chance.random() < 0.6:
        samples = scipy.signal.lfilter([1, chance.uniform(-0.6, 0.6)], [1], samples)
    if chance.random() < 0.5:
        edges = [chance.uniform(80, 350), chance.uniform(2_600, 3_800)]
        samples = scipy.signal.lfilter(*scipy.signal.butter(2, edges, "band", fs=RATE_HZ), samples)
    if chance.random() < 0.35:
        peak = scipy.signal.iirpeak(chance.uniform(300, 3_000), chance.uniform(1, 4), fs=RATE_HZ)
        samples = samples + chance.uniform(-0.6, 1.3) * scipy.signal.lfilter(*peak, samples)
    return samples


def _level(samples: Audio, chance: np.random.Generator) -> Audio:
    return samples * np.float32(FULL_SCALE * 10 ** (chance.uniform(-38, -12) / 20) / loudness(samples))


def _noisy(samples: Audio, babble: list[Audio], chance: np.random.Generator) -> Audio:
    if chance.random() > 0.75:
        return samples
    noise = _noise(len(samples), babble, chance)
    gain = loudness(samples) * 10 ** (-chance.uniform(6, 45) / 20) / (np.sqrt(np.mean(noise**2)) + 1e-9)
    return samples + (noise * gain).astype(np.float32)


def _noise(length: int, babble: list[Audio], chance: np.random.Generator) -> NDArray[np.float64]:
    kind = chance.random()
    if kind < 0.08:
        return _tones(length, chance)
    if kind > 0.65:
        return _voices(length, babble, chance)
    noise = chance.normal(0, 1, length) if kind < 0.3 else _coloured(length, chance)
    if chance.random() < 0.3:
        noise = noise * (1 + 0.7 * np.sin(2 * np.pi * chance.uniform(0.1, 2) * np.arange(length) / RATE_HZ))
    return noise


def _tones(length: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Beeps and hums."""
    seconds = np.arange(length) / RATE_HZ
    tones = sum(
        chance.uniform(0.2, 1) * np.sin(2 * np.pi * chance.uniform(100, 3_500) * seconds + chance.uniform(0, 6))
        for _ in range(int(chance.integers(1, 5)))
    )
    steps = chance.random(length // 1_600 + 1) > chance.random() * 0.6
    return np.asarray(tones * steps.repeat(1_600)[:length], np.float64)


def _coloured(length: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """From nearly white to nearly red."""
    spectrum = scipy.fft.rfft(chance.normal(0, 1, length))
    slope = np.maximum(np.arange(len(spectrum)), 20) ** chance.uniform(0.3, 1)
    return np.asarray(scipy.fft.irfft(spectrum / slope, length), np.float64)


def _voices(length: int, babble: list[Audio], chance: np.random.Generator) -> NDArray[np.float64]:
    """Other people in the room."""
    mixed = np.zeros(length)
    for _ in range(int(chance.integers(2, 7))):
        voice = babble[int(chance.integers(len(babble)))]
        mixed += np.roll(np.resize(voice, length), int(chance.integers(length)))
    return mixed


def _telephone(samples: Audio, chance: np.random.Generator) -> Audio:
    """The telephone network's band with steep edges, for the voice and all that is behind it."""
    if chance.random() > 0.5:
        return samples
    low, high, slope = chance.uniform(150, 360), chance.uniform(3_100, 3_800), chance.uniform(40, 200)
    hertz = scipy.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    inside = np.clip(np.minimum(hertz - low, high - hertz) / slope, 0, 1)
    gain = 0.5 - 0.5 * np.cos(np.pi * inside)
    return np.asarray(scipy.fft.irfft(scipy.fft.rfft(samples) * gain, len(samples)), np.float32)


def _codec(samples: Audio, chance: np.random.Generator) -> Audio:
    return mu_law(samples) if chance.random() < 0.4 else samples


def mu_law(samples: Audio) -> Audio:
    """Through G.711's 8 bits and back (mu = 255)."""
    small = samples / FULL_SCALE
    coded = np.round(np.sign(small) * np.log1p(255 * np.abs(small)) / np.log(256) * 127) / 127
    return (np.sign(coded) * (256 ** np.abs(coded) - 1) / 255 * (FULL_SCALE - 1)).astype(np.float32)
