"""Looks at the spectrum of a short stretch of sound: is it one tone or two, and does it go on as it was?

Knows nothing of time. Next: `line_sounds.py` follows one leg's frames.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from voiceassist.audio.signal import Signal, energy, power_of

# "cadence": a single tone of the network, which the rhythm alone tells; "single": another one.
ToneKind = Literal["dtmf", "ringing", "busy", "dial", "cadence", "single"]

FRAME_MS, HOP_MS = 128, 80
LOWEST_HZ, HIGHEST_HZ = 250.0, 3_400.0  # mains hum is below
LOBE = 3  # bins to both sides of a peak that belong to it: Hann's main lobe, and one
PURE = 0.85  # of the power is in one tone, or in two
SECOND = 0.1  # of the power of two tones is in the softer one at least: 10 dB of twist
SMOOTHED = 9  # bins: the shape of a spectrum, which a voice keeps, against its lines, which it does not
SILENT_POWER = power_of(-55.0)  # what is softer says nothing
TINY = 1e-6

# ITU-T Q.23: keys; ITU-T E.180, supplement 2: what networks of the world call with. Hertz.
KEY_LOW_HZ, KEY_HIGH_HZ = (697, 770, 852, 941), (1_209, 1_336, 1_477, 1_633)
PAIRS_HZ: tuple[tuple[int, int, ToneKind], ...] = (
    (440, 480, "ringing"),  # North America
    (400, 450, "ringing"),  # United Kingdom and others
    (480, 620, "busy"),
    (350, 440, "dial"),
)
CADENCE_HZ = (394, 460)  # 400, 425, 440 or 450 Hz: the rhythm alone says what it is
BEEP_HZ = (600, 2_100)  # voicemail, announcements; no voice hums so high
NEAR = 0.018  # ITU-T Q.24: up to 1.8 % must be taken for the key
NEAR_HZ = 6.0  # generators are exact; frames of 128 ms resolve 8 Hz


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """The frequencies of a frame that is nothing but one or two tones."""

    low_hz: float
    high_hz: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpectralFrame:
    """What there is to know of 128 ms of sound."""

    is_audible: bool  # as a telephone carries it: mains hum is not
    tone: Tone | None
    lines: Signal  # the spectrum without its shape, of length 1

    def steadiness(self, before: "SpectralFrame") -> float:
        """How far the lines are those of a frame before: 1 for a held note, about 0 for voices and noise."""
        return float(self.lines @ before.lines)


class FrameAnalyser:
    """Frames at one rate."""

    def __init__(self, rate_hz: int) -> None:
        self.size = rate_hz * FRAME_MS // 1000
        self._bin_hz = rate_hz / self.size
        self._window: Signal = np.hanning(self.size + 1)[:-1].astype(np.float32)
        self._norm = 2 / (self.size * energy(self._window))  # Parseval
        self._band = slice(round(LOWEST_HZ / self._bin_hz), round(HIGHEST_HZ / self._bin_hz))
        lines = np.zeros(self._band.stop - self._band.start - SMOOTHED + 1, np.float32)
        self._silence = SpectralFrame(is_audible=False, tone=None, lines=lines)

    def frame(self, signal: Signal) -> SpectralFrame:
        """Of `size` samples."""
        if energy(signal) < SILENT_POWER * self.size:
            return self._silence
        spectrum = np.fft.rfft(signal * self._window)
        power: Signal = np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32)
        band = power[self._band]
        if band.sum() * self._norm < SILENT_POWER:
            return self._silence
        return SpectralFrame(is_audible=True, tone=self._tone(power), lines=_lines(band))

    def _tone(self, power: Signal) -> Tone | None:
        left = power.copy()
        total = float(power.sum()) + TINY
        (one_hz, one), (other_hz, other) = self._take_peak(left), self._take_peak(left)
        if one + other < PURE * total:
            return None
        if other < SECOND * (one + other):
            return Tone(low_hz=one_hz) if one >= PURE * total else None
        return Tone(low_hz=min(one_hz, other_hz), high_hz=max(one_hz, other_hz))

    def _take_peak(self, left: Signal) -> tuple[float, float]:
        """Frequency and power of the strongest tone that is left; takes it out."""
        at = int(left.argmax())
        start = max(0, at - LOBE)
        lobe = left[start : at + LOBE + 1]
        power = float(lobe.sum())
        hertz = float(np.arange(start, start + len(lobe)) @ lobe) / (power + TINY) * self._bin_hz
        lobe[:] = 0.0
        return hertz, power


def _lines(power: Signal) -> Signal:
    logs = np.log(power + power.max() * 1e-9 + TINY)
    sums = np.concatenate((np.zeros(1, np.float32), np.cumsum(logs)))
    half = SMOOTHED // 2
    lines = logs[half:-half] - (sums[SMOOTHED:] - sums[:-SMOOTHED]) / SMOOTHED
    return np.asarray(lines / (np.sqrt(energy(lines)) + TINY), np.float32)


def kind_of(tone: Tone | None) -> ToneKind | None:
    """What the frequencies say."""
    if tone is None:
        return None
    if tone.high_hz is None:
        return _kind_of_one(tone.low_hz)
    if _is_near(tone.low_hz, KEY_LOW_HZ) and _is_near(tone.high_hz, KEY_HIGH_HZ):
        return "dtmf"
    return next((kind for low, high, kind in PAIRS_HZ if _is_pair(tone.low_hz, tone.high_hz, low, high)), None)


def _kind_of_one(hertz: float) -> ToneKind | None:
    if CADENCE_HZ[0] <= hertz <= CADENCE_HZ[1]:
        return "cadence"
    return "single" if BEEP_HZ[0] <= hertz <= BEEP_HZ[1] else None


def _is_near(hertz: float, nominal_hz: tuple[int, ...]) -> bool:
    return any(abs(hertz - nominal) <= NEAR * nominal for nominal in nominal_hz)


def _is_pair(low_hz: float, high_hz: float, low: int, high: int) -> bool:
    return abs(low_hz - low) <= NEAR_HZ and abs(high_hz - high) <= NEAR_HZ
