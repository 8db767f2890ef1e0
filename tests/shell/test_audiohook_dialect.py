"""Everything an AudioHook client can say, right or wrong, without a socket."""

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.audiohook_words import (
    CONVERSATION,
    NULL,
    OFFERS,
    OPEN,
    ORGANIZATION,
    PROBE,
    SESSION,
    STEREO,
    Json,
    Words,
    offer,
)
from voiceassist.errors import IngestError
from voiceassist.events import AudioGap, Customer, Final, Partial, Person, Word
from voiceassist.ingest.audiohook.auth import RequestProof
from voiceassist.ingest.audiohook.dialect import TRANSITIONS, AudiohookDialect, SessionHeaders
from voiceassist.ingest.audiohook.duration import duration_of, milliseconds_of, seconds_of
from voiceassist.ingest.audiohook.open import supported_languages
from voiceassist.ingest.dialect import (
    Accepted,
    Audio,
    Close,
    Doubted,
    Ended,
    Finished,
    Gap,
    Linger,
    Paused,
    PeerEvent,
    Recorded,
    Refused,
    Resumed,
    Started,
    Stopping,
    Wait,
)
from voiceassist.ingest.limits import PeerLimits

LIMITS = PeerLimits()
HEADERS = SessionHeaders(organization_id=ORGANIZATION, session_id=SESSION)
BYE = Ended(reason="hangup", is_patient=False)
DONE = Finished(call_id=CONVERSATION, duration_ms=0)


class Session:
    """A dialect with a client that numbers its messages."""

    def __init__(self, parameters: Json = OPEN, headers: SessionHeaders = HEADERS, **options: Any) -> None:
        self.words = Words()
        self.dialect = AudiohookDialect(LIMITS, headers, **options)
        self.parameters = parameters

    def say(self, message_type: str, parameters: object = None, **changes: object) -> list[PeerEvent]:
        """What the dialect makes of the next message."""
        return self.dialect.receive(self.words.message(message_type, parameters, **changes))

    def opening(self) -> Started:
        """The client opens, and is not answered yet."""
        (started,) = self.say("open", self.parameters)
        assert isinstance(started, Started)
        return started

    def opened(self) -> "Session":
        """The session is open."""
        self.dialect.tell(Accepted(info=self.opening().info))
        self.answers()
        return self

    def answers(self) -> list[Json]:
        """What the dialect says, without what it does with the connection."""
        said = [json.loads(text) for text in self.dialect.to_send() if isinstance(text, str)]
        if said:
            self.words.serverseq = said[-1]["seq"]
        return said

    def types(self) -> list[str]:
        """The same, by type."""
        return [message["type"] for message in self.answers()]

    def refused(self, message_type: str, parameters: object = None, **changes: object) -> IngestError:
        """Why the dialect refuses the next message."""
        with pytest.raises(IngestError) as caught:
            self.say(message_type, parameters, **changes)
        return caught.value

    def disconnected(self, error: IngestError) -> Json:
        """What the client is told of it."""
        self.dialect.tell(Refused(error=error))
        (message,) = self.answers()
        return message


def word(text: str, start_ms: int, end_ms: int) -> Word:
    return Word(text=text, start_ms=start_ms, end_ms=end_ms, confidence=0.9)


def final(text: str = "hello", *, start_ms: int = 1000, end_ms: int = 1500, **changes: Any) -> Final:
    said: dict[str, Any] = {
        "at_ms": end_ms,
        "speaker": "customer",
        "utterance": 1,
        "text": text,
        "words": (word(text, start_ms, end_ms),),
        "start_ms": start_ms,
        "end_ms": end_ms,
        "confidence": 0.8,
    }
    return Final(**(said | changes))


# ---- opening ----------------------------------------------------------------------------------------------


def test_open_tells_whose_call_it_is() -> None:
    started = Session(OPEN | {"language": "en-US"}).opening()
    assert started.info.call_id == CONVERSATION
    assert started.info.customer == Customer(id="+1-555-555-1234", name="John Doe")
    assert (started.info.source, started.info.language, started.rate_hz) == ("audiohook", "en-US", 8000)
    assert started.tracks == (("customer", "agent"),)


def test_every_session_may_be_a_call_of_its_own() -> None:
    assert Session(is_call_of_session=True).opening().info.call_id == SESSION


def test_opened_answers_open_with_one_offer_as_it_was() -> None:
    session = Session(OPEN | {"media": [STEREO | {"note": "kept"}, *OFFERS]})
    session.dialect.tell(Accepted(info=session.opening().info))
    assert session.answers() == [
        {
            "version": "2",
            "type": "opened",
            "id": SESSION,
            "seq": 1,
            "clientseq": 1,
            "parameters": {"media": [STEREO | {"note": "kept"}], "startPaused": False},
        }
    ]


def test_nothing_is_said_before_the_call_is_taken() -> None:
    session = Session()
    session.opening()
    assert session.answers() == []


@pytest.mark.parametrize(
    ("offers", "chosen"),
    [
        ([offer("external"), STEREO], STEREO),
        ([offer("internal", "external"), STEREO], offer("internal", "external")),
        ([offer("external", media_format="L16")], offer("external", media_format="L16")),
        ([offer("internal")], offer("internal")),
        ([offer("external", media_format="OPUS"), offer("internal")], offer("internal")),
        ([offer("external", "external"), offer("internal", "lobby"), offer("internal")], offer("internal")),
    ],
)
def test_two_channels_are_preferred_in_the_order_of_the_offer(offers: list[Json], chosen: Json) -> None:
    session = Session(OPEN | {"media": offers})
    session.dialect.tell(Accepted(info=session.opening().info))
    assert session.answers()[0]["parameters"]["media"] == [chosen]


@pytest.mark.parametrize(
    "offers",
    [[], [offer("external", media_format="OPUS")], [STEREO | {"rate": 16000}], [STEREO | {"rate": "8000"}], [{}]],
)
def test_an_offer_without_anything_usable_is_told(offers: list[Json]) -> None:
    session = Session()
    message = session.disconnected(session.refused("open", OPEN | {"media": offers}))
    assert message["parameters"]["reason"] == "error"
    assert "offer audio in PCMU or L16 at 8000 Hz" in message["parameters"]["info"]


def test_agent_and_customer_are_named_by_the_flow_and_the_integration() -> None:
    session = Session(
        OPEN
        | {
            "customConfig": {"agent_id": "7", "agent_team": "returns", "tier": "gold", "other": [1]},
            "inputVariables": {"agent_id": 8, "agent_name": "Ana", "customer_id": "42"},
        }
    )
    info = session.opening().info
    assert info.agent == Person(id="8", name="Ana", team="returns")
    assert info.customer == Customer(id="42", name="John Doe", tier="gold")


def test_a_name_that_cannot_be_one_is_told_with_its_place() -> None:
    session = Session()
    assert "customConfig.agent_id" in str(session.refused("open", OPEN | {"customConfig": {"agent_id": {}}}))


def test_an_unknown_caller_is_some_customer() -> None:
    nobody = OPEN["participant"] | {"ani": "", "aniName": ""}
    assert Session(OPEN | {"participant": nobody}).opening().info.customer == Customer(
        id="customer", name="Customer"
    )
    by_sip = OPEN["participant"] | {"ani": "tel:+13175551234\u202e", "aniName": "\u202eJohn"}
    customer = Session(OPEN | {"participant": by_sip}).opening().info.customer
    assert customer == Customer(id="+13175551234", name="John")


@pytest.mark.parametrize(
    "changes",
    [
        {"organizationId": "x"},
        {"conversationId": 7},
        {"participant": {}},
        {"participant": None},
        {"media": {}},
        {"language": "English"},
        {"supportedLanguages": "yes"},
        {"customConfig": []},
    ],
)
def test_a_wrong_parameter_of_open_is_named(changes: Json) -> None:
    error = Session().refused("open", OPEN | changes)
    assert error.code == "bad_field"
    assert next(iter(changes)) in str(error)


def test_another_organization_than_the_header_says_is_unauthorized() -> None:
    session = Session()
    message = session.disconnected(session.refused("open", OPEN | {"organizationId": CONVERSATION}))
    assert message["parameters"]["reason"] == "unauthorized"


def test_languages_are_told_to_whom_asks() -> None:
    session = Session(OPEN | {"supportedLanguages": True}, languages=("en", "es-mx"))
    session.dialect.tell(Accepted(info=session.opening().info))
    languages = session.answers()[0]["parameters"]["supportedLanguages"]
    assert {"en-US", "en-GB", "es-MX"} <= set(languages)
    assert "es-ES" not in languages


@pytest.mark.parametrize("tag", ["en", "es", "de", "fr", "pt", "es-mx"])
def test_every_language_is_told_in_their_spelling(tag: str) -> None:
    assert supported_languages([tag])
    assert all(len(one) == 5 and one[2] == "-" and one[3:].isupper() for one in supported_languages([tag]))


def test_open_after_a_broken_connection_goes_on_at_its_position() -> None:
    session = Session()
    (started,) = session.say("open", OPEN | {"continuedSessions": []}, position="PT12.5S")
    assert isinstance(started, Started)
    session.dialect.tell(Accepted(info=started.info))
    session.dialect.tell(Recorded(event=final()))
    assert session.answers()[-1]["parameters"]["entities"][0]["data"]["offset"] == "PT13.5S"


# ---- a connection probe -----------------------------------------------------------------------------------


def test_a_connection_probe_is_answered_and_makes_no_call() -> None:
    session = Session(PROBE)
    started = session.opening()
    assert started.is_probe
    session.dialect.tell(Accepted(info=started.info))
    assert session.types() == ["opened"]
    assert session.say("ping") == []
    assert session.dialect.receive(b"\xff" * 3200) == []
    assert session.types() == ["pong"]
    assert session.say("close", {"reason": "end"}) == []
    assert session.types() == ["closed"]


# ---- audio ------------------------------------------------------------------------------------------------


def samples(events: list[PeerEvent]) -> dict[str, list[int]]:
    (audio,) = events
    assert isinstance(audio, Audio)
    return {leg: channel.tolist() for leg, channel in zip(audio.legs, audio.channels, strict=True)}


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        (("external", "internal"), {"customer": [1, 3], "agent": [2, 4]}),
        (("internal", "external"), {"agent": [1, 3], "customer": [2, 4]}),
        (("external",), {"customer": [1, 2, 3, 4]}),
        (("internal",), {"agent": [1, 2, 3, 4]}),
    ],
)
def test_channels_are_legs_in_the_order_of_the_offer(
    channels: tuple[str, ...], expected: dict[str, list[int]]
) -> None:
    session = Session(OPEN | {"media": [offer(*channels, media_format="L16")]}).opened()
    data = np.array([1, 2, 3, 4], "<i2").tobytes()
    assert samples(session.dialect.receive(data)) == expected


def test_pcmu_is_mulaw() -> None:
    assert samples(Session().opened().dialect.receive(b"\xff\x80")) == {"customer": [0], "agent": [32124]}


def test_audio_that_is_no_whole_frame_is_refused() -> None:
    with pytest.raises(IngestError, match="whole number of frames of 2 bytes"):
        Session().opened().dialect.receive(b"\xff" * 3)


def test_a_huge_piece_of_audio_is_refused() -> None:
    with pytest.raises(IngestError, match="at once"):
        Session().opened().dialect.receive(b"\xff" * (LIMITS.message_bytes + 2))


def test_audio_before_open_is_refused() -> None:
    session = Session()
    with pytest.raises(IngestError) as caught:
        session.dialect.receive(b"\xff\xff")
    assert session.disconnected(caught.value)["parameters"] == {
        "reason": "error",
        "info": "audio came while the session is preparing",
    }


def test_audio_in_a_pause_is_refused() -> None:
    session = Session().opened()
    session.say("paused")
    with pytest.raises(IngestError, match="paused"):
        session.dialect.receive(b"\xff\xff")


# ---- pauses and gaps --------------------------------------------------------------------------------------


def test_a_pause_is_a_hold_and_may_be_said_twice() -> None:
    session = Session().opened()
    assert session.say("paused") == [Paused(sign_within_s=30.0)]
    assert session.say("paused") == []
    assert session.say("resumed", {"start": "PT8S", "discarded": "PT10S"}) == [Resumed()]
    assert session.say("resumed", {"start": "PT8S", "discarded": "PT10S"}) == []
    assert session.types() == []


def test_discarded_audio_is_a_gap_of_both_legs() -> None:
    session = Session().opened()
    gap = Gap(legs=("customer", "agent"), duration_ms=300)
    assert session.say("discarded", {"start": "PT6.3S", "discarded": "PT0.3S"}) == [gap]
    assert session.say("discarded", {"start": "PT6.3S", "discarded": "PT0S"}) == []


def test_a_discard_without_durations_is_refused() -> None:
    assert Session().opened().refused("discarded", {"start": "PT6.3S"}).code == "bad_field"


# ---- the rest of a session --------------------------------------------------------------------------------


def test_ping_is_answered_with_its_number() -> None:
    session = Session().opened()
    session.say("ping", {"rtt": "PT0.02S"})
    (pong,) = session.answers()
    assert (pong["type"], pong["seq"], pong["clientseq"], pong["parameters"]) == ("pong", 2, 2, {})


def test_update_is_acknowledged_and_another_language_noted() -> None:
    session = Session(OPEN | {"language": "en-US"}).opened()
    assert session.say("update", {"language": "en-US"}) == []
    (noted,) = session.say("update", {"language": "es-MX"})
    assert isinstance(noted, Doubted)
    assert noted.code == "language_kept"
    assert session.types() == ["updated", "updated"]


def test_an_error_of_theirs_ends_nothing() -> None:
    session = Session().opened()
    (noted,) = session.say("error", {"code": 400, "message": "tough stuff"})
    assert noted == Doubted(code="peer_error", message="400: tough stuff")
    assert session.types() == []
    assert session.say("close", {"reason": "end"}) == [BYE]


@pytest.mark.parametrize(
    ("reason", "end"),
    [("end", "hangup"), ("disconnect", "hangup"), ("error", "peer_error"), ("reconnect", "shutdown")],
)
def test_closed_comes_last_when_the_call_is_done(reason: str, end: str) -> None:
    session = Session().opened()
    (ended,) = session.say("close", {"reason": reason})
    assert isinstance(ended, Ended)
    assert ended.reason == end
    assert session.types() == []
    session.dialect.tell(Recorded(event=final()))
    session.dialect.tell(DONE)
    *messages, close = session.dialect.to_send()
    assert [json.loads(str(text))["type"] for text in messages] == ["event", "closed"]
    assert json.loads(str(messages[-1]))["clientseq"] == 2
    assert isinstance(close, Close)


def test_close_before_open_is_answered() -> None:
    session = Session()
    assert session.say("close", {"reason": "end"}) == []
    assert session.types() == ["closed"]


def test_who_closes_before_opened_is_not_told_opened_any_more() -> None:
    session = Session()
    info = session.opening().info
    assert session.say("close", {"reason": "end"}) == [BYE]
    session.dialect.tell(Accepted(info=info))
    session.dialect.tell(DONE)
    assert session.types() == ["closed"]


def test_close_during_a_pause_ends_the_call() -> None:
    session = Session().opened()
    session.say("paused")
    assert session.say("close", {"reason": "end"}) == [BYE]


def test_a_call_that_fails_after_close_is_closed_and_not_disconnected() -> None:
    session = Session().opened()
    session.say("close", {"reason": "end"})
    session.dialect.tell(Refused(error=IngestError("call_failed", "it failed")))
    assert session.types() == ["closed"]


def test_after_a_disconnect_the_close_is_answered_whatever_its_number() -> None:
    session = Session().opened()
    session.disconnected(session.refused("ping", seq=9))
    assert session.dialect.receive(b"\xff\xff") == []
    assert session.say("paused") == []
    assert session.say("close", {"reason": "disconnect"}) == []
    (closed,) = session.answers()
    assert (closed["type"], closed["seq"], closed["clientseq"]) == ("closed", 3, 4)


def test_a_disconnect_is_said_once_and_waits_for_close() -> None:
    session = Session().opened()
    session.dialect.tell(Refused(error=IngestError("idle", "no audio")))
    session.dialect.tell(Refused(error=IngestError("idle", "no audio")))
    message, linger = session.dialect.to_send()
    assert json.loads(str(message))["parameters"] == {"reason": "error", "info": "no audio"}
    assert isinstance(linger, Linger)


def test_a_call_that_others_ended_is_completed() -> None:
    session = Session().opened()
    session.dialect.tell(DONE)
    (message,) = session.answers()
    assert message["parameters"] == {"reason": "completed", "info": "the call is over"}


def test_a_server_that_stops_says_reconnect() -> None:
    session = Session().opened()
    session.dialect.tell(Stopping())
    assert [(one["type"], one["seq"]) for one in session.answers()] == [("reconnect", 2), ("disconnect", 3)]
    assert session.dialect.receive(b"\xff\xff") == []
    assert session.dialect.closed(1012) == "shutdown"
    session.dialect.tell(Refused(error=IngestError("shutdown", "voiceassist is stopping")))
    assert session.types() == []
    session.say("close", {"reason": "disconnect"})
    assert session.types() == ["closed"]


def test_a_client_that_leaves_without_a_word_has_vanished() -> None:
    assert Session().opened().dialect.closed(1001) == "vanished"


def test_what_the_request_proves_goes_with_the_call() -> None:
    headers = replace(HEADERS, proof=RequestProof(signed_by="audiohook K", key="va_1"))
    for parameters in (OPEN, PROBE):
        started = Session(parameters, headers).opening()
        assert (started.signed_by, started.key) == ("audiohook K", "va_1")


@pytest.mark.parametrize("parameters", [OPEN, PROBE])
def test_who_proves_nothing_is_told_so_half_a_second_later(parameters: Json) -> None:
    refusal = IngestError("unauthorized", "the API key is unknown")
    session = Session(headers=replace(HEADERS, proof=RequestProof(refusal=refusal)))
    assert session.refused("open", parameters) is refusal
    session.dialect.tell(Refused(error=refusal))
    wait, message, linger = session.dialect.to_send()
    assert wait == Wait(seconds=0.5)
    assert json.loads(str(message))["parameters"] == {"reason": "unauthorized", "info": "the API key is unknown"}
    assert isinstance(linger, Linger)


def test_a_refusal_before_any_message_has_the_headers_id_or_none() -> None:
    refused = IngestError("unauthorized", "the API key is unknown")
    message = Session().disconnected(refused)
    assert (message["id"], message["seq"], message["clientseq"]) == (SESSION, 1, 0)
    assert message["parameters"]["reason"] == "unauthorized"
    assert Session(headers=SessionHeaders()).disconnected(refused)["id"] == NULL


# ---- numbers and malformed messages -----------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"seq": 1}, {"seq": 3}, {"seq": 0}, {"serverseq": 2}, {"id": CONVERSATION}])
def test_a_wrong_number_or_session_is_a_disconnect(changes: Json) -> None:
    session = Session().opened()
    message = session.disconnected(session.refused("ping", **changes))
    assert message["type"] == "disconnect"
    assert message["parameters"]["reason"] == "error"


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "1"},
        {"version": 2},
        {"id": "x"},
        {"type": 7},
        {"type": "pong"},
        {"type": "hello"},
        {"seq": "2"},
        {"seq": -1},
        {"seq": True},
        {"serverseq": None},
        {"position": 1.2},
        {"position": "1.2"},
        {"position": "PT1.S"},
        {"position": "PT-1S"},
        {"position": "PT1e3S"},
        {"position": "PT\u0661S"},
        {"parameters": None},
        {"parameters": []},
    ],
)
def test_a_malformed_message_is_refused(changes: Json) -> None:
    session = Session().opened()
    message = json.loads(session.words.message("ping")) | changes
    with pytest.raises(IngestError) as caught:
        session.dialect.receive(json.dumps(message))
    assert caught.value.code in ("bad_field", "unknown_type")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_json"),
        ("{", "bad_json"),
        ("[1]", "bad_field"),
        ("NaN", "bad_json"),
        ("[" * 50_000, "bad_json"),
        ("x" * 65_536, "frame_too_large"),
    ],
)
def test_text_that_is_no_message_is_refused(text: str, code: str) -> None:
    with pytest.raises(IngestError) as caught:
        Session().dialect.receive(text)
    assert caught.value.code == code


def test_a_second_open_is_passed_over() -> None:
    session = Session().opened()
    assert session.say("open", OPEN) == []
    assert session.types() == []


# ---- transcripts ------------------------------------------------------------------------------------------


def entity(session: Session, said: Partial | Final) -> Json:
    session.dialect.tell(Recorded(event=said))
    (message,) = session.answers()
    assert message["type"] == "event"
    (only,) = message["parameters"]["entities"]
    assert only["type"] == "transcript"
    data = only["data"]
    assert isinstance(data, dict)
    return data


def test_a_final_is_an_event_in_the_references_shape() -> None:
    data = entity(Session().opened(), final())
    assert data.pop("id").count("-") == 4
    assert data == {
        "channel": "external",
        "channelId": 0,
        "isFinal": True,
        "offset": "PT1S",
        "duration": "PT0.5S",
        "alternatives": [
            {
                "confidence": 0.8,
                "interpretations": [
                    {
                        "type": "display",
                        "transcript": "hello",
                        "tokens": [
                            {
                                "type": "word",
                                "value": "hello",
                                "confidence": 0.9,
                                "offset": "PT1S",
                                "duration": "PT0.5S",
                            }
                        ],
                    }
                ],
            }
        ],
    }


def test_a_partial_has_the_id_of_its_final() -> None:
    session = Session(partials=True).opened()
    said = final()
    partial = Partial(
        at_ms=1200,
        speaker=said.speaker,
        utterance=said.utterance,
        text=said.text,
        words=said.words,
        start_ms=said.start_ms,
        end_ms=said.end_ms,
    )
    first, second = entity(session, partial), entity(session, said)
    assert (first["isFinal"], first["id"]) == (False, second["id"])
    assert entity(session, final(utterance=2))["id"] != second["id"]
    session = Session().opened()
    session.dialect.tell(Recorded(event=partial))
    assert session.types() == []


def test_a_transcript_of_a_leg_that_they_do_not_send_stays_here() -> None:
    session = Session(OPEN | {"media": [offer("external")]}).opened()
    session.dialect.tell(Recorded(event=final(speaker="agent")))
    assert session.types() == []


def test_a_very_long_transcript_is_no_message_that_they_cannot_read() -> None:
    words = tuple(word(f"wörd{number}", number * 100, number * 100 + 50) for number in range(3000))
    session = Session().opened()
    session.dialect.tell(Recorded(event=final("ü" * 30_000, words=words)))
    (text,) = session.dialect.to_send()
    assert len(str(text)) <= 65_535


def sent(session: Session, seconds: int) -> None:
    for _ in range(seconds):
        session.dialect.receive(b"\xff" * 16_000)


def test_offsets_count_what_was_left_out_and_not_what_was_paused() -> None:
    session = Session().opened()
    sent(session, 8)
    session.say("paused")
    session.say("resumed", {"start": "PT8S", "discarded": "PT0S"})
    hold = AudioGap(at_ms=8000, speaker="customer", duration_ms=10_000, cause="silent")
    session.dialect.tell(Recorded(event=hold))
    sent(session, 2)
    assert entity(session, final(start_ms=18_500, end_ms=19_500))["offset"] == "PT8.5S"
    session.say("paused")
    session.say("resumed", {"start": "PT10S", "discarded": "PT5S"})
    hold = AudioGap(at_ms=20_000, speaker="customer", duration_ms=5000, cause="silent")
    session.dialect.tell(Recorded(event=hold))
    sent(session, 2)
    assert entity(session, final(start_ms=26_000, end_ms=26_500))["offset"] == "PT16S"
    assert entity(session, final(start_ms=19_000, end_ms=19_500))["offset"] == "PT9S"


# ---- durations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT0S", "0"), ("PT1.2S", "6/5"), ("PT.5S", "1/2"), ("PT007S", "7"), ("PT12345678.123456789S", None)],
)
def test_durations_are_exact(text: str, seconds: str | None) -> None:
    assert seconds_of(text) == Fraction(seconds or text[2:-1])


@given(st.integers(0, 10**9))
def test_a_duration_comes_back(milliseconds: int) -> None:
    assert milliseconds_of(seconds_of(duration_of(milliseconds))) == milliseconds


# ---- whatever comes ---------------------------------------------------------------------------------------

MESSAGES = st.sampled_from(["open", "close", "ping", "paused", "resumed", "discarded", "update", "error", "dtmf"])
DURATIONS = st.sampled_from(["PT0S", "PT1.5S", "PT999999999S", "PT.5S"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
PARAMETERS = st.one_of(
    st.fixed_dictionaries({"start": DURATIONS, "discarded": DURATIONS}),
    st.fixed_dictionaries({"reason": st.sampled_from(["end", "error", "reconnect", "disconnect"])}),
    st.fixed_dictionaries({"language": st.sampled_from(["en-US", "es-MX"])}),
    st.fixed_dictionaries({"code": st.integers(), "message": st.text(max_size=5)}),
    st.sampled_from([OPEN, PROBE, OPEN | {"media": [offer("internal", media_format="L16")]}]),
    st.fixed_dictionaries({"media": st.lists(st.sampled_from(OFFERS) | JUNK, max_size=3)}).map(
        lambda said: OPEN | said
    ),
    JUNK,
)
NEWS = st.sampled_from(
    [DONE, Stopping(), Refused(error=IngestError("shutdown", "stopping")), Refused(error=IngestError("idle", "x"))]
)
STEPS = st.one_of(
    st.tuples(MESSAGES, PARAMETERS),
    st.binary(max_size=16),
    st.text(max_size=16),
    NEWS,
    st.just(Recorded(event=final())),
)


@settings(max_examples=60, deadline=None)
@given(is_open=st.booleans(), steps=st.lists(STEPS, max_size=12))
def test_whatever_comes_our_numbers_rise_by_one_and_nothing_is_raised(*, is_open: bool, steps: list[Any]) -> None:
    session = Session().opened() if is_open else Session()
    numbers, types = ([1], ["opened"]) if is_open else ([], [])
    for step in steps:
        try:
            if isinstance(step, tuple):
                events = session.say(*step)
            elif isinstance(step, str | bytes):
                events = session.dialect.receive(step)
            else:
                session.dialect.tell(step)
                events = []
        except IngestError as error:
            session.dialect.tell(Refused(error=error))
            events = []
        for event in events:
            if isinstance(event, Started):
                session.dialect.tell(Accepted(info=event.info))
        said = session.answers()
        numbers += [one["seq"] for one in said]
        types += [one["type"] for one in said]
    assert numbers == list(range(1, len(numbers) + 1))
    assert types.count("opened") <= 1
    assert types.count("closed") <= 1
    assert types.count("disconnect") <= 1
    assert "closed" not in types[:-1] or set(types[types.index("closed") + 1 :]) <= {"pong"}


def test_every_message_leads_to_a_state_that_there_is() -> None:
    assert {state for steps in TRANSITIONS.values() for state in steps.values()} <= set(TRANSITIONS)
