"""Intervals, on the examples that were published with them, and what is claimed of two versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.kpis.definitions import Sum
from voiceassist.reports.effects import LEAST_CALLS, LEAST_WHOLE, SHARES, effects_of
from voiceassist.reports.intervals import newcombe, wilson

# Newcombe (1998), Statistics in Medicine 17, 857: table I, method 3.
PUBLISHED_SHARES = [
    ((81, 263), (0.2553, 0.3662)),
    ((15, 148), (0.0624, 0.1605)),
    ((0, 20), (0.0000, 0.1611)),
    ((1, 29), (0.0061, 0.1718)),
]
# The same author, 873: table II, method 10.
PUBLISHED_DIFFERENCES = [
    ((56, 70), (48, 80), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((6, 7), (2, 7), (0.0582, 0.8062)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ((10, 10), (0, 20), (0.6791, 1.0000)),
    ((10, 10), (0, 10), (0.6075, 1.0000)),
]


@pytest.mark.parametrize(("share", "published"), PUBLISHED_SHARES)
def test_the_interval_of_a_share_is_the_published_one(
    share: tuple[int, int], published: tuple[float, float]
) -> None:
    found = wilson(*share)
    assert (found.low, found.high) == pytest.approx(published, abs=0.00006)


@pytest.mark.parametrize(("first", "second", "published"), PUBLISHED_DIFFERENCES)
def test_the_interval_of_a_difference_is_the_published_one(
    first: tuple[int, int], second: tuple[int, int], published: tuple[float, float]
) -> None:
    found = newcombe(first, second)
    assert (found.low, found.high) == pytest.approx(published, abs=0.00006)


SHARE = st.integers(1, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(first=SHARE, second=SHARE)
def test_a_difference_lies_in_its_interval_and_the_other_way_round_mirrors_it(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    found, mirrored = newcombe(first, second), newcombe(second, first)
    assert -1 - 1e-9 <= found.low <= first[0] / first[1] - second[0] / second[1] <= found.high <= 1 + 1e-9
    assert (found.low, found.high) == pytest.approx((-mirrored.high, -mirrored.low))


def sums(calls: int, part: int, whole: int) -> dict[Sum, int]:
    parts, wholes = zip(*SHARES.values(), strict=True)
    found: dict[Sum, int] = dict.fromkeys(wholes, whole) | dict.fromkeys(parts, part)
    found["calls"] = calls
    return found


def test_eleven_calls_claim_nothing_however_different_they_are() -> None:
    for effect in effects_of(sums(11, 11, 11), sums(500, 100, 500)):
        assert (effect.verdict, effect.difference, effect.interval) == ("not_enough", None, None)


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        ((80, 100), (50, 100), "more"),
        ((50, 100), (80, 100), "less"),
        ((52, 100), (50, 100), "no_difference"),
        ((LEAST_WHOLE - 1, LEAST_WHOLE - 1), (0, 100), "not_enough"),
    ],
)
def test_a_claim_is_made_only_where_the_interval_has_no_zero(
    now: tuple[int, int], before: tuple[int, int], verdict: str
) -> None:
    effect = effects_of(sums(LEAST_CALLS, *now), sums(LEAST_CALLS, *before))[0]
    assert effect.verdict == verdict
    assert (effect.part, effect.whole, effect.before_part, effect.before_whole) == (*now, *before)
