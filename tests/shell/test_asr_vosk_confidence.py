"""How sure the words of Vosk's partials are."""

import pytest

from voiceassist.asr.vosk.confidence import EXPECTED, FRESH, LegConfidence, PartialWord
from voiceassist.events import Word


def _heard(*words: str) -> list[PartialWord]:
    return [PartialWord(text=word, confidence=None) for word in words]


def _final(confidence: float, count: int) -> list[Word]:
    return [Word(text="no", start_ms=0, end_ms=1, confidence=confidence)] * count


def test_words_are_as_sure_as_the_lattice_says_where_it_covers_them() -> None:
    words = [PartialWord(text="store", confidence=0.3), *_heard("credit")]
    assert LegConfidence().of_partial(words, ("store", "credit")) == (0.3, EXPECTED)


def test_words_that_were_only_just_heard_are_less_sure() -> None:
    sure = LegConfidence().of_partial(_heard("store", "credits", "are"), ("store", "credit"))
    assert sure == pytest.approx((EXPECTED, EXPECTED * FRESH, EXPECTED * FRESH))


def test_a_leg_that_is_badly_understood_makes_its_partials_unsure() -> None:
    leg = LegConfidence()
    leg.add(_final(0.3, 200))
    assert leg.of_partial(_heard("store"), ("store",))[0] == pytest.approx(0.3, abs=0.1)


def test_a_few_words_say_little_of_a_leg() -> None:
    leg = LegConfidence()
    leg.add(_final(0.3, 1))
    assert leg.mean > EXPECTED - 0.05
