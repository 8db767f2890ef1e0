"""Making the classifier: from a handful of turns, twice the same."""

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voiceassist.core.classifier.file import decode_classifier
from voiceassist.core.classifier.model import classify
from voiceassist.core.classifier.ngrams import pair
from voiceassist.errors import DatasetError
from voiceassist.events import Speaker
from voiceassist.training.example import TrainingTurn, distinct, tokens_of
from voiceassist.training.held_out import HeldOut
from voiceassist.training.linear import best_spans, position_weights, pull
from voiceassist.training.own_texts import LINES, SPOKEN, TALK, own_examples
from voiceassist.training.published import FILES, published_examples
from voiceassist.training.published import TALK as PUBLISHED_TALK
from voiceassist.training.recipe import Trained, train
from voiceassist.training.report import RATES, curve
from voiceassist.training.templates import sentences
from voiceassist.training.thresholds import UNKNOWN, calibrate, shares
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


def test_a_spoken_line_is_a_template_with_its_label(tmp_path: Path) -> None:
    folder = copy_of_texts(tmp_path)
    (folder / "texts" / "agent_spoken.txt").write_text("refusal+alternative can i > (no|not now) but later\n")
    made = [one for one in own_examples(folder) if one.source == "own_spoken" and one.speaker == "agent"]
    assert {" ".join(one.tokens) for one in made} == {"no but later", "not now but later"}
    assert {one.kinds for one in made} == {frozenset({"refusal", "alternative"})}
    assert {one.before for one in made} == {("can", "i")}


def test_a_slot_that_two_files_define_is_named(tmp_path: Path) -> None:
    folder = copy_of_texts(tmp_path)
    for name in ("slots_agent", "slots_customer"):
        (folder / "texts" / f"{name}.toml").write_text('group = ["some"]\n', encoding="utf-8")
    with pytest.raises(DatasetError, match=r"slots_customer\.toml: .*\{group\}"):
        own_examples(folder)


def test_ordinary_talk_is_read_for_both_sides_and_half_of_what_only_sets_thresholds(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    for name in FILES:
        (tmp_path / name).write_text("", encoding="utf-8")
    for name, weight in PUBLISHED_TALK.items():
        rows = [talk_row(name, conversation) for conversation in range(40)]
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        read = [one for one in published_examples(tmp_path) if one.source == name]
        conversations = {one.id.split("/")[-1] for one in read}
        assert {one.weight for one in read} == {weight}
        assert len(read) == 2 * len(conversations)
        assert len(conversations) == 40 if weight else 10 < len(conversations) < 30


def test_ordinary_talk_with_a_doubtful_label_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    for name in FILES:
        (tmp_path / name).write_text("", encoding="utf-8")
    (name,) = (name for name, weight in PUBLISHED_TALK.items() if weight)
    row = talk_row(name, 1) | {"labels": ["ambiguous"]}
    (tmp_path / name).write_text(json.dumps(row), encoding="utf-8")
    assert not published_examples(tmp_path)


def talk_row(source: str, conversation: int) -> dict[str, object]:
    where = str(conversation)
    meta = {"conv": where}
    return {
        "id": f"{source}/{where}",
        "source": source,
        "text": "well so",
        "prev": None,
        "labels": [],
        "meta": meta,
    }


def test_of_ordinary_talk_no_more_turns_pass_a_threshold_than_it_may_cost() -> None:
    turns = [
        TrainingTurn(
            id=str(n), source="swda", speaker="agent", tokens=("so",), about=frozenset({"refusal"}), weight=0.0
        )
        for n in range(20_000)
    ]
    odds = np.linspace(-3, 3, len(turns))
    found = calibrate("refusal", [HeldOut(examples=tuple(turns), log_odds={"refusal": odds})])
    probabilities = 1 / (1 + np.exp(-(found.slope * odds + found.offset)))
    for level, share in shares("refusal").items():
        passed = (probabilities >= found.thresholds[level]).sum()
        assert passed <= share * len(turns)
    assert (probabilities >= found.thresholds["high"]).sum() > 0.9 * shares("refusal")["high"] * len(turns)


def test_the_curve_tells_what_is_found_at_how_many_mistakes_in_ordinary_talk() -> None:
    talk = [
        TrainingTurn(id=f"t{n}", source="swda", speaker="agent", tokens=("so",), about=frozenset({"refusal"}))
        for n in range(10_000)
    ]
    cues = [replace(talk[0], id=f"c{n}", source="one", kinds=frozenset({"refusal"})) for n in range(4)]
    odds = np.array([*range(10_000), 9_999.5, 9_990, 9_970, 5])
    fold = HeldOut(examples=(*talk, *cues), log_odds={"refusal": odds})
    made = Trained(data=b"", held_out={"agent": (fold,)}, calibrations={})
    (line,) = curve(made)
    assert (line.source, line.having) == ("one", 4)
    assert dict(zip(RATES, line.found, strict=True)) == {1: 1, 5: 1, 20: 2, 50: 3, 200: 3}


def test_with_too_little_ordinary_talk_thresholds_are_the_usual_ones() -> None:
    assert train(few(), lambda _: None).calibrations["refusal"].thresholds == UNKNOWN


def test_a_missing_or_damaged_collection_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=next(iter(FILES))):
        published_examples(tmp_path)
    (tmp_path / next(iter(FILES))).write_text(json.dumps({"id": 1})[:-1] + "\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="line 1"):
        published_examples(tmp_path)


def copy_of_texts(target: Path) -> Path:
    texts = target / "cues" / "texts"
    texts.mkdir(parents=True)
    for name in ("refusal", "agent_ordinary", "insult", "threat", "slur", "sexual", "customer_ordinary"):
        (texts / f"{name}.txt").write_text("one (two|three)\n", encoding="utf-8")
    for name in (*LINES, *SPOKEN):
        (texts / f"{name}.txt").write_text("- nothing\n", encoding="utf-8")
    for name in TALK:
        (target / "text").mkdir(exist_ok=True)
        (target / "text" / f"{name}.txt").write_text("nice day\n", encoding="utf-8")
    return target / "cues"
