"""How sure a share is, and the difference of two: intervals of 95 %. Pure.

Wilson's score interval without continuity correction, and for a difference Newcombe's hybrid of two of them.
R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (method 3) and "Interval estimation for
the difference between independent proportions" (method 10), Statistics in Medicine 17 (1998), 857 and 873.
Both take refusals and cards as independent; those of one call are not quite, so a claim also wants many calls.
"""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    """From the least that is plausible to the most."""

    low: float
    high: float


def wilson(part: int, whole: int) -> Interval:
    """Of a share; `whole` is at least 1."""
    share, square = part / whole, Z_95 * Z_95
    middle = share + square / (2 * whole)
    spread = Z_95 * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    scale = 1 + square / whole
    return Interval(max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


def newcombe(first: tuple[int, int], second: tuple[int, int]) -> Interval:
    """Of the first share less the second, each a part and its whole."""
    one, two = first[0] / first[1], second[0] / second[1]
    of_one, of_two = wilson(*first), wilson(*second)
    low = sqrt((one - of_one.low) ** 2 + (of_two.high - two) ** 2)
    high = sqrt((of_one.high - one) ** 2 + (two - of_two.low) ** 2)
    return Interval(one - two - low, one - two + high)
