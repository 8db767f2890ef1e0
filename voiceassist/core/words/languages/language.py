"""What the text layer must know of a language: data only, no code that reads it.

Every default is "this language has none", so a language that nobody wrote rules for is taken word by word, and
never by another language's rules. Words are written as `text.py` leaves them: lower case, with the letters that
`folds` gives. Next: `en.py` and `es.py` fill it in; `text.py`, `redact.py`, `phrases.py` and
`core/call/promises.py` read it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Words = frozenset[str]
NONE: Words = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How a number is said when it is read out, digit by digit or in groups, and how an amount is written."""

    units: Words = NONE  # one digit: "seven"
    teens: Words = NONE  # two digits, and no unit joins them: "fifteen"
    tens: Words = NONE  # two digits, with the unit that follows: "forty two"
    hundreds: Words = NONE  # three digits, with what follows; empty where numbers are not read out so
    repeats: Mapping[str, int] = field(default_factory=dict)  # digits added to the one that follows: "double"
    glue: Words = NONE  # said between the digits: "dash"
    amount: re.Pattern[str] = re.compile(r"\d+[.,]\d{1,2}")  # written with thousands or cents: not masked


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """How an e-mail address is said: "jane dot doe at example dot com"."""

    at: Words = NONE
    dot: Words = NONE
    joints: Words = NONE  # join the parts before the at, the dot among them
    endings: Words = NONE  # the last part of a domain


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseWords:
    """How a promise with a day or a time is said, as phrases of `phrases.py`."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # named lists for the phrases below
    commits: tuple[str, ...] = ()  # somebody will do something: "i will"
    when: tuple[str, ...] = ()  # by when: "by friday"
    none: Words = NONE  # with one of these words between the two it is no promise: "I will not"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """One language. Compared by identity: caches are kept per language."""

    tag: str  # primary subtag of BCP 47: "en"
    folds: Mapping[int, int | str] = field(default_factory=dict)  # for `str.translate`: spellings of one letter
    stand_ins: Mapping[str, str] = field(default_factory=dict)  # a phrase's letter → letters heard instead of it
    whole: Mapping[str, str] = field(default_factory=dict)  # one written word → what is said
    endings: tuple[tuple[str, str], ...] = ()  # the same for any word with this ending
    digits: Mapping[str, str] = field(default_factory=dict)  # a number in digits → how it is said: "30" → "thirty"
    split: Mapping[tuple[str, str], str] = field(default_factory=dict)  # two written words → the one that is said
    fillers: Words = NONE  # sounds without meaning
    asides: Words = NONE  # said between the groups of a number that is read out: "okay"
    light: Words = NONE  # words of grammar, which mean little by themselves; never a negation
    hedges: Words = NONE  # may be said or left out: a phrase made of an example has them as optional
    contrasts: Words = NONE  # single words that end a clause and turn against it: "but"
    pivots: tuple[str, ...] = ()  # words that announce the other half of "we can't ..., but ..."
    numbers: Numbers = Numbers()
    addresses: Addresses = Addresses()
    promises: PromiseWords = PromiseWords()
