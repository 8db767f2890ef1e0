"""What the screens draw: `apply(state, record) -> state` for one call, `apply_wall` for the wall.

Pure and total: never reads a clock, never refuses an event it does not need. The TypeScript store does the
same in `web/src/store.ts`; golden files hold the two together. The property that matters everywhere:
old snapshot + records = fresh snapshot.
Next: `hub.py` sends snapshots to sockets, `store/` rebuilds them for finished calls.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from voiceassist.events import (
    Alert,
    AlertChanged,
    AlertLevel,
    AlertState,
    AudioGap,
    CallEnded,
    CallFailed,
    CallStarted,
    Cue,
    CueConfirmed,
    CueRetracted,
    Customer,
    EndReason,
    Event,
    Final,
    MuteChanged,
    Partial,
    Person,
    Prompt,
    PromptClosed,
    PromptOutcome,
    Record,
    RefusalClosed,
    RefusalOutcome,
    Speaker,
)

CallStatus = Literal["live", "ended", "failed"]
CueStatus = Literal["early", "confirmed", "retracted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CueView:
    """A cue with what became of it."""

    cue: Cue
    status: CueStatus
    outcome: RefusalOutcome | None = None  # refusals only; None while the episode is open


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptView:
    """A card with what became of it."""

    prompt: Prompt
    outcome: PromptOutcome | None = None  # None: on the screen now
    closed_ms: int | None = None
    alternative: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """An alert with who took care of it."""

    alert: Alert
    state: AlertState = "open"
    by: str = ""
    note: str = ""
    changed_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallState:
    """All that a screen shows of one call."""

    call_id: str
    seq: int  # number of the newest record applied
    at_ms: int
    status: CallStatus
    started: CallStarted
    end_reason: EndReason | None = None
    error: str = ""
    muted: bool = False
    finals: tuple[Final, ...] = ()
    partials: tuple[Partial, ...] = ()  # at most one per speaker
    cues: tuple[CueView, ...] = ()
    prompts: tuple[PromptView, ...] = ()
    alerts: tuple[AlertView, ...] = ()
    gaps: tuple[AudioGap, ...] = ()


def open_call(record: Record) -> CallState:
    """The state after a call's first record, which must be its CallStarted."""
    assert isinstance(record.event, CallStarted)
    started = record.event
    return CallState(call_id=record.call_id, seq=record.seq, at_ms=started.at_ms, status="live", started=started)


def apply(state: CallState, record: Record) -> CallState:
    """The state after one more record; a record already applied changes nothing."""
    if record.seq <= state.seq:
        return state
    event = record.event
    moved = replace(state, seq=record.seq, at_ms=max(state.at_ms, event.at_ms))
    step = _STEPS.get(type(event))
    return step(moved, event) if step else moved


def replay(records: Iterable[Record]) -> CallState:
    """The state after a call's records from its first on."""
    rest = iter(records)
    state = open_call(next(rest))
    for record in rest:
        state = apply(state, record)
    return state


def _partial(state: CallState, event: Partial) -> CallState:
    if any(final.speaker == event.speaker and final.utterance >= event.utterance for final in state.finals):
        return state
    return replace(state, partials=(*_others(state.partials, event.speaker), event))


def _final(state: CallState, event: Final) -> CallState:
    kept = tuple(p for p in state.partials if p.speaker != event.speaker or p.utterance > event.utterance)
    return replace(state, finals=(*state.finals, event), partials=kept)


def _others(partials: tuple[Partial, ...], speaker: Speaker) -> tuple[Partial, ...]:
    return tuple(partial for partial in partials if partial.speaker != speaker)


def _gap(state: CallState, event: AudioGap) -> CallState:
    return replace(state, gaps=(*state.gaps, event))


def _cue(state: CallState, event: Cue) -> CallState:
    view = CueView(cue=event, status="early" if event.early else "confirmed")
    return replace(state, cues=(*state.cues, view))


def _cue_changed(state: CallState, cue_id: str, **changes: Any) -> CallState:  # noqa: ANN401 - field values
    cues = tuple(replace(v, **changes) if v.cue.cue_id == cue_id else v for v in state.cues)
    return replace(state, cues=cues)


def _prompt_closed(state: CallState, event: PromptClosed) -> CallState:
    prompts = tuple(
        replace(v, outcome=event.outcome, closed_ms=event.at_ms, alternative=event.alternative)
        if v.prompt.prompt_id == event.prompt_id
        else v
        for v in state.prompts
    )
    return replace(state, prompts=prompts)


def _alert_changed(alerts: tuple[AlertView, ...], event: AlertChanged) -> tuple[AlertView, ...]:
    return tuple(
        replace(v, state=event.state, by=event.by, note=event.note, changed_ms=event.at_ms)
        if v.alert.alert_id == event.alert_id
        else v
        for v in alerts
    )


_STEPS: dict[type[Event], Callable[[CallState, Any], CallState]] = {
    Partial: _partial,
    Final: _final,
    AudioGap: _gap,
    Cue: _cue,
    CueConfirmed: lambda s, e: _cue_changed(s, e.cue_id, status="confirmed"),
    CueRetracted: lambda s, e: _cue_changed(s, e.cue_id, status="retracted"),
    RefusalClosed: lambda s, e: _cue_changed(s, e.cue_id, outcome=e.outcome),
    Prompt: lambda s, e: replace(s, prompts=(*s.prompts, PromptView(prompt=e))),
    PromptClosed: _prompt_closed,
    Alert: lambda s, e: replace(s, alerts=(*s.alerts, AlertView(alert=e))),
    AlertChanged: lambda s, e: replace(s, alerts=_alert_changed(s.alerts, e)),
    MuteChanged: lambda s, e: replace(s, muted=e.muted),
    CallEnded: lambda s, e: replace(s, status="ended", end_reason=e.reason, partials=()),
    CallFailed: lambda s, e: replace(s, status="failed", error=e.error, partials=()),
}


# ---- the wall --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WallRow:
    """One call on the supervisor's wall."""

    call_id: str
    seq: int
    at_ms: int
    status: CallStatus
    started_at: str
    agent: Person
    customer: Customer
    language: str  # BCP 47: of the words below
    last_words: str = ""
    last_speaker: Speaker | None = None
    recovered: int = 0  # refusals followed by an alternative
    dead_ends: int = 0  # refusals followed by none
    alerts: tuple[AlertView, ...] = ()
    worst: AlertLevel | None = None  # among the unresolved alerts


def open_row(record: Record) -> WallRow:
    """The row after a call's first record, which must be its CallStarted."""
    assert isinstance(record.event, CallStarted)
    started = record.event
    return WallRow(
        call_id=record.call_id,
        seq=record.seq,
        at_ms=started.at_ms,
        status="live",
        started_at=started.started_at,
        agent=started.agent,
        customer=started.customer,
        language=started.language,
    )


def apply_wall(row: WallRow, record: Record) -> WallRow:
    """The row after one more record; a record already applied changes nothing."""
    if record.seq <= row.seq:
        return row
    event = record.event
    row = replace(row, seq=record.seq, at_ms=max(row.at_ms, event.at_ms))
    match event:
        case Final():
            return replace(row, last_words=event.text, last_speaker=event.speaker)
        case RefusalClosed(outcome="recovered"):
            return replace(row, recovered=row.recovered + 1)
        case RefusalClosed():
            return replace(row, dead_ends=row.dead_ends + 1)
        case Alert():
            return _with_alerts(row, (*row.alerts, AlertView(alert=event)))
        case AlertChanged():
            return _with_alerts(row, _alert_changed(row.alerts, event))
        case CallEnded():
            return replace(row, status="ended")
        case CallFailed():
            return replace(row, status="failed")
    return row


def is_for_wall(event: Event) -> bool:
    """Whether the wall draws anything of it; partials would flood a wall of hundreds of calls."""
    return isinstance(event, _WALL_EVENTS)


def has_unresolved(row: WallRow) -> bool:
    """Whether somebody still has to look at this call."""
    return row.worst is not None


def belongs_on_wall(row: WallRow) -> bool:
    """Live calls stay; a finished call stays while one of its alerts is unresolved."""
    return row.status == "live" or has_unresolved(row)


_WALL_EVENTS = (CallStarted, Final, RefusalClosed, Alert, AlertChanged, CallEnded, CallFailed)
_LEVELS: tuple[AlertLevel, ...] = ("info", "warning", "critical")


def _with_alerts(row: WallRow, alerts: tuple[AlertView, ...]) -> WallRow:
    unresolved = [v.alert.level for v in alerts if v.state in ("open", "acknowledged")]
    return replace(row, alerts=alerts, worst=max(unresolved, key=_LEVELS.index, default=None))
