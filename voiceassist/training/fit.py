"""Learns the weights of one kind, by turns: fit, find each turn's heaviest span, fit on these spans.

A positive turn teaches with its best span only, a negative one with every span that ever looked worst. So a cue is
learned as the few words that make it, whatever stands around. Next: `recipe.py` writes what was learned.
"""

from dataclasses import dataclass

import numpy as np

from voiceassist.core.classifier.model import Floats
from voiceassist.training.linear import best_spans, position_weights, pull
from voiceassist.training.minimise import dot, minimise
from voiceassist.training.vocabulary import Encoded, Ints, subset

ROUNDS = 2  # of finding spans; each costs as much time as the first fit
FIRST_STEPS, STEPS = 30, 25
SHRINKAGE = 1.0  # half of it times the squared weights is added to the loss
EASY = -4.0  # log odds below which a negative turn (1.8 %) teaches nothing and rests until the next round
START_OFFSET = -2.0
FIRST_NEGATIVES = 8_000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Weights:
    """What was learned of one kind."""

    weights: Floats  # [n-grams]; the first is 0
    offset: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Spans:
    """Stretches of turns."""

    turns: Ints
    begins: Ints
    ends: Ints  # exclusive


def fit(encoded: Encoded, positive: Floats, importance: Floats) -> Weights:
    """Weights of one kind; `positive` is 0 or 1 per turn, an `importance` of 0 leaves a turn out."""
    learned = Weights(weights=np.zeros(encoded.ngrams), offset=START_OFFSET)
    used = np.flatnonzero(importance > 0)
    first = _first(used, positive)
    whole = Spans(turns=first, begins=encoded.starts[first], ends=encoded.starts[first + 1])
    learned = _fitted(encoded, positive, importance, whole, learned, steps=FIRST_STEPS)
    worst: list[Spans] = []
    for _ in range(ROUNDS):
        weight, begins, ends = best_spans(encoded, position_weights(encoded, learned.weights))
        right = used[positive[used] > 0]
        wrong = used[(positive[used] == 0) & (weight[used] + learned.offset > EASY)]
        worst.append(Spans(turns=wrong, begins=begins[wrong], ends=ends[wrong]))
        spans = _together([Spans(turns=right, begins=begins[right], ends=ends[right]), *worst])
        learned = _fitted(encoded, positive, importance, spans, learned, steps=STEPS)
    return learned


def _first(used: Ints, positive: Floats) -> Ints:
    """All positive turns and an even choice of the others, which the rounds look through anyway."""
    others = used[positive[used] == 0]
    chosen = others[:: max(1, len(others) // FIRST_NEGATIVES)]
    return np.sort(np.concatenate([used[positive[used] > 0], chosen]))


def scores(encoded: Encoded, learned: Weights) -> Floats:
    """Log odds per turn."""
    return best_spans(encoded, position_weights(encoded, learned.weights))[0] + learned.offset


def _together(parts: list[Spans]) -> Spans:
    rows = np.concatenate([np.stack([part.turns, part.begins, part.ends], axis=1) for part in parts])
    turns, begins, ends = np.unique(rows, axis=0).T
    return Spans(turns=turns, begins=begins, ends=ends)


def _fitted(
    encoded: Encoded, positive: Floats, importance: Floats, spans: Spans, start: Weights, *, steps: int
) -> Weights:
    """Logistic regression on the spans, from where it stands."""
    turns, places = np.unique(spans.turns, return_inverse=True)
    part = subset(encoded, turns)
    shift = part.starts[places] - encoded.starts[spans.turns]
    begins, ends = spans.begins + shift, spans.ends + shift
    wanted, counts = positive[spans.turns], importance[spans.turns]

    def loss(numbers: Floats) -> tuple[float, Floats]:
        weights, offset = numbers[:-1], numbers[-1]
        sums = np.concatenate([[0.0], np.cumsum(position_weights(part, weights))])
        log_odds = sums[ends] - sums[begins] + offset
        value = dot(counts, np.logaddexp(0.0, np.where(wanted > 0, -log_odds, log_odds)))
        wrong_by = counts * (1.0 / (1.0 + np.exp(-np.clip(log_odds, -50, 50))) - wanted)
        slope = pull(part, _by_position(wrong_by, begins, ends, len(part.words))) + SHRINKAGE * weights
        return value + SHRINKAGE / 2 * dot(weights, weights), np.append(slope, wrong_by.sum())

    found = minimise(loss, np.append(start.weights, start.offset), steps)
    return Weights(weights=found[:-1], offset=float(found[-1]))


def _by_position(values: Floats, begins: Ints, ends: Ints, positions: int) -> Floats:
    """Every position's sum of the values of the spans over it."""
    steps = np.bincount(begins, weights=values, minlength=positions + 1)
    steps -= np.bincount(ends, weights=values, minlength=positions + 1)
    return np.cumsum(steps)[:positions].astype(np.float64)
