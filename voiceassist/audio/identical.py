"""Notices that both legs of a call carry the same audio: one channel that was announced as two legs.

Compares samples, never words. Two people, or a voice and its echo, are never the same to within 25 dB.
Never reads a clock: time is the number of samples.
Next: `hearing_edge.py` hears such legs as one; `ingest/feed/peer_feed.py` tells who sends them.
"""

from math import sqrt

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.signal import energy, power_of

DIFFERENCE = 10 ** (-25 / 10)  # of the power: noise of a codec that codes the legs one by one
LEAST_POWER = power_of(-50.0)  # what is softer is the same on every line
KNOWN_AFTER_S = 10  # of sound on either leg: longer than an announcement that a switch plays to both
SAME, NOT_SAME = 0.95, 0.5  # share of it from which they are identical, and are not any more


class IdenticalLegs:
    """Both legs of a call, the same stretch of time of each."""

    def __init__(self, rate_hz: int) -> None:
        self.are_identical = False  # for long enough to be told
        self._enough = rate_hz * KNOWN_AFTER_S
        self._heard = self._same = 0  # samples in which there was sound; older ones count half, and less

    def hear(self, one: Pcm, other: Pcm) -> bool:
        """Whether the next samples are the same sound on both legs."""
        if len(one) != len(other) or not len(one):
            return False
        first, second = one.astype(np.float32), other.astype(np.float32)
        energies = energy(first), energy(second)
        if max(energies) < LEAST_POWER * len(one):
            return False
        most = DIFFERENCE * min(energies)
        # Sounds that are not equally loud are not the same: nearly always that is all there is to see.
        is_same = (sqrt(energies[0]) - sqrt(energies[1])) ** 2 <= most and energy(first - second) <= most
        self._count(len(one), is_same=is_same)
        return is_same

    def _count(self, samples: int, *, is_same: bool) -> None:
        self._heard += samples
        self._same += samples * is_same
        if self._heard >= self._enough:
            self.are_identical = self._same >= (NOT_SAME if self.are_identical else SAME) * self._heard
        if self._heard >= 2 * self._enough:
            self._heard, self._same = self._heard // 2, self._same // 2
