"""Keeping legs in step: nothing lost, nothing twice, the same steps however the audio came."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.frames import FAR_AHEAD_S, RATE_HZ, apart, frame, in_turn, two_legs
from voiceassist.audio.legs import LAG_MS, MOST_LATE, LegSync, Step
from voiceassist.audio.pcm import AudioFrame, Pcm, TimePassed
from voiceassist.events import SPEAKERS, Speaker

STEP_MS = 40
STEP = RATE_HZ * STEP_MS // 1000
CALL = two_legs(2.01)


def steps_of(frames: Sequence[AudioFrame], legs: tuple[Speaker, ...] = SPEAKERS) -> list[Step]:
    """Every step, each taken as early as it can be."""
    sync, steps = LegSync(legs, STEP_MS), list[Step]()
    for one in frames:
        sync.add(one)
        while step := sync.take():
            steps.append(step)
    while step := sync.rest():
        steps.append(step)
    return steps


def heard(steps: Sequence[Step], leg: Speaker) -> Pcm:
    return np.concatenate([np.zeros(0, np.int16), *(step.pieces[leg] for step in steps)])


@st.composite
def any_order(draw: st.DrawFn) -> list[AudioFrame]:
    """Legs of any lengths in frames of any sizes and in any order, arriving at any times that rise."""
    lengths = {leg: draw(st.integers(0, 12_000)) for leg in SPEAKERS}
    legs = {leg: CALL[leg][:length] for leg, length in lengths.items()}
    given, now_s, frames = dict.fromkeys(SPEAKERS, 0), 0.0, list[AudioFrame]()
    while any(given[leg] < len(legs[leg]) for leg in SPEAKERS):
        leg = draw(st.sampled_from([leg for leg in SPEAKERS if given[leg] < len(legs[leg])]))
        size, now_s = draw(st.integers(1, 9_000)), now_s + draw(st.sampled_from([0, 0, 0.02, 0.2, 1]))
        frames.append(frame(leg, legs[leg][given[leg] : given[leg] + size], now_s))
        given[leg] += size
    return frames


@given(frames=any_order())
def test_nothing_is_lost_or_heard_twice_whatever_comes(frames: list[AudioFrame]) -> None:
    steps = steps_of(frames)
    for leg in SPEAKERS:
        sent = np.concatenate([np.zeros(0, np.int16), *(one.pcm for one in frames if one.speaker == leg)])
        assert np.array_equal(heard(steps, leg), sent)


@given(frames=any_order())
def test_positions_rise_by_whole_steps_up_to_the_end_of_the_longest_leg(frames: list[AudioFrame]) -> None:
    positions = [step.until_ms for step in steps_of(frames)]
    assert positions == sorted(positions)
    positions = sorted(set(positions))  # late audio takes no time
    longest = max((sum(len(one.pcm) for one in frames if one.speaker == leg) for leg in SPEAKERS), default=0)
    whole = list(range(STEP_MS, longest * 1000 // RATE_HZ + 1, STEP_MS))
    assert positions[: len(whole)] == whole
    assert not positions or positions[-1] == longest * 1000 // RATE_HZ


@given(frames=apart(2.01))
def test_legs_that_are_nearly_together_always_give_the_same_steps(frames: list[AudioFrame]) -> None:
    for number, step in enumerate(steps_of(frames)):
        for leg in SPEAKERS:
            assert np.array_equal(step.pieces[leg], CALL[leg][number * STEP : (number + 1) * STEP])


@pytest.mark.parametrize("message_ms", [20, 100, 299, 301, 500, 1000, 2000])
def test_legs_of_long_messages_stay_together(message_ms: int) -> None:
    samples = RATE_HZ * message_ms // 1000
    steps = steps_of(in_turn(CALL, [samples] * (len(CALL["agent"]) // samples)))
    assert all(len(step.pieces["agent"]) == len(step.pieces["customer"]) for step in steps)


def test_leg_that_falls_behind_is_waited_for_only_so_long_and_heard_when_it_comes() -> None:
    sync, agent = LegSync(SPEAKERS, STEP_MS), CALL["agent"]
    sync.add(frame("customer", CALL["customer"][:160], 0.02))
    for end in range(160, RATE_HZ * LAG_MS // 1000 + 161, 160):
        sync.add(frame("agent", agent[end - 160 : end], end / RATE_HZ))
        assert sync.take() is None
    sync.add(frame("agent", agent[:480], LAG_MS / 1000 + 0.1))
    alone = sync.take()
    assert alone is not None
    assert (len(alone.pieces["agent"]), len(alone.pieces["customer"])) == (STEP, 160)
    sync.add(frame("customer", CALL["customer"][160:480], LAG_MS / 1000 + 0.2))
    caught_up = sync.take()
    assert caught_up is not None
    assert np.array_equal(caught_up.pieces["customer"], CALL["customer"][160:480])


def test_leg_that_has_caught_up_is_waited_for_again() -> None:
    sync = LegSync(SPEAKERS, STEP_MS)
    sync.add(frame("agent", CALL["agent"][:160], 0.02))
    sync.add(frame("agent", CALL["agent"][160:8_000], 1.0))
    while sync.take():
        pass
    sync.add(frame("customer", CALL["customer"][:8_000], 1.1))
    sync.add(frame("agent", CALL["agent"][8_000:9_600], 1.2))
    late = list(iter(sync.take, None))
    assert {step.until_ms for step in late} == {1000}
    assert np.array_equal(heard(late, "customer"), CALL["customer"][:8_000])
    sync.add(frame("customer", CALL["customer"][8_000:9_600], 1.2))
    assert sync.take() is not None
    together = sync.take()
    assert together is not None
    assert len(together.pieces["agent"]) == len(together.pieces["customer"]) == STEP


def test_last_audio_of_a_leg_that_was_given_up_is_heard_at_the_end() -> None:
    frames = [frame("agent", CALL["agent"][at : at + 800], at / RATE_HZ + 0.1) for at in range(0, 8_000, 800)]
    steps = steps_of([*frames, frame("customer", CALL["customer"][:7_000], 2.0)])
    assert np.array_equal(heard(steps, "customer"), CALL["customer"][:7_000])


def test_one_leg_alone_waits_for_nobody() -> None:
    sync = LegSync(("customer",), STEP_MS)
    assert sync.take() is None
    sync.add(frame("customer", CALL["customer"][:STEP], 0.04))
    assert sync.take() is not None


def test_no_audio_gives_no_step() -> None:
    assert steps_of([]) == []


def passed(seconds: float) -> TimePassed:
    until = round(seconds * RATE_HZ)
    return TimePassed(speaker="agent", until=until, rate_hz=RATE_HZ, arrived_s=FAR_AHEAD_S + seconds)


def test_clock_goes_on_while_all_legs_are_stalled_and_what_comes_late_takes_no_time() -> None:
    sync, stalled_at = LegSync(SPEAKERS, STEP_MS), 2 * RATE_HZ // 5
    for leg in SPEAKERS:
        sync.add(frame(leg, CALL[leg][:stalled_at], 0.4))
    before = list(iter(sync.take, None))
    for at_s in (0.6, 1.0, 2.0):
        sync.pass_time(passed(at_s))
    meanwhile = list(iter(sync.take, None))
    assert ([step.until_ms for step in meanwhile][-1], len(heard(meanwhile, "agent"))) == (2000, 0)
    for leg in SPEAKERS:
        sync.add(frame(leg, CALL[leg][stalled_at:], 2.02))
    late = list(iter(sync.take, None))
    assert {step.until_ms for step in late} == {2000}
    assert max(len(step.pieces["agent"]) for step in late) == MOST_LATE * STEP
    while step := sync.rest():
        late.append(step)
    for leg in SPEAKERS:
        assert np.array_equal(heard(before + late, leg), CALL[leg])
    assert all(len(step.pieces["agent"]) == len(step.pieces["customer"]) for step in before + late)


def test_late_audio_counts_as_what_may_be_heard_now_so_that_no_more_is_read_ahead() -> None:
    sync = LegSync(("agent",), STEP_MS)
    sync.add(frame("agent", CALL["agent"][:STEP], 0.04))
    for at_s in (1.0, 2.0):
        sync.pass_time(passed(at_s))
    while sync.take():
        pass
    assert not sync.holds(STEP_MS)
    sync.add(frame("agent", CALL["agent"][STEP : STEP + 4_000], 2.0))
    assert sync.holds(500)
    assert not sync.holds(501)
