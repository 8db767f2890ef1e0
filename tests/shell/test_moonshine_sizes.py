"""Models with Moonshine's graphs in other sizes than those of the embedded one: loaded by the same code."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fakes.moonshine_graphs import FakeGraph, Sizes, vocabulary_file
from voiceassist.asr.choice import Choice
from voiceassist.asr.engines import load
from voiceassist.asr.moonshine import model as moonshine_model
from voiceassist.asr.moonshine.engine import load_moonshine
from voiceassist.asr.moonshine.model import RATE_HZ, MoonshineModel
from voiceassist.errors import EngineError
from voiceassist.speech_models.layout import MOONSHINE, VOCABULARY

# As the maker's library has them (core/moonshine-model.cpp), and as older exports of the same graphs are.
BASE = Sizes(layers=8, heads=8, width=52)
WITHOUT_MASKS = Sizes(layers=8, heads=8, width=52, takes_masks=False)


def model_of(folder: Path, sizes: Sizes, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.mkdir()
    for name in MOONSHINE:
        (folder / name).touch()
    (folder / VOCABULARY).write_bytes(vocabulary_file(sizes.pieces))
    monkeypatch.setattr(moonshine_model, "_session", lambda path: FakeGraph(path, sizes))
    return folder


@pytest.mark.parametrize("sizes", [BASE, WITHOUT_MASKS], ids=["base", "without masks"])
def test_all_sizes_are_read_from_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: Sizes) -> None:
    model = MoonshineModel(model_of(tmp_path / "base", sizes, monkeypatch))
    line = model.encode(np.zeros(3 * RATE_HZ, np.int16))
    assert model.decode(line).tokens == ()
    assert model.decode(line, (300, 301)).tokens == ()  # neither token of the draft was right
    assert model.scores(line, (300, 301)).shape == (3, sizes.pieces)


def test_a_pulled_model_is_an_engine_with_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = model_of(tmp_path / "moonshine-base-en", BASE, monkeypatch)
    engine = load(Choice(kind="moonshine", path=folder), language="en-gb")
    assert (engine.name, engine.language) == ("moonshine:moonshine-base-en", "en-gb")
    engine.close()


def test_a_model_that_loads_but_does_not_run_is_refused_before_any_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other(FakeGraph):
        def run(self, *_: Any) -> list[Any]:
            raise ValueError("no such node")

    folder = model_of(tmp_path / "base", BASE, monkeypatch)
    monkeypatch.setattr(moonshine_model, "_session", lambda path: Other(path, BASE))
    with pytest.raises(EngineError, match=f"cannot run the model in {folder}: no such node"):
        load_moonshine(folder)


def test_a_vocabulary_of_another_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = model_of(tmp_path / "base", BASE, monkeypatch)
    (folder / VOCABULARY).write_bytes(vocabulary_file(300))
    with pytest.raises(EngineError, match=r"tokenizer\.bin has 300 pieces, and the decoder writes 400"):
        load_moonshine(folder)


def test_what_a_folder_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=f"{tmp_path} lacks encoder_model.ort"):
        load_moonshine(tmp_path)
