"""Likely phrases: where a line is read with them, and where it is not. A toy model hears one text."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.shell.engines import clip
from voiceassist.asr.moonshine.engine import embedded_model_dir
from voiceassist.asr.moonshine.preferred import BONUS_NATS, MOST_PHRASES, preferred, usable
from voiceassist.asr.moonshine.reader import load_reader
from voiceassist.asr.moonshine.tokens import END, read_vocabulary
from voiceassist.asr.second_listen import Floats

VOCABULARY = read_vocabulary(embedded_model_dir() / "tokenizer.bin")
UNLIKELY = -9.0  # nats
PHRASES = ("store credit", "loan device")


class _Toy:
    """Finds every line of the given likelihoods as likely as said there, and others unlikely."""

    def __init__(self, nats: dict[str, float]) -> None:
        self.nats = {VOCABULARY.tokens(text): likelihood for text, likelihood in nats.items()}
        self.asked = 0

    def scores(self, tokens: Sequence[int]) -> Floats:
        self.asked += 1
        table = np.zeros((len(tokens) + 1, len(VOCABULARY)), np.float32)
        table[-1, END] = self.nats.get(tuple(tokens), UNLIKELY)
        return table

    def completed(self, tokens: Sequence[int], draft: Sequence[int]) -> tuple[int, ...]:
        return (*tokens, *draft)


def _read(line: str, nats: dict[str, float]) -> str:
    return VOCABULARY.text(preferred(_Toy(nats), VOCABULARY, VOCABULARY.tokens(line), PHRASES))


def test_a_phrase_that_is_nearly_as_likely_is_read() -> None:
    nats = {"I have story edit now.": -1.0, "I have store credit now.": -1.0 - 2 * BONUS_NATS + 0.1}
    assert _read("I have story edit now.", nats) == "I have store credit now."


def test_a_phrase_that_is_much_less_likely_is_not() -> None:
    nats = {"I have story edit now.": -1.0, "I have store credit now.": -1.0 - 2 * BONUS_NATS - 0.1}
    assert _read("I have story edit now.", nats) == "I have story edit now."


def test_a_line_that_has_the_phrase_or_nothing_like_it_is_not_scored_again() -> None:
    for line in ("Your store credit is here.", "Good morning, Sam."):
        toy = _Toy({})
        tokens = VOCABULARY.tokens(line)
        assert preferred(toy, VOCABULARY, tokens, PHRASES) == tokens
        assert toy.asked == 0


def test_a_phrase_at_the_start_of_a_line_gets_its_capital_letter() -> None:
    assert _read("Story edit.", {"Story edit.": -3.0, "Store credit": -3.0}) == "Store credit"


def test_an_empty_line_stays_empty() -> None:
    assert _read("", {}) == ""


def test_short_phrases_are_used_and_not_too_many() -> None:
    many = [f"phrase {number}" for number in range(200)]
    assert usable(["pay it in three parts", "store credit", *many])[-1] != "pay it in three parts"
    assert len(usable(many)) == MOST_PHRASES


@pytest.mark.audio
def test_a_real_line_keeps_its_words_when_other_phrases_are_likely() -> None:
    reader = load_reader(embedded_model_dir())
    line = clip().pcm[22_400:58_000]
    plain = reader.read_afresh(line, voiced_ms=2_000)
    assert (
        reader.preferring(["open monday", "are you often", "store credit"]).read_afresh(line, voiced_ms=2_000)
        == plain
    )
    reader.close()
