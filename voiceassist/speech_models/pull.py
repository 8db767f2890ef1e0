"""Pulls a model: download, checksum, installation.

Never installs what it could not compare with a checksum, unless told to. Never loads the model. Vendors publish a
model as one zip (`pulled_archive.py`) or file by file (`pulled_files.py`). Next: the next start of the server
finds it (`installed.py`).
"""

import time
from dataclasses import replace
from pathlib import Path

from voiceassist.errors import ModelError
from voiceassist.speech_models import pulled_archive, pulled_files
from voiceassist.speech_models.download import Pause, UnreachableError
from voiceassist.speech_models.installed import InstalledModel, find
from voiceassist.speech_models.manifest import ModelEntry
from voiceassist.speech_models.progress import ReportStep
from voiceassist.speech_models.record import describe
from voiceassist.speech_models.sizes import shown
from voiceassist.speech_models.staging import INCOMING, check_name, put_in_place, whole_model, workshop


def pull(
    models_dir: Path,
    entry: ModelEntry,
    *,
    mirror: str | None = None,
    unverified: bool = False,
    report: ReportStep,
    pause: Pause = time.sleep,
) -> InstalledModel:
    """Downloads and installs a model; goes on where an interrupted pull stopped. Raises ModelError.

    `mirror`: an address under which `<name>.zip` and `model-list.json` are, or a folder `<name>` with the files.
    `unverified`: install it even if nobody says what checksum it must have. `pause` is called with seconds when a
    connection broke.
    """
    entry = _at(mirror, entry)
    with workshop(models_dir, entry.name) as folder:
        check_name(models_dir, entry.name)
        try:
            arrived = (pulled_files if entry.files else pulled_archive).fetch(
                folder, entry, unverified=unverified, report=report, pause=pause
            )
        except UnreachableError as error:
            raise ModelError(f"{error}. {how_to_bring(entry, models_dir)}") from error
        _install(models_dir, entry, arrived.root, arrived.sha256)
        arrived.forget()
    return find(models_dir, entry.name)


def part_of(models_dir: Path, name: str) -> tuple[Path, int]:
    """Where an interrupted download of the model is kept, and its bytes (0: there is none)."""
    folder = models_dir / INCOMING / name
    return pulled_files.part_in(folder) or pulled_archive.part_in(folder)


def how_to_bring(entry: ModelEntry, models_dir: Path) -> str:
    """What to do on a machine without internet."""
    if entry.files:
        addresses = " and ".join(f"{entry.url}/{file.name}" for file in entry.files)
        fetch = f"download {addresses} ({shown(entry.size_bytes)}) into a folder {entry.name}, copy it to this one"
        copied = entry.name
    else:
        fetch = f"download {entry.url} ({shown(entry.size_bytes)}), copy {entry.name}.zip to this one"
        copied = f"{entry.name}.zip"
    return (
        f"Without internet here: on another machine {fetch}, and there type: "
        f"voiceassist models add {copied} --models-dir {models_dir}"
    )


def _at(mirror: str | None, entry: ModelEntry) -> ModelEntry:
    if not mirror:
        return entry
    return replace(entry, url=f"{mirror.rstrip('/')}/{entry.name}{'' if entry.files else '.zip'}")


def _install(models_dir: Path, entry: ModelEntry, fresh: Path, sha256: str | None) -> None:
    root = whole_model(fresh, entry.url)
    record = describe(
        root,
        name=entry.name,
        language=entry.language,
        source=entry.url,
        fit_for="people",
        licence=entry.licence,
        sha256=sha256,
    )
    put_in_place(root, record, models_dir)
