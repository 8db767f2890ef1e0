"""Judges by the sound of speech whether it plays at the right speed: by its pitch, its colour and its pace.

A voice at half its speed is an octave lower, darker, and changes half as often; each of these alone also tells men
from women, and one person from another. Pitch and colour make one estimate, all three another; noise shifts them
apart, so the smaller one counts, and neither where they differ in direction. The weights are a least-squares fit
over 36 recordings of people and of synthetic voices at half, right and double speed. At the right speed
they come out between -0.44 and 0.56 octaves, also in noise. At half speed nine in ten are below -0.49, at
double speed above 0.48. Only speech can be judged so: whether it is music has to be asked before.
Never reads a clock. Next: `audio_doubts.py`.
"""

import numpy as np
import numpy.typing as npt

from voiceassist.audio.pcm import Pcm

Floats = npt.NDArray[np.float64]

HIGHEST_HZ = 16_000  # more samples cost more, and say nothing about speed
PITCH_HZ = (35, 600)  # of voices between half and double speed
VOICED = 0.6  # correlation of a block with itself one period later
PEAK = 0.9  # of the best period's correlation: the shortest one with so much is the period, not a multiple of it
LEAST_VOICED = 20  # blocks of 64 ms
PACE_BLOCKS = 4  # a block's level is looked at in so many parts, of 16 ms
FLOOR_DB = 30  # below the loudest part: what is softer is no sound
# Of the octaves of pitch (Hz), colour (Hz) and pace.
VOICE, VOICE_OFFSET = (0.494, 0.328), -6.3
SPEECH, SPEECH_OFFSET = (0.437, 0.118, 0.609), -3.067


def octaves(blocks: Pcm, rate_hz: int) -> float | None:
    """By how much the speech is too fast; below 0: too slow. None: too little of it is voiced.

    `blocks`: of sound, 64 ms each, in the order of time; shape (n, samples).
    """
    fewer = max(1, rate_hz // HIGHEST_HZ)
    rate_hz, samples = rate_hz // fewer, blocks.shape[1] // fewer
    sound = blocks[:, : samples * fewer].reshape(len(blocks), samples, fewer).mean(axis=2)
    sound -= sound.mean(axis=1, keepdims=True)
    spectrum, correlation = _transformed(sound)
    lowest, highest = rate_hz // PITCH_HZ[1], min(rate_hz // PITCH_HZ[0], int(0.7 * sound.shape[1]))
    best = correlation[:, lowest:highest].max(axis=1)
    voiced = best > VOICED
    if np.count_nonzero(voiced) < LEAST_VOICED:
        return None
    periods = [
        _period(one[lowest:highest], peak) + lowest
        for one, peak in zip(correlation[voiced], best[voiced], strict=True)
    ]
    pitch_hz = rate_hz / float(np.percentile(periods, 80))
    features = np.log2((pitch_hz, _colour_hz(spectrum[voiced], rate_hz), _pace(sound)))
    by_voice = float(np.dot(VOICE, features[:2])) + VOICE_OFFSET
    by_speech = float(np.dot(SPEECH, features)) + SPEECH_OFFSET
    return min(by_voice, by_speech, key=abs) if by_voice * by_speech > 0 else 0.0


def _transformed(sound: Floats) -> tuple[Floats, Floats]:
    """The power spectrum of every block, and its correlation with itself by lag."""
    samples = sound.shape[1]
    size = 1 << (2 * samples - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(samples), size)) ** 2
    plain = np.abs(np.fft.rfft(sound, size)) ** 2
    correlation = np.fft.irfft(plain, size)[:, :samples]
    return spectrum, correlation / (correlation[:, :1] + 1) / (1 - np.arange(samples) / samples)


def _period(correlation: Floats, best: float) -> int:
    at = int(np.argmax(correlation >= PEAK * best))
    while at + 1 < len(correlation) and correlation[at + 1] > correlation[at]:
        at += 1
    return at


def _colour_hz(spectrum: Floats, rate_hz: int) -> float:
    """The middle of where the voices' power is."""
    frequencies = np.linspace(0, rate_hz / 2, spectrum.shape[1])
    return float(np.median((spectrum * frequencies).sum(axis=1) / spectrum.sum(axis=1)))


def _pace(sound: Floats) -> float:
    """By how much the level changes from one 16 ms to the next, in decades, where there is sound."""
    samples = sound.shape[1] // PACE_BLOCKS
    parts = sound[:, : samples * PACE_BLOCKS].reshape(-1, samples)
    level = np.log10((parts**2).mean(axis=1) + 32)
    level = np.maximum(level - level.max() + FLOOR_DB / 10, 0)
    changes = np.abs(np.diff(level))
    return float(changes[(level[1:] > 0) | (level[:-1] > 0)].mean())
