"""Folders that look like installed models: the right files and a record, but nothing that could be loaded."""

from dataclasses import replace
from pathlib import Path

from voiceassist.speech_models.layout import FOLDERS, MOONSHINE
from voiceassist.speech_models.record import FitFor, describe, record_path, write_record


def install(models_dir: Path, name: str, language: str, *, fit_for: FitFor = "people", size: int = 100) -> Path:
    """A model of this many bytes and more; its folder."""
    folder = models_dir / name
    for part in (*FOLDERS.always, FOLDERS.whole_graph):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        (folder / part).write_bytes(b"")
    (folder / FOLDERS.always[0]).write_text(name, encoding="utf-8")  # no model is a copy of another
    (folder / FOLDERS.whole_graph).write_bytes(bytes(size))
    return _recorded(folder, language, fit_for)


def install_moonshine(models_dir: Path, name: str, language: str = "en", *, size: int = 100) -> Path:
    """One of Moonshine's whose record says that it has so many bytes; its folder."""
    folder = models_dir / name
    folder.mkdir(parents=True)
    for part in MOONSHINE:
        (folder / part).write_bytes(b"")
    return _recorded(folder, language, "people", size)


def _recorded(folder: Path, language: str, fit_for: FitFor, size: int | None = None) -> Path:
    record = describe(
        folder, name=folder.name, language=language, source="a test", fit_for=fit_for, licence="none"
    )
    write_record(replace(record, size_bytes=size or record.size_bytes), record_path(folder))
    return folder
