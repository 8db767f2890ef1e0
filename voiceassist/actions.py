"""What people ask for in a call, as frozen dataclasses: `Call.handle` answers each with events.

Nothing here does anything. `wire.py` reads them from screens; `core/call/actions.py` carries them out. Who asks
(`by`) and when (`at_ms`, `done_at`) is what the server says, never the client.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from annotated_types import Ge, MaxLen, MinLen

Consent = Literal["unknown", "announced", "given", "refused"]  # of the customer, to being recorded
GivenAlertState = Literal["open", "acknowledged", "resolved"]  # what a person may make of an alert
AlertReason = Literal["", "helped", "false_alarm", "no_action"]  # why an alert is resolved; "": not said
CardVolume = Literal["fewer", "normal", "more"]  # how many cards an agent wants, within the playbook's limits
CoachingAnswer = Literal["thumbs_up", "need_you", "text"]  # an agent's, to a supervisor's message
COACHING_CHARS = 300  # of a message or its answer: what is read while talking

# What people type or their screens send. A length also makes validation refuse text that is not valid Unicode.
Id = Annotated[str, MaxLen(200)]
Note = Annotated[str, MaxLen(2_000)]
PromiseOutcome = Literal["", "kept", "not_kept"]  # what became of a promise; "": nobody said so
NewId = Annotated[str, MinLen(1), MaxLen(64)]  # that a page makes up
CoachingText = Annotated[str, MaxLen(COACHING_CHARS)]
TagText = Annotated[str, MinLen(1), MaxLen(40)]
LineText = Annotated[str, MaxLen(5_000)]  # a minute of fast speech has 1,500 characters
Mentions = Annotated[tuple[Id, ...], MaxLen(20)]  # logins


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMoment:
    """A moment of the call that somebody points at, and the line there, if it is about one."""

    at_ms: Annotated[int, Ge(0)]
    speaker: Literal["agent", "customer"] | None = None
    utterance: Annotated[int, Ge(0)] = 0  # of that speaker; 0: no line


@dataclass(frozen=True, slots=True, kw_only=True)
class UsePrompt:
    """The agent used the card, perhaps one of its alternatives."""

    at_ms: int
    prompt_id: Id
    alternative: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissPrompt:
    """The agent does not want this card."""

    at_ms: int
    prompt_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMute:
    """The agent wants no cards (or wants them again)."""

    at_ms: int
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCardVolume:
    """The agent wants fewer or more cards, within the playbook's limits."""

    at_ms: int
    volume: CardVolume


@dataclass(frozen=True, slots=True, kw_only=True)
class AskHelp:
    """The agent asks the supervisor for help."""

    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SayFine:
    """The agent says that no help is needed, and that abuse as it was so far needs none; or takes that back."""

    at_ms: int
    fine: bool = True  # False: takes it back


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBreak:
    """After a call the agent takes a break, and tells the supervisors so; or is back."""

    at_ms: int
    by: Id
    taken: bool = True  # False: is back
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAlert:
    """A supervisor acknowledges an incident, which makes it theirs; hands it over; resolves it; or opens it again.

    A false alarm marks its cues as such; what is opened again, or gets another reason, takes the marks back.
    """

    at_ms: int
    alert_id: Id  # of any alert of the incident
    state: GivenAlertState
    by: Id
    note: Note = ""
    done_at: str = ""  # wall clock, ISO 8601 with zone
    reason: AlertReason = ""  # of what is resolved only
    owner: Id = ""  # of what is acknowledged only: whose it becomes; empty: theirs who acknowledges it
    seen: Annotated[int, Ge(0)] | None = None  # how many changes of it they had seen; None: it changes anyhow


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkFalseAlarm:
    """Somebody says that the cue behind a card or an alert (`why.cue_id`) was none; or takes that back."""

    at_ms: int
    cue_id: Id
    by: Id
    marked: bool = True  # False: takes it back
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkNotUseful:
    """Somebody says that a card was of no use, which also takes it off the screen; or takes the mark back."""

    at_ms: int
    prompt_id: Id
    by: Id
    marked: bool = True  # False: takes it back
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPromise:
    """Somebody says whether what an agent promised by a day or a time was kept; or takes that back."""

    at_ms: int
    utterance: Annotated[int, Ge(0)]  # of the promise, as its start
    start_ms: Annotated[int, Ge(0)]
    by: Id
    outcome: PromiseOutcome
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote:
    """Somebody writes something down about the call, or about a moment of it."""

    at_ms: int
    by: Id
    text: Note
    done_at: str = ""  # wall clock, ISO 8601 with zone
    login: Id = ""  # whose note it is: the server says it; empty on an open server
    place: CallMoment | None = None
    mentions: Mentions = ()  # who is named with an @ and may see the call: the server says it


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeNote:
    """Whoever wrote a note writes it anew, deletes it, or brings it back."""

    at_ms: int
    note_id: Id
    by: Id
    text: Note | None = None  # None: as it is
    deleted: bool = False  # False also brings back what was deleted
    done_at: str = ""  # wall clock, ISO 8601 with zone
    login: Id = ""  # as in `AddNote`
    mentions: Mentions = ()  # as in `AddNote`; of `text`


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTag:
    """Somebody puts a tag on the call, perhaps on a moment of it; or takes one away."""

    at_ms: int
    by: Id
    tag: TagText
    on: bool = True  # False: takes it away
    place: CallMoment | None = None
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectLine:
    """Somebody says what a line of a call that is over really was: its words, who said them, or both.

    It takes the place of what was said of the line before. Neither text nor speaker: the line was heard rightly.
    """

    at_ms: int
    by: Id
    speaker: Literal["agent", "customer"]  # as it was heard
    utterance: int
    text: LineText | None = None  # None: as heard
    said_by: Literal["agent", "customer"] | None = None  # None: as heard
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRecording:
    """Nothing of the call is to be kept or heard for a while, as when a card number is read out; or again."""

    at_ms: int
    by: Id
    paused: bool = True  # False: goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class SetConsent:
    """The agent, or their supervisor, says whether the customer consents to being recorded."""

    at_ms: int
    by: Id
    consent: Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCoaching:
    """A supervisor writes to the agent: words of their own, or a snippet of the playbook.

    The page makes up the id, so that a message which it sends again after a broken connection is there once.
    """

    at_ms: int
    coaching_id: NewId
    by: Id
    text: CoachingText = ""
    snippet: Id = ""  # id of the playbook's snippet that says it; with it, `text` is empty
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeCoaching:
    """The agent's page has a supervisor's message; or the agent had it before their eyes."""

    at_ms: int
    coaching_id: Id
    seen: bool = True  # False: the page has it, but has not shown it yet
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCoaching:
    """The agent answers a supervisor's message; another answer takes the place of the one before."""

    at_ms: int
    coaching_id: Id
    by: Id
    answer: CoachingAnswer
    text: CoachingText = ""  # of the answer "text" only
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCoaching:
    """Whoever wrote a message takes it back, in the first seconds and as long as the agent has not seen it."""

    at_ms: int
    coaching_id: Id
    by: Id
    done_at: str = ""  # wall clock, ISO 8601 with zone


Action = (
    UsePrompt
    | DismissPrompt
    | SetMute
    | SetCardVolume
    | AskHelp
    | SayFine
    | TakeBreak
    | ChangeAlert
    | MarkFalseAlarm
    | MarkNotUseful
    | MarkPromise
    | AddNote
    | ChangeNote
    | SetTag
    | CorrectLine
    | PauseRecording
    | SetConsent
    | SendCoaching
    | SeeCoaching
    | AnswerCoaching
    | WithdrawCoaching
)
ACTION_CLASSES: tuple[type[Action], ...] = get_args(Action)
