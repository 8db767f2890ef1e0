"""How moonshine's recognizer uses its decoder: when, how often, and what comes of its answers.

The decoder here is a fake that answers at once; the voice detector and the speech are real.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from moonshine_voice.errors import MoonshineError

from tests.shell.engines import clip, transcribe
from voiceassist.asr import moonshine
from voiceassist.asr.moonshine import MoonshineEngine, load_moonshine
from voiceassist.asr.voice import BLOCK
from voiceassist.errors import EngineError
from voiceassist.events import Final, Partial

MOST_OF_THE_LINE = 45_000  # samples
MEAN_ERROR_MS = 150  # twice what was measured on all sample calls, since this clip has seven words only


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Transcript:
    lines: list[_Line]


@dataclass(slots=True)
class _Decoder:
    """Answers with the number of decodes so far, or as told."""

    answer: Callable[[int], str] = str
    lengths: list[int] = field(default_factory=list)
    closed: bool = False

    def transcribe_without_streaming(self, samples: list[float], rate_hz: int) -> _Transcript:
        assert rate_hz == 16_000
        self.lengths.append(len(samples))
        return _Transcript(lines=[_Line(text=self.answer(len(self.lengths)))])

    def close(self) -> None:
        self.closed = True


def _engine(decoder: _Decoder) -> MoonshineEngine:
    return MoonshineEngine([decoder], "en")


def test_nothing_is_decoded_while_nobody_speaks() -> None:
    decoder = _Decoder()
    transcribe(_engine(decoder), np.random.default_rng(1).normal(0, 1_000, 32_000).astype(np.int16))
    assert decoder.lengths == []


def test_the_final_repeats_what_was_heard_when_the_pause_began() -> None:
    decoder = _Decoder()
    *partials, final = transcribe(_engine(decoder), clip().pcm)
    assert isinstance(final, Final)
    assert [partial.text for partial in partials[-3:]] == [final.text] * 3
    assert final.text == str(len(decoder.lengths))


def test_every_decode_hears_the_line_from_its_start_in_whole_blocks() -> None:
    decoder = _Decoder()
    transcribe(_engine(decoder), clip().pcm)
    assert decoder.lengths == sorted(decoder.lengths)
    assert all(length % BLOCK == 0 for length in decoder.lengths)


def test_a_line_without_words_is_not_told() -> None:
    assert transcribe(_engine(_Decoder(lambda _: " ... ")), clip().pcm) == []


def test_words_that_turn_out_to_be_nothing_are_taken_back() -> None:
    said = transcribe(_engine(_Decoder(lambda count: "Hm" if count == 1 else "")), clip().pcm)
    assert [(type(transcript), transcript.text) for transcript in said] == [(Partial, "Hm"), (Final, "")]


def test_a_decoder_that_fails_is_told_and_serves_the_next_line() -> None:
    def answer(count: int) -> str:
        if count == 1:
            raise MoonshineError("out of memory")
        return "fine"

    engine = _engine(_Decoder(answer))
    with pytest.raises(EngineError, match=r"moonshine cannot decode \d+ samples: out of memory"):
        transcribe(engine, clip().pcm)
    assert transcribe(engine, clip().pcm)[-1].text == "fine"


def test_words_get_times_near_those_of_the_recording() -> None:
    spoken = [word for line in clip().script for word in line.words]
    text = " ".join(word.text for word in spoken)
    decoder = _Decoder()
    decoder.answer = lambda _: text if decoder.lengths[-1] > MOST_OF_THE_LINE else ""
    final = transcribe(_engine(decoder), clip().pcm)[-1]
    errors_ms = [abs(word.end_ms - truth.end_ms) for word, truth in zip(final.words, spoken, strict=True)]
    assert sum(errors_ms) / len(errors_ms) < MEAN_ERROR_MS


def test_closing_the_engine_closes_its_decoders() -> None:
    decoder = _Decoder()
    _engine(decoder).close()
    assert decoder.closed


def test_a_wheel_without_the_model_is_told_by_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moonshine, "get_assets_path", lambda: tmp_path)
    with pytest.raises(EngineError, match=r"lacks encoder_model\.ort, .* install version 0\.0\.73"):
        load_moonshine()
