"""Rates and their intervals, against figures that were worked out by hand or are in textbooks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.evaluation.scores import Counts, Rate, share

NUMBERS = st.integers(0, 5_000)


def rounded(rate: Rate | None) -> tuple[float, float, float]:
    assert rate
    return round(rate.value, 4), round(rate.low, 4), round(rate.high, 4)


def test_wilsons_interval_is_the_one_of_the_textbooks() -> None:
    """Newcombe (1998), table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    assert rounded(share(81, 263)) == (0.3080, 0.2553, 0.3662)
    assert rounded(share(15, 148)) == (0.1014, 0.0624, 0.1605)
    assert rounded(share(0, 20)) == (0.0, 0.0, 0.1611)
    assert rounded(share(1, 29)) == (0.0345, 0.0061, 0.1718)


def test_the_rates_of_a_few_turns_are_those_worked_out_by_hand() -> None:
    counts = Counts(right=6, false_alarms=2, missed=4, silent=88)
    assert (counts.expected, counts.found, counts.turns) == (10, 8, 100)
    assert rounded(counts.precision)[0] == 0.75  # 6 of 8
    assert rounded(counts.recall)[0] == 0.6  # 6 of 10
    assert rounded(counts.f1)[0] == 0.6667  # 2 * .75 * .6 / (.75 + .6)
    assert rounded(counts.false_alarm_rate)[0] == 22.2222  # 2 of 90


def test_the_interval_of_f1_is_that_of_the_overlap_sent_through_its_formula() -> None:
    counts = Counts(right=6, false_alarms=2, missed=4, silent=88)
    overlap = share(6, 12)
    assert overlap
    assert rounded(overlap) == (0.5, 0.2538, 0.7462)
    assert rounded(counts.f1)[1:] == (round(2 * 0.25378 / 1.25378, 4), round(2 * 0.74622 / 1.74622, 4))


def test_of_nothing_there_is_no_rate() -> None:
    assert share(0, 0) is None
    assert Counts().precision is Counts().recall is Counts().f1 is Counts().false_alarm_rate is None


def test_f1_says_nothing_where_no_turn_has_the_kind() -> None:
    assert Counts(false_alarms=3, silent=7).f1 is None


def test_perfect_scores_of_few_turns_are_not_certain() -> None:
    f1 = Counts(right=10, silent=10).f1
    assert f1
    assert (f1.value, f1.high) == (1.0, 1.0)
    assert 0.7 < f1.low < 0.9


@given(NUMBERS, NUMBERS)
def test_a_rate_lies_in_its_interval_and_that_between_nothing_and_all(part: int, rest: int) -> None:
    rate = share(part, part + rest)
    if rate:
        assert 0 <= rate.low <= rate.value <= rate.high <= 1


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_f1_is_the_harmonic_mean_of_precision_and_recall(right: int, false: int, missed: int, silent: int) -> None:
    counts = Counts(right=right, false_alarms=false, missed=missed, silent=silent)
    if right and counts.f1 and counts.precision and counts.recall:
        precision, recall = counts.precision.value, counts.recall.value
        assert counts.f1.value == pytest.approx(2 * precision * recall / (precision + recall))
        assert counts.f1.low <= counts.f1.value <= counts.f1.high


@given(st.integers(0, 50), st.integers(1, 50))
def test_more_turns_make_a_narrower_interval(part: int, rest: int) -> None:
    few, many = share(part, part + rest), share(part * 10, (part + rest) * 10)
    assert few
    assert many
    assert many.high - many.low < few.high - few.low
