"""Drops words of a neural recognizer's text that cannot have been said: pure functions over words.

Never corrects a word. Models that write text from sound invent some when the sound ends in the middle of a
word: they loop, or say more than anybody can say in that time. Next: `asr/moonshine.py` gives words times.
"""

import re

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
SPOKEN = re.compile(r"\w")
WORDS_PER_SECOND = 7.0  # auctioneers aside: 5 is fast English
SPARE_WORDS = 2  # short lines: "I don't know" takes 300 ms
LOOP_WORDS = (3, 4, 5, 6, 7, 8)  # a phrase this long, said twice at once, is the model's loop
MARKS = ".,!?;:\u00bf\u00a1"
REPEATS = 4  # one or two words more often than this in a row: people say "no no no"


def plausible_words(text: str, voiced_ms: int) -> tuple[str, ...]:
    """The words of `text` that can have been said in `voiced_ms` of voice; punctuation stays on its word."""
    words = [word for word in CONTROL.sub(" ", text).split() if SPOKEN.search(word)]
    most = SPARE_WORDS + int(voiced_ms * WORDS_PER_SECOND / 1000)
    return tuple(without_loops(words)[:most])


def without_loops(words: list[str]) -> list[str]:
    """The words, with a phrase that follows itself said once, and a word said at most four times."""
    for size in LOOP_WORDS:
        words = _collapse(words, size, keep=1)
    for size in (1, 2):
        words = _collapse(words, size, keep=REPEATS)
    return words


def _collapse(words: list[str], size: int, *, keep: int) -> list[str]:
    kept: list[str] = []
    for word in words:
        kept.append(word)
        if _repeats(kept, size) > keep:
            del kept[-size:]
    return kept


def _repeats(words: list[str], size: int) -> int:
    plain = [word.strip(MARKS).lower() for word in words]
    last, count = plain[-size:], 0
    while len(last) == size and plain[len(plain) - size :] == last:
        count += 1
        plain = plain[:-size]
    return count
