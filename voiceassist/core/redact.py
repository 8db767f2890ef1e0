"""Masks what must not leave the core: long runs of spoken or written digits, and e-mail addresses.

Card, account and phone numbers are runs of at least DIGITS_MASKED digits, said as digits or as number words,
also when a speaker pauses between groups. Amounts and dates stay. The number of words stays too, so that their
times remain true. Never touches anything but transcripts. Next: everything else sees only the masked words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from voiceassist.core.text import FILLERS, canonical
from voiceassist.events import Final, Speaker, Transcript

MASK = "***"
DIGITS_MASKED = 7  # the shortest local phone number; order numbers and amounts in words are shorter
DIGITS_GROWING = 4  # at the end of a partial a run this long may be a card number's first group
CARRIED_MS = 4000  # a pause of this length does not end a number that is read out in groups

_UNITS = frozenset(["zero", "oh", "o", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
_TEENS = frozenset(
    ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
)
_TENS = frozenset(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
_REPEATS = {"double": 1, "triple": 2}  # digits that it adds to the one that follows
_GLUE = FILLERS | {"dash", "hyphen", "space"}
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_ENDINGS = frozenset(
    ["com", "net", "org", "edu", "gov", "info", "io", "uk", "de", "fr", "es", "it", "eu", "us", "ca", "au"]
)
_JOINTS = frozenset(["dot", "underscore", "dash", "hyphen"])
DOMAIN_MAX_WORDS = 6
_NUMBER = re.compile(r"[\d().,:/-]+")
# An amount with thousands or cents, a date or a time of day is no number to hide.
_QUANTITY = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+\.\d{1,2}|\d{1,2}([/.-])\d{1,2}\3\d{2,4}|\d{1,2}:\d{2}")


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive words that spell a number."""

    first: int
    last: int  # inclusive
    digits: int


@dataclass(slots=True)
class Redactor:
    """Masks the transcripts of one call; remembers the digits at the end of each side's last final."""

    tails: dict[Speaker, tuple[int, int]]  # speaker → digits, end_ms

    def redact(self, event: Transcript) -> Transcript:
        """The same transcript without numbers and addresses."""
        texts = event.text.split()
        heard = [word.text for word in event.words]
        carried = self._carried(event)
        growing = not isinstance(event, Final)
        masked = masked_words(heard, carried=carried, growing=growing)
        text = masked_words(texts, carried=carried, growing=growing)
        if isinstance(event, Final):
            self.tails[event.speaker] = (_tail_digits(heard or texts, carried), event.end_ms)
        if masked == heard and text == texts:
            return event
        words = tuple(replace(word, text=new) for word, new in zip(event.words, masked, strict=True))
        return replace(event, text=" ".join(text), words=words)

    def _carried(self, event: Transcript) -> int:
        digits, end_ms = self.tails.get(event.speaker, (0, 0))
        return digits if event.start_ms - end_ms <= CARRIED_MS else 0


def masked_words(words: Sequence[str], *, carried: int = 0, growing: bool = False) -> list[str]:
    """The words with numbers and addresses masked.

    `carried`: digits of a number that the utterance may continue. `growing`: more words may still follow.
    """
    hidden = {
        index for run in _runs(words) if _is_long(run, words, carried, growing=growing) for index in _range(run)
    }
    hidden |= set(_addresses([_plain(word) for word in words]))
    return [MASK if index in hidden or _ADDRESS.search(word) else word for index, word in enumerate(words)]


def _is_long(run: Run, words: Sequence[str], carried: int, *, growing: bool) -> bool:
    digits = run.digits + (carried if run.first == 0 else 0)
    at_end = run.last == len(words) - 1
    return digits >= (DIGITS_GROWING if growing and at_end else DIGITS_MASKED)


def _range(run: Run) -> range:
    return range(run.first, run.last + 1)


def _runs(words: Sequence[str]) -> Iterator[Run]:
    """Every longest stretch of number words; glue counts only between two of them."""
    first, last = None, -1
    for index, word in enumerate([*words, ""]):
        if _digits(word):
            first, last = (index if first is None else first), index
        elif first is not None and not _is_glue(word):
            yield Run(first, last, _total(words[first : last + 1]))
            first = None


def _total(words: Sequence[str]) -> int:
    plain = [_plain(word) for word in words if not _is_glue(word)]
    joined = sum(one in _TENS and two in _UNITS for one, two in pairwise(plain))  # "forty two" is two digits
    return sum(_digits(word) for word in plain) - joined


def _digits(word: str) -> int:
    bare = word.strip(".,!?;:()+")
    if bare[:1].isdigit() and _NUMBER.fullmatch(bare):
        return 0 if _QUANTITY.fullmatch(bare) else sum(char.isdigit() for char in bare)
    plain = _plain(word)
    return 1 if plain in _UNITS else 2 if plain in _TEENS | _TENS else _REPEATS.get(plain, 0)


def _is_glue(word: str) -> bool:
    return _plain(word) in _GLUE or (bool(word) and not canonical(word))


def _plain(word: str) -> str:
    return "".join(canonical(word))


def _tail_digits(words: Sequence[str], carried: int) -> int:
    runs = list(_runs(words))
    if not runs or runs[-1].last != len(words) - 1:
        return 0
    return runs[-1].digits + (carried if runs[-1].first == 0 else 0)


def _addresses(words: Sequence[str]) -> Iterator[int]:
    """Indexes of spoken addresses: "jane dot doe at example dot com"."""
    for at, word in enumerate(words):
        end = _domain_end(words, at) if word == "at" else None
        if end is not None:
            yield from range(_local_start(words, at), end + 1)


def _domain_end(words: Sequence[str], at: int) -> int | None:
    for index in range(at + 2, min(at + DOMAIN_MAX_WORDS, len(words) - 1)):
        if words[index] == "dot" and words[index + 1] in _ENDINGS:
            return index + 1
    return None


def _local_start(words: Sequence[str], at: int) -> int:
    start = max(0, at - 1)
    while start > 0 and (_is_spelt(words, start) or words[start] in _JOINTS or words[start - 1] in _JOINTS):
        start -= 1
    return start


def _is_spelt(words: Sequence[str], index: int) -> bool:
    """Whether this word and the one before are single letters or digits: "j o h n"."""
    return len(words[index]) == 1 and len(words[index - 1]) == 1
