"""What a call sends when: frames, what lines do to them, holds, dropped lines."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.audio.pcm import Encoding, Pcm, decode
from voiceassist.callers import g711
from voiceassist.callers.caller import Frame
from voiceassist.callers.impair import jittered, lost, reordered
from voiceassist.callers.plan import KeyPress, Manner, PlannedLine, Stretch, frames, planned
from voiceassist.events import SPEAKERS

RATE_HZ = 8_000
SECONDS = 10
BOTH = [np.arange(RATE_HZ * SECONDS, dtype=np.int16), np.zeros(RATE_HZ * SECONDS, np.int16)]


def plan(manner: Manner) -> tuple[PlannedLine, ...]:
    return planned(SPEAKERS, BOTH, RATE_HZ, 20, manner)


def numbers(line: PlannedLine) -> list[list[int]]:
    """The frames of each of its connections."""
    return [
        [step.says.number for step in connection.steps if isinstance(step.says, Frame)]
        for connection in line.connections
    ]


def test_a_frame_goes_out_when_its_last_sample_was_spoken() -> None:
    first, *_, last = frames(BOTH, RATE_HZ, 20)
    assert (first.at_ms, first.send_ms, len(first.channels[0])) == (0, 20.0, 160)
    assert (last.at_ms, last.send_ms, last.number) == (9_980, 10_000.0, 499)


def test_a_recording_that_does_not_come_out_even_keeps_its_last_samples() -> None:
    pieces = frames([BOTH[0][:401]], RATE_HZ, 20)
    assert [len(piece.channels[0]) for piece in pieces] == [160, 160, 81]
    assert np.array_equal(np.concatenate([piece.channels[0] for piece in pieces]), BOTH[0][:401])


def test_a_call_as_it_is_has_one_line_with_one_connection_that_says_goodbye() -> None:
    (line,) = plan(Manner())
    assert line.legs == SPEAKERS
    (connection,) = line.connections
    assert connection.dies_ms is None
    assert numbers(line) == [list(range(500))]


def test_each_leg_may_have_a_line_of_its_own_and_loses_frames_of_its_own() -> None:
    agent, customer = plan(Manner(per_leg=True, loss=0.1))
    assert (agent.legs, customer.legs) == (("agent",), ("customer",))
    assert numbers(agent) != numbers(customer)


def test_the_same_seed_loses_the_same_frames_and_another_one_others() -> None:
    once, again, other = (plan(Manner(loss=0.2, jitter_ms=50, reorder=0.1, seed=seed)) for seed in (1, 1, 2))
    assert numbers(once[0]) == numbers(again[0]) != numbers(other[0])


@given(share=st.floats(0, 1), most_ms=st.floats(0, 500), seed=st.text(max_size=3))
def test_jitter_and_reordering_lose_and_invent_nothing(share: float, most_ms: float, seed: str) -> None:
    whole = frames(BOTH[:1], RATE_HZ, 200)
    late = jittered(whole, most_ms, seed)
    assert [frame.number for frame in late] == [frame.number for frame in whole]
    assert all(before.send_ms <= after.send_ms for before, after in pairwise(late))
    assert all(
        0 <= frame.send_ms - on_time.send_ms <= most_ms + 1e-6 for frame, on_time in zip(late, whole, strict=True)
    )
    changed = reordered(whole, share, seed)
    assert sorted(frame.number for frame in changed) == [frame.number for frame in whole]
    assert all(abs(frame.number - place) <= 1 for place, frame in enumerate(changed))
    assert all(before.send_ms <= after.send_ms for before, after in pairwise(changed))


def test_loss_of_all_frames_leaves_none() -> None:
    assert lost(frames(BOTH, RATE_HZ, 20), 1.0, "1") == []


def test_on_hold_nothing_is_sent_and_its_beginning_and_end_are_said() -> None:
    (line,) = plan(Manner(pauses=(Stretch(from_ms=2_000, to_ms=3_000),)))
    (connection,) = line.connections
    said = [(step.at_ms, step.says) for step in connection.steps if not isinstance(step.says, Frame)]
    assert said == [(2_000, "pause"), (3_000, "resume")]
    assert numbers(line) == [[*range(100), *range(150, 500)]]


def test_a_line_that_drops_comes_back_without_what_was_said_meanwhile() -> None:
    (line,) = plan(Manner(drops=(Stretch(from_ms=2_000, to_ms=5_000),)))
    first, second = line.connections
    assert (first.dies_ms, second.number, second.begins_ms, second.dies_ms) == (2_000, 2, 5_000, None)
    assert numbers(line) == [list(range(99)), list(range(249, 500))]


@pytest.mark.parametrize(
    ("manner", "deaths"),
    [
        (Manner(cut_ms=4_000), [4_000]),
        (Manner(cut_ms=40_000), [None]),
        (Manner(cut_ms=9_000, drops=(Stretch(from_ms=2_000, to_ms=3_000),)), [2_000, 9_000]),
        (Manner(cut_ms=4_000, drops=(Stretch(from_ms=2_000, to_ms=5_000),)), [2_000]),
        (Manner(drops=(Stretch(from_ms=8_000, to_ms=15_000),)), [8_000]),
        (Manner(drops=(Stretch(from_ms=80_000, to_ms=95_000),)), [None]),
    ],
)
def test_nobody_comes_back_after_the_end(manner: Manner, deaths: list[int | None]) -> None:
    (line,) = plan(manner)
    assert [connection.dies_ms for connection in line.connections] == deaths


def test_a_key_is_pressed_on_the_line_of_who_presses_it() -> None:
    agent, customer = plan(Manner(per_leg=True, keys=(KeyPress(at_ms=1_000, speaker="agent", key="5"),)))
    assert [step.says for step in agent.connections[0].steps if isinstance(step.says, KeyPress)]
    assert not [step.says for step in customer.connections[0].steps if isinstance(step.says, KeyPress)]


@pytest.mark.parametrize(("encoding", "encode"), [("mulaw", g711.mulaw), ("alaw", g711.alaw)])
def test_g711_of_every_sample_is_decoded_to_within_half_a_step_and_codes_stay_what_they_are(
    encoding: Encoding, encode: Callable[[Pcm], bytes]
) -> None:
    samples = np.arange(-32_768, 32_768).astype(np.int16)
    heard = decode(encode(samples), encoding).astype(np.int32)
    assert np.all(np.abs(heard - samples) <= np.maximum(np.abs(samples.astype(np.int32)) / 32 + 8, 8) + 644)
    assert np.array_equal(decode(encode(heard.astype(np.int16)), encoding), heard)
