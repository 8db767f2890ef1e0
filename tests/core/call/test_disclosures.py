"""What must be said, as screens are told of it: due, said, missed, said too late, due no more."""

import pytest

from tests.builders import drive, final, hangup, live_call, only, partial, records, started, tick
from tests.core.playbooks import tiny
from voiceassist.actions import AddNote
from voiceassist.core.call.call import Call
from voiceassist.core.screen.state import replay
from voiceassist.core.screen.wall import row_of
from voiceassist.errors import ActionError
from voiceassist.events import DisclosureChanged, Event, Input, NoteAdded

RECALL = "\nmissing: {recall: {title: The recall, speaker: agent, phrases: [safety notice], %s}}\n"
NOTICE = final("agent", "a safety notice", at=5_000)
BOUGHT = final("customer", "i buy it")


def call_with(rule: str, *inputs: Input) -> list[Event]:
    """A whole call in which one thing must be said."""
    return drive(Call(tiny(more=RECALL % rule)), [started(), *inputs])


def told(events: list[Event]) -> list[tuple[str, int, int | None]]:
    return [(event.state, event.at_ms, event.due_ms) for event in only(events, DisclosureChanged)]


def test_what_must_be_said_is_due_from_the_start_and_said_when_it_is_heard() -> None:
    events = call_with("within_s: 30", NOTICE, tick(60_000))
    assert told(events) == [("due", 0, 30_000), ("said", NOTICE.at_ms, 30_000)]
    assert only(events, DisclosureChanged)[0].title == "The recall"


def test_a_partial_ticks_nothing_off() -> None:
    assert told(call_with("within_s: 30", partial("agent", "a safety notice"))) == [("due", 0, 30_000)]


def test_what_was_not_said_in_time_is_missed_and_may_still_be_said_too_late() -> None:
    late = final("agent", "a safety notice", at=50_000)
    events = call_with("within_s: 30", tick(40_000), late)
    assert told(events) == [("due", 0, 30_000), ("missed", 40_000, 30_000), ("said", late.at_ms, 30_000)]


def test_what_waits_for_a_cue_is_due_when_the_cue_comes() -> None:
    events = call_with("after_kind: purchase_intent, within_s: 9", tick(5_000), BOUGHT)
    assert told(events) == [("due", 5_000, 9_600)]


def test_what_is_said_before_it_is_due_needs_not_be_said_again() -> None:
    bought = final("customer", "i buy it", at=9_000)
    events = call_with("after_kind: purchase_intent, within_s: 9", NOTICE, bought, tick(60_000))
    assert told(events) == [("said", NOTICE.at_ms, None)]


def test_what_a_cue_that_is_taken_back_made_due_is_due_no_more() -> None:
    heard = partial("customer", "i buy this big box"), final("customer", "goodbye now")
    events = call_with("after_kind: purchase_intent, within_s: 9", *heard, tick(60_000))
    assert [state for state, _, _ in told(events)] == ["due", "withdrawn"]


@pytest.mark.parametrize("end_ms", [20_000, 90_000])
def test_what_must_be_said_by_the_end_is_missed_at_the_end(end_ms: int) -> None:
    events = call_with("by_end: true", hangup(end_ms))
    assert told(events) == [("due", 0, None), ("missed", end_ms, None)]


def test_a_call_that_ends_before_the_time_is_up_leaves_it_due() -> None:
    assert told(call_with("within_s: 30", hangup(20_000))) == [("due", 0, 30_000)]


def test_screens_have_the_newest_of_each_and_the_wall_what_is_missed() -> None:
    missed = call_with("within_s: 30", tick(40_000))
    assert [change.state for change in replay(records(missed)).disclosures] == ["missed"]
    assert row_of(list(records(missed))).missed == ("The recall",)
    late = call_with("within_s: 30", tick(40_000), final("agent", "a safety notice", at=50_000))
    assert [change.state for change in replay(records(late)).disclosures] == ["said"]
    assert row_of(list(records(late))).missed == ()


def test_a_note_is_added_by_whoever_writes_it_also_after_the_call() -> None:
    call = live_call()
    drive(call, [hangup(9_000)])
    (note,) = call.handle(AddNote(at_ms=9_000, by="Anna Reed", text="  Ask the warehouse. \n"))
    assert note == NoteAdded(at_ms=9_000, by="Anna Reed", text="Ask the warehouse.", note_id="n1")


def test_a_blank_note_is_refused() -> None:
    with pytest.raises(ActionError, match="write something"):
        live_call().handle(AddNote(at_ms=0, by="Anna Reed", text=" \n"))
