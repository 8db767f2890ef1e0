"""Turns held-out scores into probabilities, and chooses from which probability on a kind is a cue.

Chosen on turns that the scoring model had not seen, never on a test set. Next: `recipe.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import TypeAlias

import numpy as np

from voiceassist.core.classifier.model import Floats, ThresholdLevel
from voiceassist.training.example import TrainingTurn
from voiceassist.training.held_out import HeldOut
from voiceassist.training.minimise import dot, minimise

# Cues that a sensitivity may find in 10,000 turns of ordinary talk. A cue of the classifier alone colours words
# and does no more: at normal sensitivity all kinds of one side together may do so in less than 20 turns of 10,000.
NORMAL: Mapping[str, float] = {
    "refusal": 5.0,
    "alternative": 3.0,
    **dict.fromkeys(("giveaway", "coercion", "vague_commitment", "overpromise", "quick_yes"), 1.0),
    **dict.fromkeys(("insult", "frustration", "churn", "escalation", "purchase_intent"), 2.0),
    **dict.fromkeys(("threat", "slur", "sexual", "legal_threat"), 0.7),
}
LOW = 0.25  # of the normal rate
# From high sensitivity on, the classifier agrees with a rule that is weak by itself, where both name the same
# words. By chance it must rarely do so, for abuse the rarest. A refusal may most often: people say no in ordinary
# talk, too. Of 48 true and 7 false weak refusals of real service calls (BT OASIS, one half) it confirmed some 32
# and 3 at 200, 22 and none at 50.
HIGH: Mapping[str, float] = {
    **dict.fromkeys(NORMAL, 50.0),
    "refusal": 200.0,
    "insult": 30.0,
    **dict.fromkeys(("threat", "slur", "sexual"), 15.0),
}
TALK = ("mrda", "swda", "cabnc")  # meetings, phone small talk, family talk
# Ordinary turns of service, where no more than as many may be found; elsewhere labels are noisy (MultiWOZ), people
# talk to bots, or every turn was written to be hard (our own).
SERVICE = ("star", "own_talk", "multidogo", "soft", "booking")
STEPS = 100
Told: TypeAlias = tuple[TrainingTurn, float]  # a turn and its log odds
FEWEST_ORDINARY = 200  # turns below which ordinary talk says nothing
UNKNOWN: Mapping[ThresholdLevel, float] = {"low": 0.85, "normal": 0.7, "high": 0.35}  # the thresholds then
LEAST, SUREST = 0.02, 0.9999  # nor does a threshold lie beyond these


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
    found = {name: _threshold(told, shares(kind)[name], slope, offset) or UNKNOWN[name] for name in UNKNOWN}
    return Calibration(slope=slope, offset=offset, thresholds=found)


def shares(kind: str) -> Mapping[ThresholdLevel, float]:
    """Of ordinary turns, how many may show a kind by mistake."""
    return {"low": LOW * NORMAL[kind] / 1e4, "normal": NORMAL[kind] / 1e4, "high": HIGH[kind] / 1e4}


def _threshold(told: Sequence[Told], share: float, slope: float, offset: float) -> float | None:
    """The probability that only such a share of talk exceeds, and of service; None where there is too little."""
    ordinary = (
        np.array([odd for one, odd in told if not one.kinds and one.source in of]) for of in (TALK, SERVICE)
    )
    enough = [odds for odds in ordinary if len(odds) >= FEWEST_ORDINARY]
    rare = [_above(_probability(slope * exceeded_by(odds, share) + offset)) for odds in enough]
    return min(SUREST, max(LEAST, *rare)) if rare else None


def exceeded_by(ordinary: Floats, false_per_turn: float) -> float:
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
