"""Worse lines are made of good recordings by arithmetic that can be checked."""

from dataclasses import replace

import numpy as np

from voiceassist.audio.pcm import Pcm
from voiceassist.bench.asr.clip import Clip, untimed
from voiceassist.bench.asr.degraded import CONDITIONS, at_level, degraded, degraded_clips, with_cross_talk

RATE_HZ = 8_000


def noise(seed: int, seconds: int = 1) -> Pcm:
    return np.random.default_rng(seed).integers(-8_000, 8_000, seconds * RATE_HZ).astype(np.int16)


def clip(seed: int = 1, *, seconds: int = 1, other: Pcm | None = None, text: str = "hello there") -> Clip:
    return Clip(
        material="audio",
        name=f"{seed}.wav",
        speaker="agent",
        pcm=noise(seed, seconds),
        rate_hz=RATE_HZ,
        lines=(untimed(text),) if text else (),
        other=other,
    )


def power(pcm: Pcm) -> float:
    return float(np.mean(np.square(pcm.astype(np.float64))))


def test_twenty_decibels_less_is_a_tenth() -> None:
    assert np.array_equal(at_level(np.array([1_000, -990, 4], np.int16), -20.0), [100, -99, 0])


def test_what_is_too_loud_is_clipped() -> None:
    assert np.array_equal(at_level(np.array([30_000, -30_000], np.int16), 20.0), [32_767, -32_768])


def test_the_other_leg_leaks_in_late_and_quiet() -> None:
    leg, other = np.zeros(6, np.int16), np.array([1_000, 2_000, 3_000, 4_000, 5_000, 6_000], np.int16)
    assert np.array_equal(with_cross_talk(leg, other, -20.0, 2), [0, 0, 100, 200, 300, 400])


def test_another_leg_that_is_shorter_leaks_as_long_as_it_lasts() -> None:
    leaking = with_cross_talk(np.zeros(4, np.int16), np.array([1_000], np.int16), 0.0, 1)
    assert np.array_equal(leaking, [0, 1_000, 0, 0])


def test_a_clip_comes_in_every_condition_with_its_words() -> None:
    whole = clip(other=noise(2))
    made = list(degraded(whole))
    assert [one.channel for one in made] == list(CONDITIONS)
    assert all(one.lines == whole.lines and len(one.pcm) == len(whole.pcm) for one in made)
    assert len({one.name for one in made}) == len(CONDITIONS)
    leaked = [power((one.pcm.astype(int) - whole.pcm).astype(np.int16)) for one in made[2:]]
    assert leaked == sorted(leaked, reverse=True)


def test_a_recording_of_one_leg_hears_the_next_recording_leak() -> None:
    first, second = clip(1, seconds=2), clip(2)
    made = list(degraded_clips([first, second]))
    assert len(made) == 2 * len(CONDITIONS)
    assert made[0].other is not None
    assert np.array_equal(made[0].other, np.tile(second.pcm, 2))


def test_only_one_recording_of_one_leg_gets_quieter_and_nothing_leaks() -> None:
    assert [one.channel for one in degraded_clips([clip()])] == ["level -20 dB", "level -40 dB"]


def test_a_recording_without_known_words_is_left_out() -> None:
    assert not list(degraded_clips([replace(clip(), lines=()), replace(clip(), lines=())]))
