"""Everything a stream's peer can say, right or wrong, without a socket."""

import json
from dataclasses import replace
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.stream_client import START
from voiceassist.errors import IngestError
from voiceassist.events import Customer, Person
from voiceassist.ingest.dialect import Accepted, Audio, Close, Ended, Finished, PeerEvent, Pressed, Started, Warned
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.source import CallInfo
from voiceassist.ingest.stream.dialect import CLOSE_CODES, StreamDialect
from voiceassist.ingest.stream.start import start_schema
from voiceassist.ingest.whip.request import call_info as whip_call_info
from voiceassist.ingest.whip.request import parse_publication

MINIMAL = {"type": "start", "version": 1, "legs": ["customer"], "encoding": "mulaw", "rate_hz": 8000}
LIMITS = PeerLimits()


def started(**changes: object) -> StreamDialect:
    dialect = StreamDialect(LIMITS)
    dialect.receive(json.dumps(START | changes))
    return dialect


def start_of(message: dict[str, Any]) -> Started:
    (event,) = StreamDialect(LIMITS).receive(json.dumps(message))
    assert isinstance(event, Started)
    return event


def samples(events: list[PeerEvent]) -> list[list[int]]:
    (audio,) = events
    assert isinstance(audio, Audio)
    return [channel.tolist() for channel in audio.channels]


def refusal_of(message: str | bytes, dialect: StreamDialect | None = None) -> IngestError:
    with pytest.raises(IngestError) as caught:
        (dialect or StreamDialect(LIMITS)).receive(message)
    return caught.value


def test_start_message_tells_everything_about_the_call() -> None:
    assert start_of(START | {"language": "de"}) == Started(
        info=CallInfo(
            call_id="call-1",
            agent=Person(id="7", name="Ana"),
            customer=Customer(id="42", name="Mr Brown", tier="gold"),
            source="stream",
            legs=("agent", "customer"),
            language="de",
        ),
        rate_hz=8000,
        tracks=(("agent", "customer"),),
    )


def test_call_without_a_language_leaves_it_to_the_server() -> None:
    for said in ({}, {"language": None}):
        assert start_of(MINIMAL | said).info.language is None
    publication = {"leg": "agent"}
    assert whip_call_info(parse_publication(publication)).language is None
    assert whip_call_info(parse_publication(publication | {"language": "es"})).language == "es"


def test_call_without_an_id_gets_one_of_its_own() -> None:
    assert start_of(MINIMAL).info.call_id != start_of(MINIMAL).info.call_id


def test_samples_go_to_the_legs_in_the_announced_order() -> None:
    dialect = started(legs=["customer", "agent"])
    (audio,) = dialect.receive(np.array([1, 2, 3, 4], "<i2").tobytes())
    assert isinstance(audio, Audio)
    assert (audio.legs, samples([audio])) == (("customer", "agent"), [[1, 3], [2, 4]])


def test_sample_cut_over_two_messages_is_whole_again() -> None:
    dialect = started(legs=["agent"])
    assert samples(dialect.receive(b"\x01")) == [[]]
    assert samples(dialect.receive(b"\x02\x03")) == [[0x0201]]
    assert dialect.receive('{"type": "stop"}') == [Ended(reason="hangup")]
    (warning,) = dialect.to_send()
    assert isinstance(warning, str)
    assert json.loads(warning)["message"] == "1 bytes after the last whole frame were not used"


def test_answers_come_in_order_and_once() -> None:
    dialect = started()
    info = start_of(START).info
    for news in (Accepted(info=info), Warned(code="odd", message="x"), Finished(call_id="call-1", duration_ms=20)):
        dialect.tell(news)
    *messages, close = dialect.to_send()
    assert [json.loads(str(message))["type"] for message in messages] == ["started", "warning", "stopped"]
    assert (close, dialect.to_send()) == (Close(code=1000, reason="stopped"), [])


def test_call_that_goes_on_under_another_id_is_told_both() -> None:
    dialect = started()
    dialect.tell(Accepted(info=replace(start_of(START).info, call_id="call-1~2", continues="call-1")))
    (message,) = dialect.to_send()
    said = json.loads(str(message))
    assert (said["call_id"], said["continues"]) == ("call-1~2", "call-1")


def test_a_pressed_key_is_told_with_whose_it_is() -> None:
    said = [started().receive(f'{{"type": "dtmf", "leg": "agent", "key": "{key}"}}') for key in "7*a"]
    assert said == [[Pressed(speaker="agent", key=key)] for key in "7*A"]


@pytest.mark.parametrize("wrong", [{"leg": "both"}, {"key": "E"}, {"key": 7}, {"key": "12"}, {"key": ""}])
def test_what_is_no_key_is_refused_and_the_key_is_not_said_again(wrong: dict[str, object]) -> None:
    message = {"type": "dtmf", "leg": "agent", "key": "7"} | wrong
    error = refusal_of(json.dumps(message), started())
    assert error.code == "bad_field"
    assert next(iter(wrong)) in str(error)
    assert "12" not in str(error).replace("0123456789", "")


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("{garbage", "bad_json", "JSON"),
        ("[" * 30_000, "bad_json", "JSON"),
        ('{"type": NaN}', "bad_json", "NaN"),
        ("[1]", "not_an_object", "object"),
        ("{}", "unknown_type", "missing"),
        ('{"type": "hello"}', "unknown_type", "'hello'"),
        ('{"type": ["start"]}', "unknown_type", "start"),
        ('{"type": "stop"}', "no_start", "start"),
    ],
)
def test_wrong_text_is_refused_with_its_reason(text: str, code: str, words: str) -> None:
    error = refusal_of(text)
    assert error.code == code
    assert words in str(error)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"version": 2}, "unsupported_version", "speaks 1"),
        ({"version": True}, "unsupported_version", "True"),
        ({"encoding": "opus"}, "unknown_encoding", "s16le, mulaw, alaw"),
        ({"encoding": None}, "unknown_encoding", "missing"),
        ({"rate_hz": 7999}, "bad_rate", "8000 to 48000"),
        ({"rate_hz": 48001}, "bad_rate", "48001"),
        ({"rate_hz": 8000.5}, "bad_rate", "8000.5"),
        ({"rate_hz": "8000"}, "bad_rate", "'8000'"),
        ({"rate_hz": True}, "bad_rate", "True"),
        ({"legs": []}, "bad_legs", "[]"),
        ({"legs": None}, "bad_legs", "missing"),
        ({"legs": "agent"}, "bad_legs", "'agent'"),
        ({"legs": ["agent", "agent"]}, "bad_legs", "once"),
        ({"legs": ["agent", "caller"]}, "bad_legs", "caller"),
        ({"legs": [["agent"]]}, "bad_legs", "agent"),
        ({"call_id": "../etc"}, "bad_field", "call_id"),
        ({"call_id": ""}, "bad_field", "call_id"),
        ({"call_id": 17}, "bad_field", "call_id"),
        ({"agent": "Ana"}, "bad_field", "agent"),
        ({"agent": {"id": 7, "name": "Ana"}}, "bad_field", "agent.id"),
        ({"customer": {"id": "1", "name": "x", "vip": True}}, "bad_field", "customer.vip"),
        ({"language": 1}, "bad_field", "language"),
        ({"codec": "x"}, "bad_field", "`codec`: there is no such field. Known are type, version, agent"),
        ({"callid": "x"}, "bad_field", "`callid`: there is no such field; did you mean `call_id`?"),
        ({"agent": {"nmae": "Ana"}}, "bad_field", "did you mean `name`? Known are id, name, team"),
        ({"agent": {"id": "7", "name": "Ana\x00"}}, "bad_field", "`agent.name`: Value error, has the control"),
        ({"customer": {"id": "7", "name": "Mr\nBrown"}}, "bad_field", "U+000A"),
        ({"agent": {"id": "a\u202eb"}}, "bad_field", "`agent.id`: Value error, has the character U+202E"),
        ({"agent": {"team": "a\nb"}}, "bad_field", "agent.team"),
        ({"customer": {"tier": "gold\x00"}}, "bad_field", "customer.tier"),
    ],
)
def test_wrong_start_field_is_named(change: dict[str, Any], code: str, words: str) -> None:
    error = refusal_of(json.dumps(START | change))
    assert error.code == code
    assert words in str(error)


def test_a_rate_may_be_written_as_programs_write_whole_numbers() -> None:
    assert start_of(START | {"rate_hz": 8000.0}).rate_hz == 8000


def test_a_name_is_shown_without_what_nobody_sees_and_the_peer_is_told_once() -> None:
    message = START | {
        "agent": {"id": "7", "name": "Ana\u202e\u2028Lee"},
        "customer": {"id": "42", "name": "\u200f"},
    }
    dialect = StreamDialect(LIMITS)
    (event,) = dialect.receive(json.dumps(message))
    assert isinstance(event, Started)
    assert (event.info.agent.name, event.info.customer.name) == ("Ana Lee", "42")
    dialect.tell(Accepted(info=event.info))
    said = [json.loads(text) for text in dialect.to_send() if isinstance(text, str)]
    assert [one.get("code", one["type"]) for one in said] == ["started", "name_cleaned"]
    assert "agent and customer" in said[1]["message"]


@pytest.mark.parametrize(
    "name",
    ["Zoë Núñez", "Jean\u00a0Luc", "\u0646\u06cc\u200c\u0646", "\U0001f469\u200d\U0001f4bb", "O'Neil-Smith"],
)
def test_names_of_any_script_stay_as_they_are(name: str) -> None:
    info = start_of(START | {"customer": {"id": "42", "name": name}}).info
    assert (info.customer.name, info.cleaned) == (name, ())


def test_start_twice_is_refused() -> None:
    assert refusal_of(json.dumps(START), started()).code == "already_started"


def test_audio_before_start_is_refused() -> None:
    error = refusal_of(b"1234")
    assert (error.code, "before `start`" in str(error)) == ("no_start", True)


def test_message_of_ten_megabytes_is_refused() -> None:
    error = refusal_of(bytes(10_000_000), started())
    assert (error.code, "10000000 bytes" in str(error)) == ("frame_too_large", True)


@pytest.mark.parametrize("message", [" " * 32_769, bytes(32_769), json.dumps(START) + " " * 32_768])
def test_message_before_the_start_may_be_much_smaller_only(message: str | bytes) -> None:
    error = refusal_of(message)
    assert error.code == "frame_too_large"
    assert "at most 32768 at once before the call has started" in str(error)


def test_longest_start_message_is_taken() -> None:
    name = "\N{GRINNING FACE}" * 200
    person = {"id": name, "name": name}
    message = json.dumps(START | {"agent": person | {"team": name}, "customer": person | {"tier": name}})
    assert len(message) > 14_000
    assert StreamDialect(LIMITS).receive(message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@given(
    change=st.dictionaries(st.sampled_from([*START, "x"]), JSON, max_size=3),
    drop=st.sets(st.sampled_from([*START])),
)
def test_any_message_starts_a_call_or_is_refused_with_a_known_code(change: dict[str, Any], drop: set[str]) -> None:
    message = {key: value for key, value in (START | change).items() if key not in drop}
    outcome: object
    try:
        (outcome,) = StreamDialect(LIMITS).receive(json.dumps(message))
    except IngestError as error:
        outcome = error
    assert isinstance(outcome, Started) or (isinstance(outcome, IngestError) and outcome.code in CLOSE_CODES)


@pytest.mark.parametrize("message", [START, MINIMAL])
def test_schema_accepts_what_the_server_accepts(message: dict[str, Any]) -> None:
    jsonschema.validate(message, start_schema())


@pytest.mark.parametrize(
    "change", [{"encoding": "opus"}, {"rate_hz": 1}, {"legs": ["agent", "agent"]}, {"call_id": "/"}, {"x": 1}]
)
def test_schema_refuses_what_the_server_refuses(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(START | change, start_schema())
