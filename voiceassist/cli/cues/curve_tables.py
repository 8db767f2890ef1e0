"""The tables of `voiceassist cues eval --curve`: recall and false alarms, step by step.

Never judges: everything comes from `evaluation/curve.py`. Next: `sheets.py` draws them.
"""

from collections.abc import Iterator
from itertools import pairwise

from voiceassist.cli.cues.eval_tables import percent
from voiceassist.cli.cues.sheets import Cell, Sheet, figure
from voiceassist.evaluation.curve import Curve, CurvePoint, CurveStep, Demand
from voiceassist.evaluation.rates import PER_TURNS

LEGEND = (
    "Curve: what reaches people as less is asked of it; each step finds all that the one above it does. rules: "
    "from this confidence on; weak rules: where the classifier agrees with this probability; classifier: alone, "
    "from this probability on. now: as the playbook has it. recall in %; false: per 10,000 turns without it."
)


def curve_sheet(curve: Curve) -> Sheet:
    """A line for each step that finds more than the one before it."""
    first = curve.steps[0].points
    return Sheet(
        title=f"Curve of {curve.kind} ({curve.text} text)",
        columns=("step", *(column for point in first for column in _columns(point))),
        rows=[
            [_name(one.demand), *(cell for point in one.points for cell in _cells(point))] for one in _new(curve)
        ],
    )


def _columns(point: CurvePoint) -> Iterator[str]:
    if point.expected:
        yield f"recall {point.source}"
    yield f"false {point.source}"


def _cells(point: CurvePoint) -> Iterator[Cell]:
    if point.expected:
        yield percent(point.recall)
    false = point.false_rate
    before = "≤ " if point.is_upper_bound and point.false_alarms else ""
    yield figure(false.times(PER_TURNS) if false else None, digits=1, before=before)


def _new(curve: Curve) -> Iterator[CurveStep]:
    """What is now, then each step that finds more than the one before it."""
    now, first, *later = curve.steps
    yield from (now, first)
    yield from (one for before, one in pairwise((first, *later)) if one.points != before.points)


def _name(demand: Demand) -> str:
    match demand.name:
        case "now":
            return "now"
        case "rule":
            return f"rules {demand.least:.2f}"
        case "agreed":
            return f"weak rules {demand.least:.2f}"
        case "weak":
            return "all rules"
    return f"classifier {demand.least:.2f}"
