"""How Moonshine's models spell."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.asr.moonshine.engine import embedded_model_dir
from voiceassist.asr.moonshine.tokens import END, START, Vocabulary, read_vocabulary
from voiceassist.errors import EngineError

VOCABULARY = read_vocabulary(embedded_model_dir() / "tokenizer.bin")
LINE = "I'm afraid that's $5,000 for an Émigré's \u65e5\u672c."


def test_a_text_comes_back_from_its_tokens() -> None:
    assert VOCABULARY.text(VOCABULARY.tokens(LINE)) == LINE


@given(st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="\u2581"), min_size=1))
def test_every_word_can_be_spelt(word: str) -> None:
    assert VOCABULARY.text(VOCABULARY.tokens(word)) == word


def test_words_know_their_tokens_and_punctuation_belongs_to_the_word_before_it() -> None:
    tokens = VOCABULARY.tokens(LINE)
    words = VOCABULARY.words(tokens)
    assert [word.text for word in words] == LINE.split()
    assert [VOCABULARY.text(tokens[word.first : word.end]) for word in words] == LINE.split()


def test_neighbours_are_merged_as_the_model_has_learned_them() -> None:
    assert VOCABULARY.tokens("Americans") == (23_035,)
    assert len(VOCABULARY.tokens("Shit.")) == 3


def test_marks_of_the_start_and_the_end_spell_nothing() -> None:
    assert VOCABULARY.text((START, *VOCABULARY.tokens("yes"), END)) == "yes"


def test_no_tokens_are_no_words() -> None:
    assert VOCABULARY.words(()) == ()


def test_a_vocabulary_that_breaks_off_is_refused(tmp_path: Path) -> None:
    whole = (embedded_model_dir() / "tokenizer.bin").read_bytes()
    (tmp_path / "tokenizer.bin").write_bytes(whole[:-3])
    with pytest.raises(EngineError, match="only a part of one"):
        read_vocabulary(tmp_path / "tokenizer.bin")


def test_a_word_that_begins_without_its_mark_is_a_word_too() -> None:
    tokens = VOCABULARY.tokens("yes no")
    without_mark = Vocabulary(tuple(VOCABULARY._pieces)).words(VOCABULARY.tokens("x1")[1:] + tokens)
    assert [word.text for word in without_mark][-2:] == ["yes", "no"]
