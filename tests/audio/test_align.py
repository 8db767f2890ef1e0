"""Word times that are worked out: always in order and inside the line, and near the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.audio.align import FRAME_MS, DecodedLine, Levels, align, levels_dbfs

LOUD, QUIET = -20.0, -70.0
WORDS = st.lists(st.text("abc1,.", min_size=1, max_size=9), max_size=12).map(tuple)


def _levels(*runs: tuple[float, int]) -> Levels:
    return np.concatenate([np.full(length_ms // FRAME_MS, level) for level, length_ms in runs])


def _line(text: str, at_ms: int = 100_000) -> DecodedLine:
    return DecodedLine(at_ms=at_ms, words=tuple(text.split()))


def test_words_fill_the_sound_in_proportion_to_their_letters() -> None:
    first, second = align([_line("no everybody")], _levels((QUIET, 200), (LOUD, 1_000), (QUIET, 300)), 5_000)
    assert (first[0], second[1]) == (5_200, 6_200)
    assert first[1] - first[0] < second[1] - second[0]


def test_a_pause_falls_between_two_words() -> None:
    levels = _levels((LOUD, 500), (QUIET, 400), (LOUD, 500))
    spans = align([_line("well yes, right then")], levels, 0)
    assert (spans[1][1], spans[2][0]) == (500, 900)


def test_a_word_that_was_heard_by_then_ended_by_then() -> None:
    heard = [_line("one two", 400), _line("one two three", 1_000)]
    assert align(heard, _levels((LOUD, 1_000)), 0)[0][1] <= 400


def test_a_mark_that_comes_later_makes_no_other_word() -> None:
    heard = [_line("puede usted", 400), _line("\u00bfPuede usted venir?", 1_000)]
    assert align(heard, _levels((LOUD, 1_000)), 0)[0][1] <= 400


def test_a_word_that_was_not_heard_by_then_ends_later() -> None:
    heard = [_line("well", 800), _line("well a", 1_000)]
    assert align(heard, _levels((LOUD, 1_000)), 0)[1][1] > 800


def test_no_words_have_no_times() -> None:
    assert align([_line("")], _levels((LOUD, 100)), 0) == []


@pytest.mark.parametrize(
    "levels", [_levels((QUIET, 500)), _levels((LOUD, 500)), _levels((LOUD, 10), (QUIET, 490))]
)
def test_any_line_gives_every_word_a_time(levels: Levels) -> None:
    assert len(align([_line("a line of words")], levels, 0)) == 4


@given(
    st.lists(st.tuples(st.integers(0, 3_000), WORDS), min_size=1, max_size=6),
    st.lists(st.floats(-100, 0), min_size=1, max_size=80),
    st.integers(0, 10**7),
)
def test_times_rise_and_stay_inside_the_line(
    decodes: list[tuple[int, tuple[str, ...]]], levels: list[float], start_ms: int
) -> None:
    heard = [DecodedLine(at_ms=start_ms + at_ms, words=words) for at_ms, words in sorted(decodes)]
    spans = align(heard, np.array(levels), start_ms)
    times = [time for span in spans for time in span]
    assert len(spans) == len(heard[-1].words)
    assert times == sorted(times)
    assert all(start_ms <= time <= start_ms + len(levels) * FRAME_MS for time in times)


def test_levels_are_those_of_the_samples() -> None:
    full = np.full(1_600, 32_767, np.int16)
    assert levels_dbfs(full, 16_000) == pytest.approx(np.zeros(10), abs=0.01)
    assert levels_dbfs(np.zeros(1_605, np.int16), 16_000) == pytest.approx(np.full(10, -100.0))
