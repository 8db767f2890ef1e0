"""The clause around some words, with and without a recognizer that writes punctuation."""

import pytest

from tests.builders import final
from voiceassist.core.words.clauses import LONGEST, clause_around, place_of
from voiceassist.core.words.languages import language_rules

ENGLISH = language_rules("en")


def quote(text: str, said: str) -> str:
    words = final("customer", text).words
    place = place_of(words, said, 0, ENGLISH)
    assert place
    return clause_around(words, *place, ENGLISH)


@pytest.mark.parametrize(
    ("text", "said", "quoted"),
    [
        ("You are a useless idiot.", "a useless", "You are a useless idiot"),
        ("you better watch your back", "watch your", "you better watch your back"),
        ("I'm sorry, I can't take it back, it is too old", "I can't take", "I can't take it back"),
        (
            "i am sorry but our policy does not allow returns",
            "policy does not allow",
            "our policy does not allow returns",
        ),
        ("That does not help me! I will cancel it today.", "I will cancel", "I will cancel it today"),
        (
            "you people told me the same thing only yesterday morning you are a useless idiot",
            "you are a useless idiot",
            "you are a useless idiot",
        ),
        ("Is that all you idiot?", "you idiot", "Is that all you idiot?"),
        ("IDIOT!", "idiot", "IDIOT"),
    ],
)
def test_a_quote_is_the_clause_around_the_words(text: str, said: str, quoted: str) -> None:
    assert quote(text, said) == quoted


def test_a_pause_ends_a_clause_where_nothing_is_written() -> None:
    first, second = final("agent", "no"), final("agent", "we do not do that", at=2000)
    words = (*first.words, *second.words)
    assert clause_around(words, 2, 3, ENGLISH) == "we do not do that"


def test_a_quote_stays_short_and_never_cuts_the_words_themselves() -> None:
    long = " ".join(f"word{i}" for i in range(40))
    assert len(quote(long, "word20 word21").split()) == LONGEST
    assert quote(long, " ".join(long.split()[5:30])) == " ".join(long.split()[5:30])


def test_of_two_places_the_nearer_one_is_meant() -> None:
    words = final("agent", "no no way and no way").words
    assert place_of(words, "no way", words[4].start_ms, ENGLISH) == (4, 5)
    assert place_of(words, "never", 0, ENGLISH) is None
    assert place_of((), "no", 0, ENGLISH) is None
