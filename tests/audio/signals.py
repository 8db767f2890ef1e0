"""Sounds made by arithmetic: voices that pause and glide as people's do, and the tones of a telephone network."""

import numpy as np
import numpy.typing as npt

from voiceassist.audio.pcm import Pcm

RATE_HZ = 8_000
BLOCK = RATE_HZ * 40 // 1000
Sound = npt.NDArray[np.float64]


def as_pcm(sound: Sound) -> Pcm:
    """The sound as samples, cut where it is too loud."""
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


def times(seconds: float, rate_hz: int = RATE_HZ) -> Sound:
    """The time of every sample."""
    return np.arange(round(seconds * rate_hz)) / rate_hz


def voice(seconds: float, seed: int, level: float = 3_000.0, rate_hz: int = RATE_HZ) -> Sound:
    """Syllables of a quarter of a second: gliding pitch, two formants, some noise, a soft end."""
    random = np.random.default_rng(seed)
    syllables = [_syllable(random, rate_hz) for _ in range(int(seconds * 4) + 1)]
    sound = np.concatenate(syllables)[: round(seconds * rate_hz)]
    return np.asarray(level * sound / sound.std(), np.float64)


def _syllable(random: np.random.Generator, rate_hz: int) -> Sound:
    time = times(0.25, rate_hz)
    pitch = random.uniform(90, 220) * (1 + random.uniform(-0.8, 0.8) * time)
    phase = 2 * np.pi * np.cumsum(pitch) / rate_hz
    first, second = random.uniform(300, 800), random.uniform(900, 2_400)
    sound = np.zeros(len(time))
    for overtone in range(1, 18):
        hertz = overtone * pitch.mean()
        gain = 1 / (1 + ((hertz - first) / 150) ** 2) + 0.5 / (1 + ((hertz - second) / 200) ** 2)
        sound += gain * np.sin(overtone * phase + random.uniform(0, 6))
    sound += 0.05 * random.normal(0, 1, len(time))
    return np.asarray(sound * np.sin(np.pi * time / 0.25) ** 2, np.float64)


def turns(*spoken: tuple[float, float], seed: int, seconds: float, rate_hz: int = RATE_HZ) -> Sound:
    """A leg on which somebody speaks from one second to another, and else only a faint noise is heard."""
    sound = np.random.default_rng(seed).normal(0, 3, round(seconds * rate_hz))
    for number, (start_s, end_s) in enumerate(spoken):
        said = voice(end_s - start_s, 100 * seed + number, rate_hz=rate_hz)
        at = round(start_s * rate_hz)
        sound[at : at + len(said)] += said
    return sound


def late(sound: Sound, delay_ms: float, level_db: float, rate_hz: int = RATE_HZ) -> Sound:
    """The sound heard again: later, and by so much softer."""
    delay = round(delay_ms * rate_hz / 1000)
    return np.concatenate((np.zeros(delay), sound))[: len(sound)] * 10 ** (level_db / 20)


def telephone_band(sound: Sound, rate_hz: int = RATE_HZ) -> Sound:
    """300 to 3,400 Hz."""
    hertz = np.fft.rfftfreq(len(sound), 1 / rate_hz)
    gain = 1 / np.sqrt((1 + (300 / np.maximum(hertz, 1)) ** 4) * (1 + (hertz / 3_400) ** 8))
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) * gain, len(sound)), np.float64)


def tones(seconds: float, *hertz: float, level: float = 4_000.0) -> Sound:
    """Tones at once."""
    time = times(seconds)
    return np.asarray(sum(level * np.sin(2 * np.pi * one * time) for one in hertz), np.float64)


def cadence(seconds: float, on_s: float, off_s: float, *hertz: float) -> Sound:
    """Tones that come and go."""
    return tones(seconds, *hertz) * (times(seconds) % (on_s + off_s) < on_s)


def music(seconds: float) -> Sound:
    """Chords, one a second, with overtones, and a melody above."""
    time, random = times(seconds), np.random.default_rng(7)
    sound = np.zeros(len(time))
    for second in range(int(seconds)):
        here = time[second * RATE_HZ : (second + 1) * RATE_HZ] - second
        notes = [
            *(220 * 2 ** ((step + 5 * (second % 3)) / 12) for step in (0, 4, 7)),
            523 * random.choice([1, 1.26]),
        ]
        chord = sum(np.sin(2 * np.pi * hertz * k * here) / k for hertz in notes for k in (1, 2, 3, 4))
        sound[second * RATE_HZ : (second + 1) * RATE_HZ] = chord * np.exp(-here)
    return np.asarray(3_000 * sound / sound.std(), np.float64)
