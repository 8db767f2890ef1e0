"""What people may still do in a call that is over, and what follows: alerts, marks, notes, tags,
corrected lines, coaching, a break.

Pure: the records of the call are an argument. Never reads or stores anything.
Next: `runtime.py` stores the events, and shows the call on the wall again.
"""

from collections.abc import Sequence
from dataclasses import replace

from voiceassist.actions import (
    Action,
    AddNote,
    AnswerCoaching,
    ChangeAlert,
    ChangeNote,
    CorrectLine,
    MarkFalseAlarm,
    MarkNotUseful,
    MarkPromise,
    SeeCoaching,
    SetTag,
    TakeBreak,
)
from voiceassist.core.call.breaks import break_changed
from voiceassist.core.call.coaching import coaching_in
from voiceassist.core.call.corrections import correct_line
from voiceassist.core.call.incident_changes import change_incident
from voiceassist.core.call.notes import notes_in
from voiceassist.core.call.tags import tags_in
from voiceassist.core.call.told_cues import told_in
from voiceassist.core.screen.wall import WallRow
from voiceassist.errors import ActionError
from voiceassist.events import CallStarted, Event, Record


def acted_on(row: WallRow, records: Sequence[Record], action: Action) -> list[Event]:
    """The events that follow from an action; `row`: the call as the wall has it. Raises ActionError."""
    told, incidents = told_in(record.event for record in records), {view.incident: view for view in row.alerts}
    match action:
        case MarkFalseAlarm():
            return [told.mark(replace(action, at_ms=row.at_ms))]
        case MarkNotUseful():
            return [told.judge(replace(action, at_ms=row.at_ms))]
        case MarkPromise():
            return [told.keep(replace(action, at_ms=row.at_ms))]
        case AddNote() | ChangeNote() | SetTag() | CorrectLine():
            return _written_down([record.event for record in records], replace(action, at_ms=row.at_ms))
        case TakeBreak():
            return break_changed(incidents, replace(action, at_ms=row.at_ms), _playbook_of(records))
        case SeeCoaching() | AnswerCoaching():
            coaching = coaching_in([record.event for record in records])
            return coaching.carry_out(replace(action, at_ms=row.at_ms))
        case ChangeAlert():
            return change_incident(incidents, told, replace(action, at_ms=row.at_ms))
    raise ActionError(
        "call_over",
        f"call {row.call_id} is over; only its alerts can still be changed, cues called false alarms, "
        "cards called not useful, promises marked, notes and tags written, and lines corrected",
    )


def _written_down(events: Sequence[Event], action: AddNote | ChangeNote | SetTag | CorrectLine) -> list[Event]:
    """What somebody writes about the call, or in place of its words."""
    match action:
        case AddNote() | ChangeNote():
            return notes_in(events).carry_out(action)
        case SetTag():
            return tags_in(events).carry_out(action)
        case CorrectLine():
            return correct_line(events, action)


def _playbook_of(records: Sequence[Record]) -> str:
    """The playbook of a stored call, name@version."""
    started = records[0].event
    assert isinstance(started, CallStarted)
    return started.playbook
