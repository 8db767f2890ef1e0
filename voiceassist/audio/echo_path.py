"""How one leg of a call is heard again in the other: after which delay, and through which filter.

Learns from the samples of both legs, and forgets within seconds. The delay is where the phases of the legs agree
(generalised cross-correlation with phase transform, Knapp and Carter 1976); the filter is the least-squares fit of
the one leg by the other around that delay. A path that is wrong explains nothing and so does no harm.
Never reads a clock. Next: `crosstalk.py` compares what the path predicts with what is there.
"""

import numpy as np
import numpy.typing as npt

from voiceassist.audio.signal import Signal, energy, power_of

LONGEST_DELAY_MS = 260  # a call over a satellite comes back after 250 ms
FILTER_MS = 3  # the response of a telephone's band, 300 to 3,400 Hz, has faded by then
BEFORE_MS = 1  # of the filter, before the delay: the strongest sample is not the first
FORGETTING = 0.85  # per hop of 160 ms: most of what is known is of the last second in which the other leg spoke
# Times the spread over all delays. Independent legs (three real calls) reach it now and then, which does no harm.
CLEAR_PEAK = 6.0
LOUDER = 2.0  # an echo has at most half the power of its source: that decides which leg is the source
# Times the power of the echo. In three real calls with echoes of -12 to -35 dB, what is left of an echo is 10 to
# 40 dB below it, a voice of its own 6 to 70 dB above.
UNEXPLAINED = 2.0
PROOF = 0.6  # of the power that is left: a fit of independent sounds leaves 0.9 or more
EXCESS = 16.0  # times the power that is heard: an echo that should be 12 dB louder is none
LEAST_POWER = power_of(-60.0)  # speech is louder
SILENT_DB = -100.0
LOAD = 1.001  # times the power: keeps the fit solvable where a voice has no energy
TINY = 1e-9


class EchoPath:
    """From the leg that talks into the leg in which it is heard again."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._longest = rate_hz * LONGEST_DELAY_MS // 1000
        self._taps = rate_hz * FILTER_MS // 1000
        self._before = rate_hz * BEFORE_MS // 1000
        self._lags = np.abs(np.subtract.outer(np.arange(self._taps), np.arange(self._taps)))
        self._delay = self._candidate = 0
        self._phases: npt.NDArray[np.complexfloating] | None = None
        self._auto = self._cross = np.zeros(self._taps)
        self._filter: Signal | None = None
        self._is_proven = False  # it has explained an echo, and not only noise

    @property
    def history(self) -> int:
        """How many samples of the talking leg are needed before those that are explained."""
        return self._longest + self._taps

    @property
    def delay_ms(self) -> int:
        """After how long the talking leg is heard again."""
        return self._delay * 1000 // self._rate_hz

    @property
    def level_db(self) -> float:
        """How loud the talking leg is heard again: -12.0."""
        if self._filter is None or not self._auto[0]:
            return SILENT_DB
        gain = self._filter @ self._auto[self._lags] @ self._filter / self._auto[0]
        return float(10 * np.log10(max(gain, 10 ** (SILENT_DB / 10))))

    def learn(self, heard: Signal, talked: Signal) -> None:
        """Takes the next samples of both legs; `talked` begins `history` samples earlier than `heard`."""
        if energy(talked) < max(LOUDER * energy(heard), LEAST_POWER * len(heard)):
            return
        if not self.explains(heard, talked):
            self._find_delay(heard, talked)
        source = self._source(talked, len(heard))
        if self._filter is not None and energy(source) >= LOUDER * energy(heard):
            self._fit(heard, source)

    def explains(self, heard: Signal, talked: Signal) -> bool:
        """Whether `heard` is an echo and hardly anything else."""
        if self._filter is None or not self._is_proven:
            return False
        source = self._source(talked, len(heard))
        echo = np.convolve(source, self._filter, "valid")
        power, heard_power = energy(echo), energy(heard)
        is_possible = heard_power * LOUDER <= energy(source) and heard_power * EXCESS >= power
        return is_possible and energy(heard - echo) <= UNEXPLAINED * power

    def _source(self, talked: Signal, samples: int) -> Signal:
        """The samples that `samples` of echo are made of."""
        end = len(talked) - max(0, self._delay - self._before)
        return talked[end - samples - self._taps + 1 : end]

    def _find_delay(self, heard: Signal, talked: Signal) -> None:
        size = 1 << (len(talked) - 1).bit_length()
        later = np.concatenate((np.zeros(len(talked) - len(heard), np.float32), heard))
        cross = np.fft.rfft(later, size) * np.conj(np.fft.rfft(talked, size))
        phases = cross / (np.abs(cross) + TINY)
        if self._phases is not None:
            phases += FORGETTING * self._phases
        self._phases = phases
        peaks = np.fft.irfft(phases)[: self._longest]
        delay = int(np.argmax(peaks))
        if peaks[delay] >= CLEAR_PEAK * np.sqrt(np.mean(peaks**2)):
            self._settle(delay)

    def _settle(self, delay: int) -> None:
        """Takes the delay; one that contradicts a proven path must be found twice in a row."""
        is_sure = not self._is_proven or abs(delay - self._candidate) <= self._before
        self._candidate = delay
        if self._filter is None or (is_sure and abs(delay - self._delay) > self._before):
            self._delay = delay
            self._auto = self._cross = np.zeros(self._taps)
            self._filter = np.zeros(self._taps, np.float32)
            self._is_proven = False

    def _fit(self, heard: Signal, source: Signal) -> None:
        recent = source[self._taps - 1 :]
        self._auto = FORGETTING * self._auto + np.correlate(source, recent, "valid")[::-1]
        self._cross = FORGETTING * self._cross + np.correlate(source, heard, "valid")[::-1]
        matrix = self._auto[self._lags]
        matrix[np.diag_indices(self._taps)] = LOAD * self._auto[0] + TINY
        self._filter = np.linalg.solve(matrix, self._cross).astype(np.float32)
        if not self._is_proven:
            rest = heard - np.convolve(source, self._filter, "valid")
            self._is_proven = energy(rest) <= PROOF * energy(heard)
