"""The fields by which cues are written: in a playbook file, and in the files of built-in cues.

Descriptions are plain English, because people read them as tooltips. Next: `document.py` holds the rest
of a playbook file.
"""

from pydantic import BaseModel, ConfigDict, Field

from voiceassist.core.playbook.model import KindReach, Sensitivity
from voiceassist.events import Colour, Reach, Speaker
from voiceassist.playbook_file.types import (
    Flag,
    PartId,
    Phrases,
    Seconds,
    SomePhrases,
    SpokenKind,
    SpokenKindRef,
    Text,
)


class Document(BaseModel):
    """What every part of a playbook file shares: unknown fields and wrong types are mistakes."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        model_title_generator=lambda model: model.__name__.removesuffix("Document"),
    )


class RuleDocument(Document):
    """One way in which a cue is said."""

    phrases: SomePhrases = Field(
        title="Phrases",
        description=(
            "What is said. Case, punctuation and the spelling of short forms make no difference. (a|b): one of "
            "these. [a]: may be there. ...: up to three words between; ...6: up to six. word*: any ending. "
            "<list>: a list from `words`. ^ and $: the start and the end of what was said in one go."
        ),
        examples=[["<we> can't ... refund", "^ no (way|chance)"]],
    )
    except_: Phrases = Field(
        [],
        alias="except",
        title="Except",
        description="No match that touches one of these phrases.",
        examples=[["can't wait"]],
    )
    unless: Phrases = Field(
        [], title="Unless", description="No match when one of these is anywhere in what was said in one go."
    )
    after: Phrases = Field(
        [], title="Only after", description="The other side must have said one of these just before."
    )
    unless_after: Phrases = Field(
        [], title="Not after", description="The other side must have said none of these just before."
    )
    after_kind: SpokenKindRef | None = Field(
        None, title="Only after the cue", description="What the other side said just before must be this cue."
    )
    confidence: float = Field(
        0.9, ge=0, le=1, title="Confidence", description="How sure the rule is, from 0 to 1; shown with the cue."
    )
    early: Flag | None = Field(
        None,
        title="May fire early",
        description="Whether it may fire while the sentence is still being spoken. Without it, as its cue says.",
    )
    reach: Reach = Field(
        "alert",
        title="Reach by itself",
        description=(
            "How far the rule goes when the classifier does not find the same: colour (only colours the words), "
            "card or alert. For phrases that are right more often than not, and not always."
        ),
    )
    quiet: Flag = Field(
        default=False,
        title="Quiet by itself",
        description="Whether its words are no cue at all when the classifier does not find the same.",
    )


class BuiltinKindDocument(Document):
    """A cue in the files that come with the program."""

    rules: dict[PartId, RuleDocument] = Field(title="Rules", description="The ways in which it is said, by name.")
    except_: Phrases = Field([], alias="except", title="Except", description="For all of its rules.")
    early: Flag = Field(
        default=True, title="May fire early", description="For all of its rules, unless one says else."
    )
    anchors: Phrases = Field(
        [],
        title="Anchors",
        description=(
            "What the classifier finds by itself goes further than its colour when one of these is among the "
            "words. Never a cue alone."
        ),
    )


class OwnKindDocument(Document):
    """A kind of cue of the playbook's own. Its phrases are in `cues`, its card in `cards`, by the same id."""

    title: Text = Field(title="Title", description="What people call it.", examples=["Warranty"])
    speaker: Speaker = Field(title="Speaker", description="Who says it.")
    colour: Colour = Field(
        "violet", title="Colour", description="Of its words and its card, on every screen; never the only sign."
    )


class KindDocument(Document):
    """A playbook's own additions to one cue, and what it leaves out of it."""

    rules: dict[PartId, RuleDocument] = Field(
        {}, title="Rules", description="Further ways in which it is said, by a name of your choice."
    )
    except_: Phrases = Field(
        [],
        alias="except",
        title="Except",
        description="This cue never fires on these phrases, however it would be found.",
        examples=[["no later than"]],
    )
    off: list[Text] = Field(
        [],
        title="Built-in rules switched off",
        description="Ids of built-in rules that this playbook does not use.",
        examples=[["refusal.unwilling"]],
    )
    weak: list[Text] = Field(
        [],
        title="Built-in rules that are weak here",
        description=(
            "Ids of built-in rules that only colour the words in these calls, unless the classifier finds the "
            "same. `voiceassist cues train --feedback` writes them, by what people called false alarms."
        ),
        examples=[["refusal.unwilling"]],
    )
    sensitivity: Sensitivity = Field(
        "normal",
        title="Sensitivity",
        description=(
            "How easily the classifier fires, which looks for this cue beyond all phrases. High finds more and "
            "errs more; off leaves the phrases alone. For every cue but profanity, whose words are listed."
        ),
    )
    early: Flag | None = Field(
        None,
        title="May fire early",
        description="false: all of its rules wait until the sentence is over.",
    )
    reach: KindReach = Field(
        "alert",
        title="Reach",
        description=(
            "How far the cue may go: off (there are none), colour (only colours the words and counts in review), "
            "card, or alert (both may come)."
        ),
    )


class MissingDocument(Document):
    """Something that must be said in a call. Not said in time, it is the cue `missing`."""

    title: Text | None = Field(
        None, title="Title", description="What people call it.", examples=["Notice of recording"]
    )
    speaker: Speaker = Field(title="Speaker", description="Who must say it.")
    phrases: SomePhrases = Field(title="Phrases", description="By any of these it counts as said.")
    within_s: Seconds | None = Field(
        None,
        title="Within seconds",
        description="How long after the start of the call, or after what starts its clock.",
    )
    after: Phrases = Field(
        [], title="After the words", description="Its clock starts when either side says one of these."
    )
    after_kind: SpokenKindRef | None = Field(
        None, title="After the cue", description="Its clock starts when this cue comes."
    )
    by_end: Flag = Field(
        default=False, title="By the end", description="true: told at the end of the call if it was never said."
    )


class CuesDocument(Document):
    """A file of built-in cues: word lists and rules of one language."""

    words: dict[PartId, list[Text]] = Field({}, title="Word lists")
    cues: dict[SpokenKind, BuiltinKindDocument] = Field({}, title="Cues")
