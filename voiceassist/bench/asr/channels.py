"""What happens to speech on its way: the lines and levels that a recognizer has to cope with.

Works on 8 kHz signals with full scale 1.0, and never delays them: word times stay true, but for `speed`.
Next: `synthetic.py` sends every sentence through every channel.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.random import Generator

from voiceassist.samples.flite import Signal
from voiceassist.samples.telephone import RATE_HZ, companded, from_db, rms

Effect = Callable[[Signal, Generator], Signal]
LOW_PASS_ORDER = 4
LOW_PASS_HZ = 2_500.0  # a muffled handset; the telephone's own band ends at 3,400 Hz


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way for speech to take."""

    effect: Effect
    speed: float = 1.0  # word times are divided by it


def _clean(signal: Signal, _: Generator) -> Signal:
    return signal


def _mu_law(signal: Signal, _: Generator) -> Signal:
    return companded(signal)


def _noise(snr_db: float) -> Effect:
    """White noise, so many decibels below the speech."""

    def add(signal: Signal, random: Generator) -> Signal:
        level = rms(signal[signal != 0.0]) * from_db(-snr_db)
        return signal + level * random.standard_normal(len(signal))

    return add


def _low_pass(signal: Signal, _: Generator) -> Signal:
    """A Butterworth filter's slope, without its delay."""
    frequency = np.fft.rfftfreq(len(signal), 1.0 / RATE_HZ)
    gain = 1.0 / np.sqrt(1.0 + (frequency / LOW_PASS_HZ) ** (2 * LOW_PASS_ORDER))
    return np.asarray(np.fft.irfft(np.fft.rfft(signal) * gain, len(signal)), np.float64)


def _speed(factor: float) -> Effect:
    """As a tape would: the pitch moves too."""

    def play(signal: Signal, _: Generator) -> Signal:
        return np.asarray(soxr.resample(signal, RATE_HZ * factor, RATE_HZ), np.float64)

    return play


def _level(gain_db: float) -> Effect:
    return lambda signal, _: signal * from_db(gain_db)


CHANNELS: Mapping[str, Channel] = {
    "clean": Channel(effect=_clean),
    "mu-law": Channel(effect=_mu_law),
    "noise-20db": Channel(effect=_noise(20.0)),
    "noise-10db": Channel(effect=_noise(10.0)),
    "low-pass": Channel(effect=_low_pass),
    "slower": Channel(effect=_speed(0.9), speed=0.9),
    "faster": Channel(effect=_speed(1.1), speed=1.1),
    "quiet": Channel(effect=_level(-25.0)),
}
"""By their names on the command line; "clean" is plain 8 kHz."""
