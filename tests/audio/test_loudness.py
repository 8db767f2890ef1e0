"""A leg that is far too soft is made louder; anything else stays as it is."""

import numpy as np
import pytest

from tests.audio.signals import BLOCK, RATE_HZ, Sound, as_pcm, turns
from voiceassist.audio.loudness import MOST_DB, NOISE_DBFS, Loudness
from voiceassist.audio.pcm import Pcm

SPEECH = turns((1.0, 4.0), (5.0, 8.0), (9.0, 12.0), seed=1, seconds=12.5)  # at about -21 dBFS


def heard(sound: Sound, loudness: Loudness | None = None) -> Pcm:
    loudness, pcm = loudness or Loudness(RATE_HZ), as_pcm(sound)
    return np.concatenate([loudness.hear(pcm[at : at + BLOCK]) for at in range(0, len(pcm), BLOCK)])


def dbfs(pcm: Pcm, start_s: float, end_s: float) -> float:
    part = pcm[int(start_s * RATE_HZ) : int(end_s * RATE_HZ)].astype(float)
    return float(20 * np.log10(part.std() / 32_768))


@pytest.mark.parametrize("level_db", [0.0, -6.0])
def test_speech_that_is_loud_enough_passes_down_to_the_sample(level_db: float) -> None:
    sound = SPEECH * 10 ** (level_db / 20)
    first_word = round(1.3 * RATE_HZ)
    assert np.array_equal(heard(sound)[first_word:], as_pcm(sound)[first_word:])


@pytest.mark.parametrize("level_db", [-20.0, -40.0])
def test_soft_speech_comes_near_the_usual_level_within_its_first_second(level_db: float) -> None:
    louder = heard(SPEECH * 10 ** (level_db / 20))
    assert -33 < dbfs(louder, 2.0, 4.0) < -22
    assert -33 < dbfs(louder, 9.0, 12.0) < -22


def test_noise_alone_is_not_made_louder() -> None:
    noise = np.random.default_rng(1).normal(0, 30, 10 * RATE_HZ)
    assert np.array_equal(heard(noise), as_pcm(noise))


def test_noise_under_soft_speech_stays_a_quiet_lines() -> None:
    noisy = SPEECH * 10 ** (-30 / 20) + np.random.default_rng(1).normal(0, 30, len(SPEECH))
    louder = heard(noisy)
    assert dbfs(louder, 8.2, 8.9) < NOISE_DBFS + 2


def test_gain_has_a_bound() -> None:
    loudness = Loudness(RATE_HZ)
    heard(SPEECH * 10 ** (-45 / 20), loudness)
    assert 0 < loudness.gain_db <= MOST_DB


def test_a_voice_that_becomes_loud_is_left_alone_soon() -> None:
    loud = heard(np.concatenate((SPEECH * 10 ** (-40 / 20), SPEECH)))
    assert np.array_equal(loud[-3 * RATE_HZ :], as_pcm(SPEECH)[-3 * RATE_HZ :])


def test_tones_and_music_do_not_move_the_gain() -> None:
    loudness, pcm = Loudness(RATE_HZ), as_pcm(SPEECH * 10 ** (-40 / 20))
    for at in range(0, len(pcm), BLOCK):
        loudness.hear(pcm[at : at + BLOCK], is_talk=False)
    assert loudness.gain_db == 0.0


def test_digital_silence_says_nothing_of_the_lines_noise() -> None:
    talk = SPEECH * 10 ** (-25 / 20) + np.random.default_rng(1).normal(0, 30, len(SPEECH))
    louder = heard(np.concatenate((np.zeros(RATE_HZ), talk)))
    assert dbfs(louder, 9.2, 9.9) < NOISE_DBFS + 2
