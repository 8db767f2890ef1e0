"""The kinds of value that a playbook file holds: texts, phrases, names of other parts, seconds, days.

`Names` is what a value may refer to; validation passes it along as its context, so that a wrong reference is found
at its own place like any other mistake. Never reads a file. Next: `document.py` builds the document of
these types.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, WithJsonSchema

from voiceassist.actions import COACHING_CHARS
from voiceassist.core.playbook.days import is_day
from voiceassist.core.playbook.model import AGENT_KINDS, CUSTOMER_KINDS, HEARD_KINDS, NO_CARD
from voiceassist.core.words.languages import NEUTRAL, is_language
from voiceassist.core.words.phrases import Lexicon, PhraseError, compile_phrase
from voiceassist.core.words.visible import hidden_in
from voiceassist.yamltext.problems import Message, nearest, told, unknown

HOUR_S = 3600
TEXT_MAX = 2_000  # characters; nobody reads more while talking
PLACEHOLDERS = ("topic", "title")  # what a headline may hold in braces
_LIST = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class Names:
    """What phrases and references may name."""

    lexicon: Lexicon = field(default_factory=lambda: Lexicon(NEUTRAL))
    own_lists: Collection[str] = ()  # lists that have the name of a built-in one and mean something else
    cards: Collection[str] = ()
    rungs: Collection[str] = ()
    policies: Collection[str] = ()
    tiers: Collection[str] = ()  # empty: any
    kinds: Collection[str] = ()  # the playbook's own kinds of cue


def _named_in(known: Callable[[Names], Collection[str]]) -> AfterValidator:
    """Accepts the names that the playbook has at that place."""

    def check(name: str, info: ValidationInfo) -> str:
        if isinstance(info.context, Names) and name not in known(info.context):
            raise ValueError(unknown(name, known(info.context)))
        return name

    return AfterValidator(check)


def _is_tier(name: str, info: ValidationInfo) -> str:
    """A playbook that lists its tiers knows no other; one that does not takes any."""
    if isinstance(info.context, Names) and info.context.tiers and name not in info.context.tiers:
        raise ValueError(unknown(name, info.context.tiers))
    return name


def _compiles(phrase: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Names):
        try:
            compile_phrase(phrase, info.context.lexicon)
        except PhraseError as error:
            raise ValueError(of_phrase(phrase, error)) from None
        return with_own_lists(phrase, info.context.own_lists)
    return phrase


def of_phrase(phrase: str, error: PhraseError) -> Message:
    """What is wrong with a phrase."""
    return told(f"phrase `{phrase}`: {error}", error.code, phrase=phrase, **error.given)


def with_own_lists(phrase: str, own_lists: Collection[str]) -> str:
    """The phrase with lists that share a built-in name under the name that they have in a `Playbook`."""
    return _LIST.sub(lambda found: f"<{own_name(found[1], own_lists)}>", phrase)


def own_name(name: str, own_lists: Collection[str]) -> str:
    """What a list is called in a `Playbook`, so that built-in phrases keep theirs."""
    return f"{name}__own" if name in own_lists else name


def _is_headline(text: str) -> str:
    for name in re.findall(r"\{([^}]*)\}", text):
        if name not in PLACEHOLDERS:
            close = nearest(name, PLACEHOLDERS)
            valid = f"nearest valid is `{{{close}}}`" if close else "only `{topic}` and `{title}` do"
            text = f"`{{{name}}}` stands for nothing; {valid}"
            raise ValueError(told(text, "unknown_placeholder", name=name))
    return text


def _is_tag(tag: str) -> str:
    if not is_language(tag):
        text = f"must be a language tag such as `en` or `es-MX`, not `{tag}`"
        raise ValueError(told(text, "not_a_language", tag=tag))
    return tag


def _is_day(text: str) -> str:
    if not is_day(text):
        raise ValueError(told(f"must be a day such as 2026-12-31, not `{text}`", "not_a_day", day=text))
    return text


def _is_message(text: str) -> str:
    """One line that is read while talking, as `core/call/coaching.py` takes it."""
    if len(text) > COACHING_CHARS:
        shown = f"has more than {COACHING_CHARS} characters; an agent reads it while talking"
        raise ValueError(told(shown, "text_too_long", most=COACHING_CHARS))
    if hidden := hidden_in(text):
        shown = f"has a character that nobody sees ({hidden}); write it as one line"
        raise ValueError(told(shown, "hidden_character", char=hidden))
    return text


AgentKind = Literal[
    "refusal", "alternative", "overpromise", "giveaway", "coercion", "vague_commitment", "quick_yes",
]  # fmt: skip
CustomerKind = Literal[
    "profanity", "insult", "threat", "slur", "sexual",
    "legal_threat", "escalation", "churn", "purchase_intent", "frustration",
]  # fmt: skip
SpokenKind = Literal[AgentKind, CustomerKind]
AlertKind = Literal[SpokenKind, "silence", "overlap", "missing", "dead_end", "help"]
SPOKEN_KINDS: tuple[str, ...] = (*AGENT_KINDS, *CUSTOMER_KINDS)
ALERT_KINDS: tuple[str, ...] = get_args(AlertKind)
TAKEN_IDS = frozenset({*ALERT_KINDS, NO_CARD, "words", "ladder", "alerts"})  # kinds, and addresses of the page
OWN_KIND_ID = r"^[a-z][a-z0-9_]{0,39}$"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_MAX)]
CoachingLine = Annotated[Text, AfterValidator(_is_message), Field(json_schema_extra={"maxLength": COACHING_CHARS})]
TierRef = Annotated[Text, AfterValidator(_is_tier)]
PlaybookName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$"), Field(examples=["retail"])]
PartId = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,60}$"), Field(examples=["late_return"])]
LanguageTag = Annotated[str, AfterValidator(_is_tag)]
Headline = Annotated[Text, AfterValidator(_is_headline)]
Day = Annotated[str, AfterValidator(_is_day), Field(json_schema_extra={"format": "date"})]
Flag = Annotated[bool, Field(strict=True)]
Seconds = Annotated[int, Field(ge=1, le=HOUR_S)]
SecondsOrNone = Annotated[int, Field(ge=0, le=HOUR_S)]
Times = Annotated[int, Field(ge=1, le=100)]

Phrase = Annotated[Text, AfterValidator(_compiles)]
Phrases = list[Phrase]
SomePhrases = Annotated[list[Phrase], Field(min_length=1)]


def _kind_schema(known: Collection[str]) -> WithJsonSchema:
    """A built-in kind, or one of the playbook's own."""
    return WithJsonSchema({"anyOf": [{"enum": list(known)}, {"type": "string", "pattern": OWN_KIND_ID}]})


OwnKindId = Annotated[str, StringConstraints(pattern=OWN_KIND_ID), Field(examples=["warranty_talk"])]
SpokenKindRef = Annotated[Text, _named_in(lambda names: (*SPOKEN_KINDS, *names.kinds)), _kind_schema(SPOKEN_KINDS)]
AlertKindRef = Annotated[Text, _named_in(lambda names: (*ALERT_KINDS, *names.kinds)), _kind_schema(ALERT_KINDS)]

CARD_KINDS = (*AGENT_KINDS, *CUSTOMER_KINDS, *HEARD_KINDS)
CardName = Annotated[Text, _named_in(lambda names: (*CARD_KINDS, *names.kinds, *names.rungs))]
CardRef = Annotated[Text, _named_in(lambda names: names.cards)]
CardOrNone = Annotated[Text, _named_in(lambda names: (*names.cards, NO_CARD))]
RungRef = Annotated[Text, _named_in(lambda names: names.rungs)]
PolicyRef = Annotated[Text, _named_in(lambda names: names.policies)]
