"""What every recognizer must do, whatever the engine."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.shell.engines import clip, feed, load, transcribe
from voiceassist.asr.engine import Engine
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.events import Final, Partial, Transcript

REAL = [pytest.param(name, marks=pytest.mark.audio) for name in ("moonshine", "vosk")]
MOST_BETWEEN_PARTIALS_MS = 500
MID_WORD = 32_000  # samples: two seconds, in the second line
CYCLES = 50
GROWTH_PAGES = 1_000  # 4 MB for all the cycles; one leaked recognizer is larger than that / CYCLES


@pytest.fixture(scope="module", params=["scripted", *REAL])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    loaded = load(request.param)
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def said(engine: Engine) -> list[Transcript]:
    return transcribe(engine, clip().pcm)


def test_speech_becomes_the_words_that_were_said(said: list[Transcript]) -> None:
    heard = " ".join(transcript.text for transcript in said if isinstance(transcript, Final)).lower()
    assert "wonderful" in heard


@pytest.mark.parametrize("chunk", [160, 513, 1_600, 1_000_000])
def test_transcripts_do_not_depend_on_how_the_audio_was_split(
    engine: Engine, said: list[Transcript], chunk: int
) -> None:
    assert transcribe(engine, clip().pcm, chunk) == said


def test_no_partial_of_an_utterance_follows_its_final(said: list[Transcript]) -> None:
    for number, (utterance, group) in enumerate(groupby(said, key=lambda transcript: transcript.utterance), 1):
        *partials, final = group
        assert utterance == number
        assert isinstance(final, Final)
        assert all(isinstance(transcript, Partial) for transcript in partials)


def test_partials_come_at_least_every_half_second(said: list[Transcript]) -> None:
    for earlier, later in pairwise(said):
        if earlier.utterance == later.utterance and isinstance(later, Partial):
            assert later.at_ms - earlier.at_ms <= MOST_BETWEEN_PARTIALS_MS


def test_word_times_rise_and_lie_inside_the_audio_heard_so_far(said: list[Transcript]) -> None:
    for transcript in said:
        times = [time for word in transcript.words for time in (word.start_ms, word.end_ms)]
        assert times == sorted(times)
        assert 0 <= transcript.start_ms == times[0]
        assert times[-1] == transcript.end_ms <= transcript.at_ms


def test_positions_rise_and_end_inside_the_audio(said: list[Transcript]) -> None:
    positions = [transcript.at_ms for transcript in said]
    assert positions == sorted(positions)
    assert positions[-1] <= len(clip().pcm) // 16


def test_the_text_is_the_words(said: list[Transcript]) -> None:
    for transcript in said:
        assert transcript.text == " ".join(word.text for word in transcript.words)


def test_the_end_in_the_middle_of_speech_gives_a_final(engine: Engine) -> None:
    recognizer = engine.open("customer")
    spoken = [*feed(recognizer, clip().pcm[:MID_WORD]), *recognizer.finish()]
    recognizer.close()
    assert isinstance(spoken[-1], Final)


def test_closing_in_the_middle_of_a_word_and_twice_does_no_harm(engine: Engine) -> None:
    recognizer = engine.open("customer")
    feed(recognizer, clip().pcm[:MID_WORD])
    recognizer.close()
    recognizer.close()


def test_a_closed_recognizer_says_so_when_it_is_fed(engine: Engine) -> None:
    recognizer = engine.open("customer")
    recognizer.close()
    with pytest.raises(EngineError, match="closed"):
        feed(recognizer, clip().pcm[:MID_WORD])


def test_legs_in_parallel_hear_what_each_hears_alone(engine: Engine, said: list[Transcript]) -> None:
    others = [_noise(), clip().pcm[::-1].copy()]
    alone = [said, *(transcribe(engine, pcm) for pcm in others)]
    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(partial(transcribe, engine), [clip().pcm, *others]))
    assert together == alone


def test_opening_and_closing_does_not_grow_the_process(engine: Engine) -> None:
    word = clip().pcm[: MID_WORD // 4]
    for _ in range(5):
        transcribe(engine, word)
    before = _pages()
    for _ in range(CYCLES):
        transcribe(engine, word)
    assert _pages() - before < GROWTH_PAGES


def _silence() -> Pcm:
    return np.zeros(48_000, np.int16)


def _noise() -> Pcm:
    return np.clip(np.random.default_rng(1).normal(0, 3_000, 48_000), -32768, 32767).astype(np.int16)


def _tones(*frequencies: int) -> Pcm:
    seconds = np.arange(48_000) / 16_000
    tones = sum((np.sin(2 * np.pi * hertz * seconds) for hertz in frequencies), np.zeros(48_000))
    return (8_000 * tones).astype(np.int16)


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize(
    "pcm",
    [_silence(), _noise(), _tones(440), _tones(770, 1_336), _tones(440, 480)],
    ids=["silence", "white noise", "440 Hz", "the key 5", "ringing"],
)
def test_what_is_not_speech_gives_no_words(name: str, pcm: Pcm) -> None:
    engine = load(name)
    assert [transcript.text for transcript in transcribe(engine, pcm)] == []
    engine.close()


def _pages() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
