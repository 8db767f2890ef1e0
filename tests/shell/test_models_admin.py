"""What operators see of the models of a server: names, never where its files are."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.fakes.models import install
from voiceassist.config import load_settings
from voiceassist.server.admin import _models
from voiceassist.speech_models.record import ModelRecord, describe, read_record, record_path, write_record


def added(models_dir: Path, name: str, source: str) -> Path:
    folder = install(models_dir, name, "de")
    record = describe(folder, name=name, language="de", source=source, fit_for="people", licence="MIT")
    write_record(record, record_path(folder))
    return folder


def test_no_path_of_this_machine_is_shown(tmp_path: Path) -> None:
    added(tmp_path, "added", f"added from {tmp_path}/private/place")
    added(tmp_path, "pulled", "https://somebody:secret@models.example.com/private/pulled.zip")
    (added(tmp_path, "torn", "a test") / "am" / "final.mdl").unlink()
    record_path(added(tmp_path, "odd", "a test")).write_text("damaged", encoding="utf-8")
    record_path(added(tmp_path, "unnamed", "a test")).unlink()
    shown = asdict(_models(load_settings(environment={}, models_dir=tmp_path)))
    models = {model["name"]: model for model in shown["installed"]}
    assert (models["added"]["source"], models["pulled"]["source"]) == ("added", "models.example.com")
    assert models["torn"]["problem"] == "torn lacks am/final.mdl"
    assert models["odd"]["problem"].startswith("odd.toml: the record cannot be read")
    assert "voiceassist models add unnamed --language" in models["unnamed"]["problem"]
    text = json.dumps(shown)
    assert not any(secret in text for secret in (str(tmp_path), "private", "secret"))


def test_the_folder_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        install(tmp_path, name, "de")
    read: list[Path] = []

    def counting(path: Path) -> ModelRecord:
        read.append(path)
        return read_record(path)

    monkeypatch.setattr("voiceassist.speech_models.installed.read_record", counting)
    _models(load_settings(environment={}, models_dir=tmp_path))
    assert len(read) == len(set(read))
