"""Spelling habits of recognizers are no errors; words are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.bench.asr.clip import SaidWord, untimed
from voiceassist.bench.asr.numbers import cardinal, readings
from voiceassist.bench.asr.words import tokens
from voiceassist.core.words.languages import ENGLISH, Language, language_rules


def units(text: str, beside: str = "", language: Language = ENGLISH) -> str:
    return " ".join(token.text for token in tokens(untimed(text), language, beside))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hello, Anna.", "hello anna"),
        ("I can't", "i cannot"),
        ("It's OK", "it is okay"),
        ("Um, good bye", "goodbye"),
        ("don\u2019t", "do not"),
        ("a cold-hearted man", "a cold hearted man"),
        ("$15,000", "fifteen thousand dollars"),
        ("90% of 2.5", "ninety percent of two point five"),
        ("on the 21st", "on the twenty first"),
        ("at 9:30", "at nine thirty"),
    ],
)
def test_the_same_words_in_another_spelling_are_equal(one: str, other: str) -> None:
    assert units(one) == units(other)


@pytest.mark.parametrize(("one", "other"), [("gray", "grey"), ("thirteen", "30"), ("I can", "I can't")])
def test_other_words_are_not_equal(one: str, other: str) -> None:
    assert units(one) != units(other)


@pytest.mark.parametrize(
    "said",
    [
        "one thousand nine hundred ninety five",
        "one thousand nine hundred and ninety five",
        "nineteen ninety five",
        "one nine nine five",
    ],
)
def test_digits_are_read_as_the_other_text_says_them(said: str) -> None:
    assert units("1995", beside=f"it was {said} then") == said


def test_a_zero_among_digits_may_be_an_oh() -> None:
    assert units("7305", beside="seven three oh five") == "seven three oh five"


def test_long_numbers_are_read_digit_by_digit() -> None:
    assert units("00442071234567").startswith("zero zero four four")


@given(st.integers(0, 999_999))
def test_every_number_has_readings_without_digits(number: int) -> None:
    assert all(reading and reading.replace(" ", "").isalpha() for reading in readings(str(number)))


@given(st.integers(0, 999_998))
def test_different_numbers_are_said_differently(number: int) -> None:
    assert cardinal(number) != cardinal(number + 1)


@given(st.text(max_size=40))
def test_any_text_has_units_that_stay_as_they_are(text: str) -> None:
    once = units(text)
    assert once == once.strip()


def test_digits_of_another_language_are_left_alone() -> None:
    assert units("30 días", language=language_rules("es")) == "30 dias"


def test_a_contraction_gives_its_times_to_its_first_and_last_part() -> None:
    first, last = tokens([SaidWord(text="can't", start_ms=100, end_ms=400)], ENGLISH)
    assert (first.start_ms, first.end_ms, last.start_ms, last.end_ms) == (100, None, None, 400)


def test_a_word_written_as_two_spans_both() -> None:
    words = [SaidWord(text="good", start_ms=100, end_ms=200), SaidWord(text="bye", start_ms=210, end_ms=400)]
    (token,) = tokens(words, ENGLISH)
    assert (token.text, token.start_ms, token.end_ms) == ("goodbye", 100, 400)
