"""Making the classifier: from a handful of turns, twice the same."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from voiceassist.core.classifier.file import decode_classifier
from voiceassist.core.classifier.model import classify
from voiceassist.core.classifier.ngrams import pair
from voiceassist.errors import DatasetError
from voiceassist.events import Speaker
from voiceassist.training.example import TrainingTurn, distinct, tokens_of
from voiceassist.training.linear import best_spans, position_weights, pull
from voiceassist.training.own_texts import own_examples
from voiceassist.training.published import FILES, published_examples
from voiceassist.training.recipe import train
from voiceassist.training.templates import sentences
from voiceassist.training.vocabulary import encode, vocabulary

REFUSALS = ("we can't do that", "i can't refund that", "no we can't", "we can't change it", "sorry we can't do it")
ORDINARY = ("we can do that", "i can refund that", "yes we can", "we changed it", "sorry about that", "ok do it")


SPEAKERS: tuple[tuple[Speaker, bool], ...] = (("agent", True), ("customer", False))


def few() -> list[TrainingTurn]:
    texts = [(text, frozenset({"refusal"})) for text in REFUSALS] + [(text, frozenset[str]()) for text in ORDINARY]
    return [
        TrainingTurn(id=f"{source}/{n}", source=source, speaker=speaker, tokens=tokens_of(text), kinds=kinds)
        for source in ("one", "two")
        for speaker, kinds_wanted in SPEAKERS
        for n, (text, kinds) in enumerate(texts)
        if kinds_wanted or not kinds
    ]


def test_the_same_turns_give_the_same_bytes_and_a_classifier_that_knows_them() -> None:
    made = train(few(), lambda _: None)
    assert made.data == train(few(), lambda _: None).data
    classifier = decode_classifier(made.data)
    assert [one.kind for one in classify(classifier, "agent", tokens_of("we can't do that"), ())] == ["refusal"]
    assert not classify(classifier, "agent", tokens_of("we can do that"), ())


def test_every_turn_is_scored_once_by_a_model_that_has_not_seen_its_source() -> None:
    made = train(few(), lambda _: None)
    scored = [one.id for fold in made.held_out["agent"] for one in fold.examples]
    assert len(scored) == len(set(scored)) == len([one for one in few() if one.speaker == "agent"])
    assert all(len({one.source for one in fold.examples}) == 1 for fold in made.held_out["agent"])


def test_what_is_only_for_testing_is_not_learned_from() -> None:
    held = [
        TrainingTurn(id="s", source="sgd", speaker="agent", tokens=("zebra",) * 5, kinds=frozenset({"refusal"}))
    ]
    assert train([*few(), *held], lambda _: None).data == train(few(), lambda _: None).data


# ---- parts ----


def test_arithmetic_for_many_turns_agrees_with_its_own_transpose() -> None:
    examples = few()
    encoded = encode(examples, vocabulary(examples))
    chance = np.random.default_rng(1)
    weights, by_position = chance.standard_normal(encoded.ngrams), chance.standard_normal(len(encoded.words))
    weights[0] = 0.0
    assert position_weights(encoded, weights) @ by_position == pytest.approx(weights @ pull(encoded, by_position))


def test_the_trainer_and_the_running_classifier_weigh_alike() -> None:
    examples = few()
    numbers = vocabulary(examples)
    encoded = encode(examples, numbers)
    weights = np.zeros(encoded.ngrams)
    weights[numbers[pair("can", "not")]] = 2.0
    weight, begins, ends = best_spans(encoded, position_weights(encoded, weights))
    assert weight.max() == pytest.approx(2.0)
    assert all(begin >= start and end <= stop for begin, end, start, stop in zip(
        begins, ends, encoded.starts, encoded.starts[1:], strict=False
    ))  # fmt: skip


def test_equal_turns_of_a_source_count_once() -> None:
    assert len(distinct([*few(), *few()])) == len(distinct(few())) == len(few())


def test_templates_use_every_entry_of_a_slot() -> None:
    slots = {"thing": [f"thing{n}" for n in range(30)]}
    made = list(sentences("(a|the) {thing} (works|fails)", slots, random.Random(1)))
    assert {sentence.split()[1] for sentence in made} == set(slots["thing"])


def test_a_template_with_an_unknown_slot_is_named_by_file_and_line(tmp_path: Path) -> None:
    folder = copy_of_texts(tmp_path)
    (folder / "texts" / "insult.txt").write_text("# first\nyou {nonesuch}\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"insult\.txt, line 2: .*nonesuch"):
        own_examples(folder)


def test_a_line_with_an_unknown_kind_is_named_by_file_and_line(tmp_path: Path) -> None:
    folder = copy_of_texts(tmp_path)
    (folder / "texts" / "agent_lines.txt").write_text("refusl no we can't\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"agent_lines\.txt, line 1: 'refusl'"):
        own_examples(folder)


def test_a_missing_or_damaged_collection_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=next(iter(FILES))):
        published_examples(tmp_path)
    (tmp_path / next(iter(FILES))).write_text(json.dumps({"id": 1})[:-1] + "\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="line 1"):
        published_examples(tmp_path)


def copy_of_texts(target: Path) -> Path:
    texts = target / "texts"
    texts.mkdir()
    for name in ("refusal", "agent_ordinary", "insult", "threat", "slur", "sexual", "customer_ordinary"):
        (texts / f"{name}.txt").write_text("one (two|three)\n", encoding="utf-8")
    for name in ("agent_lines", "customer_lines"):
        (texts / f"{name}.txt").write_text("- nothing\n", encoding="utf-8")
    return target
