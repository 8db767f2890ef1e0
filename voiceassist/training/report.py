"""How well the classifier does alone, by source: every turn scored by a model that never saw its source.

Counts at the thresholds of the weights file, and the curve: what is found at how many mistakes in ordinary talk.
Next: `cli/cues/train.py` prints both.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import log

import numpy as np

from voiceassist.training.example import TrainingTurn
from voiceassist.training.held_out import HeldOut
from voiceassist.training.recipe import TESTED_ONLY, Trained
from voiceassist.training.thresholds import FEWEST_ORDINARY, TALK, Calibration, exceeded_by

RATES = (1, 5, 20, 50, 200)  # false cues in 10,000 turns of ordinary talk


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One kind in the turns of one source."""

    kind: str
    source: str
    turns: int
    having: int  # turns with the kind
    found: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRow:
    """What is found of a kind in one source, by what it costs."""

    kind: str
    source: str
    having: int  # turns with the kind
    found: tuple[int, ...]  # of these, at each of `RATES`


def report(trained: Trained) -> list[ReportRow]:
    """A line per kind and source whose labels decide the kind."""
    lines = [
        line
        for folds in trained.held_out.values()
        for kind in (folds[0].log_odds if folds else ())
        for line in _lines(kind, folds, trained.calibrations[kind])
    ]
    return sorted(lines, key=lambda line: (line.kind, line.source))


def curve(trained: Trained) -> list[CurveRow]:
    """A line per kind and source that has it; none without enough ordinary talk."""
    lines = [
        line
        for folds in trained.held_out.values()
        for kind in (folds[0].log_odds if folds else ())
        for line in _curve(kind, folds)
    ]
    return sorted(lines, key=lambda line: (line.kind, line.source))


def _curve(kind: str, folds: tuple[HeldOut, ...]) -> Iterator[CurveRow]:
    ordinary: list[float] = []
    having: dict[str, list[float]] = defaultdict(list)
    for fold in folds:
        for one, odds in zip(fold.examples, fold.log_odds[kind].tolist(), strict=True):
            if one.source in TALK:
                ordinary.append(odds)
            elif kind in one.kinds and _counts(one, kind):
                having[one.source].append(odds)
    if len(ordinary) >= FEWEST_ORDINARY:
        least = [exceeded_by(np.array(ordinary), rate / 1e4) for rate in RATES]
        for source, turns in having.items():
            found = tuple(sum(odds > needed for odds in turns) for needed in least)
            yield CurveRow(kind=kind, source=source, having=len(turns), found=found)


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
    return (one.weight > 0 or one.source in TESTED_ONLY) and kind in one.about
