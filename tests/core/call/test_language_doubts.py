"""A side that may speak another language: told once, and answered by nothing until it is understood again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from tests.builders import drive, final, hangup, live_call, only, tick
from voiceassist.events import (
    SPEAKERS,
    Alert,
    Cue,
    Event,
    Final,
    LanguageDoubtChanged,
    LineSoundChanged,
    Prompt,
    RefusalClosed,
    Speaker,
)

SALAD = "i will calculate your candidates"
THREAT = "my lawyer will call you"
REFUSAL = "we can't do that"


def heard(speaker: Speaker, *lines: tuple[str, float], first: int = 1) -> list[Final]:
    """Lines one after the other, each with the confidence of all its words."""
    said, at = list[Final](), first * 4_000
    for utterance, (text, sure) in enumerate(lines, start=first):
        line = final(speaker, text, at=at, utterance=utterance)
        said.append(replace(line, words=tuple(replace(word, confidence=sure) for word in line.words)))
        at += 4_000
    return said


def doubts(events: Iterable[Event]) -> list[tuple[Speaker, bool]]:
    return [(event.speaker, event.doubted) for event in only(events, LanguageDoubtChanged)]


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_lines_that_all_stay_unsure_bring_one_doubt(speaker: Speaker) -> None:
    assert doubts(drive(live_call(), heard(speaker, *[(SALAD, 0.3)] * 12))) == [(speaker, True)]


@pytest.mark.parametrize(
    "lines",
    [
        [(SALAD, 0.7)] * 12,
        [(SALAD, 0.3)] * 4,
        [(SALAD, 0.8), (SALAD, 0.3)] * 6,
        [("yes", 0.2)] * 12,
    ],
    ids=["people", "too few lines", "every other line", "a word a line"],
)
def test_english_that_is_hard_to_hear_brings_none(lines: Sequence[tuple[str, float]]) -> None:
    assert doubts(drive(live_call(), heard("customer", *lines))) == []


def test_a_doubt_of_one_side_is_none_of_the_other() -> None:
    call = live_call()
    drive(call, heard("customer", *[(SALAD, 0.3)] * 5))
    assert only(drive(call, heard("agent", (REFUSAL, 0.9))), Prompt)


def test_a_side_in_doubt_brings_cues_but_no_card_and_no_alert() -> None:
    call = live_call()
    drive(call, heard("customer", *[(SALAD, 0.3)] * 5))
    events = drive(call, heard("customer", (THREAT, 0.4), first=6))
    assert [cue.kind for cue in only(events, Cue)] == ["legal_threat"]
    assert not only(events, Alert)
    assert not only(events, Prompt)


def test_the_line_that_brings_the_doubt_alerts_nobody() -> None:
    events = drive(live_call(), heard("customer", *[(SALAD, 0.3)] * 4, (THREAT, 0.3)))
    assert doubts(events) == [("customer", True)]
    assert only(events, Cue)
    assert not only(events, Alert)


def test_a_refusal_in_doubt_is_no_dead_end() -> None:
    call = live_call()
    lines = heard("agent", *[(SALAD, 0.3)] * 5, (REFUSAL, 0.3))
    events = drive(call, [*lines, tick(200_000), hangup(200_000)])
    assert "refusal" in [cue.kind for cue in only(events, Cue)]
    assert not only(events, RefusalClosed)
    assert "dead_end" not in [alert.kind for alert in only(events, Alert)]


def test_what_a_side_in_doubt_leaves_unsaid_alerts_nobody_and_its_silence_does() -> None:
    lines = heard("agent", *[(SALAD, 0.3)] * 5)
    events = drive(live_call(), [*lines, tick(200_000)])
    assert {cue.kind for cue in only(events, Cue)} == {"missing", "silence"}
    answered = {event.kind for event in events if isinstance(event, Prompt | Alert)}
    assert answered <= {"silence"}


def test_a_side_that_is_clearly_understood_again_is_answered_again() -> None:
    call = live_call()
    drive(call, heard("customer", *[(SALAD, 0.3)] * 6))
    assert doubts(drive(call, heard("customer", *[(SALAD, 0.5)] * 6, first=7))) == []
    assert doubts(drive(call, heard("customer", *[(SALAD, 0.9)] * 6, first=13))) == [("customer", False)]
    assert only(drive(call, heard("customer", (THREAT, 0.9), first=19)), Alert)


def test_lines_without_word_confidences_tell_nothing() -> None:
    lines = [replace(line, words=()) for line in heard("customer", *[(SALAD, 0.3)] * 12)]
    assert doubts(drive(live_call(), lines)) == []


def test_what_is_heard_in_hold_music_says_nothing_of_a_language() -> None:
    music = LineSoundChanged(at_ms=0, speaker="customer", sound="music", since_ms=0)
    assert doubts(drive(live_call(), [music, *heard("customer", *[(SALAD, 0.3)] * 12)])) == []


def test_an_engine_that_is_sure_of_its_guesses_brings_no_doubt() -> None:
    call = live_call(engine="vosk:vosk-model-small-en-us-0.15")
    assert doubts(drive(call, heard("customer", *[(SALAD, 0.3)] * 12))) == []
