"""Finds the least value of a smooth function of many numbers: L-BFGS with a halving line search.

Written here because sums must always be added up in the same order, so that a run gives the same bytes. Source:
Nocedal and Wright, Numerical Optimization, algorithm 7.4. Next: `fit.py`.
"""

from collections import deque
from collections.abc import Callable, Iterable

import numpy as np

from voiceassist.core.classifier.model import Floats

Function = Callable[[Floats], tuple[float, Floats]]  # value and gradient
REMEMBERED = 8  # steps; algorithm 7.4 calls 3 to 20 enough
SUFFICIENT = 1e-4  # Armijo's constant, of the same book
HALVINGS = 20
SETTLED = 1e-4  # relative change of the value at which it ends


def minimise(function: Function, start: Floats, most_steps: int) -> Floats:
    """The place of the least value that was found."""
    place = start
    value, slope = function(place)
    steps: deque[tuple[Floats, Floats]] = deque(maxlen=REMEMBERED)
    for _ in range(most_steps):
        found = _lower(function, place, value, slope, -_quasi_newton(slope, steps))
        if not found:
            break
        moved, new_value, new_slope = found
        if dot(moved - place, new_slope - slope) > 0:
            steps.append((moved - place, new_slope - slope))
        settled = abs(value - new_value) < SETTLED * abs(value)
        place, value, slope = moved, new_value, new_slope
        if settled:
            break
    return place


def dot(one: Floats, other: Floats) -> float:
    """The scalar product, always added up in the same order: BLAS divides it among threads."""
    return float(np.sum(one * other))


def _lower(
    function: Function, place: Floats, value: float, slope: Floats, direction: Floats
) -> tuple[Floats, float, Floats] | None:
    """The first of 1, 1/2, 1/4 ... of the way that lowers the value enough, with value and slope there."""
    length, descent = 1.0, dot(slope, direction)
    for _ in range(HALVINGS):
        moved = place + length * direction
        new_value, new_slope = function(moved)
        if new_value <= value + SUFFICIENT * length * descent:
            return moved, new_value, new_slope
        length /= 2
    return None


def _quasi_newton(slope: Floats, steps: Iterable[tuple[Floats, Floats]]) -> Floats:
    result: Floats = slope.copy()
    steps = list(steps)
    if not steps:
        result *= 1.0 / max(1.0, dot(slope, slope) ** 0.5)
        return result
    shares = []
    for step, change in reversed(steps):
        share = dot(step, result) / dot(change, step)
        shares.append(share)
        result -= share * change
    last_step, last_change = steps[-1]
    result *= dot(last_step, last_change) / dot(last_change, last_change)
    for (step, change), share in zip(steps, reversed(shares), strict=True):
        result += step * (share - dot(change, result) / dot(change, step))
    return result
