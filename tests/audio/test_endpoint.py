"""Where lines start, pause and end."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from voiceassist.audio.endpoint import (
    END_BLOCKS,
    HARD_LIMIT_BLOCKS,
    PAUSE_BLOCKS,
    SOFT_LIMIT_BLOCKS,
    START_BLOCKS,
    Endpointer,
    SpeechState,
)


def _steps(*runs: tuple[bool, int]) -> list[SpeechState]:
    endpointer = Endpointer()
    return [endpointer.step(voiced=voiced) for voiced, count in runs for _ in range(count)]


def test_a_click_starts_no_line() -> None:
    assert set(_steps((True, START_BLOCKS - 1), (False, 20))) == {"quiet"}


def test_a_pause_is_told_while_it_lasts_and_does_not_end_the_line() -> None:
    steps = _steps((True, 20), (False, END_BLOCKS - 1), (True, 20))
    paused = [block for block, step in enumerate(steps, 1) if step == "paused"]
    assert paused == [20 + PAUSE_BLOCKS, 20 + 2 * PAUSE_BLOCKS, 20 + 3 * PAUSE_BLOCKS]
    assert "ended" not in steps


def test_the_silence_after_a_line_ends_it() -> None:
    steps = _steps((True, 20), (False, END_BLOCKS))
    assert steps[START_BLOCKS - 1] == "started"
    assert steps[-1] == "ended"


def test_a_long_line_ends_at_its_next_pause() -> None:
    assert _steps((True, SOFT_LIMIT_BLOCKS), (False, PAUSE_BLOCKS))[-1] == "ended"


def test_a_line_without_a_pause_is_full_at_its_limit() -> None:
    assert _steps((True, HARD_LIMIT_BLOCKS))[-2:] == ["talking", "full"]


def test_what_is_left_of_a_full_line_goes_on_as_a_line() -> None:
    endpointer = Endpointer()
    while endpointer.step(voiced=True) != "full":
        pass
    endpointer.go_on(40)
    steps = [endpointer.step(voiced=True) for _ in range(HARD_LIMIT_BLOCKS - 40)]
    assert steps[-2:] == ["talking", "full"]
    assert "started" not in steps


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 120)), max_size=30))
def test_every_line_starts_once_and_ends_once(runs: list[tuple[bool, int]]) -> None:
    edges = [step for step in _steps(*runs) if step in {"started", "ended"}]
    assert all(one != other for one, other in pairwise(edges))
    assert edges[:1] in ([], ["started"])
