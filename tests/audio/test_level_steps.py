"""How loud a leg is: a number for each tenth of a second of the call, whatever pieces the audio comes in."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.audio.level_steps import FLOOR_DB, LevelSteps, level_of
from voiceassist.audio.pcm import silence

RATE_HZ, STEP = 8_000, 800


def test_levels_are_decibels_above_a_quiet_room() -> None:
    assert level_of(silence(STEP)) == 0
    assert level_of(np.full(STEP, 32_767, np.int16)) == FLOOR_DB
    assert level_of(np.full(STEP, 327, np.int16)) == FLOOR_DB - 40
    assert level_of(np.full(STEP, 3, np.int16)) == 0


def test_who_begins_to_watch_within_a_step_gets_whole_steps_at_their_times() -> None:
    steps = LevelSteps(RATE_HZ)
    assert list(steps.add(silence(500), 10_650)) == []
    told = list(steps.add(np.full(2_000, 1_000, np.int16), 12_650))
    assert [at_ms for at_ms, _ in told] == [1_300, 1_400]
    assert told[1][1] > told[0][1] > 0  # the first of them began in silence


@given(st.lists(st.integers(0, 3_000), max_size=20))
def test_pieces_make_no_difference(sizes: list[int]) -> None:
    whole = (np.arange(sum(sizes)) % 9_000).astype(np.int16)
    pieces, end, told = LevelSteps(RATE_HZ), 0, []
    for size in sizes:
        end += size
        told += list(pieces.add(whole[end - size : end], end))
    assert told == list(LevelSteps(RATE_HZ).add(whole, len(whole)))
    assert [at_ms for at_ms, _ in told] == [100 * step for step in range(len(whole) // STEP)]
