"""Moonshine's model as we decode it: real speech, the real model, beside its maker's own library."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.shell.engines import clip, transcribe
from tests.shell.moonshine_reference import load_reference
from voiceassist.asr.engine import Engine
from voiceassist.asr.moonshine.engine import embedded_model_dir, load_moonshine
from voiceassist.asr.moonshine.model import MoonshineModel
from voiceassist.asr.moonshine.reader import MoonshineReader, load_reader
from voiceassist.asr.moonshine.tokens import END, read_vocabulary
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.events import Final
from voiceassist.speech_models.layout import MOONSHINE

pytestmark = pytest.mark.audio
LINE = clip().pcm[22_400:58_000]  # "And are you open on Sunday?"
WRONG_DRAFT = "And are you sure of that?"


@pytest.fixture(scope="module")
def model() -> Iterator[MoonshineModel]:
    loaded = MoonshineModel(embedded_model_dir())
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def reader(model: MoonshineModel) -> MoonshineReader:
    return MoonshineReader(model, read_vocabulary(embedded_model_dir() / "tokenizer.bin"))


def test_a_line_is_read(reader: MoonshineReader) -> None:
    reading = reader.read_afresh(LINE, voiced_ms=2_000)
    assert " ".join(word.text for word in reading.words).lower().strip(".?") == "and are you open on sunday"


def test_a_right_draft_is_kept_and_a_wrong_one_is_left_where_it_goes_wrong(model: MoonshineModel) -> None:
    vocabulary = read_vocabulary(embedded_model_dir() / "tokenizer.bin")
    line = model.encode(LINE)
    afresh = model.decode(line)
    assert model.decode(line, afresh.tokens).tokens == afresh.tokens
    assert model.decode(line, afresh.tokens[:3]).tokens == afresh.tokens
    assert model.decode(line, vocabulary.tokens(WRONG_DRAFT)).tokens == afresh.tokens


def test_a_draft_with_a_wrong_word_in_its_middle_is_kept_before_and_after_it(model: MoonshineModel) -> None:
    vocabulary = read_vocabulary(embedded_model_dir() / "tokenizer.bin")
    line = model.encode(LINE)
    afresh = model.decode(line)
    wrong = (afresh.tokens[0], *vocabulary.tokens("bees were"), *afresh.tokens[2:])
    assert model.decode(line, wrong).tokens == afresh.tokens


def test_without_a_draft_tokens_and_probabilities_are_always_the_same(model: MoonshineModel) -> None:
    line = model.encode(LINE)
    afresh = model.decode(line)
    model.decode(line, afresh.tokens)
    assert model.decode(model.encode(LINE)) == afresh


def test_given_tokens_are_scored_as_if_they_had_been_decoded(model: MoonshineModel) -> None:
    line = model.encode(LINE)
    decoded = model.decode(line)
    scores = model.scores(line, decoded.tokens)[range(len(decoded.nats)), [*decoded.tokens, END]]
    assert scores.tolist() == pytest.approx(decoded.nats, abs=0.3)


def test_several_threads_use_one_model_at_once(model: MoonshineModel) -> None:
    lines = [LINE, clip().pcm[:22_400], LINE[:20_480], LINE[:10_240]] * 2
    alone = [model.decode(model.encode(line)) for line in lines]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda line: model.decode(model.encode(line)), lines)) == alone


@pytest.mark.parametrize("samples", [0, 1, 512, 1_500])
def test_hardly_any_sound_is_no_error(reader: MoonshineReader, samples: int) -> None:
    assert len(reader.read_afresh(np.zeros(samples, np.int16), voiced_ms=0).words) <= 2


def test_finals_are_what_the_library_itself_makes_of_the_same_lines() -> None:
    reference, ours = load_reference(), load_moonshine()
    assert _finals(ours, clip().pcm) == _finals(reference, clip().pcm)
    reference.close()
    ours.close()


def _finals(engine: Engine, pcm: Pcm) -> list[tuple[int, str]]:
    return [(one.at_ms, one.text) for one in transcribe(engine, pcm) if isinstance(one, Final)]


def test_a_closed_model_says_so() -> None:
    model = MoonshineModel(embedded_model_dir())
    model.close()
    model.close()
    with pytest.raises(EngineError, match="is closed"):
        model.encode(LINE)


@pytest.mark.parametrize("file", MOONSHINE)
def test_a_damaged_file_is_named(tmp_path: Path, file: str) -> None:
    for name in MOONSHINE:
        shutil.copy(embedded_model_dir() / name, tmp_path)
    (tmp_path / file).write_bytes(b"\xff" * 1_000)
    with pytest.raises(EngineError, match=file):
        load_reader(tmp_path)
