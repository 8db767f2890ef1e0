"""Cues that no phrase shows: silence, both at once, something left unsaid."""

from tests.builders import drive, final, live_call, only, tick
from voiceassist.events import Alert, Cue, Prompt

RECORDED = "Thank you for calling, this call is recorded"


def test_silence_is_told_once_until_somebody_speaks() -> None:
    call = live_call()
    first = final("agent", RECORDED)
    drive(call, [first])
    due = first.end_ms + 25_000
    assert only(call.handle(tick(due - 1)), Cue) == []
    assert [cue.kind for cue in only(call.handle(tick(due)), Cue)] == ["silence"]
    assert only(call.handle(tick(due + 60_000)), Cue) == []
    again = final("agent", "Are you there", at=due + 61_000, utterance=2)
    events = drive(call, [again, tick(again.end_ms + 25_000)])
    assert [(cue.kind, cue.start_ms) for cue in only(events, Cue)] == [("silence", again.end_ms)]


def test_both_speaking_for_long_is_an_overlap() -> None:
    call = live_call()
    text = "well this is what I wanted to say about my lamp today"
    events = drive(call, [final("customer", text), final("agent", text, at=300)])
    assert [(cue.kind, cue.speaker) for cue in only(events, Cue)] == [("overlap", "agent")]


def test_a_short_word_in_between_is_no_overlap() -> None:
    call = live_call()
    events = drive(call, [final("customer", "well this is what I wanted to say"), final("agent", "I see", at=900)])
    assert only(events, Cue) == []


def test_what_must_be_said_and_is_not_is_missing() -> None:
    call = live_call()
    events = drive(call, [final("agent", "Hello, how can I help?", at=50_000), tick(60_000)])
    assert [(cue.kind, cue.rule) for cue in only(events, Cue)] == [("missing", "missing.recording_notice")]
    assert only(events, Prompt) == []
    assert only(events, Alert) == []


def test_what_was_said_in_time_is_not_missing() -> None:
    call = live_call()
    drive(call, [final("agent", RECORDED), final("customer", "hello", at=50_000)])
    assert only(call.handle(tick(61_000)), Cue) == []


def test_the_customer_cannot_say_it_for_the_agent() -> None:
    call = live_call()
    drive(call, [final("customer", "is this call recorded or this call is recorded", at=50_000)])
    assert [cue.kind for cue in only(call.handle(tick(60_000)), Cue)] == ["missing"]
