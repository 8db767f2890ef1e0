"""What the wall draws of one call: `apply_wall(row, record) -> row`.

Pure and total, as `state.py` is; the TypeScript store does the same in `web/src/live/store.ts`.
Next: `hub.py` keeps the rows of live calls, and of finished ones that somebody still has to look at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voiceassist.actions import Consent
from voiceassist.core.call.incidents import (
    INCIDENT_EVENTS,
    AlertView,
    IncidentEvent,
    gravity,
    is_unresolved,
    take,
    unquoted,
)
from voiceassist.core.screen.state import doubted_after, lines_after
from voiceassist.core.screen.views import CallStatus
from voiceassist.events import (
    AgentFine,
    Alert,
    AlertChanged,
    AlertLevel,
    AlertRepeated,
    CallEnded,
    CallFailed,
    CallIdentified,
    CallStarted,
    ConsentChanged,
    ConsentNeed,
    CueRetracted,
    Customer,
    DisclosureChanged,
    Event,
    Final,
    LanguageDoubtChanged,
    LatenessChanged,
    LineChanged,
    LineSoundChanged,
    ListeningChanged,
    MuteChanged,
    OwnKind,
    PartDeleted,
    Person,
    QuoteChanged,
    Record,
    RecordingPaused,
    RecordingResumed,
    RefusalClosed,
    Speaker,
)


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
    kinds: tuple[OwnKind, ...] = ()  # the playbook's own kinds of cue
    engine: str = ""  # that hears it
    last_words: str = ""
    last_speaker: Speaker | None = None
    recovered: int = 0  # refusals followed by an alternative
    dead_ends: int = 0  # refusals followed by none
    alerts: tuple[AlertView, ...] = ()  # by incident, the oldest first
    worst: AlertLevel | None = None  # among the unresolved ones
    lines: tuple[LineChanged, ...] = ()  # one of each leg whose line is lost, quiet or gone now
    doubted: tuple[Speaker, ...] = ()  # whose language is in doubt now
    missed: tuple[str, ...] = ()  # titles of what must be said, was not in time, and still is not
    behind_ms: int = 0  # how late words arrive now, in steps; 0: in time, or the call is over
    consent: Consent = "unknown"  # to being recorded
    consent_need: ConsentNeed = "no"  # without it nothing is recorded
    without_help: bool = False  # the machine was full: it is heard after the call
    muted: bool = False  # the agent wants no cards
    paused: bool = False  # the recording of a live call is paused
    fine: bool = False  # the agent of a live call said that they are
    listeners: tuple[str, ...] = ()  # names of those who listen in to a live call, each once
    agent_ms: int = 0  # how long the agent of a live call has spoken; 0 afterwards
    customer_ms: int = 0
    heard_ms: int = 0  # when the last words ended, in a live call; 0 before the first ones
    sounds: tuple[LineSoundChanged, ...] = ()  # one of each leg that carries music or tones now


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
        kinds=started.kinds,
        engine=started.engine,
        consent=started.consent,
        consent_need=started.consent_need,
        without_help=started.without_help,
    )


def apply_wall(row: WallRow, record: Record) -> WallRow:
    """The row after one more record; a record already applied changes nothing."""
    if record.seq <= row.seq:
        return row
    event = record.event
    row = replace(row, seq=record.seq, at_ms=max(row.at_ms, event.at_ms))
    match event:
        case Final():
            return _with_words(row, event)
        case RefusalClosed():
            return _with_outcome(row, event)
        case MuteChanged() | RecordingPaused() | RecordingResumed() | AgentFine():
            return _with_button(row, event)
        case CallIdentified() | LineChanged() | LineSoundChanged() | ListeningChanged():
            return _with_people(row, event)
        case LanguageDoubtChanged() | DisclosureChanged() | LatenessChanged() | ConsentChanged():
            return _with_state(row, event)
        case Alert() | AlertRepeated() | QuoteChanged() | CueRetracted() | AlertChanged():
            return _with_incidents(row, event)
        case PartDeleted(part="transcript"):
            return replace(row, last_words="", last_speaker=None, alerts=tuple(map(unquoted, row.alerts)))
        case CallEnded() | CallFailed():
            return _over(row, event)
    return row


def row_of(records: Sequence[Record]) -> WallRow:
    """A stored call as it would stand on the wall."""
    row = open_row(records[0])
    for record in records[1:]:
        row = apply_wall(row, record)
    return row


def is_for_wall(event: Event) -> bool:
    """Whether the wall draws anything of it; partials would flood a wall of hundreds of calls."""
    return isinstance(event, WALL_EVENTS)


def has_unresolved(row: WallRow) -> bool:
    """Whether somebody still has to look at this call."""
    return row.worst is not None


def belongs_on_wall(row: WallRow) -> bool:
    """Live calls stay; a finished call stays while one of its alerts is unresolved."""
    return row.status == "live" or has_unresolved(row)


WALL_EVENTS = (
    *(CallStarted, Final, LineChanged, LineSoundChanged, LanguageDoubtChanged, LatenessChanged),
    *(DisclosureChanged, MuteChanged),
    *(AgentFine, RecordingPaused, RecordingResumed, RefusalClosed, PartDeleted, ConsentChanged, CallIdentified),
    *(*INCIDENT_EVENTS, ListeningChanged, CallEnded, CallFailed),
)


def _with_button(row: WallRow, event: MuteChanged | RecordingPaused | RecordingResumed | AgentFine) -> WallRow:
    if isinstance(event, MuteChanged):
        return replace(row, muted=event.muted)
    if isinstance(event, AgentFine):
        return replace(row, fine=event.fine)
    return replace(row, paused=isinstance(event, RecordingPaused))


def _with_people(
    row: WallRow, event: CallIdentified | LineChanged | LineSoundChanged | ListeningChanged
) -> WallRow:
    if isinstance(event, ListeningChanged):
        return replace(row, listeners=listener_names(event))
    if isinstance(event, CallIdentified):
        return replace(row, agent=event.agent, customer=event.customer)
    if isinstance(event, LineSoundChanged):
        others = tuple(sound for sound in row.sounds if sound.speaker != event.speaker)
        return replace(row, sounds=others if event.sound == "none" else (*others, event))
    return replace(row, lines=lines_after(row.lines, event))


def listener_names(event: ListeningChanged) -> tuple[str, ...]:
    """Everybody who listens in now, once."""
    return tuple(dict.fromkeys(listener.by for listener in event.listeners))


def _with_outcome(row: WallRow, event: RefusalClosed) -> WallRow:
    if event.outcome == "recovered":
        return replace(row, recovered=row.recovered + 1)
    return replace(row, dead_ends=row.dead_ends + 1)


def _with_state(
    row: WallRow, event: LanguageDoubtChanged | DisclosureChanged | LatenessChanged | ConsentChanged
) -> WallRow:
    match event:
        case ConsentChanged():
            return replace(row, consent=event.consent)
        case LanguageDoubtChanged():
            return replace(row, doubted=doubted_after(row.doubted, event))
        case DisclosureChanged():
            return replace(row, missed=_missed_after(row.missed, event))
    return replace(row, behind_ms=event.behind_ms)


def _missed_after(missed: tuple[str, ...], event: DisclosureChanged) -> tuple[str, ...]:
    others = tuple(title for title in missed if title != event.title)
    return (*others, event.title) if event.state == "missed" else others


def _with_words(row: WallRow, final: Final) -> WallRow:
    spoken = {"agent": row.agent_ms, "customer": row.customer_ms}
    spoken[final.speaker] += final.end_ms - final.start_ms
    return replace(
        row,
        last_words=final.text,
        last_speaker=final.speaker,
        agent_ms=spoken["agent"],
        customer_ms=spoken["customer"],
        heard_ms=max(row.heard_ms, final.end_ms),
    )


def _over(row: WallRow, event: CallEnded | CallFailed) -> WallRow:
    status: CallStatus = "ended" if isinstance(event, CallEnded) else "failed"
    return replace(
        row,
        status=status,
        paused=False,
        fine=False,
        listeners=(),
        lines=(),
        sounds=(),
        behind_ms=0,
        agent_ms=0,
        customer_ms=0,
        heard_ms=0,
    )


def _with_incidents(row: WallRow, event: IncidentEvent) -> WallRow:
    incidents = {view.incident: view for view in row.alerts}
    take(incidents, event)
    unresolved = [view.alert for view in incidents.values() if is_unresolved(view)]
    worst = max(unresolved, key=lambda alert: gravity(alert.level), default=None)
    return replace(row, alerts=tuple(incidents.values()), worst=worst.level if worst else None)
