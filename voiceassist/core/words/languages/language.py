"""What the text layer must know of a language: data only, no code that reads it.

Every default is "this language has none", so a language that nobody wrote rules for is taken word by word, and
never by another language's rules. Words are written as `text.py` leaves them: lower case, with the letters that
`folds` gives. Next: `en.py` and `es.py` fill it in; `text.py`, `redact.py`, `phrases.py` and
`core/call/promises.py` and `summary/requests.py` read it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Words = frozenset[str]
NONE: Words = frozenset()
Digits = Mapping[str, str]  # a word → the digits that it is


def words(text: str) -> Words:
    """The words of a long list, which is read more easily as a text."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How a number is said when it is read out, digit by digit or in groups, and how an amount is written."""

    units: Digits = field(default_factory=dict)  # one digit: "seven" → "7"
    teens: Digits = field(default_factory=dict)  # two digits, and no unit joins them: "fifteen"
    tens: Digits = field(default_factory=dict)  # two digits, with the unit that follows: "forty two"
    hundreds: Digits = field(default_factory=dict)  # three digits, with what follows: "doscientos"
    scales: Mapping[str, int] = field(default_factory=dict)  # zeros after the digit before: "hundred" → 2
    repeats: Mapping[str, int] = field(default_factory=dict)  # digits added to the one that follows: "double"
    sounds_like: Digits = field(default_factory=dict)  # heard for a digit, and one only between digits: "for"
    glue: Words = NONE  # said between the digits: "dash"
    reading: Words = NONE  # said between the groups of a number: "and then the next four are", "no, sorry"
    not_counted: Words = NONE  # words after which `pronoun` is no digit: "that one"
    pronoun: str = ""  # the digit that is a pronoun, too: "one"
    measures: Words = NONE  # behind a number they make it a quantity: "dollars", "days"
    amount: re.Pattern[str] = re.compile(r"\d+[.,]\d{1,2}")  # written with thousands or cents: not masked


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """How an e-mail address is said: "jane dot doe at example dot com"."""

    at: Words = NONE
    dot: Words = NONE
    joints: Words = NONE  # join the parts before the at, the dot among them
    endings: Words = NONE  # the last part of a domain
    bare_endings: Words = NONE  # the same without a dot before it: "example com"
    providers: Words = NONE  # a domain by themselves: "gmail"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateWords:
    """What announces something private in a call, and how it is then said."""

    announced: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # kind of `redact.py` → "card number"
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the same, only where somebody asks for it
    asks: tuple[str, ...] = ()  # with one of these somebody asks: "tell me"
    pauses: Words = NONE  # said instead of an answer that is still to come: "moment"
    references: tuple[str, ...] = ()  # announce a number that may be shown, also in the next lines: "order number"
    quantities: tuple[str, ...] = ()  # announce a quantity or a year in the same line: "costs"
    street_types: Words = NONE  # behind a number and a name they make an address: "lane"
    copulas: Words = NONE  # stand between "my password" and the password: "is"
    streets: Words = NONE  # a postal address begins with one of them, or with a number: "calle"
    denied: Words = NONE  # right behind "my password is" they tell that none follows: "wrong"
    ends: Words = NONE  # end a password or a postal address: "thanks"
    dates: Words = NONE  # the words of a date that are no numbers: "may", "fourth"
    spelling: Words = NONE  # of a code that is spelt out: "alpha"
    vowels: Words = NONE  # letters that are words, too: "a"


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
    private: PrivateWords = PrivateWords()
    promises: PromiseWords = PromiseWords()
    requests: tuple[str, ...] = ()  # phrases with which a caller says what they want: "i would like to"
