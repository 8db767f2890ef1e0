"""Everything that Twilio and its relatives can say, right or wrong, without a socket."""

import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.media_streams import LIMITS, URL, WIRINGS, Wiring, changed, frames, hear, leg, noise, started
from voiceassist.errors import IngestError
from voiceassist.events import Customer, Person
from voiceassist.ingest.dialect import (
    Accepted,
    Audio,
    Close,
    Ended,
    Finished,
    Gap,
    Pressed,
    Refused,
    Started,
    Warned,
)
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.media_streams.chunks import HELD_CHARS, HELD_MESSAGES
from voiceassist.ingest.media_streams.dialect import MediaStreamDialect
from voiceassist.ingest.media_streams.table import TELNYX, TWILIO
from voiceassist.ingest.source import CallInfo, PhoneLines

TWILIO_WIRE = WIRINGS[0]
NAMES = ("twilio", "telnyx", "signalwire", "plivo")
ONE_OF_EACH = [next(wiring for wiring in WIRINGS if wiring.vendor.name == name) for name in NAMES]
each = pytest.mark.parametrize("wiring", WIRINGS, ids=str)
each_vendor = pytest.mark.parametrize("wiring", ONE_OF_EACH, ids=str)

# As Twilio's page "Media Streams - WebSocket Messages" shows them.
START: dict[str, Any] = {
    "event": "start",
    "sequenceNumber": "1",
    "start": {
        "accountSid": "AC00000000000000000000000000000001",
        "streamSid": "MZ00000000000000000000000000000001",
        "callSid": "CA00000000000000000000000000000001",
        "tracks": ["inbound", "outbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"FirstName": "Jane", "agentId": "7", "Agent_Name": "Ana", "tier": ""},
    },
    "streamSid": "MZ00000000000000000000000000000001",
}


def media(number: int, track: str, chunk: int, pcm: bytes = b"\xff" * 160) -> str:
    payload = base64.b64encode(pcm).decode()
    said = {"track": track, "chunk": str(chunk), "timestamp": str(chunk * 20), "payload": payload}
    return json.dumps(
        {"event": "media", "sequenceNumber": str(number), "media": said, "streamSid": START["streamSid"]}
    )


def stream(**changes: object) -> MediaStreamDialect:
    dialect = MediaStreamDialect(TWILIO, LIMITS, Handshake(url=URL))
    dialect.receive(json.dumps(START | {"start": START["start"] | changes}))
    return dialect


def start_of(message: dict[str, Any], **query: str) -> Started:
    (event,) = MediaStreamDialect(TWILIO, LIMITS, Handshake(url=URL, query=query)).receive(json.dumps(message))
    assert isinstance(event, Started)
    return event


def refusal_of(message: str | bytes, dialect: MediaStreamDialect | None = None) -> IngestError:
    with pytest.raises(IngestError) as caught:
        (dialect or MediaStreamDialect(TWILIO, LIMITS, Handshake(url=URL))).receive(message)
    return caught.value


@each
def test_the_same_recording_gives_the_same_samples_on_the_same_legs_over_every_protocol(wiring: Wiring) -> None:
    agent, customer = noise(wiring.rate_hz, 1), noise(wiring.rate_hz, 2)
    dialect, caller = started(wiring)
    events = [
        event
        for frame in frames(agent, customer, rate_hz=wiring.rate_hz)
        for event in hear(dialect, caller.audio(frame))
    ]
    assert leg(events, "agent") == wiring.heard(agent)
    assert leg(events, "customer") == wiring.heard(customer)
    assert {type(event) for event in events} == {Audio}
    ends = hear(dialect, caller.end())
    assert ends == ([Ended(reason="hangup")] if wiring.speaks.says_stop else [])


@each_vendor
def test_a_start_tells_everything_about_the_call(wiring: Wiring) -> None:
    (event,) = hear(wiring.dialect(), wiring.caller().begin())
    assert event == Started(
        info=CallInfo(
            call_id="CA17",
            agent=Person(id="7", name="Ana", team="returns"),
            customer=Customer(id="42", name="Mr Brown", tier="gold"),
            source=wiring.vendor.name,
            legs=("agent", "customer"),
            language="en",
            lines=PhoneLines(customer="CA17"),
        ),
        rate_hz=8000,
        tracks=(("customer",), ("agent",)),
    )


@each_vendor
def test_on_an_outbound_call_the_customer_is_on_the_other_track(wiring: Wiring) -> None:
    dialect, caller = started(wiring, "agent", "customer", customer_track="outbound")
    (frame,) = frames(noise(160, 1), noise(160, 2))
    messages = [json.loads(message) for message in caller.audio(frame)]
    assert [message["media"]["track"] for message in messages] == ["inbound", "outbound"]
    events = hear(dialect, [json.dumps(message) for message in messages])
    assert leg(events, "agent") == wiring.heard(frame.channels[0])


def test_the_settings_say_on_which_track_the_customer_speaks_and_a_parameter_says_it_for_one_call() -> None:
    dialect = MediaStreamDialect(TWILIO, LIMITS, Handshake(url=URL), customer_track="outbound")
    (start,) = dialect.receive(json.dumps(START))
    assert isinstance(start, Started)
    assert start.tracks == (("agent",), ("customer",))
    assert start_of(START, customer_track="outbound").tracks == (("agent",), ("customer",))


@each_vendor
def test_a_stream_with_one_track_is_one_leg_of_a_call_that_the_other_may_join(wiring: Wiring) -> None:
    for speaker in ("agent", "customer"):
        (start,) = hear(wiring.dialect(), wiring.caller(speaker).begin())
        assert isinstance(start, Started)
        assert (start.tracks, start.info.legs) == (((speaker,),), ("agent", "customer"))


@pytest.mark.parametrize(
    ("said", "legs"),
    [
        (["inbound", "outbound"], ["customer", "agent"]),
        (["outbound_track"], ["agent"]),
        (["both_tracks"], ["customer", "agent"]),
        ("inbound", ["customer"]),
        ([], ["customer", "agent"]),
        (None, ["customer", "agent"]),
        ({"a": 1}, ["customer", "agent"]),
    ],
)
def test_tracks_are_known_by_every_name_that_was_seen(said: object, legs: list[str]) -> None:
    tracks = start_of(START | {"start": START["start"] | {"tracks": said}}).tracks
    assert [leg for track in tracks for leg in track] == legs


def test_telnyx_says_no_tracks_so_both_may_come() -> None:
    said = json.loads(ONE_OF_EACH[1].caller("customer").begin()[1])
    del said["start"]["custom_parameters"]["tracks"]
    start = MediaStreamDialect(TELNYX, LIMITS, Handshake(url=URL)).receive(json.dumps(said))[0]
    assert isinstance(start, Started)
    assert start.tracks == (("customer",), ("agent",))


def test_parameters_count_in_every_spelling_and_foreign_ones_are_ignored() -> None:
    info = start_of(START).info
    assert (info.agent, info.customer.tier) == (Person(id="7", name="Ana"), "standard")


@pytest.mark.parametrize(
    "headers",
    [
        "agentId=7;callId=c-9",
        "agentId=7,callId=c-9",
        '{"X-PH-agentId": "7", "X-PH-callId": "c-9"}',
        "{X-PH-agentId: 7, X-PH-callId: c-9}",
    ],
)
def test_plivos_extra_headers_are_read_in_every_form_that_was_seen(headers: str) -> None:
    wiring = ONE_OF_EACH[3]
    (start,) = wiring.dialect().receive(changed(wiring.caller().begin()[0], extra_headers=headers))
    assert isinstance(start, Started)
    assert (start.info.agent.id, start.info.call_id) == ("7", "c-9")


def test_telnyx_parameters_are_read_as_an_object_and_as_a_list() -> None:
    said = json.loads(ONE_OF_EACH[1].caller().begin()[1])
    for parameters in ({"tier": "vip"}, [{"name": "tier", "value": "vip"}, {"value": "x"}, 7]):
        said["start"]["custom_parameters"] = parameters
        (start,) = MediaStreamDialect(TELNYX, LIMITS, Handshake(url=URL)).receive(json.dumps(said))
        assert isinstance(start, Started)
        assert start.info.customer.tier == "vip"


def test_a_key_comes_among_the_parameters_or_in_the_vendors_header_and_never_in_a_query() -> None:
    told = START | {"start": START["start"] | {"customParameters": {"key": "va_1"}}}
    assert start_of(told).key == "va_1"
    assert start_of(START, key="va_1").key == ""
    assert "va_1" not in repr(start_of(told))
    telnyx = Handshake(url=URL, headers={"x-telnyx-streaming-auth-token": "va_2"})
    start = MediaStreamDialect(TELNYX, LIMITS, telnyx).receive(ONE_OF_EACH[1].caller().begin()[1])[0]
    assert isinstance(start, Started)
    assert start.key == "va_2"


@each_vendor
def test_a_lost_chunk_is_a_gap_of_its_length_on_its_leg(wiring: Wiring) -> None:
    dialect, caller = started(wiring)
    events = []
    for frame in frames(noise(160 * 40, 1), noise(160 * 40, 2)):
        agent, customer = caller.audio(frame)
        events += hear(dialect, [agent] if frame.number in (5, 6) else [agent, customer])
    assert [event for event in events if isinstance(event, Gap)] == [Gap(legs=("customer",), duration_ms=40)]
    assert len(leg(events, "agent")) == len(leg(events, "customer")) + 320
    before = next(number for number, event in enumerate(events) if isinstance(event, Gap))
    assert len(leg(events[:before], "customer")) == 5 * 160


@each_vendor
def test_a_call_that_loses_both_tracks_tells_both(wiring: Wiring) -> None:
    dialect, caller = started(wiring)
    sent = [frame for frame in frames(noise(8000, 1), noise(8000, 2)) if frame.number != 3]
    events = [event for frame in sent for event in hear(dialect, caller.audio(frame))]
    gaps = [event for event in events if isinstance(event, Gap)]
    assert gaps == [Gap(legs=("agent",), duration_ms=20), Gap(legs=("customer",), duration_ms=20)]


@each_vendor
def test_messages_that_change_places_are_put_in_order(wiring: Wiring) -> None:
    agent, customer = noise(8000, 1), noise(8000, 2)
    dialect, caller = started(wiring)
    messages = [message for frame in frames(agent, customer) for message in caller.audio(frame)]
    parts = [messages[start : start + 5] for start in range(0, len(messages), 5)]
    mixed = [message for part in parts for message in reversed(part)]
    events = hear(dialect, mixed)
    assert leg(events, "agent") == wiring.heard(agent)
    assert leg(events, "customer") == wiring.heard(customer)
    assert not [event for event in events if isinstance(event, Gap)]


def test_what_comes_after_its_place_was_taken_for_lost_is_left_out() -> None:
    dialect = stream()
    late = media(2, "inbound", 1, b"\x00" * 160)
    events = hear(dialect, [media(number, "inbound", number - 1) for number in range(3, 3 + HELD_MESSAGES + 1)])
    assert [type(event) for event in events] == [Audio] * (HELD_MESSAGES + 1)
    assert hear(dialect, [late]) == []


def test_a_message_sent_twice_is_heard_once() -> None:
    dialect = stream()
    messages = [media(2, "inbound", 1), media(2, "inbound", 1), media(4, "inbound", 2), media(4, "inbound", 2)]
    assert len(hear(dialect, [*messages, media(3, "outbound", 1)])) == 3


def test_few_messages_wait_and_large_ones_do_not() -> None:
    small, large = stream(), stream()
    assert hear(small, [media(number, "inbound", number) for number in range(9, 9 + HELD_MESSAGES)]) == []
    assert len(hear(large, [media(9, "inbound", 9, bytes(HELD_CHARS))])) == 1


def test_a_stop_that_overtakes_audio_waits_for_it() -> None:
    dialect = stream()
    stop = json.dumps({"event": "stop", "sequenceNumber": "5", "streamSid": START["streamSid"]})
    assert len(hear(dialect, [media(3, "inbound", 2)])) == 0
    events = hear(dialect, [stop])
    assert [type(event) for event in events] == [Audio, Ended]


@pytest.mark.parametrize("counts", ["both tracks as one", "no messages", "nothing", "always one"])
def test_a_phone_system_that_counts_otherwise_is_heard_whole_and_loses_nothing(counts: str) -> None:
    dialect, sent = stream(), 0
    events = []
    for chunk in range(1, 30):
        for track in ("inbound", "outbound"):
            sent += 1
            said = json.loads(media(sent + 1, track, sent if counts == "both tracks as one" else chunk))
            if counts in ("no messages", "nothing"):
                del said["sequenceNumber"]
            if counts == "nothing":
                del said["media"]["chunk"]
            if counts == "always one":
                said["sequenceNumber"] = "1"
            events += hear(dialect, [json.dumps(said)])
    assert [type(event) for event in events] == [Audio] * sent


@each_vendor
def test_a_pressed_key_is_told_with_whose_it_is(wiring: Wiring) -> None:
    dialect, caller = started(wiring)
    messages = [*caller.press("agent", "7"), *caller.press("customer", "*")]
    assert hear(dialect, messages) == [Pressed(speaker="agent", key="7"), Pressed(speaker="customer", key="*")]


def test_a_key_without_a_track_is_of_whom_the_line_belongs_to() -> None:
    said = {"event": "dtmf", "stream_id": None, "sequence_number": "2", "dtmf": {"digit": "1"}}
    dialect, _ = started(ONE_OF_EACH[1])
    del said["stream_id"]
    assert hear(dialect, [json.dumps(said)]) == [Pressed(speaker="customer", key="1")]


@pytest.mark.parametrize("digit", ["E", "12", "", 7, None])
def test_what_is_no_key_is_ignored(digit: object) -> None:
    said = {"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": digit}}
    assert hear(stream(), [json.dumps(said)]) == []


@pytest.mark.parametrize(
    "said",
    [
        {"event": "mark", "sequenceNumber": "2", "mark": {"name": "x"}},
        {"event": "clear"},
        {"event": "connected", "protocol": "Call", "version": "1.0.0"},
        {"event": "error", "payload": {"code": 100003}},
        {"event": "playedStream", "name": "x"},
        {"event": "something of tomorrow"},
        {"event": None},
        {"event": ["media"]},
        {},
    ],
)
def test_other_events_are_ignored_before_and_after_the_start(said: dict[str, object]) -> None:
    for dialect in (MediaStreamDialect(TWILIO, LIMITS, Handshake(url=URL)), stream()):
        assert hear(dialect, [json.dumps(said)]) == []


@pytest.mark.parametrize(
    ("message", "code", "words"),
    [
        ("{garbage", "bad_json", "JSON"),
        ("[" * 30_000, "bad_json", "JSON"),
        (b"\x00\x01", "bad_json", "Twilio sends its audio as text"),
        ("[1]", "not_an_object", "list"),
        ("null", "not_an_object", "missing"),
        (" " * 32_769, "frame_too_large", "32768"),
        (media(2, "inbound", 1), "no_start", "`media`"),
        ('{"event": "dtmf"}', "no_start", "`dtmf`"),
        ('{"event": "stop"}', "no_start", "`stop`"),
        ('{"event": "start"}', "bad_field", "`start` must be an object, not missing"),
        ('{"event": "start", "start": {}}', "bad_field", "`mediaFormat`"),
    ],
)
def test_what_the_protocol_does_not_allow_is_refused_with_its_reason(
    message: str | bytes, code: str, words: str
) -> None:
    error = refusal_of(message)
    assert error.code == code
    assert words in str(error)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"callSid": ""}, "bad_field", "call id is ''"),
        ({"callSid": "../etc"}, "bad_field", "parameter `call_id`"),
        ({"callSid": {"a": 1}}, "bad_field", "call id"),
        ({"customParameters": {"tier": "a\nb"}}, "bad_field", "parameter `tier`"),
        ({"customParameters": {"consent": "yes"}}, "bad_field", "parameter `consent`"),
        ({"customParameters": {"customerTrack": "left"}}, "bad_field", "parameter `customer_track`"),
        (
            {"mediaFormat": {"encoding": "audio/ogg", "sampleRate": 8000}},
            "unknown_encoding",
            "audio/x-mulaw only",
        ),
        ({"mediaFormat": {"sampleRate": 8000}}, "unknown_encoding", "missing"),
        ({"mediaFormat": {"encoding": "audio/x-mulaw"}}, "bad_rate", "missing"),
        ({"mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": "4000"}}, "bad_rate", "8000 to 48000"),
        (
            {"mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 2}},
            "bad_legs",
            "channels",
        ),
    ],
)
def test_a_wrong_start_is_refused_and_named(change: dict[str, object], code: str, words: str) -> None:
    error = refusal_of(json.dumps(START | {"start": START["start"] | change}))
    assert error.code == code
    assert words in str(error)


@pytest.mark.parametrize("encoding", ["G722", "OPUS", "AMR-WB"])
def test_telnyx_codecs_that_nobody_decodes_here_are_refused_with_what_to_configure(encoding: str) -> None:
    said = json.loads(ONE_OF_EACH[1].caller().begin()[1])
    said["start"]["media_format"]["encoding"] = encoding
    error = refusal_of(json.dumps(said), MediaStreamDialect(TELNYX, LIMITS, Handshake(url=URL)))
    assert error.code == "unknown_encoding"
    assert encoding in str(error)
    assert "`stream_codec`" in str(error)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"payload": "%%%%"}, "bad_payload", "base64"),
        ({"payload": "AAA"}, "bad_payload", "base64"),
        ({"payload": None}, "bad_payload", "base64"),
        ({"payload": 7}, "bad_payload", "base64"),
        ({"payload": "\u00e9"}, "bad_payload", "base64"),
        ({"track": "sideways"}, "bad_track", "inbound and outbound"),
        ({"track": None}, "bad_track", "missing"),
        ({"track": ["inbound"]}, "bad_track", "inbound"),
        ({"chunk": "one"}, "bad_field", "`chunk`"),
        ({"chunk": -1}, "bad_field", "`chunk`"),
        ({"chunk": "9" * 5000}, "bad_field", "`chunk`"),
    ],
)
def test_wrong_media_is_refused_without_saying_the_audio(change: dict[str, object], code: str, words: str) -> None:
    said = json.loads(media(2, "inbound", 1))
    error = refusal_of(json.dumps(said | {"media": said["media"] | change}), stream())
    assert error.code == code
    assert words in str(error)
    assert len(str(error)) < 250


def test_a_cut_sample_is_refused() -> None:
    wiring = WIRINGS[5]
    dialect, caller = started(wiring)
    (frame,) = frames(noise(320, 1), noise(320, 2), rate_hz=16_000)
    said = json.loads(caller.audio(frame)[0])
    said["media"]["payload"] = base64.b64encode(b"\x00\x01\x02").decode()
    assert refusal_of(json.dumps(said), dialect).code == "bad_payload"


def test_media_of_another_stream_or_of_a_track_that_was_not_announced_is_refused() -> None:
    assert refusal_of(changed(media(2, "inbound", 1), streamSid="MZ2"), stream()).code == "bad_field"
    assert refusal_of(media(2, "outbound", 1), stream(tracks=["inbound"])).code == "bad_track"


def test_a_second_start_is_refused() -> None:
    assert refusal_of(json.dumps(START), stream()).code == "already_started"


def test_nothing_is_said_to_the_phone_system_but_why_the_connection_closes() -> None:
    dialect = stream()
    info = start_of(START).info
    for news in (Accepted(info=info), Warned(code="odd", message="x")):
        dialect.tell(news)
    assert dialect.to_send() == []
    dialect.tell(Finished(call_id="CA17", duration_ms=20))
    assert dialect.to_send() == [Close(code=1000, reason="the call is over")]
    dialect.tell(Refused(error=IngestError("bad_field", "é" * 100)))
    (close,) = dialect.to_send()
    assert close.code == 4400
    assert close.reason.startswith("bad_field: é")
    assert len(close.reason.encode()) <= 123


def test_who_closes_without_a_stop_has_hung_up_only_where_there_is_no_stop() -> None:
    twilio, plivo = ONE_OF_EACH[0].dialect(), ONE_OF_EACH[3].dialect()
    assert [twilio.closed(code) for code in (1000, 1006)] == ["vanished", "vanished"]
    assert [plivo.closed(code) for code in (1000, 1005, 1006)] == ["hangup", "vanished", "vanished"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
WORDS = st.sampled_from(
    ["event", "media", "start", "dtmf", "stop", "track", "chunk", "payload", "inbound", "outbound", "mark",
     "streamSid", "sequenceNumber", "mediaFormat", "encoding", "sampleRate", "customParameters", "tracks",
     "stream_id", "sequence_number", "media_format", "extra_headers", "audio/x-mulaw", "1", "2", "8000", "AAAA"]
)  # fmt: skip
SAID = st.recursive(
    WORDS | JSON,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=12,
)


@st.composite
def broken(draw: st.DrawFn, wiring: Wiring) -> list[str | bytes]:
    """A short stream, in which fields were changed or taken out, messages were moved, doubled or made up."""
    caller = wiring.caller()
    whole = [*caller.begin(), *(m for frame in frames(noise(640, 1), noise(640, 2)) for m in caller.audio(frame))]
    messages = [json.loads(message) for message in (*whole, *caller.press("agent", "1"), *caller.end())]
    for message in messages:
        part = draw(st.sampled_from([message, *(value for value in message.values() if isinstance(value, dict))]))
        if part and draw(st.booleans()):
            name = draw(st.sampled_from(sorted(part)))
            part.pop(name)
            if draw(st.booleans()):
                part[name] = draw(SAID)
    texts: list[str | bytes] = [json.dumps(message) for message in messages]
    made_up = draw(st.lists(SAID.map(json.dumps) | st.text(max_size=20) | st.binary(max_size=20), max_size=3))
    return draw(st.permutations([*texts, *made_up])) if draw(st.booleans()) else [*texts, *made_up]


@each_vendor
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_comes_is_understood_or_refused(wiring: Wiring, data: st.DataObject) -> None:
    dialect = wiring.dialect()
    for message in data.draw(broken(wiring)):
        try:
            events = dialect.receive(message)
        except IngestError as error:
            dialect.tell(Refused(error=error))
            (close,) = dialect.to_send()
            assert len(close.reason.encode()) <= 123
            return
        for event in events:
            assert not isinstance(event, Audio) or event.channels[0].dtype == np.int16
            assert not isinstance(event, Gap) or event.duration_ms > 0
