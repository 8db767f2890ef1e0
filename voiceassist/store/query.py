"""What a person types into the search, read as words, "phrases", `a near b`, and `agent:` or `customer:`. Pure.

Nothing that is typed is an error: what makes no sense is left out, and a doubt says what, where and what to do.
Next: `search.py` asks the full-text index.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from voiceassist.events import Speaker

MAX_TERMS = 16  # words and phrases: each costs a lookup, and nobody remembers more of a call
NEAR_WORDS = 5  # at most so many words lie between things that are near each other, unless a number is given
MOST_NEAR = 50
LONGEST_TOLD = 60  # characters of a doubtful part that are told again
UNFINISHED_LETTERS = 2  # a single letter is a word of its own: as the beginning of one it is in every line

SPEAKERS: dict[str, Speaker] = {
    "agent": "agent",
    "customer": "customer",
    "agente": "agent",
    "cliente": "customer",
}
NEAR = ("near", "cerca")

QueryDoubtCode = Literal["no_words", "near_alone", "near_number", "speaker_alone", "too_many"]
_ADVICE: dict[QueryDoubtCode, str] = {
    "no_words": "has no letter or digit: type a word that was said",
    "near_alone": 'needs something to be near to: `fee near waive`; to look for the word itself, write `"near"`',
    "near_number": f"must be `near/` and a number of words from 1 to {MOST_NEAR}, such as `near/3`",
    "speaker_alone": 'needs what they said: `agent: refund`, or `customer: "late fee"`',
    "too_many": f"and what follows is left out: at most {MAX_TERMS} words and phrases can be looked for at once",
}
_TOKEN = re.compile(r'"([^"]*)("?)|([^\s"]+)')
_SPEAKER = re.compile(rf"({'|'.join(SPEAKERS)}):(.*)", re.IGNORECASE)
_NEAR = re.compile(rf"({'|'.join(NEAR)})(?:/(.*))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A word or a phrase."""

    text: str  # has a letter or a digit
    unfinished: bool = False  # its last word may go on


@dataclass(frozen=True, slots=True)
class Term:
    """What must be in one line: something said, or things that are said near each other."""

    said: tuple[Said, ...]
    speaker: Speaker | None = None  # None: either
    within: int = NEAR_WORDS  # words between the first and the last of several


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryDoubt:
    """A part of what was typed that is left out, or taken for something else."""

    code: QueryDoubtCode
    at: int  # where it begins, in characters from 0
    text: str  # as typed
    message: str  # what to do, for a person


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: a call is found that has every term, each in some line."""

    terms: tuple[Term, ...] = ()
    doubts: tuple[QueryDoubt, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Literal["said", "near", "speaker"]
    at: int
    typed: str
    said: Said = Said("")
    speaker: Speaker | None = None
    within: int = NEAR_WORDS


def read_query(typed: str) -> Query:
    """What is meant by it."""
    plain = unicodedata.normalize("NFC", "".join(c if c.isprintable() else " " for c in typed))
    doubts: list[QueryDoubt] = []
    tokens = [token for match in _TOKEN.finditer(plain) for token in _tokens(match, doubts)]
    terms = _terms(tokens, doubts)
    if plain.strip() and not terms and not doubts:
        doubts.append(_doubt("no_words", len(plain) - len(plain.lstrip()), plain.strip()))
    return Query(tuple(terms), tuple(doubts))


def _tokens(match: "re.Match[str]", doubts: list[QueryDoubt]) -> Iterator[_Token]:
    phrase, closing, word = match.groups()
    if word is None:
        yield from _said(match.start(), match[0], Said(phrase, unfinished=not closing))
    elif named := _SPEAKER.fullmatch(word):
        yield _Token("speaker", match.start(), f"{named[1]}:", speaker=SPEAKERS[named[1].lower()])
        yield from _said(match.start() + len(named[1]) + 1, named[2], Said(named[2], unfinished=True))
    elif near := _NEAR.fullmatch(word):
        yield _near(match.start(), near, doubts)
    else:
        yield from _said(match.start(), word, Said(word, unfinished=True))


def _said(at: int, typed: str, said: Said) -> Iterator[_Token]:
    if any(map(str.isalnum, said.text)):
        yield _Token("said", at, typed, said)


def _near(at: int, found: "re.Match[str]", doubts: list[QueryDoubt]) -> _Token:
    within, given = NEAR_WORDS, found[2]
    if given is not None:
        within = int(given) if re.fullmatch(r"[0-9]{1,4}", given) else 0
    if not 1 <= within <= MOST_NEAR:
        doubts.append(_doubt("near_number", at, found[0]))
        within = NEAR_WORDS
    return _Token("near", at, found[0], Said(found[0], unfinished=True), within=within)


def _terms(tokens: Sequence[_Token], doubts: list[QueryDoubt]) -> list[Term]:
    terms: list[Term] = []
    whose: _Token | None = None
    link: _Token | None = None
    count = 0
    for place, token in enumerate(tokens):
        if token.kind == "speaker":
            _told_alone(whose, doubts)
            whose = token
        elif token.kind == "near" and len(tokens) > 1:
            link = token if _is_between(tokens, place) else None
            doubts += [] if link else [_doubt("near_alone", token.at, token.typed)]
        elif count == MAX_TERMS:
            doubts.append(_doubt("too_many", token.at, token.typed))
            return terms
        else:
            count += 1
            said = token.said if place == len(tokens) - 1 else replace(token.said, unfinished=False)
            terms[-1:] = [_joined(terms[-1], said, link.within)] if link else [*terms[-1:], _term(said, whose)]
            whose = link = None
    _told_alone(whose, doubts)
    return terms


def _term(said: Said, whose: _Token | None) -> Term:
    return Term((_checked(said),), whose.speaker if whose else None)


def _joined(term: Term, said: Said, within: int) -> Term:
    """Of three things that are near each other the wider distance counts: the index knows one for all."""
    widest = max(within, term.within) if len(term.said) > 1 else within
    return replace(term, said=(*term.said, _checked(said)), within=widest)


def _checked(said: Said) -> Said:
    last = "".join(c if c.isalnum() else " " for c in said.text).split()[-1]
    return replace(said, unfinished=said.unfinished and len(last) >= UNFINISHED_LETTERS)


def _is_between(tokens: Sequence[_Token], place: int) -> bool:
    around = [tokens[at].kind for at in (place - 1, place + 1) if 0 <= at < len(tokens)]
    return around == ["said", "said"]


def _told_alone(whose: _Token | None, doubts: list[QueryDoubt]) -> None:
    if whose:
        doubts.append(_doubt("speaker_alone", whose.at, whose.typed))


def _doubt(code: QueryDoubtCode, at: int, text: str) -> QueryDoubt:
    shown = text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"
    return QueryDoubt(code=code, at=at, text=shown, message=f"`{shown}` at character {at + 1} {_ADVICE[code]}")
