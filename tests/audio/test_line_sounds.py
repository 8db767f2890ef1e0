"""Hold music, ringing, busy tones, keys and beeps are told; speech, noise and silence are none of them."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audio.signals import RATE_HZ, Sound, as_pcm, cadence, music, tones, turns, voice
from voiceassist.audio.line_sounds import LineSounds, SoundChange

PAUSE = np.zeros(2 * RATE_HZ)


def told(sound: Sound, sizes: Iterable[int] = ()) -> list[SoundChange]:
    sounds, pcm, at, changes = LineSounds(RATE_HZ), as_pcm(sound), 0, list[SoundChange]()
    for size in [*sizes, *[320] * (len(pcm) // 320 + 1)]:
        changes += sounds.hear(pcm[at : at + size])
        at += size
    return changes


def names(sound: Sound) -> list[str]:
    return [change.sound for change in told(sound)]


def noisy(sound: Sound) -> Sound:
    return sound + np.random.default_rng(5).normal(0, 60, len(sound))


@pytest.mark.parametrize(
    "sound",
    [
        cadence(14.0, 2.0, 4.0, 440, 480),  # North America
        cadence(11.0, 1.0, 4.0, 425),  # Germany
        cadence(11.0, 1.5, 3.5, 440),  # France
        cadence(7.0, 0.4, 0.2, 400, 450)
        * cadence(7.0, 1.0, 2.0, 0.0).clip(1, 1),  # United Kingdom, without its long gap
    ],
)
def test_ringing_is_told_once_and_goes_on_through_its_gaps(sound: Sound) -> None:
    assert names(sound) == ["ringing"]
    assert names(noisy(sound)) == ["ringing"]


@pytest.mark.parametrize(
    "sound",
    [
        cadence(6.0, 0.5, 0.5, 480, 620),
        cadence(6.0, 0.25, 0.25, 480, 620),
        cadence(6.0, 0.48, 0.48, 425),
        cadence(6.0, 0.25, 0.25, 425),
        cadence(6.0, 0.375, 0.375, 400),
        tones(6.0, 350, 440),
    ],
)
def test_a_busy_line_is_told(sound: Sound) -> None:
    assert names(sound) == ["busy"]
    assert names(noisy(sound)) == ["busy"]


def test_keys_are_told_but_not_which() -> None:
    pressed = np.concatenate([PAUSE, tones(0.1, 697, 1_209), PAUSE, tones(0.1, 941, 1_477), PAUSE])
    assert names(noisy(pressed)) == ["dtmf", "none", "dtmf", "none"]
    assert next(change.since_ms for change in told(pressed)) == pytest.approx(2_000, abs=80)


@pytest.mark.parametrize(("hertz", "seconds"), [(1_000, 0.5), (1_400, 0.3)])
def test_a_beep_is_told_and_its_end(hertz: float, seconds: float) -> None:
    beep = np.concatenate([PAUSE, tones(seconds, hertz), PAUSE])
    assert [change.sound for change in told(beep)] == ["beep", "none"]
    assert told(beep)[1].since_ms == pytest.approx(2_000 + 1_000 * seconds, abs=130)


def test_hold_music_is_told_after_three_seconds_and_ends_when_somebody_speaks() -> None:
    changes = told(noisy(np.concatenate([music(8.0), voice(4.0, seed=3)])))
    assert [change.sound for change in changes] == ["music", "none"]
    assert changes[0].since_ms < 500
    assert changes[1].since_ms == pytest.approx(8_000, abs=1_000)


def test_whoever_answers_ends_the_ringing() -> None:
    answered = np.concatenate([cadence(8.0, 2.0, 4.0, 440, 480), voice(3.0, seed=3)])
    assert names(answered) == ["ringing", "none"]


@pytest.mark.parametrize("seed", range(8))
def test_speech_is_none_of_them(seed: int) -> None:
    assert told(voice(8.0, seed)) == []
    assert told(turns((1.0, 3.0), (5.0, 6.0), seed=seed, seconds=8.0)) == []


def test_noise_hum_clicks_and_silence_are_none_of_them() -> None:
    random = np.random.default_rng(4)
    for level in (0, 30, 300, 3_000):
        assert told(random.normal(0, level, 8 * RATE_HZ)) == []
    assert told(tones(8.0, 50, 150)) == []
    assert told((random.random(8 * RATE_HZ) < 0.0005).astype(np.float64) * 20_000) == []


CALL = noisy(np.concatenate([cadence(4.0, 2.0, 1.0, 440, 480), voice(2.0, seed=3), music(4.0)]))
EXPECTED = told(CALL)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 5_000), max_size=20))
def test_any_split_of_the_samples_tells_the_same(sizes: list[int]) -> None:
    assert told(CALL, sizes) == EXPECTED
