"""Facts of one call for reports, computed from its events: refusals, offers, alerts, topics, people's deeds. Pure.

A fact says what turned out to be true: what was retracted is none. No event names the topic of a refusal; its card
has it in the headline, and a refusal without a card has none.
Next: `fact_feed.py` keeps them in tables.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from voiceassist.actions import GivenAlertState
from voiceassist.core.call.alerts import OURSELVES
from voiceassist.core.call.incidents import AlertView, incidents_in, true_incidents
from voiceassist.core.call.notes import Notes, notes_in
from voiceassist.events import (
    Alert,
    AlertChanged,
    Cue,
    CueRetracted,
    Event,
    FalseAlarmMarked,
    NoteAdded,
    Prompt,
    PromptClosed,
    Record,
    RefusalClosed,
)
from voiceassist.kpis.numbers import TYPES, first_care, numbers_of
from voiceassist.store.rows import Row, microseconds

FACT_TYPES = (
    *(*TYPES, "not_useful_marked", "note_added", "note_changed", "tags_changed", "call_identified"),
    *("promise_heard", "promise_marked"),
)
"""The types (in wire form) that facts are made of."""

Deed = GivenAlertState | Literal["false_alarm", "false_alarm_undone", "noted"]
"""What a person did: the state they gave an alert, what they said of a cue, or that they wrote something down."""

Done = AlertChanged | FalseAlarmMarked | NoteAdded
"""The events that tell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHead:
    """What every fact says of its call."""

    call_id: str
    agent_id: str
    agent_name: str
    agent_team: str
    started_us: int
    duration_ms: int  # so far

    def row(self, event: Event) -> Row:
        """The columns that every fact has."""
        at_us = self.started_us + event.at_ms * 1000
        return {"call_id": self.call_id, "agent_id": self.agent_id, "at_us": at_us}


def refusal_rows(call: CallHead, events: Sequence[Event]) -> list[Row]:
    """One row per refusal."""
    untrue = {event.cue_id for event in events if isinstance(event, CueRetracted)}
    outcomes = {event.cue_id: event.outcome for event in events if isinstance(event, RefusalClosed)}
    topics = {event.why.cue_id: event.headline for event in events if isinstance(event, Prompt)}
    return [
        call.row(cue)
        | {
            "cue_id": cue.cue_id,
            "topic": topics.get(cue.cue_id, ""),
            "outcome": outcomes.get(cue.cue_id, "open"),
        }
        for cue in events
        if isinstance(cue, Cue) and cue.kind == "refusal" and cue.reach != "colour" and cue.cue_id not in untrue
    ]


def offer_rows(call: CallHead, events: Sequence[Event]) -> list[Row]:
    """One row per card, with what became of it."""
    closed = {event.prompt_id: event for event in events if isinstance(event, PromptClosed)}
    prompts = [event for event in events if isinstance(event, Prompt)]
    return [call.row(prompt) | _offer(prompt, closed.get(prompt.prompt_id)) for prompt in prompts]


def _offer(prompt: Prompt, closed: PromptClosed | None) -> Row:
    outcome, alternative = (closed.outcome, closed.alternative) if closed else ("open", None)
    return {
        "prompt_id": prompt.prompt_id,
        "kind": prompt.kind,
        "headline": prompt.headline,
        "outcome": outcome,
        "alternative": alternative or "",
    }


def alert_rows(call: CallHead, events: Sequence[Event]) -> list[Row]:
    """One row per incident: its state, who changed it last, how long it waited. Its time is its first cue's."""
    return [call.row(view.happened[0]) | _incident(call, view) for view in true_incidents(events)]


def call_row(call: CallHead, events: Sequence[Event]) -> Row:
    """What the call adds to the key figures."""
    head = {"call_id": call.call_id, "started_us": call.started_us, "duration_ms": call.duration_ms}
    agent = {"agent_id": call.agent_id, "agent_name": call.agent_name, "agent_team": call.agent_team}
    return head | agent | asdict(numbers_of(events))


def _incident(call: CallHead, view: AlertView) -> Row:
    return {
        "started_us": call.started_us,
        "agent_team": call.agent_team,
        "ack_ms": _wait_ms(call, view),
        "alert_id": view.incident,
        "level": view.alert.level,
        "kind": view.alert.kind,
        "state": view.state,
        "by": view.by,
        "owner": view.owner,
        "reason": view.reason,
        "cues": view.count,
    }


def _wait_ms(call: CallHead, view: AlertView) -> int | None:
    """By the wall clock where it is known; a clock that runs behind the audio makes no wait negative."""
    care = first_care(view)
    if care is None:
        return None
    began_us = call.started_us + view.happened[0].at_ms * 1000
    done_us = microseconds(care.done_at) if care.done_at else call.started_us + care.at_ms * 1000
    return max(0, (done_us - began_us) // 1000)


def topic_rows(call: CallHead, refusals: Sequence[Row]) -> list[Row]:
    """One row per topic that was refused."""
    outcomes = Counter((row["topic"], row["outcome"]) for row in refusals)
    return [
        {
            "call_id": call.call_id,
            "topic": topic,
            "refusals": sum(count for (name, _), count in outcomes.items() if name == topic),
            "recovered": outcomes[topic, "recovered"],
            "dead_ends": outcomes[topic, "dead_end"],
        }
        for topic in sorted({row["topic"] for row in refusals})
    ]


def activity_rows(call: CallHead, records: Sequence[Record]) -> list[Row]:
    """One row per thing that a person did with an alert or a cue, or wrote down."""
    alerts = {id_: view.alert for id_, view in incidents_in(record.event for record in records).items()}
    notes = notes_in(record.event for record in records)
    done = [(record.seq, event) for record in records if (event := _done_in(record, notes))]
    last = {_about(event): seq for seq, event in done}
    return [
        _activity(call, seq, event, alerts) | {"stands": int(last[_about(event)] == seq or not _about(event))}
        for seq, event in done
    ]


def _done_in(record: Record, notes: Notes) -> Done | None:
    """What somebody did; of a note as it is now, and nothing of one that was deleted."""
    event = record.event
    if isinstance(event, NoteAdded) and event.note_id:
        return None if event.note_id in notes.deleted else notes.notes[event.note_id]
    return event if isinstance(event, Done) and event.by != OURSELVES else None


def _about(event: Done) -> str:
    """What a later event would change; nothing where none can."""
    if isinstance(event, NoteAdded):
        return ""
    return event.alert_id if isinstance(event, AlertChanged) else event.cue_id


def _activity(call: CallHead, seq: int, event: Done, alerts: Mapping[str, Alert]) -> Row:
    at_us = microseconds(event.done_at) if event.done_at else call.started_us + event.at_ms * 1000
    head = {"call_id": call.call_id, "seq": seq, "at_us": at_us, "by": event.by, "about": _about(event)}
    if isinstance(event, NoteAdded):
        return head | {"deed": "noted", "kind": "", "reason": "", "note": event.text} | _NO_ALERT
    if isinstance(event, FalseAlarmMarked):
        deed: Deed = "false_alarm" if event.marked else "false_alarm_undone"
        return head | {"deed": deed, "kind": event.kind, "reason": event.words, "note": ""} | _NO_ALERT
    alert = alerts.get(event.alert_id)
    told = head | {"deed": event.state, "note": event.note}
    return told | (_told_of(alert) if alert else {"kind": "", "reason": ""} | _NO_ALERT)


def _told_of(alert: Alert) -> Row:
    return {
        "level": alert.level,
        "kind": alert.kind,
        "reason": alert.reason,
        "reason_code": alert.reason_code,
    }


_NO_ALERT = {"level": "", "reason_code": ""}
