"""Group commit: appends from hundreds of calls become few transactions, by one task.

While one transaction is on its way to the disk, the appends that arrive wait together and make up the next
one. Each append returns when its records are committed, or raises. An append that breaks a rule (a number
used twice, an unknown call, no text) fails alone, and always will (UnstorableError); a failing disk fails everyone
in the batch, and the next batch tries again. A hanging disk keeps everyone waiting: how long a call can wait is
`journal.py`'s matter. Never reorders one call's appends. Rows are made and written in the database's own thread.
Next: the journal publishes what is committed.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, Insert, Update, bindparam, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.sql import ColumnElement

from voiceassist import wire
from voiceassist.errors import StoreError, UnstorableError
from voiceassist.events import (
    AlertChanged,
    CallIdentified,
    CoachingSent,
    CoachingWithdrawn,
    ConsentChanged,
    LineCorrected,
    NoteChanged,
    Record,
    is_durable,
)
from voiceassist.store import rows
from voiceassist.store.audit import SERVER, NewEntry
from voiceassist.store.audit import record as record_audit
from voiceassist.store.claims import release_claims, take_claims
from voiceassist.store.corrected_finals import correct_finals
from voiceassist.store.counts import COUNTED, changes_counts, count
from voiceassist.store.database import Database
from voiceassist.store.fact_feed import feed, name_people
from voiceassist.store.parts import audited_parts, delete_parts
from voiceassist.store.schema import CALL_LINES, call_claims, calls, events, finals

QUEUE = 1000
"""Appends waiting for the writer. When it is full, who appends waits: nothing stored is ever dropped."""

# One transaction. After an outage every call appends a batch of its own: together they would be too much for one.
BATCH_RECORDS = 2_000
BATCH_BYTES = 4 << 20


@dataclass(frozen=True, slots=True, eq=False)
class _Append:
    records: tuple[Record, ...]
    bytes: int  # of the records' JSON
    done: "asyncio.Future[None]"


class Writer:
    """The only one who writes calls. Made by `open_store`, within the running event loop."""

    def __init__(self, database: Database, node_id: str) -> None:
        self._database = database
        self._node_id = node_id
        self._queue: asyncio.Queue[_Append | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(QUEUE)
        self._task = asyncio.create_task(self._run(), name="store writer")
        self._closing = False
        self._unanswered: set[_Append] = set()

    async def append(self, records: Sequence[Record]) -> None:
        """Returns when the records are committed; raises StoreError when they are not.

        An append that is cancelled while it waits may be committed all the same.
        """
        assert all(is_durable(record.event) for record in records)
        if not records:
            return
        async with self._room:
            if self._closing:
                raise StoreError(f"{self._database.path} is closed: nothing can be appended")
            size = sum(len(wire.encode_line(record)) for record in records)
            append = _Append(tuple(records), size, asyncio.get_running_loop().create_future())
            self._queue.put_nowait(append)
            self._unanswered.add(append)
            try:
                await append.done
            finally:
                self._unanswered.discard(append)

    async def close(self, within_s: float | None = None) -> None:
        """Commits what waits, then stops. Harmless when called twice.

        After that time it stops anyhow, and tells everybody who waits; a commit that is under way may still work.
        """
        if not self._closing:
            self._closing = True
            self._queue.put_nowait(None)
        await asyncio.wait({self._task}, timeout=within_s)
        self._task.cancel()
        self._refuse(self._unanswered, TimeoutError("the disk has not answered in time"))

    async def _run(self) -> None:
        while batch := await self._next_batch():
            await self._commit(batch)

    async def _next_batch(self) -> list[_Append]:
        batch: list[_Append] = []
        records = size = 0
        while not batch or not (self._queue.empty() or records >= BATCH_RECORDS or size >= BATCH_BYTES):
            append = await self._queue.get()
            if append is None:
                if batch:
                    self._queue.put_nowait(None)
                break
            batch.append(append)
            records += len(append.records)
            size += append.bytes
        return batch

    async def _commit(self, batch: list[_Append]) -> None:
        try:
            await self._transaction([record for append in batch for record in append.records])
        except OperationalError as error:
            self._refuse(batch, error)
        except Exception as error:  # noqa: BLE001 - goes to the one who appended, who is waiting for it
            if len(batch) == 1:
                self._refuse(batch, error)
            else:
                for append in batch:
                    await self._commit([append])
        else:
            for append in batch:
                if not append.done.done():
                    append.done.set_result(None)

    async def _transaction(self, records: Sequence[Record]) -> None:
        await self._database.transaction(partial(self._write, records))

    def _write(self, records: Sequence[Record], connection: Connection) -> None:
        self._database.check()  # some microseconds; whoever asks for the store's trouble hears of it
        write(connection, records, self._node_id)

    def _refuse(self, batch: Iterable[_Append], error: Exception) -> None:
        for append in batch:
            if not append.done.done():
                append.done.set_exception(self._refusal(append, error))

    def _refusal(self, append: _Append, error: Exception) -> StoreError:
        kind = UnstorableError if isinstance(error, IntegrityError | ValueError) else StoreError
        refusal = kind(f"{self._database.path}: {_names(append.records)} not stored: {_cause(error)}")
        refusal.__cause__ = error
        return refusal


def _names(records: Sequence[Record]) -> str:
    first, *others = records
    return f"{first.call_id!r} no. {first.seq}" + (f" and {len(others)} more" if others else "")


def _cause(error: Exception) -> str:
    match error:
        case IntegrityError() if "FOREIGN KEY" in str(error.orig):
            return "the call's CallStarted was never stored"
        case IntegrityError() if call_claims.name in str(error.orig):
            return "another call of that id is live"
        case IntegrityError():
            return f"something is already stored under that number ({error.orig})"
        case OperationalError():
            return str(error.orig)
    return str(error)


def write(connection: Connection, records: Sequence[Record], node_id: str) -> None:
    """Everything that these records change, within the caller's transaction."""
    take_claims(connection, records, node_id)
    insert_records(connection, records, node_id)
    release_claims(connection, records)
    for call_id in {record.call_id for record in records if changes_counts(record.event)}:
        _recount(connection, call_id)
    feed(connection, records)
    delete_parts(connection, records)
    record_audit(connection, *_audited(records), *audited_parts(records))


def insert_records(connection: Connection, records: Sequence[Record], node_id: str) -> None:
    """The records' own rows, and what they change in their calls'."""
    added = (
        (_NEW_CALL, rows.call_rows(records, node_id)),
        (insert(events), [rows.event_row(record) for record in records]),
        (_NEW_LINE, [row | {"of_call": row["call_id"], "at": row["seq"]} for row in rows.final_rows(records)]),
    )
    _execute(connection, added)
    correct_finals(connection, records)
    for row in rows.identity_rows(records):
        name_people(connection, row)
    _execute(connection, ((_PROGRESS, rows.progress_rows(records)), (_ENDING, rows.ending_rows(records))))


def _execute(connection: Connection, changes: Iterable[tuple[Insert | Update, Sequence[rows.Row]]]) -> None:
    for statement, parameters in changes:
        if parameters:
            connection.execute(statement, parameters)


def _audited(records: Sequence[Record]) -> Iterator[NewEntry]:
    """What people did with alerts, notes and lines, who coached, told of a consent or who speaks; never words."""
    for told in records:
        if isinstance(told.event, AlertChanged) and told.event.by != SERVER:
            detail = {"alert_id": told.event.alert_id, "state": told.event.state, "seq": told.seq}
            yield NewEntry(who=told.event.by, what="alert.changed", call_id=told.call_id, detail=detail)
        elif isinstance(told.event, CoachingSent | CoachingWithdrawn):
            what = "coaching.sent" if isinstance(told.event, CoachingSent) else "coaching.withdrawn"
            detail = {"coaching_id": told.event.coaching_id, "seq": told.seq}
            yield NewEntry(who=told.event.by, what=what, call_id=told.call_id, detail=detail)
        elif isinstance(told.event, LineCorrected):
            detail = {"speaker": told.event.speaker, "utterance": told.event.utterance, "seq": told.seq}
            yield NewEntry(who=told.event.by, what="line.corrected", call_id=told.call_id, detail=detail)
        elif isinstance(told.event, NoteChanged):
            what = "note.deleted" if told.event.deleted else "note.changed"
            detail = {"note_id": told.event.note.note_id, "seq": told.seq}
            yield NewEntry(who=told.event.by, what=what, call_id=told.call_id, detail=detail)
        elif isinstance(told.event, ConsentChanged):
            detail = {"consent": told.event.consent}
            yield NewEntry(who=told.event.by, what="consent.changed", call_id=told.call_id, detail=detail)
        elif isinstance(told.event, CallIdentified):
            named = {"agent": told.event.agent.id, "team": told.event.agent.team}
            yield NewEntry(who=told.event.by, what="call.identified", call_id=told.call_id, detail=named)


def _recount(connection: Connection, call_id: str) -> None:
    stored = select(events.c.body).where(events.c.call_id == call_id, events.c.type.in_(COUNTED))
    in_order = connection.scalars(stored.order_by(events.c.seq))
    counts = count(rows.record_of(body).event for body in in_order)
    connection.execute(update(calls).where(calls.c.call_id == call_id).values(counts.as_row()))


def _sum(name: str) -> ColumnElement[int]:
    return calls.c[name] + bindparam(f"add_{name}")


def _max(name: str) -> ColumnElement[int]:
    new: ColumnElement[int] = bindparam(f"add_{name}")
    return case((calls.c[name] < new, new), else_=calls.c[name])


def _of_call() -> Update:
    return update(calls).where(calls.c.call_id == bindparam("of_call"))


_newest = calls.alias("newest")
_NEW_CALL = insert(calls).values(number=select(func.coalesce(func.max(_newest.c.number), 0) + 1).scalar_subquery())
_NEW_LINE = insert(finals).values(
    id=select(calls.c.number * CALL_LINES + bindparam("at"))
    .where(calls.c.call_id == bindparam("of_call"))
    .scalar_subquery()
)
_PROGRESS = _of_call().values(
    {name: _sum(name) for name in ("refusals", "recovered", "dead_ends", "prompts", "alerts", "unresolved")}
    | {name: _max(name) for name in ("last_seq", "duration_ms", "worst")}
)
_ENDING = _of_call().values({name: bindparam(f"set_{name}") for name in ("status", "end_reason", "error")})
