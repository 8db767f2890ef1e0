"""How sure a word is said to be."""

from itertools import pairwise

import numpy as np
import pytest

from tests.shell.engines import clip, transcribe
from tests.shell.sounds import as_pcm
from voiceassist.asr.moonshine.confidence import word_confidence
from voiceassist.asr.moonshine.engine import load_moonshine
from voiceassist.events import Final, Transcript, Word

SURE = 0.85


def test_a_likely_word_in_a_likely_line_is_sure_and_never_certain() -> None:
    assert 0.95 < word_confidence([0.0], [0.0, 0.0]) < 1.0


def test_a_less_likely_word_is_less_sure() -> None:
    said = [word_confidence([-nats / 2, -nats / 2], [-0.2]) for nats in range(6)]
    assert all(one >= other for one, other in pairwise(said))
    assert said[0] > SURE > 0.5 > said[2]


def test_a_likely_word_in_word_salad_is_unsure() -> None:
    assert word_confidence([-0.1], [-0.15]) > SURE
    assert word_confidence([-0.1], [-0.9]) < 0.7


@pytest.mark.audio
def test_clear_speech_is_sure_and_the_same_speech_in_loud_noise_is_not() -> None:
    engine = load_moonshine()
    pcm = clip().pcm
    clear = _words(transcribe(engine, pcm))
    noise = np.random.default_rng(1).normal(0, pcm.std(), len(pcm))
    buried = as_pcm(pcm / 2 + noise / 2)
    assert _mean(clear) > SURE > _mean(_words(transcribe(engine, buried)))
    engine.close()


def _words(said: list[Transcript]) -> list[Word]:
    return [word for one in said if isinstance(one, Final) for word in one.words]


def _mean(words: list[Word]) -> float:
    return sum(word.confidence for word in words) / max(len(words), 1)
