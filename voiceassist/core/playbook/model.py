"""What a playbook holds: cues, policies, cards, the ladder, alerts and limits.

Nothing here does anything. `playbook_file/parse.py` reads it from YAML; `core/cues/patterns.py` compiles its
phrases; `core/call/card_text.py`, `core/call/ladder.py` and `core/call/refusals.py` follow it. Phrases are in the
language of `core/words/phrases.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from voiceassist.core.classifier.model import Classifier
from voiceassist.core.words.announced import Kind, Treatment
from voiceassist.core.words.languages import Language, language_rules
from voiceassist.events import AlertLevel, OwnKind, Reach, Speaker, Tier

CostClass = Literal["none", "low", "medium", "high"]
COST_CLASSES: tuple[CostClass, ...] = get_args(CostClass)
Sensitivity = Literal["off", "low", "normal", "high"]  # of the classifier; off: the phrases alone
REACHES: tuple[Reach, ...] = get_args(Reach)  # in rising order
KindReach = Literal["off", "colour", "card", "alert"]  # how far a kind may go; off: there are no cues of it
SECOND_MS = 1000  # playbooks count in seconds, events in milliseconds
GENERAL = "general"  # id of the policy that is used when no topic fits
NO_CARD = "none"  # in an example: no card comes

AGENT_KINDS = (
    "refusal",
    "alternative",
    "overpromise",
    "giveaway",
    "coercion",
    "vague_commitment",
    "quick_yes",
)
CUSTOMER_KINDS = (
    "profanity",
    "insult",
    "threat",
    "slur",
    "sexual",
    "legal_threat",
    "escalation",
    "churn",
    "purchase_intent",
    "frustration",
)
ABUSE_KINDS = ("insult", "threat", "slur", "sexual")
CLASSIFIED_KINDS = tuple(k for k in (*AGENT_KINDS, *CUSTOMER_KINDS) if k != "profanity")  # swear words are listed
ANSWERS = {"quick_yes": "purchase_intent"}  # kinds that are cues only after this one of the other side's
HEARD_KINDS = ("silence", "overlap", "missing")  # cues that no words show
SPEAKER_OF: Mapping[str, Speaker] = {
    **dict.fromkeys(AGENT_KINDS, "agent"),
    **dict.fromkeys(CUSTOMER_KINDS, "customer"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way in which a cue is said."""

    id: str  # "refusal.by_policy"
    kind: str
    speaker: Speaker
    phrases: tuple[str, ...]
    exclusions: tuple[str, ...] = ()  # no match that touches one of these
    unless: tuple[str, ...] = ()  # no match in an utterance with one of these anywhere
    after: tuple[str, ...] = ()  # the other side's previous turn must have one of these
    unless_after: tuple[str, ...] = ()  # the other side's previous turn must have none of these
    after_kind: str = ""  # the other side's previous turn must carry this cue
    confidence: float = 0.9  # 0..1
    early: bool = True  # may fire before the utterance is final
    reach: Reach = "alert"  # how far it goes when the classifier does not agree
    quiet: bool = False  # it is no cue at all, not even coloured, when the classifier does not agree


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltinCues:
    """What is known of a language before any playbook: named word lists, rules, and what is never of a kind."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    exceptions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by kind, for every layer
    anchors: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # by kind: words that bear a classifier out


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Something that must be said in a call, and by when. Not said in time, it is the cue `missing`."""

    id: str
    title: str  # what a person calls it: "Notice of recording"
    speaker: Speaker
    phrases: tuple[str, ...]
    within_s: int | None = None  # seconds from the start of the clock; None: only the end of the call counts
    after: tuple[str, ...] = ()  # phrases of either side that start the clock
    after_kind: str = ""  # a cue that starts the clock; neither: the start of the call does
    by_end: bool = False  # told at the end of the call when it was never said

    @property
    def waits(self) -> bool:
        """Whether something must happen before it must be said."""
        return bool(self.after or self.after_kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerCustomer:
    """How often one customer may have an alternative, over all calls."""

    times: int
    days: int  # within so many days


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An alternative with its price to us and the customers who may have it."""

    id: str
    text: str  # read at a glance
    detail: str = ""  # the same in full, shown on demand
    cost: CostClass = "none"
    tiers: tuple[Tier, ...] = ()  # empty: everyone
    per_call: int = 1  # no longer shown once used so often in a call
    per_customer: PerCustomer | None = None
    from_date: str = ""  # ISO 8601; the first day on which it may be offered; empty: always
    until_date: str = ""  # the last day


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A limit, why it is good for the customer, and what is possible instead."""

    id: str
    topic: str  # as a heading: "Returns after the deadline"
    asked: tuple[str, ...]  # phrases by which customers ask for it
    limit: str
    benefit: str
    say: str
    avoid: str
    alternatives: tuple[Offer, ...]
    refused: tuple[str, ...] = ()  # phrases by which agents refuse it
    recovery_s: int | None = None  # overrides Limits.recovery_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card as the playbook writes it; `core/call/card_text.py` fills it in for one call.

    `{topic}` in the headline is the policy's topic, `{title}` the title of what has not been said.
    """

    name: str
    headline: str
    say: str
    priority: int  # 0..100, higher supersedes lower
    cooldown_s: int  # seconds until the same card may come again
    cap: int  # times per call
    expires_s: int  # seconds on the screen
    not_when: tuple[str, ...] = ()  # not shown when one of these was just said, by either side
    done_when: tuple[str, ...] = ()  # it leaves when the agent has said one of these
    returns: int = 0  # times it may come back while the agent has not done what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """Where on the ladder a kind of cue puts the call."""

    kind: str
    card: str  # a rung: the lowest one for this kind
    climbs: bool  # whether saying it again takes the next rung


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Cards in rising order, and the step of each kind."""

    rungs: tuple[str, ...]
    steps: Mapping[str, LadderStep]
    levels: Mapping[str, AlertLevel] = field(default_factory=dict)  # by rung: its alerts are at least this urgent
    forget_s: int = 0  # seconds without abuse after which the call starts at the bottom again; 0: never


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """When and how a kind of cue is told to the supervisor."""

    kind: str
    level: AlertLevel
    reason: str  # one sentence for a person
    from_count: int = 1  # the how-manieth cue of this kind is the first to alert
    cooldown_s: int = 0  # seconds until the same kind may alert again


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Numbers that keep the assistant quiet. Defaults are the product's definitions."""

    recovery_s: int = 20  # an alternative within this time recovers a refusal
    recovery_turns: int = 2  # or within so many turns of the agent
    cards_per_call: int = 8
    gap_s: int = 4  # between a card's end and the next card of no higher priority
    breath_ms: int = 1500  # a shorter pause does not end a turn
    silence_s: int = 25
    overlap_ms: int = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A message that supervisors may send to an agent as it is."""

    id: str
    text: str  # one line, read while talking


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A conversation kept in the playbook, with what its last turn must bring. None: not looked at."""

    call: tuple[tuple[Speaker, str], ...]
    cues: tuple[str, ...] | None = None  # kinds
    card: str | None = None  # a card's name, or NO_CARD
    topic: str | None = None  # a policy's id
    tier: Tier = "standard"
    on: str = ""  # ISO 8601 date of the call; empty: the day on which it is run


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True, eq=False)
class Playbook:
    """What calls follow. Compared by identity: what is compiled of it is cached per playbook."""

    name: str
    title: str
    language: str  # BCP 47
    version: int = 1  # as the file says it
    number: int | None = None  # as the store counts it; None: not from the store
    hash: str = ""  # SHA-256 of the text, hex
    teams: tuple[str, ...] = ()  # for calls of these; empty: of all
    tiers: tuple[Tier, ...] = ()  # that customers may have; empty: not said
    words: Mapping[str, tuple[str, ...]]  # named lists for phrases
    kinds: tuple[OwnKind, ...] = ()  # beyond the built-in ones
    rules: tuple[Rule, ...]
    builtin: BuiltinCues = BuiltinCues()  # of its language, without its changes: compiled once for all playbooks
    absences: tuple[Absence, ...]
    policies: tuple[Policy, ...]
    cards: Mapping[str, Card]  # by cue kind, and the ladder's rungs by name
    ladder: Ladder
    alerts: Mapping[str, AlertRule]
    limits: Limits
    redact: Mapping[Kind, Treatment] = field(default_factory=dict)  # of the kinds that are not just masked
    coaching: tuple[Snippet, ...] = ()
    examples: tuple[Example, ...] = ()
    exceptions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by kind, for every layer
    sensitivity: Mapping[str, Sensitivity] = field(default_factory=dict)  # of the classifier, by kind
    reach: Mapping[str, KindReach] = field(default_factory=dict)  # by kind: how far it may go; absent: all the way
    classifier: Classifier | None = None

    @property
    def label(self) -> str:
        """`name@number`, as events carry it."""
        return f"{self.name}@{self.version if self.number is None else self.number}"

    def policy(self, id_: str) -> Policy:
        """The policy with that id. Raises StopIteration where there is none."""
        return next(policy for policy in self.policies if policy.id == id_)

    @property
    def spoken(self) -> Language:
        """How its language is written and said."""
        return language_rules(self.language)
