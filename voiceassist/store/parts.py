"""Parts of a call that are deleted while the call itself stays: its recording, or every word of it.

`delete_parts` runs in the writer's transaction that stores `PartDeleted`: the event, the audit's entry and what
both tell are stored together. Never touches a recording: whoever writes the event has deleted it already. The
full-text index forgets at once which calls had a word, but the word itself stays in it until `tidy_index` has gone
over it.
Next: `retention_queries.py` asks which parts are due.
"""

from collections.abc import Iterator, Sequence
from time import time_ns

from sqlalchemy import Connection, bindparam, delete, select, text, update

from voiceassist import wire
from voiceassist.events import CallPart, PartDeleted, Record
from voiceassist.store.audit import NewEntry
from voiceassist.store.fact_feed import renew_facts
from voiceassist.store.rows import record_of
from voiceassist.store.schema import calls, events
from voiceassist.store.wordless import ALSO_WORDS, ONLY_WORDS, without_words

NO_RECORDING = 0  # in `audio_deleted_us`: when its time came there was none

ONLY_TYPES = tuple(wire.type_name(cls) for cls in ONLY_WORDS)
ALSO_TYPES = tuple(wire.type_name(cls) for cls in ALSO_WORDS)

INDEX_PAGES = 200
"""Written by one step of `tidy_index`. A call's commit waits 40 ms for it at 100,000 lines, 130 ms at a million.

All steps for a million lines take 4 s of a processor; making the index again at once holds the writer for 13 s."""

BEGIN_MERGE = text("INSERT INTO finals_text(finals_text, rank) VALUES ('merge', :pages)").bindparams(
    pages=-INDEX_PAGES
)
MERGE = text("INSERT INTO finals_text(finals_text, rank) VALUES ('merge', :pages)").bindparams(pages=INDEX_PAGES)
CHANGES = text("SELECT total_changes()")
IDLE_CHANGES = 2  # what a merge that finds nothing to do changes (SQLite, FTS5 section 6.8: fewer than 2)


def delete_parts(connection: Connection, records: Sequence[Record]) -> None:
    """What these records say was deleted is, within the caller's transaction."""
    for record in records:
        if isinstance(record.event, PartDeleted):
            _delete(connection, record.call_id, record.event.part)


def audited_parts(records: Sequence[Record]) -> Iterator[NewEntry]:
    """Who deleted which part of which call."""
    for told in records:
        if isinstance(told.event, PartDeleted):
            yield NewEntry(who=told.event.by, what=f"call.{told.event.part}_deleted", call_id=told.call_id)


def mark_without_recording(connection: Connection, call_id: str) -> None:
    """It never had a recording, or has none any more: nobody need look again."""
    connection.execute(update(calls).where(calls.c.call_id == call_id).values(audio_deleted_us=NO_RECORDING))


def tidy_index(connection: Connection, *, begins: bool) -> bool:
    """One step of writing the index anew, without words that no call has; whether there is more to do."""
    before = connection.scalar(CHANGES) or 0
    connection.execute(BEGIN_MERGE if begins else MERGE)
    return (connection.scalar(CHANGES) or 0) - before >= IDLE_CHANGES


def _delete(connection: Connection, call_id: str, part: CallPart) -> None:
    values = {f"{part}_deleted_us": time_ns() // 1000}
    connection.execute(update(calls).where(calls.c.call_id == call_id).values(values))
    if part == "transcript":
        _delete_words(connection, call_id)


def _delete_words(connection: Connection, call_id: str) -> None:
    of_call = events.c.call_id == call_id
    connection.execute(
        delete(events).where(of_call, events.c.type.in_(ONLY_TYPES))
    )  # and so its lines: the schema
    bodies = connection.execute(select(events.c.seq, events.c.body).where(of_call, events.c.type.in_(ALSO_TYPES)))
    left = [{"at": seq, "new": _wordless(body)} for seq, body in bodies]
    if left:
        change = update(events).where(of_call, events.c.seq == bindparam("at")).values(body=bindparam("new"))
        connection.execute(change, left)
    renew_facts(connection, call_id)


def _wordless(body: str) -> str:
    told = record_of(body)
    return wire.encode_line(Record(call_id=told.call_id, seq=told.seq, event=without_words(told.event)))
