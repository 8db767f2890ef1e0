"""The fields of a playbook file: one definition for validation, the JSON Schema and the forms of the web page.

Every field has its title and its description in plain English, because people read them as tooltips. A complete
example is in `example.py`. Decides nothing: `build.py` turns a document into a `Playbook`.
Next: `parse.py`.
"""

from typing import Annotated

from pydantic import ConfigDict, Field

from voiceassist.core.playbook.model import CostClass, Limits
from voiceassist.core.words.announced import Kind, Treatment
from voiceassist.events import AlertLevel, Speaker
from voiceassist.playbook_file.cue_document import Document, KindDocument, MissingDocument, OwnKindDocument
from voiceassist.playbook_file.types import (
    HOUR_S,
    AlertKindRef,
    CardName,
    CardOrNone,
    CardRef,
    CoachingLine,
    CustomerKind,
    Day,
    Flag,
    Headline,
    LanguageTag,
    OwnKindId,
    PartId,
    Phrases,
    PlaybookName,
    PolicyRef,
    RungRef,
    Seconds,
    SecondsOrNone,
    SpokenKindRef,
    Text,
    TierRef,
    Times,
)

ExampleLine = Annotated[dict[Speaker, Text], Field(min_length=1, max_length=1)]  # {customer: can I return it}
DEFAULTS = Limits()
LONGEST_S = 10 * HOUR_S


class PerCustomerDocument(Document):
    """How often one customer may have an alternative, over all calls."""

    times: Times = Field(title="Times", description="So many times ...")
    days: int = Field(ge=1, le=3660, title="Days", description="... within so many days.")


class OfferDocument(Document):
    """Something that can be offered instead."""

    text: Text = Field(
        title="Text",
        description="What the agent may offer, in six words or fewer: it is read while talking.",
        examples=["Store credit"],
    )
    detail: Text | None = Field(
        None,
        title="Details",
        description="The same in full; the card shows it when the agent asks for it.",
        examples=["Store credit for the full price, good for two years"],
    )
    cost: CostClass = Field("none", title="Cost", description="What it costs us.")
    tiers: list[TierRef] = Field(
        [],
        title="Customer tiers",
        description="Who may have it; empty: everybody.",
        examples=[["gold", "business"]],
    )
    per_call: Times = Field(
        1, title="Times in a call", description="It is no longer shown once it was used so often in a call."
    )
    per_customer: PerCustomerDocument | None = Field(
        None,
        title="Times per customer",
        description="It is not shown to a customer who used it so often in the last days.",
        examples=[{"times": 1, "days": 365}],
    )
    from_: Day | None = Field(
        None, alias="from", title="From", description="The first day on which it may be offered."
    )
    until: Day | None = Field(None, title="Until", description="The last day on which it may be offered.")


class PolicyDocument(Document):
    """Something that customers ask for and may not always get."""

    topic: Text = Field(title="Topic", description="A short heading.", examples=["Return after the deadline"])
    asked: Phrases = Field(
        [], title="How customers ask", description="Phrases in a request by which this topic is found."
    )
    refused: Phrases = Field(
        [], title="How agents refuse", description="Phrases in a refusal by which this topic is found."
    )
    limit: Text = Field(title="Limit", description="What is not possible, in one sentence.")
    benefit: Text = Field(title="Benefit", description="What the customer gains from this limit.")
    say: Text = Field(
        title="Say",
        description="A good way to say it; the card shows it. Fifteen words can be read while talking.",
    )
    avoid: Text = Field(title="Avoid", description="How not to say it.")
    recovery_s: Seconds | None = Field(
        None, title="Seconds to recover", description="An alternative must follow within so many seconds."
    )
    alternatives: dict[PartId, OfferDocument] = Field(
        title="Alternatives", description="What is possible instead. A card shows the first three that may be had."
    )


class CardDocument(Document):
    """What the agent's screen shows for a cue or for a rung of the ladder."""

    headline: Headline = Field(
        title="Headline",
        description="One line. {topic} is the policy's topic, {title} what has not been said.",
        examples=["{topic}: say what is possible"],
    )
    say: Text = Field(title="Say", description="The sentence to say, where no policy has a better one.")
    priority: int = Field(
        ge=0, le=100, title="Priority", description="0 to 100. A higher one takes the place of a lower."
    )
    cooldown_s: SecondsOrNone = Field(
        60, title="Cooldown in seconds", description="It does not come again before."
    )
    cap: Times = Field(3, title="Times in a call", description="It comes no more often than this in one call.")
    expires_s: Seconds = Field(25, title="Seconds on the screen", description="Then it goes away by itself.")
    not_when: Phrases = Field(
        [], title="Not when", description="It does not come when either side has just said one of these."
    )
    done_when: Phrases = Field(
        [],
        title="Done when",
        description="It leaves when the agent has said one of these, or most of what it tells to say.",
    )
    returns: int = Field(
        0,
        ge=0,
        le=10,
        title="Times it comes back",
        description="So often it comes again after its cooldown, while the agent has not done what it says.",
    )


class StepDocument(Document):
    """Where on the ladder a kind of abuse puts the call."""

    card: RungRef = Field(title="Card", description="The lowest rung for it.")
    climbs: Flag = Field(title="Climbs", description="Whether saying it again takes the next rung.")


class LadderDocument(Document):
    """What happens when a customer becomes abusive: cards in rising order."""

    rungs: Annotated[list[CardRef], Field(min_length=1)] = Field(
        title="Rungs", description="Names of cards, the mildest first.", examples=[["calm", "boundary", "warning"]]
    )
    levels: dict[RungRef, AlertLevel] = Field(
        {}, title="Alert levels", description="An alert from this rung is at least so urgent, by rung."
    )
    forget_s: int = Field(
        0,
        ge=0,
        le=LONGEST_S,
        title="Forget after seconds",
        description="After so long without abuse the call starts at the bottom again; 0: never.",
    )
    steps: dict[CustomerKind, StepDocument] = Field(
        title="Steps", description="Which cue stands where on the ladder."
    )


class AlertDocument(Document):
    """When a cue is told to the supervisor, and how."""

    level: AlertLevel = Field(title="Level", description="How urgent it is.")
    reason: Text = Field(title="Reason", description="One sentence for the supervisor.")
    from_count: Times = Field(1, title="From the how-manieth", description="How often it must happen first.")
    cooldown_s: SecondsOrNone = Field(
        0, title="Cooldown in seconds", description="The same cue is not told again before."
    )


class LimitsDocument(Document):
    """Numbers that keep the assistant quiet."""

    recovery_s: int = Field(
        DEFAULTS.recovery_s, ge=0, le=LONGEST_S, title="Seconds to recover",
        description="A refusal is recovered by an alternative within so many seconds ...",
    )  # fmt: skip
    recovery_turns: int = Field(
        DEFAULTS.recovery_turns, ge=0, le=100, title="Turns to recover",
        description="... or within so many turns of the agent.",
    )  # fmt: skip
    cards_per_call: int = Field(
        DEFAULTS.cards_per_call, ge=0, le=1000, title="Cards in a call", description="No more than these."
    )
    gap_s: int = Field(
        DEFAULTS.gap_s, ge=0, le=LONGEST_S, title="Seconds between cards",
        description="Before a card of no higher priority comes.",
    )  # fmt: skip
    breath_ms: int = Field(
        DEFAULTS.breath_ms, ge=0, le=60_000, title="Pause within a turn, in milliseconds",
        description="A shorter pause does not end what somebody says in one go.",
    )  # fmt: skip
    silence_s: int = Field(
        DEFAULTS.silence_s, ge=0, le=LONGEST_S, title="Seconds of silence",
        description="After so long without a word the cue `silence` comes; 0: never.",
    )  # fmt: skip
    overlap_ms: int = Field(
        DEFAULTS.overlap_ms, ge=0, le=60_000, title="Talking at once, in milliseconds",
        description="After so much of it the cue `overlap` comes; 0: never.",
    )  # fmt: skip


class ExampleDocument(Document):
    """A short conversation and what its last turn must bring. `voiceassist playbook test` runs it."""

    call: list[ExampleLine] = Field(
        min_length=1,
        title="Conversation",
        description="Who says what, in order.",
        examples=[[{"customer": "can I still return it"}, {"agent": "no, we can't do that"}]],
    )
    cues: list[SpokenKindRef] | None = Field(
        None, title="Cues", description="The cues of the last turn, all of them; []: none."
    )
    card: CardOrNone | None = Field(None, title="Card", description="The card that comes then, or `none`.")
    topic: PolicyRef | None = Field(None, title="Topic", description="The policy that the card is about.")
    tier: TierRef = Field("standard", title="Customer tier", description="The tier of the customer who calls.")
    on: Day | None = Field(
        None, title="Day", description="The day of the call, for what is offered at times only; left out: today."
    )


class PlaybookDocument(Document):
    """A playbook: what may be offered, what to say instead of a bare no, and what the supervisor is told."""

    model_config = ConfigDict(title="voiceassist playbook")

    name: PlaybookName = Field(
        title="Name", description="Short and without spaces: lower-case letters, digits, - and _."
    )
    title: Text | None = Field(None, title="Title", description="The name that people read.")
    language: LanguageTag = Field(
        title="Language", description="Of the calls it is for, as a tag.", examples=["en", "es-MX"]
    )
    version: int = Field(
        1,
        ge=1,
        le=1_000_000,
        title="Version",
        description="For people who keep files; what is published has numbers of its own.",
    )
    teams: list[Text] = Field(
        [], title="Teams", description="It is for the calls of these teams; empty: of all.", examples=[["returns"]]
    )
    tiers: list[Text] = Field(
        [],
        title="Customer tiers",
        description="All tiers that customers may have; another name is then a mistake. Empty: any name will do.",
        examples=[["standard", "gold", "business"]],
    )
    words: dict[PartId, list[Text]] = Field(
        {}, title="Word lists", description="Lists that phrases name as <list>; each may use the ones before it."
    )
    kinds: dict[OwnKindId, OwnKindDocument] = Field(
        {},
        title="Own kinds of cue",
        description="Kinds of cue beyond the built-in ones, by an id of your choice; `cues` has their phrases.",
    )
    cues: dict[SpokenKindRef, KindDocument] = Field(
        {}, title="Cues", description="Additions to the built-in cues, and exceptions from them, by cue."
    )
    missing: dict[PartId, MissingDocument] = Field(
        {}, title="Required words", description="What must be said in every call, such as a notice."
    )
    policies: dict[PartId, PolicyDocument] = Field(
        json_schema_extra={"required": ["general"]},
        title="Policies",
        description="What customers ask for, by id. `general` is for all the rest.",
    )
    cards: dict[CardName, CardDocument] = Field(
        title="Cards", description="By cue, and by rung of the ladder. A cue without a card shows none."
    )
    ladder: LadderDocument | None = Field(None, title="Ladder", description="Cards against abuse, rising.")
    alerts: dict[AlertKindRef, AlertDocument] = Field(
        title="Alerts", description="What the supervisor is told, by cue."
    )
    limits: LimitsDocument | None = Field(
        None, title="Limits", description="Numbers that keep the assistant quiet."
    )
    redact: dict[Kind, Treatment] = Field(
        {},
        title="Private words",
        description="What callers say about themselves: mask it, as what is left out, drop or keep it.",
        examples=[{"phone": "keep", "card": "drop"}],
    )
    coaching: dict[PartId, CoachingLine] = Field(
        {},
        title="Messages to agents",
        description="What supervisors may send an agent with one key, by id: one line, read while talking.",
        examples=[{"ask_goal": "Ask what they want to achieve before you answer."}],
    )
    examples: list[ExampleDocument] = Field(
        [], title="Examples", description="Conversations that `voiceassist playbook test` checks."
    )
