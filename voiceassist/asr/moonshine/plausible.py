"""Drops words of a neural recognizer's text that cannot have been said: pure functions over words.

Never corrects a word, but says only once what a word repeats within itself. Models that write text from sound
invent some when the sound ends in the middle of a word: they loop, or say more than anybody can say in that time.
Next: `asr/moonshine/leg.py` gives words times.
"""

import re
from collections.abc import Sequence

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
SPOKEN = re.compile(r"\w")
WORDS_PER_SECOND = 7.0  # auctioneers aside: 5 is fast English
SPARE_WORDS = 2  # short lines: "I don't know" takes 300 ms
LOOP_WORDS = (3, 4, 5, 6, 7, 8)  # a phrase this long, said twice at once, is the model's loop
MARKS = ".,!?;:\u00bf\u00a1"
REPEATS = 4  # one or two words more often than this in a row: people say "no no no"
# Within a word: one sign seven times, as in "850000000", or a few four times, as in "01-01-01-01". A number that
# really has seven equal digits in a row, and no commas, is cut too: the model's loops look the same.
LOOP_IN_WORD = re.compile(r"(.)\1{6,}|(.{2,12}?)\2{3,}")


def plausible_words(text: str, voiced_ms: int) -> tuple[str, ...]:
    """The words of `text` that can have been said in `voiced_ms` of voice; punctuation stays on its word."""
    words = [clean_word(word) for word in CONTROL.sub(" ", text).split()]
    return tuple(words[place] for place in plausible_places(words, voiced_ms))


def clean_word(word: str) -> str:
    """The word without control characters, and with a loop inside it said once."""
    return LOOP_IN_WORD.sub(lambda loop: loop[1] or loop[2], CONTROL.sub("", word))


def plausible_places(words: Sequence[str], voiced_ms: int) -> tuple[int, ...]:
    """Where in `words` those are that can have been said in `voiced_ms` of voice."""
    spoken = [place for place, word in enumerate(words) if SPOKEN.search(word)]
    kept = places_without_loops([words[place] for place in spoken])
    most = SPARE_WORDS + int(voiced_ms * WORDS_PER_SECOND / 1000)
    return tuple(spoken[place] for place in kept[:most])


def without_loops(words: Sequence[str]) -> list[str]:
    """The words, with a phrase that follows itself said once, and a word said at most four times."""
    return [words[place] for place in places_without_loops(words)]


def places_without_loops(words: Sequence[str]) -> list[int]:
    """Where those words are."""
    plain = [word.strip(MARKS).lower() for word in words]
    places = list(range(len(words)))
    for size in LOOP_WORDS:
        places = _collapse(plain, places, size, keep=1)
    for size in (1, 2):
        places = _collapse(plain, places, size, keep=REPEATS)
    return places


def _collapse(plain: Sequence[str], places: Sequence[int], size: int, *, keep: int) -> list[int]:
    kept: list[int] = []
    for place in places:
        kept.append(place)
        if _repeats([plain[one] for one in kept[-size * (keep + 1) :]], size) > keep:
            del kept[-size:]
    return kept


def _repeats(words: Sequence[str], size: int) -> int:
    """How often the last `size` words are said at the end."""
    last, count = words[-size:], 0
    while len(last) == size and words[len(words) - size :] == last:
        count += 1
        words = words[:-size]
    return count
