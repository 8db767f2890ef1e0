"""How late a call is, in steps: told at once when it gets worse, later when it gets better, and seldom."""

from hypothesis import given
from hypothesis import strategies as st

from voiceassist.audio.lateness_steps import GAP_MS, HOLD_MS, IN_TIME_BELOW_MS, STEPS_MS, LatenessSteps

STEP_MS = 200  # of call time between two looks


def told(*behind_ms: int, every_ms: int = STEP_MS) -> list[tuple[int, int]]:
    """What a call tells that is so late at one look after the other: when, and how much."""
    steps = LatenessSteps()
    changes = (steps.after(number * every_ms, behind) for number, behind in enumerate(behind_ms))
    return [(change.at_ms, change.behind_ms) for change in changes if change]


def test_a_call_in_time_tells_nothing() -> None:
    assert told(*[0, 300, 1_999, 900] * 50) == []


def test_late_is_told_at_once_in_whole_seconds() -> None:
    assert told(0, 12_345) == [(200, 12_000)]


def test_growing_lateness_is_told_at_every_step_and_not_between() -> None:
    growing = range(0, 12_000, 50)
    assert [behind for _, behind in told(*growing, every_ms=500)] == [2_000, 3_000, 5_000, 7_000, 10_000]


def test_less_is_told_only_when_it_has_held_for_a_while_and_then_the_worst_of_it() -> None:
    looks = HOLD_MS // STEP_MS
    late, less = [12_000], [3_500, 1_200] * (looks // 2)
    assert told(*late, *less) == [(0, 12_000)]
    assert told(*late, *less, 1_200, 1_200) == [(0, 12_000), (HOLD_MS + STEP_MS, 3_000)]


def test_a_moment_of_less_changes_nothing() -> None:
    swinging = [12_000, *[4_000] * 20, 12_500] * 10
    assert told(*swinging) == [(0, 12_000)]


def test_a_late_call_is_in_time_again_only_below_the_lower_limit() -> None:
    hold = [IN_TIME_BELOW_MS] * (2 * HOLD_MS // STEP_MS)
    assert told(2_500, *hold) == [(0, 2_000)]
    assert told(2_500, *[IN_TIME_BELOW_MS - 1] * 40) == [(0, 2_000), (HOLD_MS + STEP_MS, 0)]


def test_after_a_pause_call_time_goes_on_where_the_audio_stopped_and_lateness_is_told_again() -> None:
    steps = LatenessSteps()
    assert steps.after(70_000, 4_000)
    assert steps.after(10_000, 15_000) is None
    assert steps.after(10_000 + GAP_MS, 15_000)


LOOKS = st.lists(st.tuples(st.integers(1, 3_000), st.integers(0, 400_000)), min_size=1, max_size=200)


@given(LOOKS)
def test_whatever_the_load_changes_are_seldom_and_each_says_something_new(looks: list[tuple[int, int]]) -> None:
    steps, at_ms, before = LatenessSteps(), 0, (-GAP_MS, 0)
    for passed_ms, behind_ms in looks:
        at_ms += passed_ms
        change = steps.after(at_ms, behind_ms)
        if change:
            assert change.at_ms - before[0] >= GAP_MS
            assert change.behind_ms != before[1]
            assert change.behind_ms == 0 or change.behind_ms >= STEPS_MS[0]
            before = (change.at_ms, change.behind_ms)
    assert steps.told_ms == before[1]


@given(st.integers(0, 400_000), st.lists(st.integers(0, 400_000), max_size=30))
def test_a_lateness_that_stays_is_told_in_the_end_whatever_was_before(behind_ms: int, before: list[int]) -> None:
    steps = LatenessSteps()
    for number, earlier in enumerate(before):
        steps.after(number * STEP_MS, earlier)
    for at_ms in range(len(before) * STEP_MS, len(before) * STEP_MS + 3 * HOLD_MS, STEP_MS):
        steps.after(at_ms, behind_ms)
    if behind_ms >= STEPS_MS[0]:
        assert 0.6 <= steps.told_ms / behind_ms <= 1.7
    if behind_ms < IN_TIME_BELOW_MS:
        assert steps.told_ms == 0
