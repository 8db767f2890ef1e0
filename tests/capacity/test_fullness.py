"""What speaks against another call, and what is told of how full a node is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.capacity.cost import GUESS
from voiceassist.capacity.fullness import LATE_CALLS, CapacityState, LastHour, against, state_of


def line(calls: float, most: int, late: int = 0) -> str:
    state = state_of(calls=calls, most=most, late=late)
    return CapacityState(
        state=state, calls=calls, most=most, late=late, refused=0,
        limited_by="cores", cost=GUESS, cores=2.0, by_cost=most,
        when_full="refuse", without_help=0, rehearsed=True,
    ).line  # fmt: skip


@given(st.integers(1, 50), st.lists(st.sampled_from([1.0, 0.5, -1.0]), max_size=200), st.integers(0, 1))
def test_never_more_are_taken_than_fit_however_calls_come_and_go(most: int, steps: list[float], late: int) -> None:
    calls = 0.0
    for step in steps:
        if step < 0:
            calls = max(0.0, calls + step)
        elif against(calls=calls, more=step, most=most, late=late) is None:
            calls += step
        assert calls <= most


def test_of_a_hundred_that_come_at_once_as_many_are_taken_as_fit() -> None:
    taken = 0
    for _ in range(100):
        taken += against(calls=taken, more=1, most=9, late=0) is None
    assert taken == 9


def test_a_channel_of_words_fits_where_no_call_does() -> None:
    assert against(calls=8.5, more=1, most=9, late=0) == "full"
    assert against(calls=8.5, more=0.5, most=9, late=0) is None


def test_when_calls_are_late_no_other_is_taken_whatever_the_sum_says() -> None:
    assert against(calls=2, more=1, most=9, late=LATE_CALLS) == "late"
    assert against(calls=2, more=1, most=9, late=LATE_CALLS - 1) is None


@pytest.mark.parametrize(
    ("calls", "late", "told"),
    [
        (0, 0, "ok: 0 of 9 calls"),
        (7, 0, "ok: 7 of 9 calls"),
        (8, 0, "ok: 8 of 9 calls, room for 1 more"),
        (8.5, 0, "degraded: full, new calls are refused (8.5 of 9 calls)"),
        (9, 0, "degraded: full, new calls are refused (9 of 9 calls)"),
        (4, 2, "degraded: words are late in 2 calls, new calls are refused (4 of 9 calls)"),
    ],
)
def test_operators_read_how_full_it_is(calls: float, late: int, told: str) -> None:
    assert line(calls, 9, late) == told


def test_refusals_of_the_last_hour_are_counted_and_older_ones_forgotten() -> None:
    hour = LastHour()
    for now_s in (0.0, 10.0, 1_800.0):
        hour.add(now_s)
    assert hour.count(1_800.0) == 3
    assert hour.count(3_650.0) == 1
    assert hour.count(9_000.0) == 0
    for now_s in range(0, 100_000, 7):
        hour.add(20_000.0 + now_s)
    assert hour.count(20_000.0 + 99_995) == pytest.approx(3_600 / 7, rel=0.02)
