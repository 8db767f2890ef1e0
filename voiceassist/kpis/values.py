"""Sums over calls to the values that people read. A value of nothing is none, never zero.

Next: `store/kpis.py` adds up; `server/kpis.py` gives out the values.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from voiceassist.kpis.definitions import DIFFERENCES, KPIS, Kpi, Sum

HOUR_MS = 3_600_000
Sums = Mapping[Sum, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long alerts waited for a person, milliseconds; none where none was acknowledged."""

    median_ms: int | None = None
    p90_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One key figure of some calls, with the sums that it is made of."""

    value: float | None  # in the unit of its definition: a share from 0 to 1, milliseconds, or a number
    part: int
    whole: int | None  # none: it is a part of nothing


def values_of(sums: Sums, waits: Waits) -> dict[str, Value]:
    """The value of every key figure, by its id."""
    return {kpi.id: _value(kpi, sums, waits) for kpi in KPIS}


def sum_of(name: Sum, sums: Sums) -> int:
    """One sum, also one that is a difference of two others."""
    if name in DIFFERENCES:
        more, less = DIFFERENCES[name]
        return sums.get(more, 0) - sums.get(less, 0)
    return sums.get(name, 0)


def _value(kpi: Kpi, sums: Sums, waits: Waits) -> Value:
    part = sum_of(kpi.part, sums)
    whole = sum_of(kpi.whole, sums) if kpi.whole else None
    return Value(value=_computed(kpi, part, whole, waits), part=part, whole=whole)


def _computed(kpi: Kpi, part: int, whole: int | None, waits: Waits) -> float | None:
    match kpi.unit:
        case "share":
            return part / whole if whole else None
        case "per_hour":
            return part * HOUR_MS / whole if whole else None
        case "median":
            return waits.median_ms
        case "p90":
            return waits.p90_ms
    return part
