"""One labelled turn as the classifier sees it: tokens, not text. Next: `vocabulary.py` counts its n-grams."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voiceassist.core.playbook.model import ABUSE_KINDS, AGENT_KINDS, CUSTOMER_KINDS
from voiceassist.core.words.languages import ENGLISH
from voiceassist.core.words.text import tokenise_text
from voiceassist.events import Speaker

LANGUAGE = ENGLISH
CORE = frozenset({"refusal", *ABUSE_KINDS})  # what published collections are labelled for
ALL = frozenset({*AGENT_KINDS, *CUSTOMER_KINDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingTurn:
    """A turn, what it shows, and how much it counts."""

    id: str
    source: str  # whole sources are held out together
    speaker: Speaker
    tokens: tuple[str, ...]
    before: tuple[str, ...] = ()  # tokens of the other side's previous turn
    kinds: frozenset[str] = frozenset()
    about: frozenset[str] = CORE  # the kinds that the label decides: of any other, the turn teaches nothing
    weight: float = 1.0  # 0: not learned from, only tested on


def tokens_of(text: str | None) -> tuple[str, ...]:
    """The tokens of a text, none of no text."""
    return tuple(token.text for token in tokenise_text(text, LANGUAGE)) if text else ()


def distinct(examples: Iterable[TrainingTurn]) -> list[TrainingTurn]:
    """Every turn once per source, opening and label: "yes" a thousand times teaches nothing more."""
    kept = {
        (one.source, one.speaker, one.tokens, one.before[:2], one.kinds): one for one in examples if one.tokens
    }
    return list(kept.values())


def joined(parts: Sequence[TrainingTurn], kinds: frozenset[str], weight: float) -> TrainingTurn:
    """One long turn of several, as people speak without full stops."""
    return TrainingTurn(
        id=f"joined/{parts[0].id}",
        source="joined",
        speaker=parts[0].speaker,
        tokens=tuple(token for part in parts for token in part.tokens),
        before=parts[0].before,
        kinds=kinds,
        about=frozenset.intersection(*(part.about for part in parts)),
        weight=weight,
    )
