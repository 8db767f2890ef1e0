"""A second listen by libvosk's hearings of a line: which have the words in question, and what the others have."""

import json

from voiceassist.asr.second_listen import SecondListen
from voiceassist.asr.vosk.again import NO_RIVAL_NATS, HeardSpan, compare

SURE = HeardSpan(words=("sure",), start_s=0.5, end_s=0.9)


def _hearing(nats: float, *words: str) -> dict[str, object]:
    """Half a second for each word."""
    items = [{"word": word, "start": place / 2, "end": place / 2 + 0.4} for place, word in enumerate(words)]
    return {"confidence": nats, "text": " ".join(words), "result": items}


def _compared(span: HeardSpan, *hearings: dict[str, object]) -> SecondListen:
    return compare(json.dumps({"alternatives": hearings}), span)


def test_words_gain_what_the_best_hearing_without_them_is_less_likely() -> None:
    heard = _compared(SURE, _hearing(50.0, "yes", "sure"), _hearing(47.0, "yes", "shore"), _hearing(46.0, "yes"))
    assert heard == SecondListen(gain_nats=3.0, instead="shore")


def test_words_lose_against_a_likelier_hearing_without_them() -> None:
    heard = _compared(SURE, _hearing(50.0, "yes", "shore"), _hearing(48.5, "yes", "sure"))
    assert heard == SecondListen(gain_nats=-1.5, instead="shore")


def test_nothing_may_stand_in_their_place() -> None:
    assert _compared(SURE, _hearing(50.0, "yes", "sure"), _hearing(49.0, "yes")).instead == ""


def test_words_without_a_rival_gain_at_least_what_every_model_keeps() -> None:
    assert _compared(SURE, _hearing(50.0, "yes", "sure")) == SecondListen(gain_nats=NO_RIVAL_NATS, instead="")
    heard = _compared(SURE, _hearing(50.0, "yes", "sure"), _hearing(44.0, "yes", "sure", "no"))
    assert heard == SecondListen(gain_nats=6.0, instead="")


def test_words_that_no_hearing_has_lose_as_much() -> None:
    assert _compared(SURE, _hearing(50.0, "yes", "shore")).gain_nats == -NO_RIVAL_NATS


def test_the_same_word_elsewhere_in_the_line_does_not_count() -> None:
    again = _hearing(50.0, "yes", "shore", "and", "then", "sure")
    assert _compared(SURE, again, _hearing(49.0, "yes", "sure")).gain_nats == -1.0


def test_an_answer_without_hearings_says_nothing_for_the_words() -> None:
    assert _compared(SURE) == SecondListen(gain_nats=NO_RIVAL_NATS, instead="")
