"""Reads the numbers of a line: `runs(line) -> [Run]`, each with its digits and what stands around it.

A run goes on over words that are only said while a number is read out: "and then the next four are", "no, sorry".
Never decides what is private: `redact_kinds.py` does. Takes time linear in the number of words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from voiceassist.core.words.languages import Language
from voiceassist.core.words.languages.language import Numbers
from voiceassist.core.words.text import speller

PRICES = ("99", "95")
COUNTED = 3  # so many steps are counting
GLUE_WORDS = 7  # "okay, and then the next four are": more words between two groups are about something else

_BEFORE, _AFTER = re.compile(r"[^\w$€£+]*"), re.compile(r"[^\w%$€£]*")  # punctuation around a word
_NUMBER = re.compile(r"\+?\d(?:[^\w$€£%]*\d)*")
_QUANTITY = re.compile(r"[$€£]\s?\d[\d.,]*|\d[\d.,]*[$€£%]|\d{1,4}(?:st|nd|rd|th|am|pm|kg|gb|mb|k|m|g|h|o|a|s)")
_DATE_OR_TIME = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}")
_CODE = re.compile(r"(?=(?:\D*\d){2})[a-z\d-]{4,}", re.IGNORECASE)  # letters and digits in one word: "DE89"
_YEAR = re.compile(r"(?:19|20)\d\d")  # no card number begins so
_NO_DIGIT = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class HeardLine:
    """One side's words, and how they are spelt in tokens."""

    words: Sequence[str]
    language: Language
    growing: bool = False  # more words may still follow
    plain: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        """Spells every word once."""
        spell = speller(self.language)
        object.__setattr__(self, "plain", ["".join(spell(word)) for word in self.words])


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive words that spell a number."""

    first: int
    last: int  # inclusive
    digits: str
    groups: int
    spelt: bool  # digit by digit, or written in digits
    scaled: bool  # with "hundred" or "thousand"
    letters: int  # single letters among them
    before: int  # words ahead of it in the line that say something else
    after: int  # the same behind it
    counts: bool = False  # one two three, two four six: no card or phone number begins so

    @property
    def is_year(self) -> bool:
        """Whether it may be a year of our time."""
        return _YEAR.fullmatch(self.digits) is not None

    @property
    def is_price(self) -> bool:
        """Whether it may be a price: "six ninety nine", "thirteen ninety five"."""
        return not self.spelt and (len(self.digits) == 3 or (len(self.digits) == 4 and self.digits[2:] in PRICES))  # noqa: PLR2004

    @property
    def is_clock(self) -> bool:
        """Whether it may be a time of day: "ten thirty"."""
        if self.spelt or not 3 <= len(self.digits) <= 4:  # noqa: PLR2004 - hours and minutes
            return False
        hours, minutes = int(self.digits[:-2]), int(self.digits[-2:])
        return hours <= 24 and minutes < 60  # noqa: PLR2004 - of a clock


def is_number(line: HeardLine, index: int) -> bool:
    """Whether the word is a number or a part of one."""
    return _piece(line, index) != ""


def is_code(word: str) -> bool:
    """Whether a word mixes letters and digits as a code does."""
    bare = _bare(word)
    return _CODE.fullmatch(bare) is not None and not _QUANTITY.fullmatch(bare.lower())


def _bare(word: str) -> str:
    """The word without the punctuation around it; each end is read once, however long the word is."""
    begun = word[_match_end(_BEFORE, word) :]
    return begun[: len(begun) - _match_end(_AFTER, begun[::-1])]


def _match_end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def is_glue(text: str, language: Language) -> bool:
    """Whether a word is only said while a number is read out."""
    numbers = language.numbers
    return text == "" or any(
        text in said for said in (numbers.glue, numbers.reading, language.fillers, language.asides)
    )


def is_letter(text: str, language: Language) -> bool:
    """Whether it is a letter that is spelt out, and no word."""
    return (
        len(text) == 1 and text.isalpha() and text not in language.private.vowels and bool(language.numbers.units)
    )


def runs(line: HeardLine) -> list[Run]:
    """Every longest stretch of number words; glue counts only between two of them."""
    other = [not is_glue(text, line.language) for text in line.plain]
    pieces = [_piece(line, index) for index in range(len(line.words))]
    numbers = [bool(piece) for piece in pieces]
    said = [is_other and not number for is_other, number in zip(other, numbers, strict=True)]
    total, seen, ahead = sum(said), 0, [0]
    for is_said in said:
        seen += is_said
        ahead.append(seen)
    return [
        _run(line, pieces, range(first, last + 1), before=ahead[first], after=total - ahead[last + 1])
        for first, last in _stretches(line, pieces)
    ]


def _stretches(line: HeardLine, pieces: Sequence[str]) -> Iterator[tuple[int, int]]:
    first, last = None, -1
    for index, text in enumerate(line.plain):
        if pieces[index]:
            first, last = (index if first is None else first), index
        elif (
            first is not None
            and not is_letter(text, line.language)
            and (not is_glue(text, line.language) or index - last > GLUE_WORDS)
        ):
            yield first, last
            first = None
    if first is not None:
        yield first, last


def _run(line: HeardLine, pieces: Sequence[str], at: range, *, before: int, after: int) -> Run:
    said = [index for index in at if pieces[index]]
    digits, joined = _digits([pieces[index] for index in said])
    return Run(
        first=at.start,
        last=at.stop - 1,
        digits=digits,
        groups=1 + sum(two - one > 1 for one, two in pairwise(said)),
        spelt=not joined,
        scaled=any(pieces[index][0] in "hx" for index in said),
        counts=_counts_up([pieces[index] for index in said]),
        letters=sum(is_letter(line.plain[index], line.language) for index in at),
        before=before,
        after=after,
    )


def _counts_up(pieces: Sequence[str]) -> bool:
    """Whether the pieces are one, two, three and so on, or two, four, six."""
    values = [int(piece[1:]) for piece in pieces if piece[0] in "uet"]
    steps = {two - one for one, two in pairwise(values)}
    return len(values) == len(pieces) >= COUNTED and values[0] in (1, 2) and steps in ({1}, {2})


# ---- one word --------------------------------------------------------------------------------------------
# A piece is a letter for its class and its value: "u7" a unit, "e15" a teen, "t40" tens, "h200" hundreds,
# "x2" zeros that follow, "r1" a repeat, "d4111" written digits; "" is no number.


def _piece(line: HeardLine, index: int) -> str:
    numbers, text = line.language.numbers, line.plain[index]
    if any(char.isdigit() for char in line.words[index]):
        digits = _written_digits(line.words[index], numbers)
        return f"d{digits}" if digits else ""
    if text in numbers.sounds_like:
        may_go_on = line.growing and index + 1 == len(line.plain)
        is_inside = _names(line, index - 1) and (may_go_on or _names(line, index + 1))
        return f"u{numbers.sounds_like[text]}" if is_inside else ""
    if text == numbers.pronoun and not _counts(line, index):
        return ""
    return _word_piece(text, numbers)


def _word_piece(text: str, numbers: Numbers) -> str:
    for name, table in (("u", numbers.units), ("e", numbers.teens), ("t", numbers.tens), ("h", numbers.hundreds)):
        if text in table:
            return name + table[text]
    if text in numbers.scales:
        return f"x{numbers.scales[text]}"
    return f"r{numbers.repeats[text]}" if text in numbers.repeats else ""


def _names(line: HeardLine, index: int) -> bool:
    """Whether the word names one digit."""
    return 0 <= index < len(line.plain) and line.plain[index] in line.language.numbers.units


def _counts(line: HeardLine, index: int) -> bool:
    """Whether the pronoun is a digit here: not in "that one"; at the end of a partial it may become one."""
    before = line.plain[index - 1] if index else ""
    if before not in line.language.numbers.not_counted:
        return True
    return line.growing if index + 1 == len(line.plain) else _names(line, index + 1)


def _written_digits(word: str, numbers: Numbers) -> str:
    """The digits of a word that is written as a number, or mixes letters with them as a code does."""
    bare = _bare(word)
    if any(shape.fullmatch(bare.lower()) for shape in (_QUANTITY, _DATE_OR_TIME, numbers.amount)):
        return ""
    return _NO_DIGIT.sub("", bare) if _NUMBER.fullmatch(bare) or _CODE.fullmatch(bare) else ""


def _digits(pieces: Sequence[str]) -> tuple[str, bool]:
    """The digits that the pieces spell, and whether any was said in another way than digit by digit."""
    out, zeros, times, filled, joined = "", 0, 1, 0, False
    for piece in pieces:
        kind, value = piece[0], piece[1:]
        joined = joined or kind in "ethx"
        if kind == "r":
            times += int(value)
        elif kind == "x":
            out, zeros, filled = _scaled(out, int(value), filled)
        else:
            fills = kind != "d" and value != "0" and len(value) <= zeros
            out = (out[: -len(value)] if fills else out) + value * times
            filled = zeros if fills else 0
            zeros = (len(value) - len(value.rstrip("0"))) if kind in "th" else 0
            times = 1
    return out, joined


def _scaled(out: str, zeros: int, filled: int) -> tuple[str, int, int]:
    """Four thousand one hundred is 4100: the unit before the hundred has filled the last of three zeros."""
    if filled > zeros:
        return out[: -zeros - 1] + out[-1] + "0" * zeros, zeros, 0
    return out + "0" * zeros, zeros, 0
