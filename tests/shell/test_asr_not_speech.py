"""What is not speech gives no words, whichever engine listens; speech in noise still does."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.shell.engines import clip, load, transcribe
from tests.shell.sounds import not_speech
from voiceassist.asr.engine import Engine
from voiceassist.events import Final, Transcript

pytestmark = pytest.mark.audio
MOST_OF_THE_WORDS = 4  # of seven: which ones depends on the model
QUIET, HISS = 0.05, 100  # 26 dB softer; noise about 30 dB below the speech


@pytest.fixture(scope="module", params=["moonshine", "vosk"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    loaded = load(request.param)
    yield loaded
    loaded.close()


@pytest.mark.parametrize("name", not_speech())
def test_what_is_not_speech_gives_no_words(engine: Engine, name: str) -> None:
    assert transcribe(engine, not_speech()[name]) == []


@pytest.mark.parametrize("loudness", [1.0, 0.2, QUIET])
def test_speech_in_hiss_is_heard(engine: Engine, loudness: float) -> None:
    hiss = np.random.default_rng(1).normal(0, HISS * loudness, len(clip().pcm))
    said = transcribe(engine, np.clip(clip().pcm * loudness + hiss, -32768, 32767).astype(np.int16))
    assert len(_text(said).split()) >= MOST_OF_THE_WORDS


def test_speech_after_each_sound_is_heard(engine: Engine) -> None:
    sounds = [not_speech()[name] for name in ("a number dialled", "white noise of 1000", "silence")]
    assert "wonderful" in _text(transcribe(engine, np.concatenate((*sounds, clip().pcm))))


def _text(said: list[Transcript]) -> str:
    return " ".join(one.text for one in said if isinstance(one, Final)).lower()
