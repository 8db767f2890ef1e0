"""Readability figures against published examples, and syllables counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.trials.readability import grade_of, reading_ease, sentences_of, syllables_in


@pytest.mark.parametrize(
    ("sentence", "ease"),
    [
        ("The cat sat on the mat.", 116.1),  # one syllable a word, six words: 206.835 - 6.09 - 84.6
        ("This sentence, taken as a reading passage unto itself, is being used to prove a point.", 69.0),
        ("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.", 37.5),
    ],
)
def test_english_sentences_have_the_published_figures(sentence: str, ease: float) -> None:
    """As the usual illustrations of Flesch's formula have them: 116, 69 and 37.5."""
    assert reading_ease(sentence, "en") == pytest.approx(ease, abs=0.1)


@pytest.mark.parametrize(
    ("sentence", "words", "syllables"),
    [
        ("El gato come pescado.", 4, 8),  # el ga-to co-me pes-ca-do
        ("No podemos devolver el dinero después de treinta días.", 9, 18),
    ],
)
def test_spanish_sentences_follow_the_formula(sentence: str, words: int, syllables: int) -> None:
    assert reading_ease(sentence, "es-MX") == pytest.approx(206.835 - 62.3 * syllables / words - words, abs=0.06)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1), ("being", 2), ("table", 2), ("used", 1), ("wanted", 2), ("prove", 1), ("refund", 2),
        ("days", 1), ("minutes", 2), ("houses", 2), ("the", 1), ("rhythm", 1), ("whole", 1),
    ],
)  # fmt: skip
def test_english_syllables(word: str, count: int) -> None:
    assert syllables_in(word, "en") == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("gato", 2), ("día", 2), ("ciudad", 2), ("países", 3), ("muy", 1), ("rey", 1), ("que", 1), ("guía", 2),
        ("y", 1), ("después", 2), ("cuidado", 3), ("devolución", 4), ("mayo", 2), ("aéreo", 4), ("vergüenza", 3),
    ],
)  # fmt: skip
def test_spanish_syllables(word: str, count: int) -> None:
    assert syllables_in(word, "es") == count


def test_what_is_too_short_or_in_another_language_has_no_figure() -> None:
    assert reading_ease("Thank you.", "en") is None
    assert reading_ease("Das ist ein ganzer Satz.", "de") is None
    assert reading_ease("", "es") is None


def test_the_grades_are_those_of_the_scales() -> None:
    assert [grade_of(ease, "es") for ease in (81, 70, 60, 45, 39)] == [
        "very_easy",
        "easy",
        "plain",
        "hard",
        "very_hard",
    ]
    assert grade_of(65, "en") == "plain"


@given(st.text(max_size=80))
def test_any_text_is_cut_into_its_sentences_and_gets_a_figure_or_none(text: str) -> None:
    assert "".join("".join(sentences_of(text)).split()) == "".join(text.split())
    for language in ("en", "es"):
        ease = reading_ease(text, language)
        assert ease is None or grade_of(ease, language)
