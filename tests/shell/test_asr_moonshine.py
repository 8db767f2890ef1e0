"""How moonshine's recognizer uses its model: when, how often, and what comes of its readings.

The model here is a fake that answers at once; the voice detector and the speech are real.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tests.shell.engines import clip, feed, transcribe, without_partials
from voiceassist.asr.engine import ListensAgain, Recognizer
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.moonshine import engine as moonshine
from voiceassist.asr.moonshine import leg as moonshine_leg
from voiceassist.asr.moonshine.engine import MoonshineEngine, load_moonshine
from voiceassist.asr.moonshine.reading import NOTHING_READ, Reading, ReadWord
from voiceassist.asr.second_listen import SecondListen
from voiceassist.asr.voice import BLOCK, BLOCK_MS
from voiceassist.audio.endpoint import HARD_LIMIT_BLOCKS
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.events import Final, Partial, Transcript

MOST_OF_THE_LINE = 45_000  # samples
MEAN_ERROR_MS = 150  # twice what was measured on all sample calls, since this clip has seven words only
GAP_BLOCK = 250  # of speech without a pause: the quietest place near its limit


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """One reading that was asked for."""

    pcm: Pcm
    draft: tuple[int, ...]


@dataclass(slots=True)
class _Model:
    """Answers with the number of readings so far, or as told."""

    answer: Callable[[int], str] = str
    reads: list[_Read] = field(default_factory=list)
    again: list[Pcm] = field(default_factory=list)  # listened to a second time
    phrases: tuple[str, ...] = ()
    closed: bool = False

    def read_afresh(self, pcm: Pcm, *, voiced_ms: int) -> Reading:
        return self.read(pcm, NOTHING_READ, voiced_ms=voiced_ms)

    def read(self, pcm: Pcm, before: Reading, *, voiced_ms: int) -> Reading:
        assert 0 < voiced_ms <= len(pcm) // 16
        self.reads.append(_Read(pcm=pcm, draft=before.tokens))
        words = tuple(ReadWord(text=word, confidence=0.5) for word in self.answer(len(self.reads)).split())
        return Reading(words=words, tokens=(len(self.reads),))

    def preferring(self, phrases: Iterable[str]) -> "_Model":
        self.phrases = tuple(phrases)
        return self

    def second_listen(self, pcm: Pcm, words: Sequence[str], first: int, end: int) -> SecondListen:
        self.again.append(pcm)
        return SecondListen(gain_nats=float(end - first), instead=" ".join(words))

    def close(self) -> None:
        self.closed = True


def _engine(model: _Model) -> MoonshineEngine:
    return MoonshineEngine(model, language="en")


def test_nothing_is_read_while_nobody_speaks() -> None:
    model = _Model()
    transcribe(_engine(model), np.random.default_rng(1).normal(0, 1_000, 32_000).astype(np.int16))
    assert model.reads == []


def test_the_final_repeats_what_was_heard_when_the_pause_began() -> None:
    model = _Model()
    *partials, final = transcribe(_engine(model), clip().pcm)
    assert isinstance(final, Final)
    assert [partial.text for partial in partials[-3:]] == [final.text] * 3
    assert final.text == str(len(model.reads))


def test_partials_of_a_pause_say_how_long_it_is_and_those_before_it_that_somebody_talks() -> None:
    *partials, _ = transcribe(_engine(_Model()), clip().pcm)
    pauses = [partial.pause_ms for partial in partials if isinstance(partial, Partial)]
    assert pauses[-3:] == [96, 192, 288]
    assert pauses[0] == 0
    assert set(pauses) <= {0, 96, 192, 288}


def test_every_reading_is_of_the_line_from_its_start_in_whole_blocks() -> None:
    model = _Model()
    transcribe(_engine(model), clip().pcm)
    lengths = [len(read.pcm) for read in model.reads]
    assert lengths == sorted(lengths)
    assert all(length % BLOCK == 0 for length in lengths)


def test_a_partial_begins_with_the_tokens_of_the_one_before_it_and_a_final_does_not() -> None:
    model = _Model()
    transcribe(_engine(model), clip().pcm)
    drafts = [read.draft for read in model.reads]
    assert all(draft in ((), (number,)) for number, draft in enumerate(drafts))
    assert drafts[1] == (1,)
    assert drafts[-1] == ()


def test_without_its_partials_a_final_is_read_of_the_same_samples() -> None:
    at_leisure, hurried = _Model(), _Model()
    transcribe(_engine(at_leisure), clip().pcm)
    recognizer = _engine(hurried).open("customer")
    said = without_partials(recognizer.feed(clip().pcm))
    assert [type(one) for one in said] == [Final] * len(hurried.reads)
    fresh = [read for read in at_leisure.reads if not read.draft]
    for read in hurried.reads:
        assert any(np.array_equal(read.pcm, other.pcm) for other in fresh)


def test_a_line_is_as_sure_as_its_least_sure_word() -> None:
    final = transcribe(_engine(_Model()), clip().pcm)[-1]
    assert isinstance(final, Final)
    assert (final.confidence, final.words[0].confidence) == (0.5, 0.5)


def test_a_line_without_words_is_not_told() -> None:
    assert transcribe(_engine(_Model(lambda _: "")), clip().pcm) == []


def test_words_that_turn_out_to_be_nothing_are_taken_back() -> None:
    said = transcribe(_engine(_Model(lambda count: "Hm" if count == 1 else "")), clip().pcm)
    assert [transcript.text for transcript in said] == ["Hm", ""]
    assert [isinstance(transcript, Final) for transcript in said] == [False, True]


def test_a_model_that_fails_is_told_and_serves_the_next_line() -> None:
    def answer(count: int) -> str:
        if count == 1:
            raise EngineError("out of memory")
        return "fine"

    engine = _engine(_Model(answer))
    with pytest.raises(EngineError, match="out of memory"):
        transcribe(engine, clip().pcm)
    assert transcribe(engine, clip().pcm)[-1].text == "fine"


def test_words_get_times_near_those_of_the_recording() -> None:
    spoken = [word for line in clip().script for word in line.words]
    text = " ".join(word.text for word in spoken)
    model = _Model()
    model.answer = lambda _: text if len(model.reads[-1].pcm) > MOST_OF_THE_LINE else ""
    final = transcribe(_engine(model), clip().pcm)[-1]
    errors_ms = [abs(word.end_ms - truth.end_ms) for word, truth in zip(final.words, spoken, strict=True)]
    assert sum(errors_ms) / len(errors_ms) < MEAN_ERROR_MS


class _AlwaysVoice:
    """A detector that hears speech everywhere."""

    def is_voice(self, _: Pcm) -> bool:
        return True


@pytest.fixture
def breathless(monkeypatch: pytest.MonkeyPatch) -> Pcm:
    """Ten seconds of speech without a pause, quiet for two blocks."""
    monkeypatch.setattr(moonshine_leg, "VoiceDetector", _AlwaysVoice)
    pcm = np.random.default_rng(1).normal(0, 3_000, BLOCK * (HARD_LIMIT_BLOCKS + 40)).astype(np.int16)
    pcm[BLOCK * (GAP_BLOCK - 1) : BLOCK * (GAP_BLOCK + 1)] //= 10
    return pcm


def test_a_line_without_a_pause_is_cut_where_it_is_quietest_and_no_sample_is_lost_or_heard_twice(
    breathless: Pcm,
) -> None:
    model = _Model()
    said = transcribe(_engine(model), breathless)
    first, second = [one for one in said if isinstance(one, Final)]
    cut = next(at for at, read in enumerate(model.reads) if at and not read.draft)
    settled = [model.reads[cut].pcm, model.reads[-1].pcm]
    assert [len(pcm) // BLOCK for pcm in settled] == [GAP_BLOCK, len(breathless) // BLOCK - GAP_BLOCK]
    assert np.array_equal(np.concatenate(settled), breathless)
    assert (first.utterance, second.utterance) == (1, 2)
    assert first.end_ms <= GAP_BLOCK * BLOCK_MS <= second.start_ms


def test_without_partials_a_line_is_cut_at_the_same_place(breathless: Pcm) -> None:
    model = _Model()
    recognizer = _engine(model).open("customer")
    feed(recognizer, breathless)
    hurried = _Model()
    without_partials(_engine(hurried).open("customer").feed(breathless))
    assert any(np.array_equal(hurried.reads[0].pcm, read.pcm) for read in model.reads if not read.draft)


def _second_listens(recognizer: Recognizer, said: Sequence[Transcript]) -> list[SecondListen | None]:
    assert isinstance(recognizer, ListensAgain)
    return [recognizer.second_listen(one, 0, 1) for one in said]


def test_a_second_listen_is_to_the_sound_that_the_words_were_heard_of() -> None:
    model = _Model()
    recognizer = _engine(model).open("customer")
    said = feed(recognizer, clip().pcm)
    last_line = [one for one in said if one.utterance == said[-1].utterance]
    heard = _second_listens(recognizer, last_line)
    assert heard == [SecondListen(gain_nats=1.0, instead=one.text) for one in last_line]
    assert np.array_equal(model.again[-1], model.reads[-1].pcm)
    first = next(read.pcm for read in model.reads if str(model.reads.index(read) + 1) == last_line[0].text)
    assert np.array_equal(model.again[0], first)


def test_the_sound_of_older_lines_is_gone(breathless: Pcm) -> None:
    recognizer = _engine(_Model()).open("customer")
    said = [*feed(recognizer, breathless), *recognizer.finish()]
    assert _second_listens(recognizer, [said[0], said[-1]])[0] is None
    assert _second_listens(recognizer, said)[-1] is not None


def test_likely_phrases_are_for_the_model() -> None:
    model = _Model()
    LoadedEngine(_engine(model), "people").open("agent")
    assert not model.phrases
    preferring = LoadedEngine(_engine(model), "people")
    preferring.likely_phrases = ("store credit",)
    preferring.open("agent")
    assert model.phrases == ("store credit",)


def test_closing_the_engine_closes_its_model() -> None:
    model = _Model()
    _engine(model).close()
    assert model.closed


def test_a_wheel_without_the_model_is_told_by_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moonshine, "get_assets_path", lambda: tmp_path)
    with pytest.raises(EngineError, match=r"lacks encoder_model\.ort, .*: install 0\.0\.73"):
        load_moonshine()
