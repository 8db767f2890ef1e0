"""What a screen shows of one call, as values: the call, its cues and cards, each with what became of it.

Its incidents are those of `core/call/incidents.py`. Nothing happens here.
Next: `state.py` makes them of a call's records, `wall.py` the rows of many calls.
"""

from dataclasses import dataclass
from typing import Literal

from voiceassist.actions import CardVolume, CoachingAnswer, Consent
from voiceassist.core.call.incidents import AlertView
from voiceassist.events import (
    AudioDoubted,
    AudioGap,
    CallStarted,
    CallTag,
    CoachingSent,
    CrossTalkChanged,
    Cue,
    DisclosureChanged,
    EndReason,
    Final,
    LegMergeChanged,
    LineChanged,
    LineCorrected,
    LineSoundChanged,
    ListeningChanged,
    NoteAdded,
    PartDeleted,
    Partial,
    PhoneActed,
    PromiseHeard,
    PromiseMarked,
    Prompt,
    PromptOutcome,
    RefusalOutcome,
    Speaker,
    SummaryEdited,
    SummarySent,
)

CallStatus = Literal["live", "ended", "failed"]
CueStatus = Literal["early", "confirmed", "retracted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CueView:
    """A cue with what became of it."""

    cue: Cue
    status: CueStatus
    outcome: RefusalOutcome | None = None  # refusals only; None while the episode is open
    offered: str = ""  # the words of the alternative that recovered the refusal
    false_alarm_by: str = ""  # who says that it was none; empty: nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptView:
    """A card with what became of it."""

    prompt: Prompt
    outcome: PromptOutcome | None = None  # None: on the screen now
    closed_ms: int | None = None
    alternative: str | None = None
    not_useful_by: str = ""  # who says that it was of no use; empty: nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseView:
    """A span of the call that nobody was to keep or hear."""

    start_ms: int
    by: str  # who paused the recording
    end_ms: int | None = None  # None: it goes on, or went on to the end of the call
    resumed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingView:
    """A supervisor's message with what became of it. Moments: wall clock, ISO 8601 with zone; empty: not yet."""

    sent: CoachingSent
    delivered_at: str = ""  # the agent's page had it
    seen_at: str = ""
    answer: CoachingAnswer | None = None  # the agent's newest
    answer_text: str = ""  # of the answer "text"
    answered_at: str = ""


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
    card_volume: CardVolume = "normal"
    finals: tuple[Final, ...] = ()
    partials: tuple[Partial, ...] = ()  # at most one per speaker
    cues: tuple[CueView, ...] = ()
    prompts: tuple[PromptView, ...] = ()
    alerts: tuple[AlertView, ...] = ()  # by incident, the oldest first
    gaps: tuple[AudioGap, ...] = ()
    audio_doubts: tuple[AudioDoubted, ...] = ()
    pauses: tuple[PauseView, ...] = ()  # of the recording; only the last may be open
    listening: tuple[ListeningChanged, ...] = ()  # in order; the last says who listens in while the call is live
    lines: tuple[LineChanged, ...] = ()  # as they are now: one of each leg whose line is lost, quiet or gone
    line_sounds: tuple[LineSoundChanged, ...] = ()  # all of the call, in order
    cross_talk: tuple[CrossTalkChanged, ...] = ()  # as it is now: at most one per leg
    leg_merge: LegMergeChanged | None = None  # the newest
    doubted: tuple[Speaker, ...] = ()  # whose language is in doubt now
    disclosures: tuple[DisclosureChanged, ...] = ()  # the newest of each, in the order in which they came up
    promises: tuple[PromiseHeard, ...] = ()
    promise_marks: tuple[PromiseMarked, ...] = ()  # the newest of each promise of which somebody said so
    notes: tuple[NoteAdded, ...] = ()  # as they are now, without deleted ones
    tags: tuple[CallTag, ...] = ()
    corrections: tuple[LineCorrected, ...] = ()  # what stands now: at most one of each line
    summary: SummaryEdited | None = None  # as a person left it; None: as the words give it
    summary_sent: SummarySent | None = None  # the newest
    consent: Consent = "unknown"  # to being recorded; `started.consent_need` says which it must be
    deleted: tuple[PartDeleted, ...] = ()  # parts of the call that are gone
    coaching: tuple[CoachingView, ...] = ()  # what supervisors wrote and did not take back
    behind_ms: int = 0  # how late words arrive now, in steps; 0: in time, or the call is over
    fine: bool = False  # the agent is fine with the abuse so far, and it brings little
    recovery: bool = False  # the call was abusive: its agent is offered a moment afterwards
    phone: tuple[PhoneActed, ...] = ()  # what supervisors did in the phone system, in order
