"""Copies stored calls to a folder: each call's events as JSON Lines and its recording.

Blocks, and only reads: a server may write the same database meanwhile. Never overwrites a file.
Next: whoever asked for their data gets the folder.
"""

from collections.abc import Sequence
from pathlib import Path
from shutil import copyfileobj

from sqlalchemy import select

from voiceassist.errors import StoreError, UnknownNameError
from voiceassist.store.database import reading, store_errors
from voiceassist.store.lock import OWNER_ONLY
from voiceassist.store.recordings import recording_path
from voiceassist.store.schema import events


def export_calls(database: Path, recordings: Path, call_ids: Sequence[str], to: Path) -> list[Path]:
    """The files that were written. Raises UnknownNameError for a call that is not there, and StoreError."""
    written = []
    with reading(database) as connection, store_errors(to, "written"):
        to.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        for call_id in call_ids:
            wanted = select(events.c.body).where(events.c.call_id == call_id).order_by(events.c.seq)
            lines = list(connection.scalars(wanted))
            if not lines:
                raise UnknownNameError("unknown_call", f"there is no call {call_id!r}")
            written += _export(lines, recording_path(recordings, call_id), to)
    return written


def _export(lines: Sequence[str], recording: Path, to: Path) -> list[Path]:
    told = to / f"{recording.stem}.jsonl"
    try:
        with told.open("x", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
        if not recording.is_file():
            return [told]
        with recording.open("rb") as source, (to / recording.name).open("xb") as copy:
            copyfileobj(source, copy)
    except FileExistsError as error:
        raise StoreError(f"{error.filename} is already there; export to an empty folder") from None
    return [told, to / recording.name]
