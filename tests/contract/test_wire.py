"""Every class of the vocabulary goes through JSON and back and fits the schema; what does not is refused."""

import json
from dataclasses import MISSING, fields, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from tests.contract.make_golden import HERE
from tests.contract.streams import STREAMS
from voiceassist import wire
from voiceassist.actions import ACTION_CLASSES, Action
from voiceassist.cli import app
from voiceassist.core.screen import state as screen_state
from voiceassist.core.screen import wall as screen_wall
from voiceassist.errors import ActionError, PeerError
from voiceassist.events import EVENT_CLASSES, Cue, Event, FalseAlarmMarked, Final, Record, Why, Word

SAVED = HERE / "wire.schema.json"
REGENERATE = "the contract changed: run `python -m tests.contract.make_golden`, then `npm run generate` in web/"

for sure in (Word, Why, Cue, FalseAlarmMarked, Final):  # JSON has neither infinity nor "not a number"
    st.register_type_strategy(sure, st.builds(sure, confidence=st.floats(0, 1)))
RECORDS = st.one_of(*(st.builds(Record, event=st.from_type(cls)) for cls in EVENT_CLASSES))
WRONG: dict[type, Any] = {str: 5, int: "soon", float: "high", bool: "maybe"}


def through_json(value: wire.Json) -> wire.Json:
    copy: wire.Json = json.loads(wire.dumps(value))
    return copy


@cache
def schema_of(name: str) -> Draft202012Validator:
    """The definition of that name, as a reader of the schema sees it."""
    return Draft202012Validator(wire.json_schema() | {"$ref": f"#/$defs/{name}"})


def complaints(name: str, value: object) -> list[str]:
    return [error.message for error in schema_of(name).iter_errors(value)]


def example(cls: type[Event]) -> wire.Json:
    """A record of that class from the golden streams."""
    records = (record for stream in STREAMS.values() for record in stream)
    return wire.encode(next(record for record in records if isinstance(record.event, cls)))


@pytest.mark.parametrize("cls", EVENT_CLASSES, ids=wire.type_name)
@given(data=st.data())
def test_event_comes_back_from_json_as_it_was_and_fits_the_schema(cls: type[Event], data: st.DataObject) -> None:
    record = data.draw(st.builds(Record, event=st.from_type(cls)))
    encoded = through_json(wire.encode(record))
    assert list(encoded)[:4] == ["type", "call_id", "seq", "at_ms"]
    assert wire.decode(encoded) == record
    assert complaints(f"{cls.__name__}Record", encoded) == []


@pytest.mark.parametrize("cls", ACTION_CLASSES, ids=wire.type_name)
@given(data=st.data())
def test_action_of_a_screen_fits_the_schema_and_is_understood(cls: type[Action], data: st.DataObject) -> None:
    action = data.draw(st.from_type(cls))
    sent = through_json(wire.to_json(action) | {"type": wire.type_name(cls)})
    del sent["at_ms"]
    by, done_at, login = sent.pop("by", ""), sent.pop("done_at", ""), sent.pop("login", "")
    assert complaints("Action", sent) == []
    claimed = {"at_ms": -1, "by": "Mallory", "done_at": "never", "login": "mallory"}
    for said in (sent, sent | claimed):
        assert wire.decode_action(said, at_ms=action.at_ms, by=by, done_at=done_at, login=login) == action


@given(record=RECORDS)
def test_record_is_one_line_whatever_it_says(record: Record) -> None:
    assert "\n" not in wire.encode_line(record)


@given(RECORDS)
def test_a_record_is_encoded_once_and_a_changed_copy_anew(record: Record) -> None:
    line = wire.encode_line(record)
    assert wire.encode_line(record) is line
    assert json.loads(wire.encode_line(replace(record, seq=record.seq + 1)))["seq"] == record.seq + 1
    assert replace(record, seq=record.seq) == record


@pytest.mark.parametrize("stream", STREAMS.values(), ids=list(STREAMS))
def test_everything_a_socket_says_fits_the_schema(stream: list[Record]) -> None:
    state, row = screen_state.replay(stream), screen_wall.open_row(stream[0])
    for record in stream:
        row = screen_wall.apply_wall(row, record)
    said = [
        *(wire.encode(record) for record in stream),
        wire.to_json(wire.Snapshot(boot="b1", state=state)),
        wire.to_json(wire.WallSnapshot(boot="b1", rows=(row,))),
        wire.to_json(wire.WallRowAdded(row=row)),
        wire.to_json(wire.WallOlder(older=1, left=("c1",))),
        wire.to_json(wire.Resumed(boot="b1")),
        wire.to_json(wire.ErrorMessage(code="unknown_call", message="there is no call 'x'")),
    ]
    assert [complaints("ServerMessage", through_json(message)) for message in said] == [[]] * len(said)


def test_schema_is_valid_and_names_every_class() -> None:
    schema = wire.json_schema()
    Draft202012Validator.check_schema(schema)
    classes = [cls.__name__ for cls in (*EVENT_CLASSES, *ACTION_CLASSES, *wire.ServerMessage.__args__)]
    assert set(classes) <= set(schema["$defs"])
    assert len(wire.EVENT_TYPES) == len(EVENT_CLASSES)


def test_schema_command_prints_what_the_web_types_are_made_from() -> None:
    printed = CliRunner().invoke(app, ["schema"])
    assert printed.exit_code == 0
    assert printed.stdout == SAVED.read_text(encoding="utf-8"), REGENERATE


@pytest.mark.parametrize("cls", EVENT_CLASSES, ids=wire.type_name)
def test_missing_extra_and_wrong_fields_are_named(cls: type[Event]) -> None:
    good = example(cls)
    for field in fields(cls):
        short = {name: value for name, value in good.items() if name != field.name}
        if field.default is MISSING:
            assert f"`{field.name}`" in refusal(short)
        wrong = WRONG.get(type(good[field.name]), 5)
        assert f"`{field.name}" in refusal(good | {field.name: wrong})
    assert "`mood`" in refusal(good | {"mood": "fine"})


@pytest.mark.parametrize("cls", ACTION_CLASSES, ids=wire.type_name)
def test_missing_extra_and_wrong_fields_of_actions_are_named(cls: type[Action]) -> None:
    ids = {"prompt_id": "p1", "alert_id": "a1", "cue_id": "c1", "coaching_id": "m1", "note_id": "n1"}
    given = {
        **ids,
        "tag": "fees",
        "speaker": "agent",
        "utterance": 1,
        "answer": "text",
        "state": "open",
        "muted": True,
        "volume": "more",
        "text": "hi",
        "consent": "given",
        "start_ms": 0,
        "outcome": "kept",
    }
    taken = {field.name: given[field.name] for field in fields(cls) if field.name in given}
    needed = {field.name for field in fields(cls) if field.default is MISSING}
    good = {"type": wire.type_name(cls), **taken}
    wire.decode_action(good, at_ms=5, by="Kim")
    for name in taken:
        if name in needed:
            assert f"`{name}`" in action_refusal({key: value for key, value in good.items() if key != name})
        assert f"`{name}`" in action_refusal(good | {name: WRONG[type(good[name])]})
    assert "`mood`" in action_refusal(good | {"mood": "fine"})


@pytest.mark.parametrize("name", ["dance", "", "CallEnded", "ask_help", None, 5, ["final"], {"type": "final"}])
def test_unknown_type_is_named_with_those_that_are_known(name: object) -> None:
    with pytest.raises(PeerError, match="known types are agent_fine, alert") as error:
        wire.decode({"type": name, "call_id": "x", "seq": 1, "at_ms": 0})
    assert error.value.code == "unknown_event"
    assert repr(name) in str(error.value)


@pytest.mark.parametrize("head", [{"call_id": 7}, {"seq": "1"}, {"seq": 1.5}, {"seq": None}, {"call_id": None}])
def test_record_without_a_proper_place_is_refused(head: wire.Json) -> None:
    with pytest.raises(PeerError, match=r"`call_id`.*`seq`"):
        wire.decode({"type": "agent_fine", "call_id": "x", "seq": 1, "at_ms": 0} | head)


@pytest.mark.parametrize("value", [None, "", "soon", 1.5, [], [1], {"ms": 1}, float("nan")], ids=repr)
def test_nothing_but_a_whole_number_is_a_time(value: object) -> None:
    assert "`at_ms`" in refusal({"type": "agent_fine", "call_id": "x", "seq": 1, "at_ms": value})


def refusal(data: wire.Json) -> str:
    with pytest.raises(PeerError) as error:
        wire.decode(data)
    return str(error.value)


def action_refusal(data: wire.Json) -> str:
    with pytest.raises(ActionError) as error:
        wire.decode_action(data, at_ms=0, by="Kim")
    return str(error.value)
