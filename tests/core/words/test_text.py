"""Tokens: what a recognizer's spelling habits may not change."""

import pytest

from voiceassist.core.words.languages import ENGLISH
from voiceassist.core.words.text import Token, tokenise, tokenise_text


def texts(sentence: str) -> list[str]:
    return [token.text for token in tokenise_text(sentence, ENGLISH)]


@pytest.mark.parametrize("written", ["can't", "cannot", "cant", "can not", "Can\u2019t", "CAN`T,"])
def test_every_spelling_of_cannot_is_the_same(written: str) -> None:
    assert texts(written) == ["can", "not"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("I'm", "i am"),
        ("im", "i am"),
        ("won't", "will not"),
        ("wont", "will not"),
        ("don't", "do not"),
        ("dont", "do not"),
        ("we're", "we are"),
        ("that's", "that is"),
        ("thats", "that is"),
        ("you'll", "you will"),
        ("let's", "let us"),
        ("o'clock", "oclock"),
        ("customer's", "customers"),
        ("gonna", "going to"),
        ("credit-card", "credit card"),
        ("some one", "someone"),
        ("to-morrow", "tomorrow"),
        ("no one", "no one"),
        ("30 days", "thirty days"),
        ("24 hours", "twenty four hours"),
        ("100", "100"),
        ("20% off", "twenty percent off"),
        ("twenty per cent", "twenty percent"),
        ("re fund", "refund"),
        ("any more", "any more"),
        ("anymore", "any more"),
        ("couldnot", "could not"),
        ("dunno", "do not know"),
        ("y'all", "you all"),
    ],
)
def test_contractions_are_said_in_full(written: str, meant: str) -> None:
    assert texts(written) == meant.split()


@pytest.mark.parametrize("word", ["well", "were", "ill", "id", "hell", "shed"])
def test_words_that_only_look_like_contractions_stay(word: str) -> None:
    assert texts(word) == [word]


def test_fillers_are_skipped() -> None:
    assert texts("we, um, can't uh do that") == ["we", "can", "not", "do", "that"]


def test_stutters_are_skipped() -> None:
    assert texts("we we can't what I can what I can do") == ["we", "can", "not", "what", "i", "can", "do"]


def test_every_token_knows_the_word_it_came_from() -> None:
    assert tokenise(["Um,", "I", "can't."], ENGLISH) == (Token("i", 1), Token("can", 2), Token("not", 2))


def test_text_without_words_has_no_tokens() -> None:
    assert texts("... *** ?!") == []
