"""Judges by when audio arrives and by how its speech sounds whether its sample rate is the announced one.

Each of the two may speak alone: audio of another rate may arrive in real time, and tones do not tell their rate.
But what arrives faster and sounds right is a recording that is sent faster than it plays.
Changes nothing, and never reads a clock. Next: `audio_doubts.py`.
"""

from collections.abc import Sequence
from math import log2

# Octaves by which speech is too fast (`speech_rate.py`). At the right speed it comes out within 0.6 of 0.
SURE = 0.7  # whatever the arrival says
AGREES, FITS = 0.5, 0.35  # with another rate that the arrival says; with the announced one
WITHOUT_SOUND = 6  # measurements of the arrival, after which it speaks alone


class DoubtedRate:
    """One track."""

    def __init__(self, announced_hz: int) -> None:
        self._announced_hz = announced_hz
        self._arrives_hz: int | None = None
        self._measured = 0  # times
        self._octaves: float | None = None
        self._is_settled = False

    def arrives_at(self, measured_hz: int) -> str | None:
        """The audio arrived at another common rate for some seconds; gives the doubt."""
        self._arrives_hz, self._measured = measured_hz, self._measured + 1
        return self._judged()

    def sounds(self, octaves: Sequence[float]) -> str | None:
        """By how much each leg's speech sounds too fast; gives the doubt."""
        self._octaves = sum(octaves) / len(octaves) if octaves else None
        return self._judged()

    def _judged(self) -> str | None:
        told = None if self._is_settled else self._doubt()
        self._is_settled = self._is_settled or told is not None
        return told

    def _doubt(self) -> str | None:
        octaves, arrives_hz = self._octaves, self._arrives_hz
        if octaves is not None and abs(octaves) >= SURE:
            return self._by_sound(octaves)
        if arrives_hz is None:
            return None
        if octaves is None:
            return self._by_arrival(arrives_hz) if self._measured >= WITHOUT_SOUND else None
        slow = -octaves * (1 if log2(arrives_hz / self._announced_hz) > 0 else -1)
        if slow >= AGREES:
            return self._by_sound(octaves)
        return self._by_arrival(arrives_hz) if slow > FITS else None

    def _by_sound(self, octaves: float) -> str:
        likely_hz = self._announced_hz * 2 if octaves < 0 else self._announced_hz // 2
        sounds = "slow and low" if octaves < 0 else "fast and high"
        arrives = f", and it arrives at {self._arrives_hz} samples a second" if self._arrives_hz else ""
        return (
            f"announced {self._announced_hz} Hz, speech looks like {likely_hz} Hz: it sounds {sounds}{arrives}."
            " `rate_hz` should be the rate at which the samples were taken"
        )

    def _by_arrival(self, arrives_hz: int) -> str:
        return (
            f"announced {self._announced_hz} Hz, measured {arrives_hz} Hz: unless this is a recording that is sent"
            f" faster or slower than it plays, `rate_hz` should be {arrives_hz}"
        )
