"""Finds what a line announces: "my card number is", "what is your date of birth", "the order number".

Never hides anything. Next: `redact_numbers.py` and `redact_announced.py` look at what follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from voiceassist.core.words.languages import Language
from voiceassist.core.words.spoken_numbers import HeardLine

Kind = Literal[
    "number",  # a long number that nothing announces
    "card",
    "security_code",
    "expiry",
    "bank",
    "identity",
    "birth",
    "phone",
    "email",
    "password",
    "address",
]
Treatment = Literal["mask", "drop", "keep"]
Topic = Kind | Literal["reference", "quantity"]
NUMBER_KINDS: frozenset[Topic] = frozenset(["card", "security_code", "bank", "identity", "phone", "password"])


@dataclass(frozen=True, slots=True)
class Announcement:
    """A phrase that tells what comes next."""

    topic: Topic
    end: int  # index of the word behind it
    start: int = 0  # index of its first word


def announcements(line: HeardLine, *, asked: bool = False) -> list[Announcement]:
    """The longest phrase at every place, in order; `asked`: also those that only tell what is asked for."""
    table, found, taken = _table(line.language, asked=asked), list[Announcement](), 0
    for at in range(len(line.plain)):
        if at < taken:
            continue
        for phrase, topic in table.get(line.plain[at], ()):
            if tuple(line.plain[at : at + len(phrase)]) == phrase:
                taken = at + len(phrase)
                found.append(Announcement(topic, taken, at))
                break
    return found


@cache
def _table(language: Language, *, asked: bool) -> Mapping[str, tuple[tuple[tuple[str, ...], Topic], ...]]:
    """First word → its phrases, the longest first."""
    private = language.private
    phrases: list[tuple[tuple[str, ...], Topic]] = [
        *(
            (tuple(phrase.split()), cast("Kind", kind))
            for kind, said in (*private.announced.items(), *(private.asked.items() if asked else ()))
            for phrase in said
        ),
        *((tuple(phrase.split()), "reference") for phrase in private.references),
        *((tuple(phrase.split()), "quantity") for phrase in private.quantities),
    ]
    phrases.sort(key=lambda pair: -len(pair[0]))
    return {first: tuple(pair for pair in phrases if pair[0][0] == first) for first in {p[0][0] for p in phrases}}
