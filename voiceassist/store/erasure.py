"""Deletes calls for good: no word of them stays in the database, its full-text index, its log or the recordings.

Recordings go first: what fails half-way is a call that can be deleted again, never a recording without a call.
Freed space is overwritten (`secure_delete` in `database.py`), the full-text index is made again, because
SQLite only marks its entries as deleted, and the log is emptied. New calls use the space again: the file does not
grow. A call that is live or on legal hold is refused.
Playbooks are never changed: those that quote a deleted call are named.
Next: `store.py` runs it in the writer's thread; the server and `voiceassist calls` show what it says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Select, bindparam, delete, func, select, text

from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.store.audit import NewEntry, record
from voiceassist.store.fact_feed import take_from_sums
from voiceassist.store.holds import held_among, refused_held
from voiceassist.store.notices import forget_notices
from voiceassist.store.recording_peaks import forget_kept
from voiceassist.store.recordings import BEING_ENCRYPTED, recording_path
from voiceassist.store.schema import calls, events, finals, playbook_drafts, playbook_versions

QUOTE_WORDS = 4
"""A shorter line ("yes thank you") is in every playbook and tells nobody's story."""

REMAKE_INDEX = text("INSERT INTO finals_text(finals_text) VALUES ('rebuild')")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedRecordings:
    """The recordings that were deleted."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedRows:
    """What went from the database."""

    calls: tuple[str, ...]
    events: int
    lines: int  # of what was said
    playbooks: tuple[str, ...]  # that have such a line word for word; they were not changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was deleted."""

    calls: tuple[str, ...]
    events: int
    lines: int  # of what was said
    recordings: int
    recording_bytes: int
    playbooks: tuple[str, ...]  # that have such a line word for word; they were not changed
    log_emptied: bool  # False: somebody read; the database's log keeps the words until it is written anew


def calls_of_customer(connection: Connection, customer_id: str) -> list[str]:
    """Ids of all calls of a customer, oldest first. Raises UnknownNameError when there are none."""
    wanted = select(calls.c.call_id).where(calls.c.customer_id == customer_id).order_by(calls.c.started_us)
    found = list(connection.scalars(wanted)) if customer_id else []  # "" are all callers whom nobody knew
    if not found:
        raise UnknownNameError("unknown_call", f"there is no call of a customer {customer_id!r}")
    return found


def calls_before(connection: Connection, before_us: int) -> list[str]:
    """Ids of finished calls that began earlier (microseconds since 1970 UTC), oldest first."""
    wanted = select(calls.c.call_id).where(calls.c.started_us < before_us, calls.c.status != "live")
    return list(connection.scalars(wanted.order_by(calls.c.started_us)))


def check_erasable(connection: Connection, call_ids: Sequence[str]) -> None:
    """Raises UnknownNameError for a call that is not there, ConflictError for one that is live or on hold."""
    for call_id in call_ids:
        status = connection.scalar(select(calls.c.status).where(calls.c.call_id == call_id))
        if status is None:
            raise UnknownNameError("unknown_call", f"there is no call {call_id!r}")
        if status == "live":
            raise refused_live(call_id)
    for call_id in held_among(connection, call_ids):
        raise refused_held(call_id)


def refused_live(call_id: str) -> ConflictError:
    """Why a call that goes on is not deleted."""
    return ConflictError("call_live", f"call {call_id!r} is still going on; delete it when it is over")


def remove_recordings(folder: Path, call_ids: Iterable[str]) -> RemovedRecordings:
    """Deletes the files of these calls. Blocks. Raises OSError."""
    sizes = [_removed(recording_path(folder, call_id)) for call_id in call_ids]
    there = [size for size in sizes if size is not None]
    return RemovedRecordings(files=len(there), bytes=sum(there))


def _removed(path: Path) -> int | None:
    try:
        path.with_suffix(BEING_ENCRYPTED).unlink(missing_ok=True)
        size = path.stat().st_size
        path.unlink()
    except FileNotFoundError:
        size = None
    forget_kept(path)  # the last one: whoever keeps peaks looks whether the recording is still there after that
    return size


def erase_rows(connection: Connection, call_ids: Sequence[str], *, by: str, is_step: bool = False) -> ErasedRows:
    """Deletes all that the database has of these calls, within the caller's transaction. Raises as the check.

    The audit keeps who deleted which call, and nothing of what was said in it. `is_step`: one of many; then the
    index is left to `parts.py`, and no playbook is looked through.
    """
    check_erasable(connection, call_ids)
    said = [line for call_id in call_ids for line in connection.scalars(_lines_of(call_id))]
    told = sum(connection.scalar(_events_of(call_id)) or 0 for call_id in call_ids)
    for call_id in call_ids:
        take_from_sums(connection, call_id)
    forget_notices(connection, call_ids)
    if call_ids:  # what belongs to a call goes with it: the schema cascades
        connection.execute(delete(calls).where(calls.c.call_id == bindparam("of")), [{"of": c} for c in call_ids])
    if call_ids and not is_step:
        connection.execute(REMAKE_INDEX)
    record(connection, *(NewEntry(who=by, what="call.deleted", call_id=call_id) for call_id in call_ids))
    quoting = () if is_step else _playbooks_quoting(connection, said)
    return ErasedRows(calls=tuple(call_ids), events=told, lines=len(said), playbooks=quoting)


def _lines_of(call_id: str) -> Select[str]:
    return select(finals.c.text).where(finals.c.call_id == call_id)


def _events_of(call_id: str) -> Select[int]:
    return select(func.count()).where(events.c.call_id == call_id)


def _playbooks_quoting(connection: Connection, lines: Iterable[str]) -> tuple[str, ...]:
    """Names of playbooks with one of these lines in a version or a draft."""
    told = {plain for line in lines if len((plain := _plain(line)).split()) >= QUOTE_WORDS}
    stored = [
        *connection.execute(select(playbook_versions.c.name, playbook_versions.c.text)),
        *connection.execute(select(playbook_drafts.c.name, playbook_drafts.c.text)),
    ]
    return tuple(sorted({name for name, body in stored if _has_any(_plain(body), told)}))


def _has_any(body: str, lines: Iterable[str]) -> bool:
    return any(line in body for line in lines)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
