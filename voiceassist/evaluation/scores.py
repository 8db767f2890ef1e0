"""From counts to rates, each with its 95 % interval.

Shares (precision, recall, false alarms) have Wilson's score interval, which is honest about few turns and about
rates of 0 and 1. F1 is 2J / (1 + J) with J = right / (right + false alarms + missed), and rises with J, so that
Wilson's interval of J, sent through the same formula, is the interval of F1.
Turns are taken as independent, which turns of one call are not quite. Never rounds. Next: `evaluation.py`.
"""

import math
from dataclasses import dataclass

Z_95 = 1.959963984540054  # standard normal: 95 % lie within so many deviations
PER_TURNS = 1_000  # false alarms are told per so many turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate and its 95 % interval."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> "Rate":
        """The same in another unit."""
        return Rate(value=self.value * factor, low=self.low * factor, high=self.high * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of a number of turns, for one kind of cue."""

    right: int = 0  # has it, and it was found
    false_alarms: int = 0  # has it not, but it was found
    missed: int = 0  # has it, but it was not found
    silent: int = 0  # has it not, and it was not found

    @property
    def expected(self) -> int:
        """Turns that have it."""
        return self.right + self.missed

    @property
    def found(self) -> int:
        """Turns in which it was found."""
        return self.right + self.false_alarms

    @property
    def turns(self) -> int:
        """All turns."""
        return self.expected + self.false_alarms + self.silent

    @property
    def precision(self) -> Rate | None:
        """Of the turns in which it was found, the share that has it."""
        return share(self.right, self.found)

    @property
    def recall(self) -> Rate | None:
        """Of the turns that have it, the share in which it was found."""
        return share(self.right, self.expected)

    @property
    def f1(self) -> Rate | None:
        """The harmonic mean of precision and recall; None where no turn has it, for then it says nothing."""
        overlap = share(self.right, self.right + self.false_alarms + self.missed)
        if overlap is None or not self.expected:
            return None
        return Rate(value=_f1(overlap.value), low=_f1(overlap.low), high=_f1(overlap.high))

    @property
    def false_alarm_rate(self) -> Rate | None:
        """False alarms per 1,000 turns that have it not."""
        rate = share(self.false_alarms, self.false_alarms + self.silent)
        return rate.times(PER_TURNS) if rate else None


def share(part: int, whole: int) -> Rate | None:
    """A part of a whole, with Wilson's interval; of nothing: None."""
    if not whole:
        return None
    value, spread = part / whole, Z_95**2 / whole
    middle = (value + spread / 2) / (1 + spread)
    half = math.sqrt(value * (1 - value) * spread + spread**2 / 4) / (1 + spread)
    return Rate(value=value, low=max(0.0, min(value, middle - half)), high=min(1.0, max(value, middle + half)))


def _f1(overlap: float) -> float:
    return 2 * overlap / (1 + overlap)
