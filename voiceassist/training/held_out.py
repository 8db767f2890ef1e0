"""Scores of turns by models that never saw their source: what thresholds are chosen on and what a report tells.

Texts of our own and meetings are dealt into thirds, by template and by meeting, so that none is on both sides.
Next: `thresholds.py`.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from voiceassist.core.classifier.model import Floats
from voiceassist.training.example import TrainingTurn
from voiceassist.training.fit import Weights, fit, scores
from voiceassist.training.longer import longer
from voiceassist.training.vocabulary import Encoded, encode, vocabulary

OWN = ("own", "mrda")  # how their names begin
OWN_PARTS = 3
SERVICE = ("multidogo", "soft", "booking")  # customers without a cue: one model is made without all of them
Told = Callable[[str], None]  # hears what is being done


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Model:
    """One speaker's weights, with the numbers of their n-grams."""

    numbers: dict[str, int]
    weights: dict[str, Weights]  # by kind


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class HeldOut:
    """Turns of one fold, and the log odds that a model without their sources gives them."""

    examples: tuple[TrainingTurn, ...]
    log_odds: dict[str, Floats]  # by kind


def learn(examples: Sequence[TrainingTurn], kinds: Sequence[str]) -> Model:
    """A model of one speaker's turns."""
    learned_from = [*examples, *longer(examples)]
    numbers = vocabulary(examples)
    encoded = encode(learned_from, numbers)
    importance = np.array([one.weight for one in learned_from])
    weights = {
        kind: fit(encoded, _shows(learned_from, kind), importance * _decided(learned_from, kind)) for kind in kinds
    }
    return Model(numbers=numbers, weights=weights)


def _shows(examples: Sequence[TrainingTurn], kind: str) -> Floats:
    return np.array([float(kind in one.kinds) for one in examples])


def _decided(examples: Sequence[TrainingTurn], kind: str) -> Floats:
    return np.array([float(kind in one.about) for one in examples])


def log_odds(model: Model, examples: Sequence[TrainingTurn]) -> dict[str, Floats]:
    """By kind, of each turn."""
    encoded: Encoded = encode(examples, model.numbers)
    return {kind: scores(encoded, weights) for kind, weights in model.weights.items()}


def held_out(examples: Sequence[TrainingTurn], kinds: Sequence[str], told: Told) -> Iterator[HeldOut]:
    """Every turn once, scored by a model of all other folds."""
    folds = sorted({fold(one) for one in examples})
    for name in folds if len(folds) > 1 else ():
        told(f"learning without {name}")
        model = learn([one for one in examples if fold(one) != name], kinds)
        tested = tuple(one for one in examples if fold(one) == name)
        yield HeldOut(examples=tested, log_odds=log_odds(model, tested))


def fold(one: TrainingTurn) -> str:
    """What is held out together with a turn."""
    if one.source in SERVICE:
        return "service chats and bookings"
    if not one.source.startswith(OWN):
        return one.source
    line = one.id.removeprefix("heard/").rsplit("/", 1)[0] if one.id.count("/") > 1 else one.id
    return f"own texts and meetings, part {zlib.crc32(line.encode()) % OWN_PARTS + 1}"
