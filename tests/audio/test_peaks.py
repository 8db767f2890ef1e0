"""Peaks of a recording: the same in any pieces, no more than a screen needs, never quieter than the sound."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceassist.audio import peaks
from voiceassist.audio.peaks import FIRST_MS, SCALE, PeakMeter, Peaks

RATE_HZ = 1_000  # a stretch has 20 samples
FEW = 8  # stretches, so that a short sound has too many


def measured(samples: npt.NDArray[np.int16], cuts: list[int]) -> Peaks:
    meter = PeakMeter(RATE_HZ, 2)
    for piece in np.split(samples, sorted(cut % (samples.shape[1] + 1) for cut in cuts), axis=1):
        meter.add(piece)
    return meter.peaks()


def noise(length: int, seed: int) -> npt.NDArray[np.int16]:
    return np.random.default_rng(seed).integers(-32_768, 32_768, (2, length), np.int16)


@settings(max_examples=50)
@given(st.integers(0, 900), st.integers(0, 99), st.lists(st.integers(0, 900), max_size=9))
def test_pieces_have_the_peaks_of_the_whole(length: int, seed: int, cuts: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(peaks, "STRETCHES", FEW)
        samples = noise(length, seed)
        found = measured(samples, cuts)
        assert found == measured(samples, [])
        assert len(found.channels[0]) == len(found.channels[1]) <= FEW + 1


@settings(max_examples=50)
@given(st.integers(1, 900), st.integers(0, 99))
def test_every_stretch_is_as_loud_as_its_loudest_sample(length: int, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(peaks, "STRETCHES", FEW)
        samples = noise(length, seed)
        found = measured(samples, [])
    size = RATE_HZ * found.stretch_ms // 1000
    for channel, stretches in zip(samples, found.channels, strict=True):
        loudest = [int(np.abs(channel[at : at + size].astype(int)).max()) for at in range(0, length, size)]
        assert list(stretches) == [-(-sample // SCALE) for sample in loudest]


def test_three_hours_stay_within_the_bound() -> None:
    meter, hour = PeakMeter(8_000, 2), np.ones((2, 8_000 * 3_600), np.int16)
    for _ in range(3):
        meter.add(hour)
    found = meter.peaks()
    assert (found.stretch_ms, len(found.channels[0])) == (1_280, -(-3 * 3_600_000 // 1_280))


def test_silence_is_nothing_and_the_least_sound_is_something() -> None:
    samples = np.array([[0] * 20 + [1] * 20, [-32_768] * 40], np.int16)
    assert measured(samples, []) == Peaks(FIRST_MS, (b"\x00\x01", b"\xff\xff"))
