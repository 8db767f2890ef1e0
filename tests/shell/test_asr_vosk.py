"""Vosk beyond what every engine does: its own times and confidences, grammars, likely phrases, its vocabulary."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.shell.engines import RATE_HZ, VOSK_MODEL, clip, feed, transcribe
from voiceassist.asr.engine import ListensAgain, Recognizer
from voiceassist.asr.vosk import stream as vosk_stream
from voiceassist.asr.vosk.engine import VoskEngine, load_vosk
from voiceassist.errors import EngineError
from voiceassist.events import Final, Partial, Transcript, Word

pytestmark = pytest.mark.audio
ONE_WORD = 22_400  # samples
GRAMMAR = ("wonderful", "are you open on sunday", "store credit")
FINAL_MS = 600  # after the last sound; libvosk's own rules take a second
PARTIAL_MS = 500
SPOKEN_MS = 50_000
RENEWED_AFTER, TURNS = 5 * RATE_HZ, 6  # samples; of 3.5 s
LOOK_AHEAD_MS = 170  # of vosk-tiny-en
WORD_MS = 100  # by which a word's times may be off


@pytest.fixture(scope="module")
def engine() -> Iterator[VoskEngine]:
    loaded = load_vosk(VOSK_MODEL, language="en")
    yield loaded
    loaded.close()


def _hear(recognizer: Recognizer) -> list[Transcript]:
    said = [*feed(recognizer, clip().pcm), *recognizer.finish()]
    recognizer.close()
    return said


def _first_word(said: list[Transcript]) -> Word:
    return next(one for one in said if isinstance(one, Final)).words[0]


def test_the_model_is_small_and_loads_at_once(engine: VoskEngine) -> None:
    assert engine.name == "vosk:vosk-tiny-en"
    assert engine.memory_bytes < 100_000_000  # 0 if an earlier test left enough behind


def test_words_of_finals_have_times_and_confidences_of_their_own(engine: VoskEngine) -> None:
    word, spoken = _first_word(transcribe(engine, clip().pcm)), clip().script[0].words[0]
    assert word.text == "wonderful"
    assert abs(word.start_ms - spoken.start_ms) < WORD_MS
    assert abs(word.end_ms - spoken.end_ms) < WORD_MS
    assert 0 < word.confidence <= 1


def test_partial_words_are_surer_when_they_have_been_heard_for_a_while(engine: VoskEngine) -> None:
    partials = [one for one in transcribe(engine, clip().pcm) if isinstance(one, Partial)]
    first = next(one for one in partials if one.words[-1].text == "sunday")
    last = partials[-1]
    assert all(0 < word.confidence <= 1 for one in partials for word in one.words)
    assert first.words[-1].confidence < last.words[-1].confidence


def test_partials_come_soon_after_a_word_and_have_times_near_it(engine: VoskEngine) -> None:
    spoken = clip().script[0].words[0]
    partials = (one for one in transcribe(engine, clip().pcm) if isinstance(one, Partial))
    first = next(one for one in partials if one.words[0].text == "wonderful")
    assert first.at_ms < spoken.end_ms + PARTIAL_MS
    known_ms = min(spoken.end_ms, first.at_ms - LOOK_AHEAD_MS)  # guessed while it is said
    assert abs(first.words[0].start_ms - spoken.start_ms) < WORD_MS
    assert abs(first.words[0].end_ms - known_ms) < 2 * WORD_MS


def test_finals_come_soon_after_speech(engine: VoskEngine) -> None:
    ended_ms = clip().script[-1].end_ms
    assert transcribe(engine, clip().pcm)[-1].at_ms < ended_ms + FINAL_MS


def test_times_stay_true_after_silence_that_is_never_decoded(engine: VoskEngine) -> None:
    minute = np.zeros(60 * RATE_HZ, np.int16)
    early = _first_word(transcribe(engine, clip().pcm))
    late = _first_word(transcribe(engine, np.concatenate((minute, clip().pcm))))
    assert abs(late.start_ms - early.start_ms - 60_000) < WORD_MS


def test_times_stay_true_when_the_recognizer_is_exchanged_between_two_lines(
    engine: VoskEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vosk_stream, "RENEWED_AFTER", RENEWED_AFTER)
    turn = clip().pcm[5_200:60_800]
    said = transcribe(engine, np.concatenate((clip().pcm[:5_200], np.tile(turn, TURNS))))
    words = [word for one in said if isinstance(one, Final) for word in one.words]
    starts_ms = [word.start_ms for word in words if word.text == "wonderful"]
    late_ms = np.diff(starts_ms) - len(turn) * 1000 / RATE_HZ
    assert len(starts_ms) == TURNS
    assert np.abs(late_ms).max() < WORD_MS


def test_a_second_listen_tells_words_that_were_said_from_words_that_were_not(engine: VoskEngine) -> None:
    recognizer = engine.open("customer")
    assert isinstance(recognizer, ListensAgain)
    final = [one for one in [*feed(recognizer, clip().pcm), *recognizer.finish()] if isinstance(one, Final)][-1]
    place = [word.text for word in final.words].index("open")
    said = recognizer.second_listen(final, place, place + 1)
    wrong = tuple(replace(word, text="hopeless") if word.text == "open" else word for word in final.words)
    never_said = recognizer.second_listen(replace(final, words=wrong), place, place + 1)
    assert said
    assert said.gain_nats > 0
    assert never_said
    assert never_said.gain_nats < 0
    assert never_said.instead == "open"
    with pytest.raises(ValueError, match="has no words from 1 to 1"):
        recognizer.second_listen(final, 1, 1)
    recognizer.close()
    assert recognizer.second_listen(final, place, place + 1) is None


def test_words_rise_over_minutes_of_speech_with_hardly_a_pause(engine: VoskEngine) -> None:
    said = transcribe(engine, np.tile(clip().pcm[5_200:52_000], 20))
    words = [word for one in said if isinstance(one, Final) for word in one.words]
    assert all(earlier.end_ms <= later.start_ms for earlier, later in pairwise(words))
    assert words[-1].end_ms > SPOKEN_MS


def test_a_grammar_limits_what_is_heard(engine: VoskEngine) -> None:
    said = _hear(engine.open("customer", grammar=GRAMMAR))
    heard = {word.text for one in said for word in one.words}
    assert {"wonderful", "sunday"} <= heard <= set(" ".join(GRAMMAR).split())


def test_speech_outside_the_grammar_is_no_phrase_of_it(engine: VoskEngine) -> None:
    said = _hear(engine.open("customer", grammar=("store credit",)))
    assert "store credit" not in [one.text for one in said if isinstance(one, Final)]


def test_a_grammar_of_unknown_words_is_refused_by_them(engine: VoskEngine) -> None:
    with pytest.raises(EngineError, match="does not know zzyzx, qwrt: "):
        engine.open("customer", grammar=("wonderful zzyzx", "qwrt"))


def test_a_model_with_one_whole_graph_refuses_a_grammar(engine: VoskEngine) -> None:
    whole = VoskEngine(engine._loaded(), name="vosk:large", language="en", takes_grammars=False)
    with pytest.raises(EngineError, match=r"vosk:large has one whole graph \(HCLG.fst\)"):
        whole.open("customer", grammar=GRAMMAR)


def test_likely_phrases_change_no_words_that_were_heard_anyway(engine: VoskEngine) -> None:
    word = _first_word(_hear(engine.open_preferring("customer", ("Wonderful", "store credit"))))
    assert word.text == "wonderful"
    assert 0 < word.confidence <= 1


def test_no_likely_phrases_leave_the_words_with_confidences_of_their_own(engine: VoskEngine) -> None:
    assert _hear(engine.open_preferring("customer", ())) == _hear(engine.open("customer"))


def test_the_vocabulary_says_for_each_word_whether_the_model_knows_it(engine: VoskEngine) -> None:
    assert engine.vocabulary(["Wonderful", "zzyzx"]) == {"Wonderful": True, "zzyzx": False}


def test_a_closed_engine_opens_nothing_but_serves_the_legs_it_has() -> None:
    engine = load_vosk(VOSK_MODEL, language="en")
    recognizer = engine.open("customer")
    engine.close()
    with pytest.raises(EngineError, match="engine vosk:vosk-tiny-en is closed"):
        engine.open("customer")
    assert feed(recognizer, clip().pcm)
    recognizer.close()


def test_the_older_flat_layout_loads_and_hears(tmp_path: Path) -> None:
    for path in VOSK_MODEL.rglob("*"):
        if path.is_file():
            shutil.copy(path, tmp_path / path.name)
    flat = load_vosk(tmp_path, language="en")
    assert "wonderful" in transcribe(flat, clip().pcm[:ONE_WORD])[-1].text
    flat.close()
