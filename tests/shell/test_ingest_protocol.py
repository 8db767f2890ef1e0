"""Everything a stream's peer can say, right or wrong, without a socket."""

import json
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.stream_client import START
from voiceassist.errors import IngestError
from voiceassist.events import Customer, Person
from voiceassist.ingest.source import CallInfo
from voiceassist.ingest.stream_protocol import CLOSE_CODES, StreamProtocol, start_schema
from voiceassist.ingest.whip_request import call_info as whip_call_info
from voiceassist.ingest.whip_request import parse_publication

MINIMAL = {"type": "start", "version": 1, "legs": ["customer"], "encoding": "mulaw", "rate_hz": 8000}
MESSAGE_BYTES = 1 << 20


def protocol(*live: str) -> StreamProtocol:
    return StreamProtocol(lambda call_id: call_id not in live, MESSAGE_BYTES)


def started(**changes: object) -> StreamProtocol:
    connection = protocol()
    connection.receive_text(json.dumps(START | changes))
    return connection


def refusal_of(text: str, connection: StreamProtocol | None = None) -> IngestError:
    with pytest.raises(IngestError) as caught:
        (connection or protocol()).receive_text(text)
    return caught.value


def test_start_message_tells_everything_about_the_call() -> None:
    assert protocol().receive_text(json.dumps(START | {"language": "de"})) == CallInfo(
        call_id="call-1",
        agent=Person(id="7", name="Ana"),
        customer=Customer(id="42", name="Mr Brown", tier="gold"),
        source="stream",
        legs=("agent", "customer"),
        language="de",
    )


def test_call_without_a_language_leaves_it_to_the_server() -> None:
    for said in ({}, {"language": None}):
        info = protocol().receive_text(json.dumps(MINIMAL | said))
        assert info is not None
        assert info.language is None
    publication = {"leg": "agent"}
    assert whip_call_info(parse_publication(publication)).language is None
    assert whip_call_info(parse_publication(publication | {"language": "es"})).language == "es"


def test_call_without_an_id_gets_one_of_its_own() -> None:
    calls = [protocol().receive_text(json.dumps(MINIMAL)) for _ in range(2)]
    assert len({call.call_id for call in calls if call}) == 2


def test_samples_go_to_the_legs_in_the_announced_order() -> None:
    connection = started(legs=["customer", "agent"])
    customer, agent = connection.receive_bytes(np.array([1, 2, 3, 4], "<i2").tobytes())
    assert (customer.tolist(), agent.tolist()) == ([1, 3], [2, 4])


def test_sample_cut_over_two_messages_is_whole_again() -> None:
    connection = started(legs=["agent"])
    assert connection.receive_bytes(b"\x01")[0].tolist() == []
    assert connection.receive_bytes(b"\x02\x03")[0].tolist() == [0x0201]
    assert connection.leftover_bytes == 1


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("{garbage", "bad_json", "JSON"),
        ("[" * 100_000, "bad_json", "JSON"),
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
        ({"codec": "x"}, "bad_field", "codec"),
    ],
)
def test_wrong_start_field_is_named(change: dict[str, Any], code: str, words: str) -> None:
    error = refusal_of(json.dumps(START | change))
    assert error.code == code
    assert words in str(error)


def test_start_twice_is_refused() -> None:
    assert refusal_of(json.dumps(START), started()).code == "already_started"


def test_call_that_is_live_already_is_refused() -> None:
    error = refusal_of(json.dumps(START), protocol("call-1"))
    assert error.code == "call_live"
    assert "call-1" in str(error)


def test_audio_before_start_is_refused() -> None:
    with pytest.raises(IngestError, match="before `start`") as caught:
        protocol().receive_bytes(b"1234")
    assert caught.value.code == "no_start"


def test_message_of_ten_megabytes_is_refused() -> None:
    with pytest.raises(IngestError, match="10000000 bytes") as caught:
        started().receive_bytes(bytes(10_000_000))
    assert caught.value.code == "frame_too_large"
    assert refusal_of(" " * (MESSAGE_BYTES + 1)).code == "frame_too_large"


def test_a_refused_start_claims_no_call() -> None:
    claimed: set[str] = set()

    def claim(call_id: str) -> bool:
        claimed.add(call_id)
        return True

    connection = StreamProtocol(claim, MESSAGE_BYTES)
    refusal_of(json.dumps(START | {"rate_hz": 1}), connection)
    assert claimed == set()


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
        outcome = protocol().receive_text(json.dumps(message))
    except IngestError as error:
        outcome = error
    assert isinstance(outcome, CallInfo) or (isinstance(outcome, IngestError) and outcome.code in CLOSE_CODES)


@pytest.mark.parametrize("message", [START, MINIMAL])
def test_schema_accepts_what_the_server_accepts(message: dict[str, Any]) -> None:
    jsonschema.validate(message, start_schema())


@pytest.mark.parametrize(
    "change", [{"encoding": "opus"}, {"rate_hz": 1}, {"legs": ["agent", "agent"]}, {"call_id": "/"}, {"x": 1}]
)
def test_schema_refuses_what_the_server_refuses(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(START | change, start_schema())
