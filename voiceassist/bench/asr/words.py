"""Makes words comparable before they are scored, so that spelling habits are no errors.

What is equal: upper and lower case; with and without punctuation; a contraction and its long form ("can't",
"cannot", "can not"; "it's", "its", "it is"); "goodbye" and "good bye"; "okay" and "ok". Fillers ("um", "uh") do
not count. Which words those are is the language's matter (`core/languages/`). In English also a number in digits
and the same in words, in any of the usual readings ("1995" is "nineteen ninety five", "one nine nine five" or "one
thousand nine hundred ninety five"), with "$9", "9%" and "9th" as "nine dollars", "nine percent" and "ninth".
What is not equal: "gray" and "grey". Next: `edits.py` aligns the texts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from voiceassist.bench.asr.numbers import readings
from voiceassist.core.words.languages import ENGLISH, Language
from voiceassist.core.words.text import canonical

# In this order: each prepares the next.
REWRITES = (
    (re.compile(r"(?<=\d),(?=\d{3})"), ""),  # 15,000
    (re.compile(r"\$([\d.]*\d)"), r"\1 dollars"),
    (re.compile(r"(?<=\d)%"), " percent"),
    (re.compile(r"(?<=\d)\.(?=\d)"), " point "),
)
NUMBER = re.compile(r"\d+(?:st|nd|rd|th)?", re.ASCII)


class TimedText(Protocol):
    """A word of a transcript or of a reference."""

    @property
    def text(self) -> str:
        """As written."""

    @property
    def start_ms(self) -> int | None:
        """None: not known."""

    @property
    def end_ms(self) -> int | None:
        """None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredWord:
    """A unit of scoring. A word of two ("can't") gives its start to the first and its end to the last."""

    text: str
    start_ms: int | None
    end_ms: int | None
    word: int  # index of the word it came from, or of the first of two


def tokens(words: Sequence[TimedText], language: Language, beside: str = "") -> tuple[ScoredWord, ...]:
    """The units of an utterance.

    `beside` is the text to compare with, units with spaces between: a number in digits is read as it says it.
    """
    found: list[ScoredWord] = []
    for index, word in enumerate(words):
        for token in _tokens(index, word, language, beside):
            found.append(token)
            _join_split(found, language)
    return tuple(found)


def _tokens(index: int, word: TimedText, language: Language, beside: str) -> Iterator[ScoredWord]:
    text = _rewritten(word.text) if language is ENGLISH else word.text
    units = [unit for part in text.split() for unit in canonical(part, language) if unit not in language.fillers]
    if language is ENGLISH:
        units = [part for unit in units for part in _read(unit, beside).split()]
    for number, unit in enumerate(units, 1):
        yield ScoredWord(
            text=unit,
            start_ms=word.start_ms if number == 1 else None,
            end_ms=word.end_ms if number == len(units) else None,
            word=index,
        )


def _rewritten(text: str) -> str:
    for pattern, replacement in REWRITES:
        text = pattern.sub(replacement, text)
    return text


def _read(unit: str, beside: str) -> str:
    if not NUMBER.fullmatch(unit):
        return unit
    known = readings(unit)
    return next((reading for reading in known if f" {reading} " in f" {beside} "), known[0])


def _join_split(found: list[ScoredWord], language: Language) -> None:
    """Makes one of a word that was written as two."""
    if len(found) > 1 and (whole := language.split.get((found[-2].text, found[-1].text))):
        first, last = found[-2:]
        found[-2:] = [ScoredWord(text=whole, start_ms=first.start_ms, end_ms=last.end_ms, word=first.word)]
