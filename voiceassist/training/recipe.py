"""The whole way from texts to the bytes of a weights file: hold out, choose thresholds, learn from all, prune.

Same inputs, same bytes. Next: `cli/cues/train.py` writes them to `models/cues-en`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voiceassist.core.classifier.file import Learned, encode_classifier
from voiceassist.core.classifier.model import Floats, Kind
from voiceassist.core.playbook.model import AGENT_KINDS, CUSTOMER_KINDS
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.training.example import LANGUAGE, TrainingTurn, distinct
from voiceassist.training.held_out import HeldOut, Model, Told, held_out, learn
from voiceassist.training.thresholds import Calibration, calibrate
from voiceassist.training.vocabulary import CHARACTERS

KINDS: Mapping[Speaker, tuple[str, ...]] = {
    "agent": AGENT_KINDS,
    "customer": tuple(kind for kind in CUSTOMER_KINDS if kind != "profanity"),  # swear words are listed
}
TESTED_ONLY = ("sgd",)  # its licence asks that what is made of it be shared alike
MOST_NGRAMS = 24_000  # per speaker: the file stays at some 200 kB
SMALLEST = 0.02  # log odds; within a span of twelve tokens, weights below hardly add up to anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A weights file, what its thresholds were chosen on, and how."""

    data: bytes
    held_out: Mapping[Speaker, tuple[HeldOut, ...]]
    calibrations: Mapping[str, Calibration]  # by kind


def train(examples: Sequence[TrainingTurn], told: Told) -> Trained:
    """Learns from everything but the sources that are only for testing."""
    learned_from = distinct(one for one in examples if one.source not in TESTED_ONLY)
    sides = {speaker: [one for one in learned_from if one.speaker == speaker] for speaker in SPEAKERS}
    folds = {speaker: tuple(_folds(speaker, ours, told)) for speaker, ours in sides.items()}
    calibrations = {kind: calibrate(kind, folds[speaker]) for speaker in SPEAKERS for kind in KINDS[speaker]}
    learned = {speaker: _learned(speaker, ours, calibrations, told) for speaker, ours in sides.items()}
    return Trained(data=encode_classifier(LANGUAGE.tag, learned), held_out=folds, calibrations=calibrations)


def _folds(speaker: Speaker, examples: Sequence[TrainingTurn], told: Told) -> Iterator[HeldOut]:
    yield from held_out(examples, KINDS[speaker], lambda doing: told(f"{speaker}: {doing}"))


def _learned(
    speaker: Speaker, examples: Sequence[TrainingTurn], calibrations: Mapping[str, Calibration], told: Told
) -> Learned:
    told(f"{speaker}: learning from everything")
    model = learn(examples, KINDS[speaker])
    kinds = tuple(_kind(kind, model, calibrations[kind]) for kind in KINDS[speaker])
    slopes = np.array([calibrations[kind].slope for kind in KINDS[speaker]])
    names, weights = _pruned(model, slopes)
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
