"""What a call costs, as it is learned, and how many of them a machine carries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.capacity.cost import (
    CALM,
    GUESS,
    LEAST,
    MOST,
    MOST_BESIDE,
    CallCost,
    LearnedCost,
    Spent,
    calls_carried,
    settled,
)


def spent(call_s: float, decode: float, loop: float = 0.02, rest: float = 0.01, left_out: int = 0) -> Spent:
    """Of calls that took so many cores each."""
    cpu_s = CallCost(decode=decode * call_s, loop=loop * call_s, rest=rest * call_s)
    return Spent(call_s=call_s, cpu_s=cpu_s, left_out=left_out)


def rehearsed(decode: float = 0.1) -> LearnedCost:
    learned = LearnedCost()
    learned.rehearse(decode)
    return learned


def carried(cost: CallCost, cores: float = 2.0, workers: int = 2) -> float:
    return calls_carried(cost, cores, workers)


def test_before_anything_is_known_a_guess_counts() -> None:
    assert LearnedCost().cost == GUESS
    assert int(carried(GUESS)) == 7


def test_a_rehearsal_replaces_the_guess() -> None:
    assert rehearsed(0.1).cost == CallCost(decode=0.1, loop=GUESS.loop, rest=GUESS.rest)


def test_a_rehearsal_that_comes_late_does_not_undo_what_calls_taught() -> None:
    learned = LearnedCost()
    for _ in range(120):
        learned.learn(spent(50, 0.3))
    learned.rehearse(0.1)
    assert learned.cost.decode > 0.25


def test_calls_teach_the_machine_what_they_cost() -> None:
    learned = rehearsed(0.1)
    for _ in range(400):
        learned.learn(spent(5 * 8, 0.15, loop=0.01))
    assert learned.cost.decode == pytest.approx(0.15, abs=0.002)
    assert learned.cost.loop == pytest.approx(0.01, abs=0.001)


def test_one_talkative_moment_hardly_counts() -> None:
    learned = rehearsed(0.1)
    before = carried(learned.cost)
    for _ in range(6):  # half a minute of nine calls in which everybody speaks
        learned.learn(spent(5 * 9, 0.15))
    assert before - carried(learned.cost) < 0.2 * before


def test_a_quiet_hour_teaches_nothing_and_calls_that_wait_little() -> None:
    learned = rehearsed(0.1)
    before = learned.cost
    learned.learn(spent(0, 0))
    assert learned.cost == before
    for _ in range(720):  # an hour of one call on hold
        learned.learn(spent(5, 0.0, loop=0.02))
    assert learned.cost.decode >= LEAST * 0.1


def test_calls_whose_partials_were_left_out_never_look_cheap() -> None:
    learned = rehearsed(0.1)
    for _ in range(100):
        learned.learn(spent(50, 0.06, left_out=3))
    assert learned.cost.decode == pytest.approx(0.1)
    learned.learn(spent(50, 0.2, left_out=3))
    assert learned.cost.decode > 0.1


@given(
    st.floats(0, 2),
    st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 5), st.floats(0, 5), st.integers(0, 3)), max_size=30),
)
def test_whatever_was_seen_the_cost_stays_plausible(
    decode: float, seen: list[tuple[float, float, float, int]]
) -> None:
    learned = rehearsed(decode)
    for call_s, cores, loop, left_out in seen:
        learned.learn(spent(call_s, cores, loop=loop, left_out=left_out))
    assert learned.rehearsed is not None
    assert LEAST * learned.rehearsed - 1e-9 <= learned.cost.decode <= MOST * learned.rehearsed + 1e-9
    assert 0 < learned.cost.loop <= MOST_BESIDE
    assert carried(learned.cost) > 0


def test_twice_the_cores_carry_twice_the_calls_as_long_as_threads_decode_on_them() -> None:
    cost = CallCost(decode=0.1, loop=0.005, rest=0.005)
    assert carried(cost, 4, 4) == pytest.approx(2 * carried(cost, 2, 2))
    assert carried(cost, 4, 1) < carried(cost, 2, 2)


def test_one_event_loop_is_the_bound_of_a_machine_with_many_cores() -> None:
    cost = CallCost(decode=0.1, loop=0.02, rest=0.01)
    assert carried(cost, 64, 64) == 30


def test_half_a_core_carries_a_call_at_least() -> None:
    assert settled(0, carried(CallCost(decode=2.0, loop=0.1, rest=0.1), 0.5, 1)) == 1


def test_the_number_stays_what_it_was_while_it_is_about_right() -> None:
    assert settled(0, 9.4) == 9
    assert settled(9, 10 + CALM / 2) == 9
    assert settled(9, 9 - CALM / 2) == 9
    assert settled(9, 10 + 2 * CALM) == 10
    assert settled(9, 9 - 2 * CALM) == 8


@given(st.floats(0.1, 200), st.lists(st.floats(-0.1, 0.1), max_size=50))
def test_noise_never_makes_it_flicker(about: float, noise: list[float]) -> None:
    number, changes = settled(0, about), 0
    for one in noise:
        after = settled(number, about + one)
        changes, number = changes + (after != number), after
    assert changes <= 1
