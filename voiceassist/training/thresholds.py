"""Turns held-out scores into probabilities, and chooses from which probability on a kind is a cue.

Chosen on turns of training sources that the scoring model had not seen, never on a test set. Next: `recipe.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

import numpy as np

from voiceassist.core.classifier.model import Floats, ThresholdLevel
from voiceassist.training.held_out import HeldOut
from voiceassist.training.minimise import dot, minimise

# False cues per ordinary turn that a sensitivity may cost: half of what the whole detection may, the phrases have
# the other half. For abuse, all its kinds together, it is 1.8 in 10,000 turns of sources the scoring model never
# saw; a shipped one, which learned from them too, had 0.5 (1 of 19,985) on customers of SGD, which it never saw.
FALSE_PER_TURN: Mapping[str, Mapping[ThresholdLevel, float]] = {
    "refusal": {"low": 0.0008, "normal": 0.0025, "high": 0.008},
    "insult": {"low": 0.000_03, "normal": 0.000_09, "high": 0.000_5},
    **{kind: {"low": 0.0, "normal": 0.000_03, "high": 0.000_15} for kind in ("threat", "slur", "sexual")},
}
OTHERS: Mapping[ThresholdLevel, float] = {"low": 0.0003, "normal": 0.001, "high": 0.003}
# Turns like those of ordinary calls; elsewhere labels are noisy (MultiWOZ), people talk to bots, or every turn was
# written to be hard (our own).
SERVICE = ("star", "own_talk", "multidogo", "soft", "booking")
STEPS = 100
FEWEST_ORDINARY = 200  # turns below which ordinary talk says nothing
# Nor less than this, however rarely ordinary talk gets there: the card is to be right more often than not.
LEAST: Mapping[ThresholdLevel, float] = {"low": 0.85, "normal": 0.7, "high": 0.35}
# Nor more: models of all sources are surer than those that a source was kept from. From 0.7 on, weights that were
# learned from everything but SGD had 2 false cues of abuse in 19,985 turns of its customers.
MOST: Mapping[ThresholdLevel, float] = {"low": 0.9, "normal": 0.7, "high": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """From a model's log odds to calibrated ones, and thresholds as probabilities."""

    slope: float
    offset: float
    thresholds: Mapping[ThresholdLevel, float]


def calibrate(kind: str, folds: Sequence[HeldOut]) -> Calibration:
    """What the held-out turns that are labelled for a kind say about it."""
    scored = [(one, odd) for fold in folds for one, odd in zip(fold.examples, fold.log_odds[kind], strict=True)]
    told = [(one, float(odd)) for one, odd in scored if kind in one.about]
    odds = np.array([odd for _, odd in told])
    positive = np.array([float(kind in one.kinds) for one, _ in told])
    slope, offset = _platt(odds, positive, np.array([one.weight for one, _ in told]))
    ordinary = np.array([odd for one, odd in told if not one.kinds and one.source in SERVICE])
    shares = FALSE_PER_TURN.get(kind, OTHERS)
    rare = {name: _rare(ordinary, shares[name], slope, offset) for name in LEAST}
    thresholds = {name: min(MOST[name], max(LEAST[name], rare[name])) for name in LEAST}
    return Calibration(slope=slope, offset=offset, thresholds=thresholds)


def _rare(ordinary: Floats, false_per_turn: float, slope: float, offset: float) -> float:
    """The probability that only so many ordinary turns exceed."""
    if len(ordinary) < FEWEST_ORDINARY:
        return 0.0
    return _above(_probability(slope * _least(ordinary, false_per_turn) + offset))


def _least(ordinary: Floats, false_per_turn: float) -> float:
    """The log odds that so many ordinary turns exceed."""
    allowed = int(false_per_turn * len(ordinary))
    return float(np.sort(ordinary)[::-1][allowed])


def _above(probability: float) -> float:
    """The next of 10,000 steps: many turns of a collection are equal, and would all pass at once."""
    return min(1.0, (floor(probability * 10_000) + 1) / 10_000)


def _platt(odds: Floats, positive: Floats, counts: Floats) -> tuple[float, float]:
    """Slope and offset of the logistic curve through the scores (Platt 1999)."""
    if not positive.any():
        return 1.0, 0.0

    def loss(numbers: Floats) -> tuple[float, Floats]:
        log_odds = numbers[0] * odds + numbers[1]
        wrong_by = counts * (1.0 / (1.0 + np.exp(-np.clip(log_odds, -50, 50))) - positive)
        value = dot(counts, np.logaddexp(0.0, np.where(positive > 0, -log_odds, log_odds)))
        return value, np.array([dot(wrong_by, odds), float(wrong_by.sum())])

    slope, offset = minimise(loss, np.array([1.0, 0.0]), STEPS)
    return float(slope), float(offset)


def _probability(log_odds: float) -> float:
    return float(1.0 / (1.0 + np.exp(-log_odds)))
