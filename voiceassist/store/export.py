"""Copies stored calls to a folder: each call's events as JSON Lines, its recording as plain audio, documents.

Blocks, and only reads: a server may write the same database meanwhile. Never overwrites a file. A recording that
cannot be opened, has no end, or has pieces that were changed or damaged, is told; such pieces are left out and all
else is copied: a player goes on behind them.
Next: whoever asked for their data gets the folder.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from sqlalchemy import select

from voiceassist.errors import RecordingError, StoreError, UnknownNameError
from voiceassist.store.database import reading, store_errors
from voiceassist.store.encrypted_recording import EncryptedRecording, read_encrypted
from voiceassist.store.lock import OWNER_ONLY
from voiceassist.store.recording_keys import RecordingKey
from voiceassist.store.recordings import recording_path
from voiceassist.store.schema import events

Document = Callable[[Sequence[str]], bytes]
"""Makes a file of a call's events, which are lines of JSON."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    files: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # of recordings; each names one


def export_calls(
    database: Path,
    recordings: Path,
    call_ids: Sequence[str],
    to: Path,
    keys: Sequence[RecordingKey] = (),
    *,
    documents: Mapping[str, Document] | None = None,
) -> Exported:
    """What was written; `documents`: files to be made beside the two, by their endings.

    Raises UnknownNameError for a call that is not there, and StoreError.
    """
    exported = Exported()
    with reading(database) as connection, store_errors(to, "written"):
        to.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        for call_id in call_ids:
            wanted = select(events.c.body).where(events.c.call_id == call_id).order_by(events.c.seq)
            lines = list(connection.scalars(wanted))
            if not lines:
                raise UnknownNameError("unknown_call", f"there is no call {call_id!r}")
            recording = recording_path(recordings, call_id)
            _export(lines, recording, to, keys, exported)
            for ending, document in (documents or {}).items():
                _write(document(lines), to / f"{recording.stem}.{ending}", exported)
    return exported


def _export(
    lines: Sequence[str], recording: Path, to: Path, keys: Sequence[RecordingKey], exported: Exported
) -> None:
    told, heard = to / f"{recording.stem}.jsonl", to / recording.name
    try:
        with told.open("x", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
        exported.files.append(told)
        if recording.is_file():
            _copy(recording, heard, keys, exported)
    except FileExistsError as error:
        raise StoreError(f"{error.filename} is already there; export to an empty folder") from None


def _write(document: bytes, to: Path, exported: Exported) -> None:
    try:
        with to.open("xb") as file:
            file.write(document)
    except FileExistsError as error:
        raise StoreError(f"{error.filename} is already there; export to an empty folder") from None
    exported.files.append(to)


def _copy(recording: Path, heard: Path, keys: Sequence[RecordingKey], exported: Exported) -> None:
    try:
        encrypted = read_encrypted(recording, keys)
    except RecordingError as error:
        exported.problems.append(str(error))
        return
    with heard.open("xb") as copy:
        if encrypted:
            exported.problems.extend(_write_opened(encrypted, copy))
        else:
            with recording.open("rb") as source:
                copyfileobj(source, copy)
    exported.files.append(heard)


def _write_opened(encrypted: EncryptedRecording, copy: BinaryIO) -> Iterator[str]:
    """Writes what can be opened, and says what is wrong."""
    lost = 0
    for piece in encrypted.pieces():
        lost += piece is None
        copy.write(piece or b"")
    if lost:
        told = f"{lost} of {len(encrypted.places)} pieces do not open and are left out"
        yield f"{encrypted.path} was changed or damaged: {told}"
    if not encrypted.is_whole:
        yield f"{encrypted.path} has no end: its call goes on, or it was cut off"
