"""Cues that no phrase shows: silence, both at once, something left unsaid."""

from collections.abc import Iterable

import pytest

from tests.builders import drive, final, hangup, live_call, only, partial, tick
from tests.core.playbooks import tiny
from voiceassist.events import (
    SPEAKERS,
    Alert,
    CallEnded,
    Cue,
    Event,
    Input,
    LineChanged,
    LineSoundChanged,
    LineState,
    Prompt,
    Sound,
    Speaker,
)

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


STATES: tuple[LineState, ...] = ("gone", "quiet")


def sound(speaker: Speaker, what: Sound, *, since: int, at: int | None = None) -> LineSoundChanged:
    return LineSoundChanged(at_ms=at or since + 1_500, speaker=speaker, sound=what, since_ms=since)


@pytest.mark.parametrize("what", ["music", "ringing", "busy"])
@pytest.mark.parametrize("speaker", SPEAKERS)
def test_waiting_on_the_line_is_no_silence(speaker: Speaker, what: Sound) -> None:
    on, off = sound(speaker, what, since=3_000), sound(speaker, "none", since=80_000)
    call = live_call()
    events = drive(call, [final("agent", RECORDED), on, tick(79_000), off, tick(104_999)])
    assert only(events, Cue) == []
    assert [cue.start_ms for cue in only(call.handle(tick(105_000)), Cue)] == [80_000]


def test_a_beep_or_a_pressed_key_is_silence() -> None:
    events = drive(live_call(), [final("agent", RECORDED), sound("customer", "dtmf", since=9_000), tick(40_000)])
    assert [cue.kind for cue in only(events, Cue)] == ["silence"]


def test_music_on_one_leg_goes_on_when_it_ends_on_the_other() -> None:
    sounds = [sound(speaker, "music", since=3_000) for speaker in SPEAKERS]
    events = drive(
        live_call(), [final("agent", RECORDED), *sounds, sound("agent", "none", since=9_000), tick(59_000)]
    )
    assert only(events, Cue) == []


@pytest.mark.parametrize("speaker", SPEAKERS)
@pytest.mark.parametrize("state", ["lost", "held"])
def test_a_lost_line_is_no_silence_and_silence_is_counted_anew_once_it_is_back(
    speaker: Speaker, state: LineState
) -> None:
    call = live_call()
    lost = LineChanged(at_ms=3_000, speaker=speaker, state=state, until_ms=23_000)
    back = LineChanged(at_ms=80_000, speaker=speaker, state="back")
    events = drive(call, [final("agent", RECORDED), lost, tick(79_000), back, tick(104_999)])
    assert only(events, Cue) == []
    assert [cue.start_ms for cue in only(call.handle(tick(105_000)), Cue)] == [80_000]


def test_nobody_is_silent_on_a_line_that_is_gone_but_on_one_that_is_quiet() -> None:
    gone, quiet = (LineChanged(at_ms=3_000, speaker="customer", state=state) for state in STATES)
    kinds = [
        only(drive(live_call(), [final("agent", RECORDED), line, tick(79_000)]), Cue) for line in (gone, quiet)
    ]
    assert [[cue.kind for cue in cues] for cues in kinds] == [[], ["silence"]]


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
    [alert] = only(events, Alert)
    assert (alert.kind, alert.level, alert.unsaid) == ("missing", "info", "Notice of recording")


def test_what_was_said_in_time_is_not_missing() -> None:
    call = live_call()
    drive(call, [final("agent", RECORDED), final("customer", "hello", at=50_000)])
    assert only(call.handle(tick(61_000)), Cue) == []


def test_the_customer_cannot_say_it_for_the_agent() -> None:
    call = live_call()
    drive(call, [final("customer", "is this call recorded or this call is recorded", at=50_000)])
    assert [cue.kind for cue in only(call.handle(tick(60_000)), Cue)] == ["missing"]


# ---- clocks that something starts, and the end of the call ----

RECALL = "\nmissing: {recall: {title: The recall, speaker: agent, phrases: [safety notice], %s}}\n"


def unsaid(fields: str, *inputs: Input) -> list[Event]:
    return drive(live_call(with_playbook=tiny(more=RECALL % fields)), inputs)


def missing_at(events: Iterable[Event]) -> list[int]:
    return [cue.start_ms for cue in only(events, Cue) if cue.kind == "missing"]


def test_a_clock_starts_when_either_side_says_its_phrase() -> None:
    for speaker in SPEAKERS:
        said = final(speaker, "my front light", at=10_000)
        events = unsaid("after: [front light], within_s: 30", tick(9_000), said, tick(60_000))
        assert missing_at(events) == [said.end_ms + 30_000]


def test_a_clock_that_nothing_started_never_runs_out() -> None:
    assert missing_at(unsaid("after: [front light], within_s: 30", tick(600_000), hangup(600_000))) == []


def test_what_was_said_before_its_clock_started_need_not_be_said_again() -> None:
    early, start = final("agent", "safety notice"), final("customer", "my front light", at=5_000)
    assert not missing_at(unsaid("after: [front light], within_s: 30", early, start, tick(60_000)))
    bought = final("customer", "i buy it", at=5_000)
    assert not missing_at(unsaid("after_kind: purchase_intent, by_end: true", early, bought, hangup(60_000)))


def test_a_cue_starts_a_clock_and_its_retraction_stops_it() -> None:
    bought = final("customer", "i buy it")
    assert missing_at(unsaid("after_kind: purchase_intent, within_s: 9", bought, tick(60_000))) == [9_600]
    heard = partial("customer", "i buy a b c"), final("customer", "goodbye now")
    assert not missing_at(unsaid("after_kind: purchase_intent, within_s: 9", *heard, tick(60_000)))


def test_what_must_be_said_by_the_end_is_told_with_an_alert_and_without_a_card() -> None:
    events = unsaid("by_end: true", tick(5_000), hangup(90_000))
    assert missing_at(events) == [5_000]
    assert [alert.kind for alert in only(events, Alert)] == ["missing"]
    assert not only(events, Prompt)
    assert isinstance(events[-1], CallEnded)


def test_what_was_said_in_time_is_not_told_at_the_end() -> None:
    assert not missing_at(unsaid("by_end: true", final("agent", "a safety notice"), hangup(90_000)))


def test_what_was_told_late_is_not_told_again_at_the_end() -> None:
    assert missing_at(unsaid("within_s: 30, by_end: true", tick(40_000), hangup(90_000))) == [30_000]


def test_what_a_partial_says_and_its_final_takes_back_was_not_said() -> None:
    heard = partial("agent", "a safety notice"), final("agent", "a safe tea note is")
    assert missing_at(unsaid("within_s: 30", *heard, tick(40_000))) == [30_000]


def test_what_is_being_said_at_the_deadline_waits_for_its_final() -> None:
    open_, said = partial("agent", "a safety notice", at=29_000), final("agent", "a safety notice", at=29_000)
    assert not missing_at(unsaid("within_s: 30", open_, tick(31_000), said, tick(40_000)))
    taken_back = final("agent", "a safe tea note is", at=29_000)
    assert missing_at(unsaid("within_s: 30", open_, tick(31_000), taken_back)) == [30_000]


def test_what_is_said_over_two_utterances_of_a_turn_was_said() -> None:
    first = final("agent", "there is a safety", at=1_000)
    second = final("agent", "notice", at=first.end_ms + 600, utterance=2)
    assert not missing_at(unsaid("within_s: 30", first, second, tick(40_000)))
    apart = final("agent", "notice", at=first.end_ms + 5_000, utterance=2)
    assert missing_at(unsaid("within_s: 30", first, apart, tick(40_000)))


def test_the_card_for_something_unsaid_names_it() -> None:
    cards = only(unsaid("within_s: 30", tick(40_000)), Prompt)
    assert [card.headline for card in cards] == ["The recall is missing"]


@pytest.mark.parametrize(
    "notice",
    [
        "calls may be recorded for training",
        "just so you know we record all calls",
        "you're on a recorded line",
        "our conversation will be taped",
        "i'm recording this call",
        "this call might be monitored",
    ],
)
def test_the_recording_may_be_announced_in_other_words(notice: str) -> None:
    assert only(drive(live_call(), [final("agent", notice), tick(61_000)]), Prompt) == []


@pytest.mark.parametrize("text", ["let me record your address", "i can see the record of your order"])
def test_a_record_of_something_else_announces_no_recording(text: str) -> None:
    events = drive(live_call(), [final("agent", text), tick(61_000)])
    assert "missing.recording_notice" in [cue.rule for cue in only(events, Cue)]
