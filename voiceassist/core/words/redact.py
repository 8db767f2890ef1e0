"""Masks what must not leave the core: long runs of spoken or written digits, and e-mail addresses.

Card, account and phone numbers are runs of at least DIGITS_MASKED digits, said as digits or as number words,
also when a speaker pauses between groups or says "um" and "okay" there. Known weakness: the first group of a
number that is read out with pauses is a final of its own and stays, since an order number or a year looks the
same. Amounts and dates stay. The number of words stays too, so that their times remain true. The language
(`languages/`) says which words are digits: without rules for it, only what is written in digits or with an @ is
masked. Never touches anything but transcripts.
Next: everything else sees only the masked words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from voiceassist.core.words.languages import Language
from voiceassist.core.words.languages.language import Addresses, Numbers
from voiceassist.core.words.text import speller
from voiceassist.events import Final, Speaker, Transcript

MASK = "***"
DIGITS_MASKED = 7  # the shortest local phone number; order numbers and amounts in words are shorter
DIGITS_GROWING = 4  # at the end of a partial a run this long may be a card number's first group
CARRIED_MS = 4000  # a pause of this length does not end a number that is read out in groups
ASIDE_WORDS = 2  # nor do so few words about something else in a line: "hold on", "it is", "un momento"
DOMAIN_MAX_WORDS = 6

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_AROUND = ".,!?;:()+\u00bf\u00a1"
_NUMBER = re.compile(r"[\d().,:/-]+")
_DATE_OR_TIME = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2,4}|\d{1,2}:\d{2}")


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive words that spell a number."""

    first: int
    last: int  # inclusive
    digits: int
    before: int  # words ahead of it in the line that say something else
    after: int  # the same behind it


@dataclass(slots=True)
class Redactor:
    """Masks the transcripts of one call; remembers the number that each side may still be reading out."""

    language: Language
    tails: dict[Speaker, tuple[int, int]] = field(default_factory=dict)  # speaker → digits so far, last heard ms

    def redact(self, event: Transcript) -> Transcript:
        """The same transcript with its numbers and addresses masked."""
        texts = event.text.split()
        heard = [word.text for word in event.words]
        carried = self._carried(event)
        masked = self._masked(event, heard, carried)
        text = masked if texts == heard else self._masked(event, texts, carried)
        if isinstance(event, Final):
            self._remember(event, _tail_digits(heard or texts, self.language, carried))
        if masked == heard and text == texts:
            return event
        words = tuple(replace(word, text=new) for word, new in zip(event.words, masked, strict=True))
        return replace(event, text=" ".join(text), words=words)

    def _masked(self, event: Transcript, words: list[str], carried: int) -> list[str]:
        return masked_words(words, self.language, carried=carried, growing=not isinstance(event, Final))

    def _remember(self, event: Final, digits: int) -> None:
        """Keeps the digits so far; the pause after them counts from whatever this side said last.

        Also from an "um", an "okay", and a line in which no word was found, which often was one of these: somebody
        is still reading out. A short number masked too many is the lesser harm.
        """
        _, last_ms = self.tails.get(event.speaker, (0, 0))
        self.tails[event.speaker] = (digits, max(last_ms, event.end_ms))

    def _carried(self, event: Transcript) -> int:
        digits, end_ms = self.tails.get(event.speaker, (0, 0))
        return digits if event.start_ms - end_ms <= CARRIED_MS else 0


def masked_words(
    words: Sequence[str], language: Language, *, carried: int = 0, growing: bool = False
) -> list[str]:
    """The words with numbers and addresses masked.

    `carried`: digits of a number that the utterance may continue. `growing`: more words may still follow.
    """
    plain = _plain(words, language)
    hidden = set(_addresses(plain, language.addresses))
    for run in _runs(words, plain, language):
        if _is_long(run, carried, growing=growing):
            hidden.update(range(run.first, run.last + 1))
    return [MASK if index in hidden or _ADDRESS.search(word) else word for index, word in enumerate(words)]


def _plain(words: Sequence[str], language: Language) -> list[str]:
    spell = speller(language)
    return ["".join(spell(word)) for word in words]


def _is_long(run: Run, carried: int, *, growing: bool) -> bool:
    return _with_carried(run, carried) >= (DIGITS_GROWING if growing and run.after == 0 else DIGITS_MASKED)


def _with_carried(run: Run, carried: int) -> int:
    """The digits of a run and those it continues: none inside a sentence, as in "in thirty days we will"."""
    goes_on = run.before == 0 or max(run.before, run.after) <= ASIDE_WORDS
    return run.digits + (carried if goes_on else 0)


def _tail_digits(words: Sequence[str], language: Language, carried: int) -> int:
    """Digits of a number that the next line may continue."""
    plain = _plain(words, language)
    runs = list(_runs(words, plain, language))
    if not runs:
        return carried if sum(_is_other(text, language) for text in plain) <= ASIDE_WORDS else 0
    return _with_carried(runs[-1], carried) if runs[-1].after <= ASIDE_WORDS else 0


# ---- numbers ---------------------------------------------------------------------------------------------


def _runs(words: Sequence[str], plain: Sequence[str], language: Language) -> Iterator[Run]:
    """Every longest stretch of number words; fillers, glue and asides count only between two of them."""
    numbers = language.numbers
    digits = [_digits(word, text, numbers) for word, text in zip(words, plain, strict=True)]
    other = [not count and _is_other(text, language) for count, text in zip(digits, plain, strict=True)]
    for first, last in _stretches(digits, plain, language):
        yield Run(
            first=first,
            last=last,
            digits=_sum(range(first, last + 1), plain, digits, numbers),
            before=sum(other[:first]),
            after=sum(other[last + 1 :]),
        )


def _stretches(digits: Sequence[int], plain: Sequence[str], language: Language) -> Iterator[tuple[int, int]]:
    first, last = None, -1
    for index, text in enumerate(plain):
        if digits[index]:
            first, last = (index if first is None else first), index
        elif first is not None and _is_other(text, language):
            yield first, last
            first = None
    if first is not None:
        yield first, last


def _is_other(text: str, language: Language) -> bool:
    """Whether a word that is no number says something else, and is not just said while a number is read out."""
    return text != "" and not any(
        text in said for said in (language.fillers, language.asides, language.numbers.glue)
    )


def _sum(at: Iterable[int], plain: Sequence[str], digits: Sequence[int], numbers: Numbers) -> int:
    said = [index for index in at if digits[index]]
    joined = sum(digits[two] for one, two in pairwise(said) if _joins(plain[one], plain[two], numbers))
    return sum(digits[index] for index in said) - joined


def _joins(one: str, two: str, numbers: Numbers) -> bool:
    """Whether two number words are one number, as in "forty two": the second adds no digits."""
    if one in numbers.hundreds:
        return two in numbers.tens or two in numbers.teens or two in numbers.units
    return one in numbers.tens and two in numbers.units


def _digits(word: str, plain: str, numbers: Numbers) -> int:
    bare = word.strip(_AROUND)
    if bare[:1].isdigit() and _NUMBER.fullmatch(bare):
        is_quantity = numbers.amount.fullmatch(bare) or _DATE_OR_TIME.fullmatch(bare)
        return 0 if is_quantity else sum(char.isdigit() for char in bare)
    if plain in numbers.units:
        return 1
    if plain in numbers.teens or plain in numbers.tens:
        return 2
    return 3 if plain in numbers.hundreds else numbers.repeats.get(plain, 0)


# ---- addresses -------------------------------------------------------------------------------------------


def _addresses(words: Sequence[str], said: Addresses) -> Iterator[int]:
    """Indexes of spoken addresses: "jane dot doe at example dot com"."""
    for at, word in enumerate(words):
        end = _domain_end(words, at, said) if word in said.at else None
        if end is not None:
            yield from range(_local_start(words, at, said), end + 1)


def _domain_end(words: Sequence[str], at: int, said: Addresses) -> int | None:
    for index in range(at + 2, min(at + DOMAIN_MAX_WORDS, len(words) - 1)):
        if words[index] in said.dot and words[index + 1] in said.endings:
            return index + 1
    return None


def _local_start(words: Sequence[str], at: int, said: Addresses) -> int:
    start = max(0, at - 1)
    while start > 0 and (
        _is_spelt(words, start) or words[start] in said.joints or words[start - 1] in said.joints
    ):
        start -= 1
    return start


def _is_spelt(words: Sequence[str], index: int) -> bool:
    """Whether this word and the one before are single letters or digits: "j o h n"."""
    return len(words[index]) == 1 and len(words[index - 1]) == 1
