"""What is believed of a neural model's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.asr.moonshine.plausible import plausible_words, without_loops


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("and a button and a button and a button", "and a button"),
        ("I said, no. I can not I can not", "I said, no. I can not"),
        ("no no no no no no no", "no no no no"),
        ("no, no, no", "no, no, no"),
        ("¿me oye usted? me oye usted", "¿me oye usted?"),
        ("thank you thank you", "thank you thank you"),
        ("we can not, we will not", "we can not, we will not"),
    ],
)
def test_a_loop_is_said_once_and_what_people_say_stays(text: str, words: str) -> None:
    assert " ".join(without_loops(text.split())) == words


def test_nobody_says_twenty_words_in_a_second() -> None:
    assert len(plausible_words(" ".join(map(str, range(20))), 1_000)) == 9


def test_control_characters_and_lone_punctuation_are_not_words() -> None:
    assert plausible_words("\x02Hello\x03,\n - \u2026 there\u2028.", 5_000) == ("Hello", "there")


@given(st.text(), st.integers(0, 10_000))
def test_words_have_no_spaces_and_are_never_empty(text: str, voiced_ms: int) -> None:
    words = plausible_words(text, voiced_ms)
    assert all(word and word.split() == [word] for word in words)


@given(st.lists(st.sampled_from("abc")))
def test_a_text_without_loops_stays_as_it_is(words: list[str]) -> None:
    clean = without_loops(words)
    assert set(clean) <= set(words)
    assert clean[:1] == words[:1]
