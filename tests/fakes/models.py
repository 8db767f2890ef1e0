"""Folders that look like installed Vosk models: the right files and a record, but nothing that could be loaded."""

from pathlib import Path

from voiceassist.speech_models.layout import FOLDERS
from voiceassist.speech_models.record import FitFor, describe, record_path, write_record


def install(models_dir: Path, name: str, language: str, *, fit_for: FitFor = "people", size: int = 100) -> Path:
    """A model of this many bytes and more; its folder."""
    folder = models_dir / name
    for part in (*FOLDERS.always, FOLDERS.whole_graph):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        (folder / part).write_bytes(b"")
    (folder / FOLDERS.always[0]).write_text(name, encoding="utf-8")  # no model is a copy of another
    (folder / FOLDERS.whole_graph).write_bytes(bytes(size))
    record = describe(folder, name=name, language=language, source="a test", fit_for=fit_for, licence="none")
    write_record(record, record_path(folder))
    return folder
