"""How well the classifier does alone, by source: every turn scored by a model that never saw its source.

Counts and shares at the thresholds of the weights file. Next: `cli/cues/train.py` prints it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import log

from voiceassist.training.example import TrainingTurn
from voiceassist.training.held_out import HeldOut
from voiceassist.training.recipe import Trained
from voiceassist.training.thresholds import Calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One kind in the turns of one source."""

    kind: str
    source: str
    turns: int
    having: int  # turns with the kind
    found: int
    right: int


def report(trained: Trained) -> list[ReportRow]:
    """A line per kind and source whose labels decide the kind."""
    lines = [
        line
        for folds in trained.held_out.values()
        for kind in (folds[0].log_odds if folds else ())
        for line in _lines(kind, folds, trained.calibrations[kind])
    ]
    return sorted(lines, key=lambda line: (line.kind, line.source))


def _lines(kind: str, folds: tuple[HeldOut, ...], calibration: Calibration) -> Iterator[ReportRow]:
    least = calibration.thresholds["normal"]
    needed = (log(least / (1.0 - least)) - calibration.offset) / calibration.slope
    told: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for fold in folds:
        for one, odds in zip(fold.examples, fold.log_odds[kind], strict=True):
            if _counts(one, kind):
                told[one.source].append((kind in one.kinds, bool(odds >= needed)))
    for source, turns in told.items():
        yield ReportRow(
            kind=kind,
            source=source,
            turns=len(turns),
            having=sum(has for has, _ in turns),
            found=sum(found for _, found in turns),
            right=sum(has and found for has, found in turns),
        )


def _counts(one: TrainingTurn, kind: str) -> bool:
    return one.weight > 0 and kind in one.about
