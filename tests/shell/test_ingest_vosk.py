"""Everything that a client of vosk-server can say, right or wrong, and what it is answered, without a socket."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.errors import IngestError
from voiceassist.events import Final, Partial, Transcript, Word
from voiceassist.ingest.dialect import Audio, Close, Ended, Finished, PeerEvent, Recorded, Refused, Started, Warned
from voiceassist.ingest.handshake import Handshake
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.pbx.vosk import VoskDialect
from voiceassist.ingest.pbx.vosk_protocol import MOST_PHRASES, VoskConfig
from voiceassist.ingest.stream.dialect import CLOSE_CODES

EOF = '{"eof" : 1}'  # to the letter what the published clients send
SECOND = bytes(16_000)


def connected(**query: str) -> VoskDialect:
    return VoskDialect(Handshake(url="wss://va.example/ingest/vosk", query=query), PeerLimits())


def configured(**config: object) -> VoskDialect:
    dialect = connected()
    assert dialect.receive(json.dumps({"config": config})) == []
    return dialect


def words(*said: str, start_ms: int = 840) -> tuple[Word, ...]:
    times = ((start_ms + 300 * number, text) for number, text in enumerate(said))
    return tuple(Word(text=text, start_ms=at_ms, end_ms=at_ms + 240, confidence=0.9) for at_ms, text in times)


def partial(*said: str) -> Partial:
    heard = words(*said)
    return Partial(
        at_ms=1, speaker="customer", utterance=1, text=" ".join(said), words=heard, start_ms=840, end_ms=1_000
    )


def final(*said: str, start_ms: int = 840) -> Final:
    return Final(
        at_ms=1,
        speaker="customer",
        utterance=1,
        text=" ".join(said),
        words=words(*said, start_ms=start_ms),
        start_ms=start_ms,
        end_ms=start_ms,
        confidence=0.9,
    )


def answers(dialect: VoskDialect) -> list[Any]:
    return [one if isinstance(one, Close) else json.loads(str(one)) for one in dialect.to_send()]


def answer(dialect: VoskDialect, *heard: Transcript) -> Any:
    """What a second of audio is answered, when this was heard of it."""
    dialect.receive(SECOND)
    for transcript in heard:
        dialect.tell(Recorded(event=transcript))
    (only,) = answers(dialect)
    return only


def refusal(message: str | bytes, dialect: VoskDialect | None = None) -> IngestError:
    with pytest.raises(IngestError) as caught:
        (dialect or connected()).receive(message)
    return caught.value


def test_config_has_no_answer_and_every_message_of_audio_has_one() -> None:
    dialect = configured(sample_rate=16000)
    assert answers(dialect) == []
    assert answer(dialect) == {"partial": ""}
    assert answer(dialect, partial("i"), partial("i", "would")) == {"partial": "i would"}
    assert answer(dialect) == {"partial": "i would"}


def test_text_that_has_ended_comes_with_its_words_once() -> None:
    dialect = configured(words=True)
    assert answer(dialect, partial("one"), final("one", "two")) == {
        "result": [
            {"conf": 0.9, "end": 1.08, "start": 0.84, "word": "one"},
            {"conf": 0.9, "end": 1.38, "start": 1.14, "word": "two"},
        ],
        "text": "one two",
    }
    assert answer(dialect) == {"partial": ""}


@pytest.mark.parametrize("wanted", [0, False, None])
def test_words_come_only_to_clients_that_want_them(wanted: object) -> None:
    assert answer(configured(words=wanted), final("one")) == {"text": "one"}


def test_text_without_words_has_no_list_of_them() -> None:
    assert answer(connected(), final()) == {"text": ""}


def test_texts_that_ended_in_one_message_are_told_as_one_and_what_is_being_said_later() -> None:
    dialect = connected()
    told = answer(dialect, final("one"), final("two", start_ms=2_000), partial("three"))
    assert (told["text"], [word["word"] for word in told["result"]]) == ("one two", ["one", "two"])
    assert answer(dialect) == {"partial": "three"}


def test_alternatives_are_a_list_of_one() -> None:
    dialect = configured(max_alternatives=3)
    assert answer(dialect, partial("one")) == {"partial": "one"}
    assert answer(dialect, final("one")) == {
        "alternatives": [
            {"confidence": 0.9, "text": "one", "result": [{"end": 1.08, "start": 0.84, "word": "one"}]}
        ]
    }


def test_end_is_answered_by_all_that_was_not_told_and_closes() -> None:
    dialect = connected()
    answer(dialect, partial("one"))
    assert dialect.receive(EOF) == [Ended(reason="hangup")]
    assert answers(dialect) == []
    for transcript in (final("one"), partial("two")):
        dialect.tell(Recorded(event=transcript))
    dialect.tell(Finished(call_id="x", duration_ms=1))
    told, close = answers(dialect)
    assert (told["text"], close.code) == ("one two", 1000)


def test_end_without_audio_is_answered_at_once() -> None:
    dialect = connected()
    assert dialect.receive(EOF) == []
    assert answers(dialect) == [{"text": ""}, Close(code=1000, reason="there was no audio")]


@pytest.mark.parametrize("eof", ['{"eof":1}', '{"eof": true}', '{"eof" : 1, "x": 2}'])
def test_end_counts_in_every_spelling_of_json(eof: str) -> None:
    dialect = connected()
    dialect.receive(SECOND)
    assert dialect.receive(eof) == [Ended(reason="hangup")]


def test_client_without_a_config_sends_8_khz() -> None:
    start, audio = connected().receive(np.array([1, 2], "<i2").tobytes())
    assert isinstance(start, Started)
    assert isinstance(audio, Audio)
    assert (start.rate_hz, start.info.source, audio.channels[0].tolist()) == (8_000, "vosk", [1, 2])


@pytest.mark.parametrize(
    ("said", "rate_hz"), [(8000, 8_000), (16000.0, 16_000), ("44100", 44_100), (48e3, 48_000)]
)
def test_rate_is_what_the_config_says(said: object, rate_hz: int) -> None:
    start = configured(sample_rate=said).receive(SECOND)[0]
    assert isinstance(start, Started)
    assert start.rate_hz == rate_hz


def test_configs_add_up_until_the_first_audio() -> None:
    dialect = configured(sample_rate=16000, phrase_list=["oh one", "[unk]", " "])
    dialect.receive('{"config": {"words": 0, "model": "x"}}')
    assert dialect.config == VoskConfig(rate_hz=16_000, words=False, phrases=("oh one",))
    dialect.receive(SECOND)
    dialect.receive('{"config": {"sample_rate": 8000}}')
    assert dialect.config.rate_hz == 16_000


def test_phrases_are_bounded() -> None:
    assert len(configured(phrase_list=["a"] * 2 * MOST_PHRASES).config.phrases) == MOST_PHRASES


def test_audio_may_be_a_leg_of_a_call() -> None:
    start = connected(call_id="c-17", leg="agent", agent_name="Ana").receive(SECOND)[0]
    assert isinstance(start, Started)
    assert (start.info.call_id, start.tracks, start.info.agent.name) == ("c-17", (("agent",),), "Ana")
    assert start.info.legs == ("agent", "customer")


def test_leg_of_a_call_must_be_named() -> None:
    assert refusal(SECOND, connected(call_id="c-17")).code == "bad_legs"


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"sample_rate": 7999}, "bad_rate"),
        ({"sample_rate": "fast"}, "bad_rate"),
        ({"sample_rate": None}, "bad_rate"),
        ({"sample_rate": [[[8000]]]}, "bad_rate"),
        ({"sample_rate": 10**400}, "bad_rate"),
        ({"max_alternatives": -1}, "bad_field"),
        ({"max_alternatives": "9" * 5_000}, "bad_field"),
        ({"max_alternatives": 1.5}, "bad_field"),
        ({"phrase_list": "yes"}, "bad_field"),
        ({"phrase_list": [1]}, "bad_field"),
    ],
)
def test_wrong_config_is_refused(config: dict[str, object], code: str) -> None:
    assert refusal(json.dumps({"config": config})).code == code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("hello", "bad_json"),
        ("[" * 20_000, "bad_json"),
        ("{}", "unknown_type"),
        ('{"config": 1}', "unknown_type"),
        ('{"eof": 0}', "unknown_type"),
        ("[1]", "unknown_type"),
        ("x" * 32_769, "frame_too_large"),
        (bytes((1 << 20) + 1), "frame_too_large"),
    ],
)
def test_wrong_message_is_refused(message: str | bytes, code: str) -> None:
    assert refusal(message).code == code


def test_refusal_is_told_in_json_and_a_warning_is_not() -> None:
    dialect = connected()
    dialect.tell(Warned(code="rate_mismatch", message="slow"))
    assert answers(dialect) == []
    dialect.tell(Refused(error=IngestError("bad_rate", "no")))
    assert answers(dialect) == [{"error": "no", "code": "bad_rate"}, Close(code=4400, reason="bad_rate: no")]


def test_answers_come_before_the_last_one() -> None:
    dialect = connected()
    dialect.receive(SECOND)
    dialect.receive(SECOND)
    dialect.receive(EOF)
    dialect.tell(Recorded(event=final("one")))
    dialect.tell(Finished(call_id="x", duration_ms=1))
    assert [told.get("text") for told in answers(dialect)[:-1]] == ["one", None, ""]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(8000),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
CONFIGS = st.dictionaries(
    st.sampled_from(["sample_rate", "words", "max_alternatives", "phrase_list", "x"]), VALUES, max_size=4
).map(lambda config: json.dumps({"config": config}))
SAID = CONFIGS | st.just(EOF) | VALUES.map(json.dumps) | st.text(max_size=20) | st.binary(max_size=99)


@given(messages=st.lists(SAID, max_size=8))
def test_whatever_comes_gives_one_answer_for_each_message_of_audio_or_a_known_error(
    messages: list[str | bytes],
) -> None:
    dialect = connected()
    for message in messages:
        events: list[PeerEvent]
        try:
            events = dialect.receive(message)
        except IngestError as error:
            assert error.code in CLOSE_CODES  # noqa: PT017 - either outcome is right
            return
        told = answers(dialect)
        if told and isinstance(told[-1], Close):
            return
        assert len(told) == isinstance(message, bytes) == any(isinstance(event, Audio) for event in events)
