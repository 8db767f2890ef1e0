"""Sounds that are not speech, three seconds each at 16 kHz: what lines, offices and waiting loops sound like."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from voiceassist.audio.pcm import Pcm

RATE_HZ = 16_000
SAMPLES = 3 * RATE_HZ
SECONDS = np.arange(SAMPLES) / RATE_HZ
Sound = npt.NDArray[np.float64]
KEYS_HZ = ((697, 1_209), (770, 1_336), (852, 1_477), (941, 1_633))  # 1, 5, 9 and D (ITU-T Q.23)
CHORDS = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))  # semitones above A


def as_pcm(sound: Sound) -> Pcm:
    """The sound as samples, cut where it is too loud."""
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


def noise(level: float, slope: float = 0.0) -> Pcm:
    """Noise of that standard deviation, its power falling with the frequency to the power of `slope`."""
    spectrum = np.fft.rfft(np.random.default_rng(1).normal(0, 1, SAMPLES))
    bins = np.maximum(np.arange(len(spectrum)), 1)
    sound = np.fft.irfft(spectrum * bins ** (-slope / 2), SAMPLES)
    return as_pcm(level * sound / sound.std())


def tones(*frequencies_hz: float, level: float = 8_000) -> Sound:
    """Tones at once."""
    return _sum(level * np.sin(2 * np.pi * hertz * SECONDS) for hertz in frequencies_hz)


def _keys() -> Sound:
    """A number dialled: 100 ms a key, 100 ms of silence."""
    number = (SECONDS // 0.2).astype(int) % len(KEYS_HZ)
    return _sum(tones(*pair) * (number == key) for key, pair in enumerate(KEYS_HZ)) * _on(0.2)


def _on(period_s: float) -> Sound:
    """1 in the first half of every period, else 0."""
    return ((SECONDS % period_s) < period_s / 2).astype(np.float64)


def _music() -> Sound:
    """Chords that are plucked twice a second, with overtones."""
    beat = (SECONDS // 0.5).astype(int) % len(CHORDS)
    chords = [_sum(_string(220 * 2 ** (step / 12)) for step in chord) for chord in CHORDS]
    plucked = _sum(chord * (beat == number) for number, chord in enumerate(chords))
    return np.asarray(plucked * np.exp(-3 * (SECONDS % 0.5)), np.float64)


def _string(hertz: float) -> Sound:
    return _sum(tones(hertz * overtone, level=2_000 / overtone) for overtone in (1, 2, 3, 4))


def _sum(sounds: Iterable[Sound]) -> Sound:
    return sum(sounds, np.zeros(SAMPLES))


def _clicks() -> Sound:
    return (np.random.default_rng(2).random(SAMPLES) < 0.0005).astype(np.float64) * 20_000


def not_speech() -> Mapping[str, Pcm]:
    """All of them, by name."""
    return {
        "silence": as_pcm(np.zeros(SAMPLES)),
        **{f"white noise of {level}": noise(level) for level in (10, 100, 1_000, 3_000, 10_000)},
        **{f"pink noise of {level}": noise(level, 1.0) for level in (300, 3_000)},
        "brown noise": noise(3_000, 2.0),
        "bursts of noise": as_pcm(noise(3_000) * _on(1.0)),
        "440 Hz": as_pcm(tones(440)),
        "a dial tone": as_pcm(tones(350, 440)),
        "ringing": as_pcm(tones(440, 480) * _on(2.0)),
        "a number dialled": as_pcm(_keys()),
        "music": as_pcm(_music()),
        "clicks": as_pcm(_clicks()),
        "mains hum": as_pcm(tones(50, 150, level=3_000)),
        "European ringing": as_pcm(tones(425) * _on(2.0)),
        "a busy line": as_pcm(tones(480, 620) * _on(1.0)),
        "a beep": as_pcm(tones(1_000) * (SECONDS < 0.5)),
    }
