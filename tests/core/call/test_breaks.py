"""A break after a call is an alert of its own, until the agent is back."""

from dataclasses import replace

from tests.contract.streams import STREAMS
from voiceassist.actions import TakeBreak
from voiceassist.core.call.breaks import BREAK, break_changed
from voiceassist.core.screen.wall import apply_wall, row_of
from voiceassist.events import Alert, AlertChanged, Event, Record

RECORDS = STREAMS["abuse_ladder"]
TAKEN = TakeBreak(at_ms=15_000, by="Anna Reed", done_at="2026-11-22T08:00:00.000+00:00")


def changed(records: list[Record], action: TakeBreak) -> list[Event]:
    incidents = {view.incident: view for view in row_of(records).alerts}
    return break_changed(incidents, action, "retail@1")


def with_events(events: list[Event]) -> list[Record]:
    last = RECORDS[-1]
    return [*RECORDS, *(replace(last, seq=last.seq + 1 + n, event=event) for n, event in enumerate(events))]


def test_it_is_told_with_a_number_of_its_own_and_stands_with_the_call() -> None:
    (alert,) = events = changed(RECORDS, TAKEN)
    assert isinstance(alert, Alert)
    known = {view.incident for view in row_of(RECORDS).alerts}
    assert (alert.kind, alert.level, alert.alert_id in known) == (BREAK, "info", False)
    row = row_of(with_events(events))
    assert [(view.alert.kind, view.state) for view in row.alerts][-1] == (BREAK, "open")


def test_it_ends_when_the_agent_is_back_and_may_begin_again() -> None:
    taken = with_events(changed(RECORDS, TAKEN))
    (back,) = changed(taken, replace(TAKEN, taken=False))
    assert isinstance(back, AlertChanged)
    assert (back.state, back.by) == ("resolved", "Anna Reed")
    row = apply_wall(row_of(taken), replace(taken[-1], seq=taken[-1].seq + 1, event=back))
    again = break_changed({view.incident: view for view in row.alerts}, TAKEN, "retail@1")
    assert [type(event) for event in again] == [Alert]


def test_taking_it_twice_or_coming_back_twice_changes_nothing() -> None:
    assert changed(with_events(changed(RECORDS, TAKEN)), TAKEN) == []
    assert changed(RECORDS, replace(TAKEN, taken=False)) == []
