"""The phrase language of playbooks."""

import time

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.core.words.languages import ENGLISH
from voiceassist.core.words.phrases import Lexicon, PhraseError, compile_phrase, is_plain, rendered
from voiceassist.core.words.text import tokenise_text


def found(phrase: str, sentence: str, lists: dict[str, str] | None = None) -> bool:
    expression = compile_phrase(phrase, Lexicon(ENGLISH, lists or {}))
    return re2.search(expression, rendered(tokenise_text(sentence, ENGLISH))) is not None


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("can't do", "we cannot do that"),
        ("(refund|pay back)", "I will pay back everything"),
        ("[really] sorry", "sorry"),
        ("[really] sorry", "really sorry"),
        ("can't ... refund", "I can't give you a refund"),
        ("can't ...6 refund", "I can't one two three four five six refund"),
        ("cancel*", "cancellation"),
        ("*able", "it is refundable"),
        ("*fund*", "it is refundable"),
        ("within 30 days", "within thirty days"),
        ("(1*|2*)", "250 dollars"),
        ("^ no", "no thanks"),
        ("thanks $", "no thanks"),
        ("no|yes", "yes"),
        ("(i|[we] all) agree", "we all agree"),
    ],
)
def test_a_phrase_matches(phrase: str, sentence: str) -> None:
    assert found(phrase, sentence)


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("can", "candle"),
        ("can't ... refund", "I can't say what you want about the refund"),
        ("cancel", "cancellation"),
        ("*able", "ables"),
        ("^ no", "oh no"),
        ("thanks $", "thanks a lot"),
    ],
)
def test_a_phrase_does_not_match(phrase: str, sentence: str) -> None:
    assert not found(phrase, sentence)


def test_named_lists_stand_for_their_phrases() -> None:
    assert found("<we> can't", "they can't", {"we": compile_phrase("i|they", Lexicon(ENGLISH))})


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [
        ("(a|b", "`end of phrase` where `)` was expected"),
        ("a)", "`)` where `a word` was expected"),
        ("a ...99 b", "a gap of 99 words"),
        ("<wee> a", "unknown list <wee>; nearest is <we>"),
        ("(a|)", "an empty choice"),
        ("[a] ...", "at least one word that is not optional"),
        ("^ [a|b] [c] $", "at least one word that is not optional"),
        ("(a [b]|[c] [d])", "at least one word that is not optional"),
        ("um", "`um` is not a word"),
        ("re*able", "`re*able` is not a word"),
        ("*", "`*` is not a word"),
        ("a < b", "`<` has no meaning here"),
        ("word " * 200, "longer than 600 characters"),
        ("", "needs at least one word"),
    ],
)
def test_a_bad_phrase_says_what_is_wrong(phrase: str, problem: str) -> None:
    with pytest.raises(PhraseError) as error:
        compile_phrase(phrase, Lexicon(ENGLISH, {"we": "<i>"}))
    assert problem in str(error.value)


def test_lists_of_lists_cannot_grow_without_end() -> None:
    lists = {"a": compile_phrase("word|" * 100 + "word", Lexicon(ENGLISH))}
    with pytest.raises(PhraseError, match="grows too large"):
        compile_phrase("<a> " * 100, Lexicon(ENGLISH, lists))


def test_only_words_are_plain() -> None:
    assert is_plain("no can do")
    assert not is_plain("no ... do")


@given(st.text(alphabet="ab ()[]|.^$", max_size=30))
def test_no_phrase_is_found_where_nothing_is_said(phrase: str) -> None:
    try:
        is_found = found(phrase, "")
    except PhraseError:
        return
    assert not is_found


@given(st.text(alphabet="ab ()[]|.<>^$*'1 ", max_size=30), st.text(alphabet="ab ", max_size=40))
def test_any_text_compiles_or_is_refused(phrase: str, sentence: str) -> None:
    try:
        found(phrase, sentence)
    except PhraseError:
        return


def test_a_phrase_made_to_blow_up_stays_fast() -> None:
    hostile = "([a] [a] [a] ...12 [a] [a] ...12 a) " * 8 + "b"
    began = time.process_time()
    assert not found(hostile, "a " * 400)
    assert time.process_time() - began < 5  # a backtracking engine would need centuries
