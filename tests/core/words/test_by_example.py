"""Phrases made of sentences that people type."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.core.words.by_example import phrase_of, phrases_of
from voiceassist.core.words.languages import ENGLISH, NEUTRAL, SPANISH, Language
from voiceassist.core.words.phrases import Lexicon, compile_phrase, rendered
from voiceassist.core.words.text import tokenise_text


def finds(phrase: str, sentence: str, language: Language = ENGLISH) -> bool:
    text = rendered(tokenise_text(sentence, language))
    return re.search(compile_phrase(phrase, Lexicon(language)), text) is not None


@pytest.mark.parametrize(
    ("sentence", "language", "phrase"),
    [
        ("We can't do that, sorry.", ENGLISH, "we can't do that sorry"),
        ("Um, I really, really don\u2019t know!", ENGLISH, "i [really] don't know"),
        ("(a|b) [c] ... <d> ^ e* $", ENGLISH, "a b c d e"),
        ("Really?", ENGLISH, "really"),
        ("Bits&pieces", ENGLISH, "bits and pieces"),
        ("um, uh", ENGLISH, ""),
        ("", ENGLISH, ""),
        ("Pues eso no se puede, se\u00f1ora", SPANISH, "[pues] eso no se puede [se\u00f1ora]"),
        ("Really no", NEUTRAL, "really no"),
    ],
)
def test_a_sentence_becomes_a_phrase_without_punctuation_and_with_optional_hedges(
    sentence: str, language: Language, phrase: str
) -> None:
    assert phrase_of(sentence, language) == phrase


def test_a_phrase_is_found_with_and_without_its_hedges_and_fillers() -> None:
    phrase = phrase_of("I just want to cancel", ENGLISH)
    assert all(finds(phrase, said) for said in ("Um, I want to cancel it.", "i JUST want, uh, to cancel"))
    assert not finds(phrase, "I never want to cancel")


def test_a_stutter_is_no_part_of_a_phrase() -> None:
    assert phrase_of("no no I, I cancel it", ENGLISH) == "no i cancel it"


def test_sentences_that_say_the_same_are_one_phrase() -> None:
    assert phrases_of(["Cancel it.", "cancel it", " ", "Um, cancel it!"], ENGLISH) == ("cancel it",)


@given(st.text(max_size=80), st.sampled_from([ENGLISH, SPANISH, NEUTRAL]))
def test_whatever_is_typed_is_a_phrase_that_finds_it_or_none(sentence: str, language: Language) -> None:
    phrase = phrase_of(sentence, language)
    if phrase:
        assert finds(phrase, sentence, language)
