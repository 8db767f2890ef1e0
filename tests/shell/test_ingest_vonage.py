"""Everything that Vonage's endpoint can say, right or wrong, without a socket."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.media_streams import LIMITS, URL, frames, noise, placed
from voiceassist.callers.caller import CallerError, CallerLine
from voiceassist.callers.vonage import VonageCaller
from voiceassist.errors import IngestError
from voiceassist.events import Customer, Person, Speaker
from voiceassist.ingest.dialect import Accepted, Audio, Close, PeerEvent, Pressed, Refused, Started
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.media_streams.vonage import VonageDialect
from voiceassist.ingest.source import CallInfo

CONNECTED = {"event": "websocket:connected", "content-type": "audio/l16;rate=16000"}


def dialect_of(**query: str) -> VonageDialect:
    return VonageDialect(LIMITS, Handshake(url=URL, query=query))


def start_of(**fields: object) -> Started:
    (event,) = dialect_of().receive(json.dumps(CONNECTED | fields))
    assert isinstance(event, Started)
    return event


def started(**fields: object) -> VonageDialect:
    dialect = dialect_of()
    dialect.receive(json.dumps(CONNECTED | fields))
    return dialect


@pytest.mark.parametrize("speaker", ["agent", "customer"])
@pytest.mark.parametrize("rate_hz", [8_000, 16_000])
def test_a_connection_for_one_person_is_a_leg_with_exactly_their_samples(speaker: Speaker, rate_hz: int) -> None:
    caller, dialect = VonageCaller(placed(), CallerLine(legs=(speaker,), rate_hz=rate_hz)), dialect_of()
    (start,) = dialect.receive(caller.begin()[0])
    assert start == Started(
        info=CallInfo(
            call_id="CA17",
            agent=Person(id="7", name="Ana", team="returns"),
            customer=Customer(id="42", name="Mr Brown", tier="gold"),
            source="vonage",
            legs=("agent", "customer"),
            language="en",
        ),
        rate_hz=rate_hz,
        tracks=((speaker,),),
    )
    pcm, heard = noise(rate_hz // 2, 3), list[int]()
    for frame in frames(pcm, rate_hz=rate_hz):
        (audio,) = dialect.receive(caller.audio(frame)[0])
        assert isinstance(audio, Audio)
        assert audio.legs == (speaker,)
        heard += audio.channels[0].tolist()
    assert heard == pcm.tolist()
    assert dialect.closed(1000) == "hangup"


def test_a_connection_that_does_not_say_whose_talk_it_is_carries_a_mix_heard_as_one_leg() -> None:
    (start,) = dialect_of().receive(
        VonageCaller(placed(mixed="yes"), CallerLine(legs=("agent",), rate_hz=16_000)).begin()[0]
    )
    assert isinstance(start, Started)
    assert (start.tracks, start.info.legs) == ((("agent",),), ("agent",))
    customers = VonageDialect(LIMITS, Handshake(url=URL), mixed_leg="customer")
    (start,) = customers.receive(json.dumps(CONNECTED))
    assert isinstance(start, Started)
    assert start.info.legs == ("customer",)


def test_the_address_may_say_whose_talk_it_is_and_a_field_of_the_connection_counts_more() -> None:
    (start,) = dialect_of(leg="customer", call_id="c-1").receive(json.dumps(CONNECTED | {"call_id": "c-2"}))
    assert isinstance(start, Started)
    assert (start.tracks, start.info.call_id) == ((("customer",),), "c-2")


def test_a_call_without_an_id_is_the_conversation_or_gets_one_of_its_own() -> None:
    assert start_of(conversation_uuid="CON-1").info.call_id == "CON-1"
    assert start_of().info.call_id != start_of().info.call_id


def test_a_number_among_the_headers_is_as_good_as_its_digits_and_foreign_headers_are_ignored() -> None:
    info = start_of(customer_id=42, address={"city": "New York"}, system_roles=[1], enable=False).info
    assert info.customer.id == "42"


def test_a_pressed_key_is_of_the_person_of_the_connection_and_of_the_customer_in_a_mix() -> None:
    pressed = json.dumps({"event": "websocket:dtmf", "digit": "5", "duration": 260})
    assert started(leg="agent").receive(pressed) == [Pressed(speaker="agent", key="5")]
    assert started().receive(pressed) == [Pressed(speaker="customer", key="5")]
    assert started().receive('{"event": "websocket:dtmf", "digit": "55"}') == []


@pytest.mark.parametrize(
    ("message", "code", "words"),
    [
        ("{garbage", "bad_json", "JSON"),
        ("[1]", "not_an_object", "list"),
        (b"\x00\x01", "no_start", "`websocket:connected`"),
        ('{"event": "websocket:dtmf"}', "no_start", "`websocket:dtmf`"),
        ('{"event": "websocket:connected"}', "unknown_encoding", "rate=16000"),
        (json.dumps(CONNECTED | {"content-type": "audio/l16"}), "unknown_encoding", "rate=16000"),
        (json.dumps(CONNECTED | {"content-type": "audio/opus;rate=16000"}), "unknown_encoding", "audio/opus"),
        (json.dumps(CONNECTED | {"content-type": "audio/l16;rate=4000"}), "bad_rate", "8000 to 48000"),
        (json.dumps(CONNECTED | {"leg": "both"}), "bad_field", "parameter `leg`"),
        (json.dumps(CONNECTED | {"call_id": "/"}), "bad_field", "parameter `call_id`"),
        (json.dumps(CONNECTED | {"conversation_uuid": "/"}), "bad_field", "call id"),
        (" " * 32_769, "frame_too_large", "32768"),
    ],
)
def test_what_the_protocol_does_not_allow_is_refused_with_its_reason(
    message: str | bytes, code: str, words: str
) -> None:
    with pytest.raises(IngestError) as refused:
        dialect_of().receive(message)
    assert refused.value.code == code
    assert words in str(refused.value)


def test_connecting_twice_is_refused_and_other_events_are_ignored() -> None:
    dialect = started()
    assert dialect.receive('{"event": "websocket:media:update", "active": true}') == []
    with pytest.raises(IngestError, match="already"):
        dialect.receive(json.dumps(CONNECTED))


def test_nothing_is_said_but_why_the_connection_closes() -> None:
    dialect = started()
    dialect.tell(Accepted(info=start_of().info))
    assert dialect.to_send() == []
    dialect.tell(Refused(error=IngestError("idle", "no audio")))
    assert dialect.to_send() == [Close(code=4408, reason="idle: no audio")]


def test_two_legs_on_one_connection_are_told_to_who_places_the_call() -> None:
    with pytest.raises(CallerError, match="--per-leg"):
        VonageCaller(placed(), CallerLine(legs=("agent", "customer"), rate_hz=16_000))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
SAID = st.dictionaries(
    st.sampled_from(
        ["event", "content-type", "leg", "call_id", "digit", "key", "agent_name", "conversation_uuid"]
    ),
    JSON | st.sampled_from(["websocket:connected", "websocket:dtmf", "audio/l16;rate=8000", "agent", "5"]),
)


@given(
    messages=st.lists(SAID.map(lambda said: json.dumps(CONNECTED | said)) | st.text() | st.binary(), max_size=6)
)
def test_whatever_comes_is_understood_or_refused(messages: list[str | bytes]) -> None:
    dialect, events = dialect_of(), list[PeerEvent]()
    for message in messages:
        try:
            events += dialect.receive(message)
        except IngestError as error:
            dialect.tell(Refused(error=error))
            assert len(dialect.to_send()) == 1
            return
    assert all(event.channels[0].dtype == np.int16 for event in events if isinstance(event, Audio))
