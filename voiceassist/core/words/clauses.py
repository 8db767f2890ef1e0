"""Finds the clause around some words of an utterance: what a person quotes of it.

Recognizers with punctuation mark its ends; without, a pause or a word such as "but" does. Never changes a word.
Next: `core/call/quotes.py`.
"""

from collections.abc import Sequence

from voiceassist.core.words.languages import Language
from voiceassist.core.words.text import canonical
from voiceassist.events import Word

LONGEST = 12  # words: what is read in a glance; the words themselves are never cut
PAUSE_MS = 500  # nobody pauses for so long within a clause; twice the gap between words of slow speech
STOPS = ".,;:?!\u2026"
QUIET_STOPS = ".,;:!\u2026"  # a quote ends with none of these: a question stays one, nobody is made to shout


def clause_around(words: Sequence[Word], first: int, last: int, language: Language) -> str:
    """The words from first to last (inclusive) with those that belong to them, to the right before the left.

    To the left only where the clause's beginning is near: half of a clause reads as another sentence.
    """
    while last + 1 < len(words) and _room(first, last) and _joined(words, last, language):
        last += 1
    begin = first
    while begin > 0 and _room(begin, last) and _joined(words, begin - 1, language):
        begin -= 1
    if begin == 0 or not _joined(words, begin - 1, language):
        first = begin
    return " ".join(word.text for word in words[first : last + 1]).rstrip(QUIET_STOPS)


def place_of(words: Sequence[Word], said: str, at_ms: int, language: Language) -> tuple[int, int] | None:
    """The first and the last of the words that say `said`, of several places the one nearest to a time."""
    heard = [canonical(word.text, language) for word in words]
    wanted = [canonical(word, language) for word in said.split()]
    starts = [i for i in range(len(heard) - len(wanted) + 1) if wanted and heard[i : i + len(wanted)] == wanted]
    first = min(starts, key=lambda i: abs(words[i].start_ms - at_ms), default=None)
    return None if first is None else (first, first + len(wanted) - 1)


def _room(first: int, last: int) -> bool:
    return last - first + 1 < LONGEST


def _joined(words: Sequence[Word], left: int, language: Language) -> bool:
    """Whether a word and the one after it are in one clause."""
    before, after = words[left], words[left + 1]
    if before.text.endswith(tuple(STOPS)) or after.start_ms - before.end_ms >= PAUSE_MS:
        return False
    return language.contrasts.isdisjoint((*canonical(before.text, language), *canonical(after.text, language)))
