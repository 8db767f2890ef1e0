"""Everything that Asterisk's chan_websocket can say, right or wrong, without a socket."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.audio.pcm import decode
from voiceassist.errors import IngestError
from voiceassist.events import Customer, Person
from voiceassist.ingest.dialect import Accepted, Audio, Close, Finished, PeerEvent, Pressed, Refused, Started
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.pbx.asterisk import FORMATS, AsteriskDialect, parse_control
from voiceassist.ingest.stream.dialect import CLOSE_CODES

PLAIN = (
    "MEDIA_START connection_id:va channel:WebSocket/va/0x5140001a0040 channel_id:1761245643.1 format:ulaw"
    " optimal_frame_size:160 ptime:20"
)
JSON_START = {
    "event": "MEDIA_START",
    "connection_id": "va",
    "channel": "WebSocket/va/0x5140001a0040",
    "channel_id": "1761245643.1",
    "format": "ulaw",
    "optimal_frame_size": 160,
    "ptime": 20,
    "channel_variables": {"DIALEDPEERNUMBER": "va/c(ulaw)", "MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE": "160"},
}
QUERY = {"call_id": "c-17", "leg": "agent"}


def connected(**query: str) -> AsteriskDialect:
    return AsteriskDialect(Handshake(url="wss://va.example/ingest/asterisk", query=query), PeerLimits())


def json_start(variables: dict[str, object] | None = None, **changes: object) -> str:
    given = JSON_START["channel_variables"] if variables is None else variables
    return json.dumps(JSON_START | {"channel_variables": given} | changes)


def live(start: str = PLAIN, **query: str) -> AsteriskDialect:
    dialect = connected(**(query or QUERY))
    dialect.receive(start)
    return dialect


def started(events: list[PeerEvent]) -> Started:
    (event,) = events
    assert isinstance(event, Started)
    return event


def refusal(dialect: AsteriskDialect, message: str | bytes) -> IngestError:
    with pytest.raises(IngestError) as caught:
        dialect.receive(message)
    return caught.value


def test_plain_start_opens_the_call_that_the_address_names() -> None:
    start = started(connected(**QUERY, agent_name="Ana", tier="gold", language="es").receive(PLAIN))
    assert (start.rate_hz, start.tracks) == (8_000, (("agent",),))
    assert (start.info.call_id, start.info.source, start.info.language) == ("c-17", "asterisk", "es")
    assert (start.info.agent, start.info.customer.tier) == (Person(id="agent", name="Ana"), "gold")
    assert start.info.legs == ("agent", "customer")  # the other may come on a connection of its own


def test_json_start_tells_the_call_in_channel_variables_which_count_more() -> None:
    variables = {
        "VOICEASSIST_CALL_ID": "c-18",
        "VOICEASSIST_LEG": "customer",
        "VOICEASSIST_AGENT_ID": 7,
        "VOICEASSIST_AGENT_TEAM": "returns",
        "VOICEASSIST_CUSTOMER_NAME": "Mr Brown",
        "VOICEASSIST_CUSTOMER_ID": "42",
        "SIPCALLID": {"not": "ours"},
    }
    info = started(connected(**QUERY).receive(json_start(variables))).info
    assert info.call_id == "c-18"
    assert info.agent == Person(id="7", name="Agent", team="returns")
    assert info.customer == Customer(id="42", name="Mr Brown", tier="standard")


def test_leg_without_a_call_id_is_a_call_of_its_own_called_by_its_channel() -> None:
    assert started(connected(leg="agent").receive(PLAIN)).info.call_id == "1761245643.1"
    odd = started(connected(leg="agent").receive(json_start(channel_id="pbx/1"))).info.call_id
    assert odd not in ("pbx/1", "")


@pytest.mark.parametrize("start", [PLAIN, json_start(), json_start({"VOICEASSIST_LEG": ""})])
def test_leg_that_nobody_names_is_refused_with_what_to_dial(start: str) -> None:
    error = refusal(connected(call_id="c-17"), start)
    assert (error.code, "leg=agent" in str(error)) == ("bad_legs", True)


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_gives_the_samples_that_it_carries(name: str) -> None:
    encoding, rate_hz = FORMATS[name]
    dialect = connected(**QUERY)
    start = started(dialect.receive(PLAIN.replace("ulaw", name)))
    data = np.arange(-160, 160, dtype="<i2").tobytes()
    (audio,) = dialect.receive(data)
    assert isinstance(audio, Audio)
    assert (start.rate_hz, audio.legs) == (rate_hz, ("agent",))
    assert audio.channels[0].tolist() == decode(data, encoding).tolist()


@pytest.mark.parametrize("name", ["opus", "g722", "slin96", "slin192", "", "\u212awide"])
def test_format_that_cannot_be_heard_is_refused_with_those_that_can(name: str) -> None:
    error = refusal(connected(**QUERY), PLAIN.replace("ulaw", name))
    assert (error.code, "slin16" in str(error)) == ("unknown_encoding", True)


@pytest.mark.parametrize(
    "said",
    ["DTMF_END digit:5 channel_id:1761245643.1", '{"event": "DTMF_END", "channel_id": "1.1", "digit": "5"}'],
)
def test_key_is_of_the_leg_that_the_connection_carries(said: str) -> None:
    assert live().receive(said) == [Pressed(speaker="agent", key="5")]
    assert live(call_id="c", leg="customer").receive(said) == [Pressed(speaker="customer", key="5")]


@pytest.mark.parametrize(
    "said",
    [
        "MEDIA_XOFF",
        "MEDIA_XON",
        "QUEUE_DRAINED",
        "MEDIA_MARK_PROCESSED 7",
        "MEDIA_BUFFERING_COMPLETED",
        "STATUS channel_id:1.1 queue_length:43 xon_level:800 xoff_level:900 queue_full:false",
        "ERROR channel_id:1.1 error_text:Unable to parse JSON command",
        "DTMF_END digit:x channel_id:1.1",
        "DTMF_END digit:55 channel_id:1.1",
        "DTMF_END",
        "SOMETHING_OF_ASTERISK_30 a:b",
        "",
        '{"event": "MEDIA_XOFF", "channel_id": "1.1"}',
        '{"event": "DTMF_END", "digit": 5}',
        '{"event": "SOMETHING_NEW"}',
        '{"event": ["MEDIA_START"]}',
        "{}",
    ],
)
def test_other_control_messages_change_nothing(said: str) -> None:
    for dialect in (connected(**QUERY), live()):
        assert dialect.receive(said) == []
        assert dialect.to_send() == []


def test_control_message_that_is_no_json_is_told() -> None:
    assert refusal(connected(**QUERY), '{"event": ').code == "bad_json"


def test_media_before_the_start_and_a_second_start_are_refused() -> None:
    assert refusal(connected(**QUERY), bytes(160)).code == "no_start"
    assert refusal(live(), PLAIN).code == "already_started"


@pytest.mark.parametrize("message", [bytes((1 << 20) + 1), "MEDIA_XON " * 4_000])
def test_huge_message_is_refused(message: str | bytes) -> None:
    assert refusal(live(), message).code == "frame_too_large"


def test_wrong_parameter_is_named() -> None:
    error = refusal(connected(leg="caller"), PLAIN)
    assert (error.code, "leg" in str(error)) == ("bad_field", True)


def test_nothing_is_answered_but_the_end() -> None:
    dialect = connected(**QUERY)
    dialect.tell(Accepted(info=started(dialect.receive(PLAIN)).info))
    assert dialect.to_send() == []
    dialect.tell(Finished(call_id="c-17", duration_ms=20))
    assert [*dialect.to_send(), *dialect.to_send()] == [Close(code=1000, reason="the call is over")]
    dialect.tell(Refused(error=IngestError("bad_legs", "both")))
    assert dialect.to_send() == [Close(code=4400, reason="bad_legs: both")]


@pytest.mark.parametrize(("code", "reason"), [(1000, "hangup"), (1001, "vanished"), (1006, "vanished")])
def test_channel_that_ends_closes_and_a_line_that_is_lost_does_not(code: int, reason: str) -> None:
    assert live().closed(code) == reason


def test_value_with_colons_stays_whole() -> None:
    assert parse_control("X channel:PJSIP/[::1]:5060 b c:").fields == {"channel": "PJSIP/[::1]:5060", "c": ""}


WORDS = st.sampled_from(
    [*PLAIN.split(" "), "DTMF_END", "digit:5", "format:slin16", "{", '{"event":', '"MEDIA_START"}', "\ud800", ":"]
)
SAID = (
    st.lists(WORDS, max_size=8).map(" ".join)
    | st.text(max_size=40)
    | st.binary(max_size=400)
    | st.dictionaries(
        st.sampled_from([*JSON_START, "digit", "VOICEASSIST_LEG"]),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.sampled_from(["DTMF_END", "MEDIA_START", "a"]),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(
                    st.sampled_from(["VOICEASSIST_LEG", "VOICEASSIST_CALL_ID", "x"]), inner, max_size=3
                )
            ),
            max_leaves=4,
        ),
        max_size=5,
    ).map(lambda given: json.dumps(JSON_START | given))
)


@given(
    messages=st.lists(SAID, max_size=6),
    query=st.dictionaries(st.sampled_from(["leg", "call_id", "x"]), st.text(max_size=5)),
)
def test_whatever_comes_gives_events_or_a_known_error(messages: list[str | bytes], query: dict[str, str]) -> None:
    dialect = connected(**(query or QUERY))
    for message in messages:
        try:
            dialect.receive(message)
        except IngestError as error:
            assert error.code in CLOSE_CODES  # noqa: PT017 - either outcome is right
            return
