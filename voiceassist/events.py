"""The vocabulary: everything that can happen in a call, as frozen dataclasses.

*Events* are facts in the past tense: they are numbered, stored, published and drawn. `Tick` is time itself. What
people ask for is in `actions.py`. `Input` is all that `Call.handle` takes; it answers with events.
Nothing here does anything. `wire.py` gives every event its JSON form; `core/call/call.py` produces them.

Times are milliseconds of call audio. `at_ms` is when a thing became known: for a transcript, the audio
position that was decoded plus the time that decoding took. `start_ms` and `end_ms`: when words were spoken.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

from voiceassist.actions import (
    Action,
    AlertReason,
    CallMoment,
    CardVolume,
    CoachingAnswer,
    Consent,
    PromiseOutcome,
)

Speaker = Literal["agent", "customer"]
Tier = str  # names are the deployment's own: "standard", "gold", ...
AlertLevel = Literal["info", "warning", "critical"]
AlertState = Literal["open", "acknowledged", "resolved", "retracted"]
GapCause = Literal["silent", "lost", "overflow", "rate_changed", "line_lost", "held"]
DoubtCode = Literal["container", "encoding", "channels", "dead_leg", "rate_mismatch", "clipping", "dc_offset"]
LineState = Literal["lost", "quiet", "held", "back", "gone"]
EndReason = Literal["hangup", "vanished", "shutdown", "interrupted", "idle", "peer_error"]
PromptOutcome = Literal[
    "used",
    "dismissed",
    "followed",  # the agent said what it told to say
    "recovered",  # the same of a refusal's card: an alternative was offered
    "refreshed",  # the same card came anew, for a newer refusal
    "retracted",
    "stale",
    "superseded",
    "muted",
    "call_ended",
]
RefusalOutcome = Literal["recovered", "dead_end"]
DisclosureState = Literal["due", "said", "missed", "withdrawn"]  # "withdrawn": it need not be said after all
Layer = Literal["phrase", "pattern", "rule", "classifier"]
Reach = Literal["colour", "card", "alert"]  # what a cue may do: colour its words, bring a card, bring an alert too
ReachLimit = Literal[
    "", "classifier_alone", "weak_rule", "unsure_words", "language", "one_voice", "playbook"
]  # why it may do no more; "": it may do everything
Colour = Literal["violet", "teal", "pink", "brown", "olive", "slate"]  # of a playbook's own kinds of cue
ConsentNeed = Literal["no", "announced", "given"]  # what recording needs; who has given it was told, too
CoachingStage = Literal["delivered", "seen"]
CallPart = Literal["audio", "transcript"]  # what can be deleted of a call that stays
Sound = Literal["none", "music", "ringing", "busy", "dtmf", "beep"]  # "none": speech, noise or silence

DeliveryOutcome = Literal["waiting", "arrived", "failed"]
HeardLegs = Literal["both", "agent", "customer"]  # what somebody who listens in hears
PhoneDeed = Literal["whisper", "barge", "transfer", "hang_up"]  # what a supervisor does by telephone
PhoneOutcome = Literal[
    "ringing", "on", "over", "done", "failed"
]  # of a visit: ringing, on, over; of the rest: done

SPEAKERS: tuple[Speaker, ...] = ("agent", "customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An agent of the contact centre."""

    id: str
    name: str
    team: str = ""  # decides which playbook the call gets


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who is calling, as far as the phone system told us."""

    id: str
    name: str
    tier: Tier = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float  # 0..1; 1.0 where the engine gives none


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The explanation that every prompt and alert carries."""

    cue_id: str
    rule: str  # id of the playbook rule that fired
    words: str  # the clause around the words that matched, as heard; `QuoteChanged` may change it
    confidence: float  # 0..1
    playbook: str  # name@version
    spoken_ms: int  # when the last of the words ended
    latency_ms: int  # from there to this event


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Something that may really be offered to this customer."""

    id: str
    text: str  # read at a glance
    detail: str = ""  # the same in full, for whoever asks for it


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOffer:
    """An alternative that this customer took in an earlier call."""

    alternative: str  # its id in the playbook
    on: str  # ISO 8601 date
    text: str = ""  # as the playbook words it now; empty where it has none of that id any more


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKind:
    """A kind of cue that a playbook has beyond the built-in ones, as screens show it."""

    id: str
    title: str  # what people call it
    speaker: Speaker  # who says it
    colour: Colour


# ---- events: what happened -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted:
    """The first event of every call."""

    at_ms: int
    started_at: str  # wall clock, ISO 8601 with zone
    agent: Person
    customer: Customer
    source: str  # the ingest protocol: "stream", "whip", "replay"
    engine: str
    language: str  # BCP 47, e.g. "en"
    playbook: str  # name@version
    playbook_hash: str = ""  # SHA-256 of the playbook's text, hex
    past_offers: tuple[PastOffer, ...] = ()  # of this customer, for offers that are limited per customer
    continues: str = ""  # call_id of the call that broke off and goes on in this one
    kinds: tuple[OwnKind, ...] = ()  # the playbook's own kinds of cue
    consent: Consent = "unknown"  # to being recorded, as the phone system says; `ConsentChanged` may change it
    consent_need: ConsentNeed = "no"  # without it nothing is recorded
    without_help: bool = False  # the machine was full: what is said is recognised after the call


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """What one utterance sounds like so far; the next Partial or the Final replaces it."""

    at_ms: int
    speaker: Speaker
    utterance: int  # counts from 1 within the speaker's leg
    text: str
    words: tuple[Word, ...]
    start_ms: int
    end_ms: int
    pause_ms: int = (
        0  # how long they have paused; then these are the final's words, unless they go on. 0: they talk
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """What one utterance was; nothing changes it any more."""

    at_ms: int
    speaker: Speaker
    utterance: int
    text: str
    words: tuple[Word, ...]
    start_ms: int
    end_ms: int
    confidence: float  # 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioGap:
    """Audio of one leg is missing; silence stands in its place so that times stay true."""

    at_ms: int  # where the gap starts
    speaker: Speaker
    duration_ms: int  # how much is missing
    cause: GapCause
    within_ms: int = 0  # length of the stretch in which that much is missing here and there; 0: in one piece


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChanged:
    """The connection that carries one leg was lost, is back, or is given up; or nothing has come on it for long.

    "lost": it broke off, and is waited for. "quiet": it carries nothing, and ends unless that changes.
    "held": the phone system said that it pauses. "back": audio comes again, after any of these.
    "gone": the leg was given up, or hung up, and the call goes on without it. Silence stands in for it meanwhile.
    """

    at_ms: int
    speaker: Speaker  # whose leg it is
    state: LineState
    until_ms: int | None = None  # call time up to which a "lost" or "quiet" line is waited for


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioDoubted:
    """The audio may not be what its sender says it is. It is heard as it comes: nothing is guessed.

    "container": it begins like a file. "encoding": it sounds right in another coding or byte order. "channels":
    one channel is announced as two legs, or two as one. "dead_leg": one side carries nothing at all.
    "rate_mismatch": its rate seems to be another one. "clipping", "dc_offset": its level is wrong.
    """

    at_ms: int
    speaker: Speaker | None  # whose leg; None: of all legs that come together
    code: DoubtCode
    message: str  # for whoever runs the phone system: what it looks like, and what to do


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSoundChanged:
    """One leg carries something else than talk, or talk again.

    "music": hold music; "ringing" and "busy": the network's tones; "dtmf": a pressed key (which one is never
    told); "beep": the single tone of a voicemail or an announcement.
    """

    at_ms: int
    speaker: Speaker  # whose leg it is
    sound: Sound
    since_ms: int  # when the sound began; for "none", when the one before it ended


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossTalkChanged:
    """One leg carries an echo of the other side's voice, or much more, much less or none of it than before.

    The echo is removed before recognition.
    """

    at_ms: int
    speaker: Speaker  # whose leg carries the echo of the other side
    level_db: int | None  # level of the echo against the voice, dB, mostly negative; None: the echo is gone
    delay_ms: int  # how much later than the voice the echo sounds; negative: earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class LegMergeChanged:
    """Both legs carry the same audio and are heard as one from here on; or they differ again."""

    at_ms: int
    merged: bool
    speaker: Speaker  # whose leg is heard, or was, for both


@dataclass(frozen=True, slots=True, kw_only=True)
class LatenessChanged:
    """The call is heard later than it is spoken, or in time again: told in steps, not at every change."""

    at_ms: int
    behind_ms: int  # how long the audio that was heard last had waited for it; 0: in time


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageDoubtChanged:
    """What a side says may not be in the call's language; or it is understood again.

    While it is in doubt the side's cues bring no card and no alert.
    """

    at_ms: int
    speaker: Speaker
    doubted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A moment that somebody should act on (the kinds are defined in the playbook's glossary)."""

    at_ms: int
    cue_id: str  # unique within the call: "c1", "c2", ...
    kind: str
    speaker: Speaker
    utterance: int
    words: str  # the words that matched, as heard
    start_ms: int
    end_ms: int
    confidence: float  # 0..1
    layer: Layer
    rule: str
    early: bool  # True: fired on a Partial, awaits CueConfirmed or CueRetracted
    playbook: str = ""  # name@version; empty in calls that were stored before cues carried it
    reach: Reach = "alert"  # "alert" too in calls that were stored before cues carried it
    reach_limit: ReachLimit = ""  # why it goes no further; empty: nothing holds it back
    agreed: bool = False  # it has a second witness: mostly, the classifier gives the same kind as the rule


@dataclass(frozen=True, slots=True, kw_only=True)
class CueConfirmed:
    """The final transcript bears an early cue out."""

    at_ms: int
    cue_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CueRetracted:
    """The final transcript does not bear an early cue out: it never happened."""

    at_ms: int
    cue_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalClosed:
    """A refusal's episode ended: an alternative followed in time, or none did."""

    at_ms: int
    cue_id: str  # of the refusal
    outcome: RefusalOutcome
    words: str  # the alternative as offered; empty for a dead end


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One card for the agent's screen."""

    at_ms: int
    prompt_id: str  # "p1", "p2", ...
    kind: str  # the cue's kind
    headline: str
    say: str  # the sentence to say
    alternatives: tuple[Alternative, ...]  # at most three
    priority: int  # higher first
    expires_ms: int  # goes away by itself at this call time
    why: Why
    late: bool = False  # its moment had passed when it came: a quiet note, not a card to use now
    benefit: str = ""  # what the limit does for the customer, for whoever asks for it
    again: int = 0  # times that it came before for the same cue; `why` then tells of the first time


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptClosed:
    """A card left the agent's screen."""

    at_ms: int
    prompt_id: str
    outcome: PromptOutcome
    alternative: str | None = None  # id of the alternative that was used


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something a supervisor should look at: a new incident, or one that is told anew.

    An incident is what belongs together in one call: the abuse of one ladder, or alerts of one other kind, until
    somebody has resolved it.
    """

    at_ms: int
    alert_id: str  # "a1", "a2", ...
    level: AlertLevel
    kind: str  # a cue kind, or "help" when the agent asked
    reason: str  # one sentence for a person
    quote: str  # the words in question, with their clause; `QuoteChanged` may change it
    why: Why
    reason_code: str = ""  # a code for `reason` where that is our own sentence; "": a playbook's own words
    late: bool = False  # it came late, because the machine was behind
    unsaid: str = ""  # title of what was not said in time; of alerts of the kind `missing` only
    incident: str = ""  # id of the first alert of its incident; empty, as in calls of before: it is one of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRepeated:
    """One more cue of an incident, for which nobody is told anew: it only counts."""

    at_ms: int
    incident: str  # id of the incident's first alert
    level: AlertLevel  # the fields from here on are an alert's
    kind: str
    reason: str
    quote: str
    why: Why
    reason_code: str = ""
    late: bool = False
    unsaid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteChanged:
    """The final has more of the clause that cards and alerts of a cue quote."""

    at_ms: int
    cue_id: str
    words: str  # now `why.words` of its cards and alerts, and `quote` of its alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChanged:
    """Somebody took care of an incident, or took that back; or it turned out to be untrue.

    Whoever acknowledged it last owns it, or whoever it was handed to, until it is open again.
    """

    at_ms: int
    alert_id: str  # of the incident: of its first alert
    state: AlertState
    by: str  # a person's name, or "voiceassist"
    note: str = ""
    done_at: str = ""  # wall clock, ISO 8601 with zone, when a person did it; empty: at that moment of the call
    reason: AlertReason = ""  # why it is resolved; empty: nobody said so, or it is not
    owner: str = ""  # whom it was handed to; empty: it is theirs who acknowledged it


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarmMarked:
    """Somebody says that a cue, and so its card and its alert, was none; or takes that back.

    Keeps what was said and what found it: from it, cues are adjusted to the calls of one place.
    """

    at_ms: int
    cue_id: str
    marked: bool  # False: taken back
    by: str  # a person's name
    kind: str
    speaker: Speaker
    words: str  # the words that matched, as heard
    said: str  # their line, as far as it was heard
    before: str  # the other side's turn before it
    layer: Layer
    rule: str
    confidence: float  # 0..1, as the cue's
    reach: Reach
    agreed: bool  # as the cue's
    playbook: str  # name@version
    done_at: str = ""  # wall clock, ISO 8601 with zone, when a person did it; empty: at that moment of the call


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUsefulMarked:
    """Somebody says that a card was of no use, though its cue may have been right; or takes that back.

    Keeps which rule of which version brought it, and for which words.
    """

    at_ms: int
    prompt_id: str
    cue_id: str
    marked: bool  # False: taken back
    by: str  # a person's name
    kind: str
    rule: str
    words: str  # that matched, as heard
    playbook: str  # name@version
    done_at: str = ""  # wall clock, ISO 8601 with zone, when a person did it; empty: at that moment of the call


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureChanged:
    """Something that must be said in this call is due, was said, was not said in time, or is not due any more.

    "missed" may be followed by "said": it was said too late.
    """

    at_ms: int
    disclosure: str  # its id in the playbook
    title: str  # what a person calls it, in the playbook's language
    speaker: Speaker  # who must say it
    state: DisclosureState
    due_ms: int | None  # call time by which it must be said; None: by the end of the call


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseHeard:
    """The agent promised something by a day or a time: "I will ... by Friday". Found by the shape of the words."""

    at_ms: int
    utterance: int  # of the agent
    words: str  # the promise, as heard
    when: str  # the words among them that say by when
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseMarked:
    """Somebody says whether a promise was kept: nothing that is heard in the call can tell. The newest counts."""

    at_ms: int
    utterance: int  # of the promise, as its start
    start_ms: int
    outcome: PromiseOutcome  # "": taken back
    by: str  # a person's name
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded:
    """Somebody wrote something down about the call, mostly after it."""

    at_ms: int
    by: str  # a person's name
    text: str
    done_at: str = ""  # wall clock, ISO 8601 with zone; empty: at that moment of the call
    note_id: str = ""  # "n1", "n2", ...; empty, as in calls of before: it cannot be changed
    login: str = ""  # whose it is; empty: of the person of an open server
    place: CallMoment | None = None  # None: it is about the call
    mentions: tuple[str, ...] = ()  # logins of those whom it names with an @


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteChanged:
    """A note as it is from now on: written anew, deleted, or brought back."""

    at_ms: int
    note: NoteAdded
    by: str  # a person's name
    deleted: bool = False
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTag:
    """A word that people sort calls by."""

    text: str  # as it was written first
    by: str  # a person's name
    place: CallMoment | None = None  # None: it is about the call
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsChanged:
    """The tags that the call has from now on."""

    at_ms: int
    tags: tuple[CallTag, ...]
    by: str  # a person's name
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCorrected:
    """What a line really was, as somebody who heard the call says.

    Cues stay: they were decided by what was heard. So does the final: `core/words/corrected.py` joins both.
    """

    at_ms: int
    speaker: Speaker  # the line's, as it was heard
    utterance: int
    text: str
    words: tuple[Word, ...]  # new ones have the time of those in whose place they are, and are sure
    said_by: Speaker  # who really said it
    by: str  # a person's name
    corrected: bool = True  # False: taken back, it is as it was heard
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryText:
    """One line of a call's summary, as a person left it."""

    section: str  # of `summary/items.py`: "reason", "refused", ...
    text: str  # with what is private masked
    seq: int = 0  # number of the record with the words that it is about; 0: none
    from_ms: int | None = None  # where those words begin


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryEdited:
    """Somebody rewrote the summary of a call that is over; this one takes the place of one before.

    The summary that the call's own words give can always be made again.
    """

    at_ms: int
    by: str  # a person's name
    lines: tuple[SummaryText, ...]  # none: back to what the call's words give
    language: str = "en"  # of the lines, BCP 47
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySent:
    """The summary of a call is on its way to the webhook that the settings name; or has arrived, or will not."""

    at_ms: int
    by: str  # a person's name
    delivery: str  # its id, the same for the receiver
    place: str  # the host that it goes to
    outcome: DeliveryOutcome
    told: str = ""  # what the receiver said, or why it did not arrive
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged:
    """It became known whether the customer consents to being recorded.

    "announced": they were told that the call is recorded.
    """

    at_ms: int
    consent: Consent
    by: str  # a person's name, or "voiceassist", which heard the notice


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIdentified:
    """It became known, after the call's start, who is speaking: both people, as they are known now."""

    at_ms: int
    agent: Person
    customer: Customer
    by: str  # a person's or a key's name, "lookup", or "phone system"
    past_offers: tuple[PastOffer, ...] = ()  # of this customer, as in `CallStarted`


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDeleted:
    """A part of a call that is over was deleted for good, because it had been kept for as long as it may be.

    "audio": the recording. "transcript": every word that was said or quoted, and what people wrote about it.
    """

    at_ms: int
    part: CallPart
    by: str  # a person's name, or "voiceassist"
    done_at: str  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteChanged:
    """The agent switched cards off or on for this call."""

    at_ms: int
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardVolumeChanged:
    """The agent wants fewer or more cards in this call."""

    at_ms: int
    volume: CardVolume


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPaused:
    """From here on nothing of the call is recorded, heard or shown: silence of the same length takes its place."""

    at_ms: int
    by: str  # a person's name, that of a phone system's key, or "voiceassist"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingResumed:
    """The call is recorded, heard and shown again."""

    at_ms: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListensIn:
    """Somebody who listens in to a live call."""

    by: str  # a person's name
    legs: HeardLegs


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningChanged:
    """Others listen in now than before: these, or nobody any more. Never told where the settings forbid it."""

    at_ms: int
    listeners: tuple[ListensIn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneActed:
    """A supervisor did something to the call in its phone system, or something became of it.

    "whisper": they speak to the agent, and the customer does not hear them. "barge": they speak to both. Either is
    a visit: "ringing" (their telephone), "on", then "over" or "failed"; both may take turns in one visit.
    "transfer", "hang_up": "done" or "failed".
    """

    at_ms: int
    deed: PhoneDeed
    outcome: PhoneOutcome
    by: str  # a person's name
    visit: str = ""  # which visit it belongs to; empty: to none
    to: str = ""  # the number that the customer was put through to
    reason: str = ""  # a code: why it failed, or is over ("left", "hung_up")
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFine:
    """The agent said: I'm fine. Abuse as it was so far brings no card, and no alert that is not critical.

    It is over when the agent takes it back, or when the customer goes further than before.
    """

    at_ms: int
    fine: bool = True  # False: it is over
    rose: bool = False  # it is over because the customer went further


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryOffered:
    """The call was abusive, so its agent is offered a moment afterwards; told at the call's end."""

    at_ms: int
    rung: str  # the highest of the playbook's ladder that was reached; empty: none was


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingSent:
    """A supervisor wrote to the agent."""

    at_ms: int
    coaching_id: str  # unique within the call
    by: str  # a person's name
    text: str  # with what is private masked
    snippet: str = ""  # id of the playbook's snippet that it is; empty: their own words
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingSeen:
    """What became of a supervisor's message on its way to the agent.

    "delivered": the agent's page has it. "seen": it was before the agent's eyes for a second, or they opened it.
    """

    at_ms: int
    coaching_id: str
    stage: CoachingStage
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingAnswered:
    """The agent answered a supervisor's message; this answer takes the place of one before."""

    at_ms: int
    coaching_id: str
    by: str  # a person's name
    answer: CoachingAnswer
    text: str = ""  # of the answer "text" only, with what is private masked
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingWithdrawn:
    """Whoever wrote a message took it back before the agent saw it."""

    at_ms: int
    coaching_id: str
    by: str  # a person's name
    done_at: str = ""  # wall clock, ISO 8601 with zone


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    """The last event of a call that ended."""

    at_ms: int
    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailed:
    """The last event of a call that we failed."""

    at_ms: int
    error: str  # for a person: what went wrong and what to do


Event = (
    CallStarted
    | Partial
    | Final
    | AudioGap
    | AudioDoubted
    | LineChanged
    | LineSoundChanged
    | CrossTalkChanged
    | LegMergeChanged
    | LatenessChanged
    | LanguageDoubtChanged
    | Cue
    | CueConfirmed
    | CueRetracted
    | RefusalClosed
    | Prompt
    | PromptClosed
    | Alert
    | AlertRepeated
    | QuoteChanged
    | AlertChanged
    | FalseAlarmMarked
    | NotUsefulMarked
    | DisclosureChanged
    | PromiseHeard
    | PromiseMarked
    | NoteAdded
    | NoteChanged
    | TagsChanged
    | LineCorrected
    | SummaryEdited
    | SummarySent
    | ConsentChanged
    | CallIdentified
    | PartDeleted
    | MuteChanged
    | CardVolumeChanged
    | RecordingPaused
    | RecordingResumed
    | ListeningChanged
    | PhoneActed
    | AgentFine
    | RecoveryOffered
    | CoachingSent
    | CoachingSeen
    | CoachingAnswered
    | CoachingWithdrawn
    | CallEnded
    | CallFailed
)
EVENT_CLASSES: tuple[type[Event], ...] = get_args(Event)
Transcript = Partial | Final
LineChange = LineSoundChanged | CrossTalkChanged | LegMergeChanged  # what is heard of the lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Call time moved on to `at_ms`: deadlines up to there are due."""

    at_ms: int


Input = (
    CallStarted
    | Partial
    | Final
    | AudioGap
    | AudioDoubted
    | LineChanged
    | LineChange
    | LatenessChanged
    | CallIdentified
    | ListeningChanged
    | PhoneActed
    | CallEnded
    | CallFailed
    | Action
    | Tick
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An event with its place: which call, and which number within it (rising, gaps allowed).

    Partials take a number too but are never stored: the numbers of stored events have gaps.
    """

    call_id: str
    seq: int
    event: Event
    # The record as JSON, from when it was first asked for: `wire.encode_line` keeps it here and alone uses it.
    line: str | None = field(default=None, init=False, repr=False, compare=False)


def has_consent(consent: Consent, need: ConsentNeed) -> bool:
    """Whether a call may be recorded."""
    return need == "no" or consent in ("given", need)


def is_durable(event: Event) -> bool:
    """Whether the event must be stored and must reach every client: all but partials."""
    return not isinstance(event, Partial)
