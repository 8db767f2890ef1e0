"""Everything that FreeSWITCH's mod_audio_fork and mod_audio_stream can say, right or wrong, without a socket."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.errors import IngestError
from voiceassist.events import Customer, Person, Speaker
from voiceassist.ingest.dialect import (
    Accepted,
    Audio,
    Close,
    Doubted,
    Ended,
    Finished,
    PeerEvent,
    Refused,
    Started,
    Warned,
)
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.pbx.freeswitch import FreeswitchDialect
from voiceassist.ingest.stream.dialect import CLOSE_CODES

STEREO = {"call_id": "c-17", "mix": "stereo", "rate": "8k"}


def connected(**query: str) -> FreeswitchDialect:
    return FreeswitchDialect(Handshake(url="wss://va.example/ingest/freeswitch", query=query), PeerLimits())


def start_of(metadata: object = None, **query: str) -> Started:
    event = connected(**query).receive(json.dumps(metadata or {}))[0]
    assert isinstance(event, Started)
    return event


def refusal(message: str | bytes, **query: str) -> IngestError:
    with pytest.raises(IngestError) as caught:
        connected(**query).receive(message)
    return caught.value


def l16(*samples: int) -> bytes:
    return np.array(samples, "<i2").tobytes()


def audio_of(events: list[PeerEvent]) -> dict[Speaker, list[int]]:
    (audio,) = (event for event in events if isinstance(event, Audio))
    return {leg: channel.tolist() for leg, channel in zip(audio.legs, audio.channels, strict=True)}


def test_stereo_is_the_caller_and_then_the_callee() -> None:
    assert audio_of(connected(**STEREO).receive(l16(1, 2, 3, 4))) == {"customer": [1, 3], "agent": [2, 4]}


def test_agent_who_calls_out_is_the_caller() -> None:
    calls_out = connected(**STEREO, legs="agent,customer")
    assert audio_of(calls_out.receive(l16(1, 2, 3, 4))) == {"agent": [1, 3], "customer": [2, 4]}


def test_call_starts_with_its_first_audio_where_no_metadata_comes() -> None:
    start, audio = connected(**STEREO).receive(l16(1, 2))
    assert isinstance(start, Started)
    assert isinstance(audio, Audio)
    assert (start.info.call_id, start.info.source, start.rate_hz) == ("c-17", "freeswitch", 8_000)
    assert start.tracks == (("customer", "agent"),)


def test_metadata_tells_the_call_and_counts_more_than_the_address() -> None:
    metadata = {
        "mix": "mono",
        "rate": 16000,
        "leg": "agent",
        "call_id": "c-18",
        "agent_id": 7,
        "agent_name": "Ana",
        "customer_id": "42",
        "tier": "gold",
        "caller": {"of": "the dialplan"},
    }
    start = start_of(metadata, **STEREO)
    assert (start.rate_hz, start.tracks, start.info.call_id) == (16_000, (("agent",),), "c-18")
    assert start.info.agent == Person(id="7", name="Ana")
    assert start.info.customer == Customer(id="42", name="Customer", tier="gold")
    assert start.info.legs == ("agent", "customer")


@pytest.mark.parametrize("text", ["hello", "[1]", '"x"', "", "{broken"])
def test_metadata_that_is_no_object_says_nothing_to_us(text: str) -> None:
    dialect = connected(**STEREO)
    assert dialect.receive(text) == []
    assert isinstance(dialect.receive(l16(1, 2))[0], Started)


@pytest.mark.parametrize("text", ['{"mix": "mono"}', '{"event": "dtmf"}', "bye"])
def test_later_texts_are_the_dialplans_own(text: str) -> None:
    dialect = connected(**STEREO)
    dialect.receive(l16(1, 2))
    assert (dialect.receive(text), dialect.to_send()) == ([], [])
    assert audio_of(dialect.receive(l16(3, 4))) == {"customer": [3], "agent": [4]}


@pytest.mark.parametrize(
    ("said", "rate_hz"), [("8k", 8_000), ("16k", 16_000), ("16000", 16_000), ("24000", 24_000), ("16K", 16_000)]
)
def test_rate_is_said_as_in_freeswitchs_command(said: str, rate_hz: int) -> None:
    assert start_of(mix="mono", rate=said).rate_hz == rate_hz


def test_without_a_rate_it_is_freeswitchs_own() -> None:
    assert start_of(mix="stereo").rate_hz == 8_000


@pytest.mark.parametrize("mix", ["mono", "mixed"])
def test_one_channel_is_heard_as_the_person_that_was_named(mix: str) -> None:
    assert start_of(mix=mix, leg="agent").tracks == (("agent",),)


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ({}, "bad_legs", "mix=stereo"),
        ({"mix": "both"}, "bad_legs", "'both'"),
        ({"mix": "mixed"}, "bad_legs", "stereo"),
        ({"mix": "stereo", "legs": "agent"}, "bad_legs", "agent,customer"),
        ({"mix": "stereo", "rate": "fast"}, "bad_rate", "'fast'"),
        ({"mix": "stereo", "rate": "4k"}, "bad_rate", "8000"),
        ({"mix": "stereo", "rate": "48001"}, "bad_rate", "48000"),
        ({"mix": "stereo", "rate": "9999999999"}, "bad_rate", "48000"),
        ({"mix": "mono", "leg": "caller"}, "bad_field", "leg"),
        ({"mix": "mono", "call_id": "../x"}, "bad_field", "call_id"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_say(query: dict[str, str], code: str, words: str) -> None:
    error = refusal(l16(1, 2), **query)
    assert (error.code, words in str(error)) == (code, True)


def test_graceful_shutdown_ends_the_call() -> None:
    dialect = connected(**STEREO)
    assert dialect.receive(b"") == []
    dialect.receive(l16(1, 2))
    assert dialect.receive(b"") == [Ended(reason="hangup")]


@pytest.mark.parametrize(("code", "reason"), [(1000, "hangup"), (1001, "vanished"), (1006, "vanished")])
def test_channel_that_ends_closes_and_a_line_that_is_lost_does_not(code: int, reason: str) -> None:
    assert connected(**STEREO).closed(code) == reason


def test_what_is_wrong_becomes_an_event_in_freeswitch() -> None:
    dialect = connected(**STEREO)
    start = dialect.receive(l16(1, 2))[0]
    assert isinstance(start, Started)
    for news in (
        Accepted(info=start.info),
        Warned(code="rate_mismatch", message="slow"),
        Refused(error=IngestError("idle", "no audio")),
    ):
        dialect.tell(news)
    warned, refused, close = dialect.to_send()
    assert json.loads(str(warned)) == {"type": "error", "data": {"code": "rate_mismatch", "message": "slow"}}
    assert json.loads(str(refused))["data"]["code"] == "idle"
    assert close == Close(code=4408, reason="idle: no audio")
    dialect.tell(Finished(call_id="c-17", duration_ms=1))
    assert dialect.to_send() == [Close(code=1000, reason="the call is over")]


@pytest.mark.parametrize("message", [bytes((1 << 20) + 1), "x" * 32_769])
def test_huge_message_is_refused(message: str | bytes) -> None:
    assert refusal(message, **STEREO).code == "frame_too_large"


VOICE = (6_000 * np.sin(np.arange(32_000) * 2 * np.pi * 300 / 8_000)).astype("<i2")
OTHER = (6_000 * np.sin(np.arange(32_000) * 2 * np.pi * 330 / 8_000)).astype("<i2")


def doubts(data: bytes, message_bytes: int) -> list[str]:
    dialect = connected(**STEREO)
    pieces = (data[start : start + message_bytes] for start in range(0, len(data), message_bytes))
    return [event.code for piece in pieces for event in dialect.receive(piece) if isinstance(event, Doubted)]


@pytest.mark.parametrize("message_bytes", [320, 960])
def test_mono_that_was_announced_as_stereo_is_told_once(message_bytes: int) -> None:
    assert doubts(VOICE.tobytes(), message_bytes) == ["mono_as_stereo"]


@pytest.mark.parametrize("message_bytes", [320, 640, 960, 1280, 999])
def test_two_voices_in_packets_of_any_length_are_not_doubted(message_bytes: int) -> None:
    assert doubts(np.stack([VOICE, OTHER], axis=1).tobytes(), message_bytes) == []


def test_one_voice_on_both_channels_is_not_taken_for_mono() -> None:
    assert doubts(np.stack([VOICE, VOICE], axis=1).tobytes(), 640) == []


def test_silence_is_doubted_by_nothing() -> None:
    assert doubts(bytes(64_000), 320) == []


SAID = (
    st.text(max_size=40)
    | st.binary(max_size=700)
    | st.dictionaries(
        st.sampled_from(["mix", "rate", "legs", "leg", "call_id", "agent_id", "language", "x"]),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.sampled_from(["stereo", "mono", "8k", "agent"]),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
            max_leaves=4,
        ),
        max_size=6,
    ).map(json.dumps)
)


@given(
    messages=st.lists(SAID, max_size=6),
    query=st.dictionaries(st.sampled_from(["mix", "rate", "legs", "leg"]), st.text(max_size=7)),
)
def test_whatever_comes_gives_events_or_a_known_error(messages: list[str | bytes], query: dict[str, str]) -> None:
    dialect = connected(**(query or STEREO))
    for message in messages:
        try:
            dialect.receive(message)
        except IngestError as error:
            assert error.code in CLOSE_CODES  # noqa: PT017 - either outcome is right
            return
