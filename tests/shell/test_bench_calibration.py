"""An engine that is right as often as it says is calibrated; one that is always sure is not."""

import pytest

from voiceassist.bench.asr.calibration import JudgedWord, calibration


def words(confidence: float, right: int, wrong: int) -> list[JudgedWord]:
    return [JudgedWord(confidence=confidence, is_right=number < right) for number in range(right + wrong)]


def test_an_engine_that_is_right_as_often_as_it_says_has_no_error() -> None:
    found = calibration([*words(0.9, 9, 1), *words(0.5, 5, 5)])
    assert found
    assert [(one.low, one.words, one.right, one.accuracy) for one in found.bins] == [
        (0.5, 10, 5, 0.5),
        (0.9, 10, 9, 0.9),
    ]
    assert found.expected_error == pytest.approx(0.0)


def test_an_engine_that_is_always_sure_errs_by_its_wrong_words() -> None:
    found = calibration(words(1.0, 7, 3))
    assert found
    assert [(one.low, one.high) for one in found.bins] == [(0.9, 1.0)]
    assert found.expected_error == pytest.approx(0.3)


def test_bins_count_by_their_words() -> None:
    found = calibration([*words(0.05, 1, 0), *words(1.0, 9, 0)])
    assert found
    assert found.expected_error == pytest.approx(0.95 / 10)


def test_nothing_heard_is_no_calibration() -> None:
    assert calibration([]) is None
