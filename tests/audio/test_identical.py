"""One channel that was announced as two legs."""

import numpy as np

from tests.audio.signals import BLOCK, RATE_HZ, as_pcm, turns, voice
from voiceassist.audio.identical import KNOWN_AFTER_S, IdenticalLegs
from voiceassist.audio.pcm import Pcm

VOICE = as_pcm(voice(25.0, seed=1))
OTHER = as_pcm(voice(25.0, seed=2))


def heard(legs: IdenticalLegs, one: Pcm, other: Pcm, block: int = BLOCK) -> list[bool]:
    return [legs.hear(one[at : at + block], other[at : at + block]) for at in range(0, len(one), block)]


def test_the_same_on_both_is_noticed_block_by_block_and_told_after_ten_seconds_of_sound() -> None:
    legs = IdenticalLegs(RATE_HZ)
    before = VOICE[: (KNOWN_AFTER_S - 2) * RATE_HZ]
    assert sum(heard(legs, before, before)) > 0.9 * len(before) / BLOCK
    assert not legs.are_identical
    heard(legs, VOICE, VOICE)
    assert legs.are_identical


def test_the_noise_of_two_codecs_makes_no_difference() -> None:
    legs = IdenticalLegs(RATE_HZ)
    noise = np.random.default_rng(3).normal(0, 10, len(VOICE))
    heard(legs, VOICE, as_pcm(VOICE + noise))
    assert legs.are_identical


def test_two_people_and_a_voice_with_its_echo_are_not_identical() -> None:
    for other in (OTHER, as_pcm(VOICE.astype(np.float64) / 2), np.roll(VOICE, 40)):
        legs = IdenticalLegs(RATE_HZ)
        assert not any(heard(legs, VOICE, other))
        assert not legs.are_identical


def test_silence_on_both_says_nothing() -> None:
    legs = IdenticalLegs(RATE_HZ)
    assert not any(heard(legs, as_pcm(turns(seed=1, seconds=20.0)) * 0, np.zeros(20 * RATE_HZ, np.int16)))
    assert not legs.are_identical


def test_legs_that_differ_again_are_two_again() -> None:
    legs = IdenticalLegs(RATE_HZ)
    heard(legs, VOICE, VOICE)
    heard(legs, VOICE, OTHER)
    assert not legs.are_identical


def test_pieces_of_different_lengths_are_not_compared() -> None:
    assert not IdenticalLegs(RATE_HZ).hear(VOICE[:320], VOICE[:160])
