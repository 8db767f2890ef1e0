"""The deployment's folder of models while something changes in it: one process per model, and all or nothing.

Work goes on in `<models>/.incoming/<name>`, on the same disk, so that a finished folder appears by one rename. A
process that dies leaves a model whole or absent; the next one clears what it left, but for a partial download.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from voiceassist.errors import ModelError
from voiceassist.speech_models.files import files_in
from voiceassist.speech_models.layout import MAKERS, STREAMING, kind_of, missing_files, model_root
from voiceassist.speech_models.record import ModelRecord, record_path, write_record

INCOMING = ".incoming"
UNPACKED = "unpacked"
REMOVED = "removed"
RECORD = ".toml"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@contextmanager
def workshop(models_dir: Path, name: str) -> Iterator[Path]:
    """A folder to work on this model in, for this process alone.

    Raises ModelError when another process is at it, or the folder cannot be written; so do OSErrors inside.
    """
    folder = models_dir / INCOMING / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock", timeout=0, thread_local=False):
            _clear(folder)
            try:
                yield folder
            finally:
                _clear(folder)
    except Timeout:
        raise ModelError(f"another voiceassist is working on {name}; wait until it has finished") from None
    except OSError as error:
        raise ModelError(f"{error.filename or models_dir} cannot be written: {error.strerror or error}") from error


def check_name(models_dir: Path, name: str) -> None:
    """Raises ModelError when the name cannot be a folder's, or is taken."""
    if not NAME.fullmatch(name) or name.endswith(RECORD):
        raise ModelError(f"{name!r} cannot be the name of a model: letters, digits, dot, dash and underscore only")
    taken = [path.name for path in models_dir.glob("*") if path.name.casefold() == name.casefold()]
    if taken:
        raise ModelError(
            f"{models_dir / taken[0]} is there already; check it with `voiceassist models verify {taken[0]}`, or "
            f"make room with `voiceassist models remove {taken[0]}`"
        )


def whole_model(folder: Path, came_from: str) -> Path:
    """The model in a folder, or one below. Raises ModelError, saying what is missing."""
    root = model_root(folder)
    missing = missing_files(root)
    if missing and (root / STREAMING).is_file():
        raise ModelError(
            f"{came_from} is a streaming model of Moonshine's, which voiceassist cannot run: its graphs are "
            "not those of tiny and base. `voiceassist models pull moonshine-base-en` gets one that it can"
        )
    if missing:
        raise ModelError(f"{came_from} is not a {MAKERS[kind_of(root)]} model: {' and '.join(missing)} missing")
    return root


def put_in_place(root: Path, record: ModelRecord, models_dir: Path) -> Path:
    """Makes the finished folder `root` the model of its record, in one step; gives its place. Raises OSError."""
    place = models_dir / record.name
    noted = root.with_name("record.toml")
    write_record(record, noted)
    for path in (*files_in(root), *_folders_in(root), root, noted):
        _to_disk(path)
    noted.replace(record_path(place))  # a record without a folder is nothing; the folder makes it a model
    root.rename(place)
    for path in (models_dir, models_dir.parent):  # the folder of models may be new too
        _to_disk(path)
    return place


def take_away(place: Path, folder: Path) -> None:
    """Removes a model: out of sight in one step, then for good. Of a linked folder the link. Raises OSError."""
    place.rename(folder / REMOVED)
    record_path(place).unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    for path in (folder / UNPACKED, folder / REMOVED):
        if path.is_symlink():
            path.unlink()  # what it points to is not ours
        elif path.exists():
            shutil.rmtree(path)


def _folders_in(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_dir()]


def _to_disk(path: Path) -> None:
    """A model must not turn out to be empty after a power cut."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
