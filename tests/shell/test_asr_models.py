"""Which engine a configuration gets, and what it is told when there is none."""

import json
from pathlib import Path

import pytest

from voiceassist.asr.models import load_engine
from voiceassist.errors import ConfigError, EngineError


def test_an_unknown_engine_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="'whisper' is not known; use one of auto, moonshine, vosk, scripted:"):
        load_engine("whisper", language="en", model_dir=None)


@pytest.mark.parametrize("name", ["auto", "moonshine"])
def test_moonshine_refuses_other_languages_than_english(name: str) -> None:
    with pytest.raises(ConfigError, match="English only, not language 'de-CH'"):
        load_engine(name, language="de-CH", model_dir=None)


def test_vosk_needs_a_model_directory() -> None:
    with pytest.raises(ConfigError, match="'vosk' needs a model directory"):
        load_engine("vosk", language="en", model_dir=None)


def test_a_wrong_model_directory_is_named_with_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=rf"{tmp_path} is not a Vosk model: am/final.mdl and conf/mfcc.conf"):
        load_engine("auto", language="de", model_dir=tmp_path)


def test_a_model_that_vosk_cannot_read_is_named(tmp_path: Path) -> None:
    for name in ("am/final.mdl", "conf/mfcc.conf"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(EngineError, match=f"vosk cannot load the model in {tmp_path}"):
        load_engine("vosk", language="en", model_dir=tmp_path)


def test_a_scripted_engine_is_named_by_its_script(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text(json.dumps({"lines": []}), encoding="utf-8")
    engine = load_engine(f"scripted:{path}", language="fr", model_dir=None)
    assert (engine.name, engine.language) == ("scripted", "fr")


@pytest.mark.audio
def test_auto_is_moonshine_when_there_is_no_model_directory() -> None:
    engine = load_engine("auto", language="en-GB", model_dir=None)
    assert (engine.name, engine.language) == ("moonshine", "en-GB")
    engine.close()
