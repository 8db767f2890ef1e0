"""Labelled turns are read as they are written, and what cannot be read is named by file and line."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.core.playbook.model import SPEAKER_OF
from voiceassist.errors import DatasetError
from voiceassist.evaluation.labelled import MEANINGS, LabelledTurn, parse_rows

FILE = "turns.jsonl"


def read(*rows: Any) -> list[LabelledTurn]:
    return parse_rows([row if isinstance(row, str) else json.dumps(row) for row in rows], FILE)


def refused(*rows: Any) -> str:
    with pytest.raises(DatasetError) as caught:
        read(*rows)
    return str(caught.value)


def test_a_row_is_read_with_all_its_fields() -> None:
    row = {
        "id": "a/1", "speaker": "agent", "text": "No, we don't.", "text_asr": "no we don't", "labels": ["refusal"],
        "prev": "Can you?", "source": "desk", "meta": {"day": 1}, "split": "dev",
    }  # fmt: skip
    assert read(row) == [
        LabelledTurn(
            id="a/1", speaker="agent", text="No, we don't.", text_asr="no we don't", labels=("refusal",),
            prev="Can you?", source="desk", meta={"day": 1},
        )
    ]  # fmt: skip


def test_only_a_text_must_be_there() -> None:
    assert read({"text": "Well, hello!"}) == [
        LabelledTurn(
            id="turns.jsonl:1", speaker="unknown", text="Well, hello!", text_asr="well hello",
            labels=("unlabelled",), prev="", source=FILE, meta={},
        )
    ]  # fmt: skip


def test_null_is_as_good_as_not_there() -> None:
    bare, nulls = read(
        {"text": "a", "id": "1"}, {"text": "a", "id": "1", "prev": None, "label": None, "meta": None}
    )
    assert bare == nulls


def test_one_label_may_stand_as_a_word_and_several_as_a_list() -> None:
    one, several, none = read(
        {"text": "a", "label": "churn"}, {"text": "a", "labels": ["churn", "insult"]}, {"text": "a", "labels": []}
    )
    assert (one.labels, several.labels, none.labels) == (("churn",), ("churn", "insult"), ())


def test_the_rules_of_both_sides_apply_when_nobody_knows_who_speaks() -> None:
    agent, unknown = read({"text": "a", "speaker": "agent"}, {"text": "a", "speaker": "unknown"})
    assert agent.speakers == ("agent",)
    assert unknown.speakers == ("agent", "customer")


def test_empty_lines_are_no_rows_but_count_as_lines() -> None:
    assert [row.id for row in read({"text": "a"}, "", "   ", {"text": "b"})] == ["turns.jsonl:1", "turns.jsonl:4"]


def test_a_byte_order_mark_is_no_part_of_the_first_row() -> None:
    assert read('\ufeff{"text": "a"}')[0].text == "a"


def test_half_a_character_becomes_something_that_can_be_printed() -> None:
    assert read('{"text": "a \\ud800 b"}')[0].text == "a ? b"


def test_every_kind_and_every_special_label_has_a_meaning() -> None:
    assert set(SPEAKER_OF) <= set(MEANINGS)
    special = {
        "none",
        "abuse",
        "neg_inform",
        "ambiguous",
        "unlabelled",
        "abuse_3p",
        "hate_general",
        "cancel_close",
    }
    assert special <= set(MEANINGS)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("text", "line 2: not JSON"),
        ('["text"]', 'line 2: ["text"] is no JSON object'),
        ("7", "line 2: 7 is no JSON object"),
        ({"label": "none"}, 'line 2: "text" is missing'),
        ({"text": None}, 'line 2: "text" is missing'),
        ({"text": 7}, 'line 2: "text" is 7; it must be a string'),
        ({"text": "a", "speaker": "robot"}, 'line 2: "speaker" is "robot"; it must be agent, customer or unknown'),
        ({"text": "a", "label": "refusl"}, 'line 2: unknown label "refusl" (did you mean refusal?)'),
        ({"text": "a", "labels": ["none", "sympathy"]}, 'line 2: unknown label "sympathy"'),
        ({"text": "a", "labels": [1]}, "line 2: the labels are [1]"),
        ({"text": "a", "labels": {"refusal": True}}, 'line 2: the labels are {"refusal": true}'),
        ({"text": "a", "prev": ["b"]}, 'line 2: "prev" is ["b"]; it must be a string'),
        ({"text": "a", "meta": "x"}, 'line 2: "meta" is "x"; it must be an object'),
        ("[" * 100_000, "line 2: JSON that is nested too deeply"),
        ('{"text": "caf\udce9"}', "line 2: not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named_by_file_and_line(row: Any, said: str) -> None:
    assert f"{FILE}, {said}" in refused({"text": "fine"}, row)


def test_a_label_of_ones_own_is_told_how_to_be_scored() -> None:
    assert "--negative sympathy" in refused({"text": "a", "label": "sympathy"})
    assert parse_rows(['{"text": "a", "label": "sympathy"}'], FILE, {"sympathy"})[0].labels == ("sympathy",)
    assert parse_rows(['{"text": "a", "label": "sympathy"}'], FILE, None)[0].labels == ("sympathy",)


def test_a_long_wrong_value_does_not_fill_the_screen() -> None:
    assert len(refused({"text": "a", "speaker": "x" * 10_000})) < 300


def is_read_or_named(line: str) -> bool:
    try:
        rows = parse_rows([line], FILE)
    except DatasetError as error:
        return str(error).startswith(f"{FILE}, line 1: ")
    return all(row.text.isascii() or row.text.encode("utf-8") for row in rows)


@given(st.text())
def test_any_line_is_rows_or_an_error_that_names_the_line(line: str) -> None:
    assert is_read_or_named(line)


@given(
    st.dictionaries(st.sampled_from(["id", "text", "label", "labels", "prev", "speaker"]), st.text() | st.none())
)
def test_any_object_is_a_row_or_an_error_that_names_the_line(fields: dict[str, Any]) -> None:
    assert is_read_or_named(json.dumps(fields))
