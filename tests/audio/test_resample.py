"""The streaming resampler: any split, no lost time, the same sound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceassist.audio.pcm import Pcm
from voiceassist.audio.resample import Resampler

RATES = [(8_000, 16_000), (16_000, 8_000), (48_000, 16_000), (44_100, 16_000), (16_000, 16_000)]


def _sine(rate_hz: int, seconds: float = 1.0, hertz: int = 440) -> Pcm:
    time_s = np.arange(int(rate_hz * seconds)) / rate_hz
    return np.asarray(np.rint(10_000 * np.sin(2 * np.pi * hertz * time_s)), np.int16)


def _run(pcm: Pcm, sizes: list[int], from_hz: int, to_hz: int) -> Pcm:
    resampler = Resampler(from_hz, to_hz)
    pieces = np.split(pcm, np.minimum(np.cumsum(sizes), len(pcm)).astype(int))
    return np.concatenate([*(resampler.feed(piece) for piece in pieces), resampler.finish()])


@settings(max_examples=25)
@given(st.sampled_from(RATES), st.lists(st.integers(0, 5_000), max_size=20))
def test_the_split_does_not_change_a_sample(rates: tuple[int, int], sizes: list[int]) -> None:
    pcm = _sine(rates[0], 0.3)
    assert np.array_equal(_run(pcm, sizes, *rates), _run(pcm, [], *rates))


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
def test_the_length_in_time_stays(from_hz: int, to_hz: int) -> None:
    assert len(_run(_sine(from_hz), [], from_hz, to_hz)) == pytest.approx(to_hz, abs=1)


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
def test_a_tone_stays_the_same_tone_at_the_same_time(from_hz: int, to_hz: int) -> None:
    inner = slice(to_hz // 4, to_hz // 2)  # away from the filter's ringing at both ends
    difference = _run(_sine(from_hz), [], from_hz, to_hz)[inner].astype(int) - _sine(to_hz)[inner]
    assert np.abs(difference).max() < 100


def test_what_the_filter_holds_back_is_told() -> None:
    resampler = Resampler(8_000, 16_000)
    given_ms = len(resampler.feed(_sine(8_000))) / 16
    assert given_ms + resampler.delay_ms == pytest.approx(1_000, abs=1)


def test_full_scale_does_not_wrap_around() -> None:
    square = np.repeat(np.array([32767, -32768], np.int16), 100).repeat(20).astype(np.int16)
    resampled = _run(square, [], 8_000, 16_000).astype(int)
    assert np.abs(np.diff(resampled)).max() < 65_536
    assert resampled.max() == 32_767


def test_a_rate_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 Hz"):
        Resampler(0, 16_000)
