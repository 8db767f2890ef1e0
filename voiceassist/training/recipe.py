"""The whole way from texts to the bytes of a weights file: hold out, learn from all, choose thresholds, prune.

Same inputs, same bytes. Next: `cli/cues/train.py` writes them to `models/cues-en`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from voiceassist.core.classifier.file import Learned, encode_classifier
from voiceassist.core.classifier.model import Floats, Kind
from voiceassist.core.playbook.model import AGENT_KINDS, CUSTOMER_KINDS
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.training.example import LANGUAGE, TrainingTurn, distinct
from voiceassist.training.held_out import HeldOut, Model, Told, held_out, learn, log_odds
from voiceassist.training.thresholds import Calibration, calibrate
from voiceassist.training.vocabulary import CHARACTERS

KINDS: Mapping[Speaker, tuple[str, ...]] = {
    "agent": AGENT_KINDS,
    "customer": tuple(kind for kind in CUSTOMER_KINDS if kind != "profanity"),  # swear words are listed
}
# SGD's licence asks that what is made of it be shared alike; those of SwDA and CABNC forbid more.
TESTED_ONLY = ("sgd", "swda", "cabnc")
MOST_NGRAMS = 24_000  # per speaker: the file stays at some 200 kB
SMALLEST = 0.02  # log odds; within a span of twelve tokens, weights below hardly add up to anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A weights file, what its thresholds were chosen on, and how."""

    data: bytes
    held_out: Mapping[Speaker, tuple[HeldOut, ...]]
    calibrations: Mapping[str, Calibration]  # by kind


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerWeights:
    """What is made for one speaker."""

    learned: Learned
    held_out: tuple[HeldOut, ...]
    calibrations: Mapping[str, Calibration]  # by kind


def train(examples: Sequence[TrainingTurn], told: Told) -> Trained:
    """Learns from everything but the sources that are only for testing."""
    known = distinct(examples)
    made = {
        speaker: _side(speaker, [one for one in known if one.speaker == speaker], told) for speaker in SPEAKERS
    }
    return Trained(
        data=encode_classifier(LANGUAGE.tag, {speaker: side.learned for speaker, side in made.items()}),
        held_out={speaker: side.held_out for speaker, side in made.items()},
        calibrations={kind: found for side in made.values() for kind, found in side.calibrations.items()},
    )


def _side(speaker: Speaker, examples: Sequence[TrainingTurn], told: Told) -> SpeakerWeights:
    learned_from = [one for one in examples if one.source not in TESTED_ONLY]
    tested = [replace(one, weight=0.0) for one in examples if one.source in TESTED_ONLY]
    kinds = KINDS[speaker]
    folds = list(held_out(learned_from, kinds, lambda doing: told(f"{speaker}: {doing}")))
    told(f"{speaker}: learning from everything")
    model = learn(learned_from, kinds)
    if tested:
        folds.append(HeldOut(examples=tuple(tested), log_odds=log_odds(model, tested)))
    calibrations = {kind: calibrate(kind, folds) for kind in kinds}
    return SpeakerWeights(learned=_learned(model, calibrations), held_out=tuple(folds), calibrations=calibrations)


def _learned(model: Model, calibrations: Mapping[str, Calibration]) -> Learned:
    kinds = tuple(_kind(kind, model, calibration) for kind, calibration in calibrations.items())
    names, weights = _pruned(model, np.array([calibration.slope for calibration in calibrations.values()]))
    return Learned(kinds=kinds, names=names, weights=weights, characters=CHARACTERS)


def _kind(name: str, model: Model, calibration: Calibration) -> Kind:
    offset = calibration.slope * model.weights[name].offset + calibration.offset
    return Kind(name=name, offset=offset, thresholds=calibration.thresholds)


def _pruned(model: Model, slopes: Floats) -> tuple[tuple[str, ...], Floats]:
    """The n-grams that matter for any kind, with calibrated weights."""
    weights = np.stack([learned.weights for learned in model.weights.values()], axis=1) * slopes
    size = np.abs(weights).max(axis=1)
    least = max(SMALLEST, float(np.sort(size)[-MOST_NGRAMS])) if len(size) > MOST_NGRAMS else SMALLEST
    kept = [(name, number) for name, number in model.numbers.items() if size[number] >= least]
    return tuple(name for name, _ in kept), weights[[number for _, number in kept]]
