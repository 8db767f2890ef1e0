"""What every recognizer must do with speech, whatever the engine."""

from collections.abc import Iterator
from itertools import groupby, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shell.engines import RATE_HZ, at_rate, clip, feed, load, transcribe, without_partials
from voiceassist.asr.engine import Engine, transcripts
from voiceassist.asr.leg_recognizer import LegRecognizer
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.events import Final, Partial, Transcript
from voiceassist.ingest.feed.rate import other_rate

REAL = [pytest.param(name, marks=pytest.mark.audio) for name in ("moonshine", "vosk")]
MOST_BETWEEN_PARTIALS_MS = 500
MID_WORD = 32_000  # samples: two seconds, in the second line
ONE_WORD = 22_400  # samples: the first line


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


@pytest.mark.parametrize("chunk", [1, 513, 1_000_000])
def test_transcripts_do_not_depend_on_how_the_audio_was_split(engine: Engine, chunk: int) -> None:
    word = clip().pcm[:ONE_WORD]
    assert transcribe(engine, word, chunk) == transcribe(engine, word)


@settings(max_examples=6, deadline=None)
@given(cuts=st.lists(st.integers(0, ONE_WORD), max_size=20))
def test_any_cuts_give_the_same_transcripts(engine: Engine, cuts: list[int]) -> None:
    word = clip().pcm[:ONE_WORD]
    recognizer = engine.open("customer")
    said = [one for piece in np.split(word, sorted(cuts)) for one in transcripts(recognizer.feed(piece))]
    assert [*said, *recognizer.finish()] == transcribe(engine, word)
    recognizer.close()


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


def test_an_end_before_anything_was_said_gives_nothing(engine: Engine) -> None:
    recognizer = engine.open("customer")
    assert [*recognizer.feed(np.zeros(0, np.int16)), *recognizer.finish()] == []
    recognizer.close()


def test_without_the_partials_that_can_be_left_out_the_finals_are_the_same(
    engine: Engine, said: list[Transcript]
) -> None:
    recognizer = engine.open("customer")
    few = [*without_partials(recognizer.feed(clip().pcm)), *recognizer.finish()]
    recognizer.close()
    assert _finals(few) == _finals(said)


def _finals(said: list[Transcript]) -> list[tuple[int, str]]:
    return [(one.at_ms, one.text) for one in said if isinstance(one, Final)]


@pytest.mark.parametrize("rate_hz", [8_000, 48_000])
def test_the_ear_brings_audio_of_any_rate_to_the_engines(engine: Engine, rate_hz: int) -> None:
    recognizer = LegRecognizer(engine.open("customer"), rate_hz)
    said = [*recognizer.hear(at_rate(clip().pcm[:ONE_WORD], rate_hz)), *recognizer.finish()]
    recognizer.close()
    assert "wonderful" in said[-1].text.lower()


@pytest.mark.parametrize(
    ("samples", "got"),
    [
        (np.zeros(800, np.float32), r"float32 of shape \(800,\)"),
        (np.zeros(800, np.uint8), r"uint8 of shape \(800,\)"),
        (np.zeros((800, 2), np.int16), r"int16 of shape \(800, 2\)"),
        (b"\0" * 800, "bytes"),
    ],
)
def test_what_is_not_one_channel_of_int16_is_refused(engine: Engine, samples: Pcm, got: str) -> None:
    recognizer = engine.open("customer")
    with pytest.raises(EngineError, match=f"one channel of int16 samples, not {got}"):
        transcripts(recognizer.feed(samples))
    recognizer.close()


@pytest.mark.parametrize("rate_hz", [0, 8])
def test_a_rate_that_cannot_be_one_is_refused_by_the_ear(engine: Engine, rate_hz: int) -> None:
    recognizer = engine.open("customer")
    with pytest.raises(ValueError, match=f"cannot resample from {rate_hz} Hz to 16000 Hz"):
        LegRecognizer(recognizer, rate_hz)
    recognizer.close()


def test_a_wrong_rate_that_could_be_one_is_noticed_where_calls_come_in() -> None:
    """The samples themselves do not show it: an engine hears slow or fast speech."""
    assert other_rate(8_000, 16_000) == 16_000
    assert other_rate(16_000, 8_000) == 8_000


def test_random_bytes_do_no_harm_to_the_speech_after_them(engine: Engine) -> None:
    garbage = np.frombuffer(np.random.default_rng(3).bytes(2 * RATE_HZ), np.int16)
    extremes = np.tile(np.array([-32768, 32767], np.int16), RATE_HZ // 4)
    recognizer = engine.open("customer")
    said = feed(recognizer, np.concatenate((garbage, extremes, np.zeros(RATE_HZ, np.int16), clip().pcm)))
    recognizer.close()
    assert engine.name == "scripted" or "wonderful" in " ".join(one.text.lower() for one in said)


def test_an_engine_tells_what_it_is_and_what_it_costs(engine: Engine) -> None:
    assert (engine.language, engine.rate_hz) == ("en", RATE_HZ)
    assert engine.memory_bytes >= 0
    assert engine.load_ms >= 0
