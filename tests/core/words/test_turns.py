"""Turns: what one speaker says in one go."""

from tests.builders import final, partial
from voiceassist.core.words.turns import Turns


def turns() -> Turns:
    return Turns(breath_ms=1500)


def test_utterances_with_a_short_pause_are_one_turn() -> None:
    both, first = turns(), final("agent", "We can't do that")
    both.hear(first)
    turn = both.hear(final("agent", "but we can repair it", at=first.end_ms + 1400, utterance=2))
    assert (turn.number, " ".join(turn.words)) == (1, "We can't do that but we can repair it")
    assert len(both.done) == 1


def test_a_long_pause_starts_a_new_turn() -> None:
    both, first = turns(), final("agent", "We can't do that")
    both.hear(first)
    assert both.hear(final("agent", "Well", at=first.end_ms + 1500, utterance=2)).number == 2


def test_the_other_sides_final_words_start_a_new_turn() -> None:
    both, first = turns(), final("agent", "We can't do that")
    both.hear(first)
    both.hear(final("customer", "Why", at=first.end_ms))
    assert both.hear(final("agent", "Well", at=first.end_ms + 500, utterance=2)).number == 3


def test_a_final_without_words_does_not_come_between() -> None:
    both, first = turns(), final("agent", "We can't do that")
    both.hear(first)
    both.hear(final("customer", "", at=first.end_ms))
    assert both.hear(final("agent", "Well", at=first.end_ms + 500, utterance=2)).number == 1


def test_what_the_other_side_is_saying_now_is_part_of_what_came_before() -> None:
    both = turns()
    both.hear(final("customer", "Hello"))
    both.hear(partial("customer", "can you", at=4000, utterance=2))
    assert both.before("agent") == ("Hello", "can", "you")
    both.hear(final("customer", "can you unlock it", at=4000, utterance=2))
    assert both.before("agent") == ("can", "you", "unlock", "it")


def test_a_partial_does_not_become_a_turn() -> None:
    both = turns()
    both.hear(partial("agent", "We can't"))
    assert both.done == []
    assert both.last_spoken_ms() == 600
