"""The calls in the database: append events, read them back, list and search calls.

Durable events only; an append returns when it is committed. Never publishes and never holds a call's state
in memory: states are replayed from the events.
Next: `live/session.py` and the server append; the server's pages read.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from voiceassist.core.screen.state import CallState, replay
from voiceassist.errors import PeerError
from voiceassist.events import PastOffer, Record
from voiceassist.store import search
from voiceassist.store.database import Database, open_database, store_errors
from voiceassist.store.past_offers import past_offers
from voiceassist.store.playbooks import Playbooks
from voiceassist.store.rows import CallSummary, Row, record_of, summary_of
from voiceassist.store.schema import calls, events
from voiceassist.store.writer import Writer

__all__ = ["CallSummary", "Page", "Store", "open_store"]

ListPlace = tuple[int, str]  # started_us, call_id: a call's place in the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Part of a list of calls."""

    calls: tuple[CallSummary, ...]
    next: str | None  # pass it as `before` for the next page; None: this was the last


async def open_store(path: Path) -> "Store":
    """The database file at `path`, created or brought up to date. Raises StoreError."""
    database = await open_database(path)
    return Store(database, Writer(database))


class Store:
    """An open database; `close` it in the end. Every method raises StoreError when the disk fails."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer
        self.playbooks = Playbooks(database)

    async def append(self, records: Sequence[Record]) -> None:
        """Returns when the records are committed, together with those that other calls appended meanwhile.

        Raises StoreError, and then none of `records` is stored: the disk failed, a number is already used, or
        the call's CallStarted was never appended.
        """
        await self._writer.append(records)

    async def close(self) -> None:
        """Commits what was appended, then closes the file."""
        await self._writer.close()
        await self._database.close()

    async def records(self, call_id: str, after: int = 0) -> list[Record]:
        """The call's records with numbers above `after`; none for an unknown call."""
        wanted = select(events.c.body).where(events.c.call_id == call_id, events.c.seq > after)
        with store_errors(self._database.path, "read"):
            async with self._database.reader.connect() as connection:
                return [record_of(body) for body in await connection.scalars(wanted.order_by(events.c.seq))]

    async def has(self, call_id: str) -> bool:
        """Whether a call of that id was ever stored."""
        wanted = select(calls.c.call_id).where(calls.c.call_id == call_id)
        with store_errors(self._database.path, "read"):
            async with self._database.reader.connect() as connection:
                return await connection.scalar(wanted) is not None

    async def state(self, call_id: str) -> CallState | None:
        """The call as screens draw it; None for an unknown call."""
        records = await self.records(call_id)
        return replay(records) if records else None

    async def past_offers(self, customer_id: str, since_us: int) -> tuple[PastOffer, ...]:
        """The alternatives that this customer used since then (microseconds since 1970 UTC), oldest first."""
        return await past_offers(self._database, customer_id, since_us)

    async def unfinished(self) -> list[str]:
        """Ids of the calls that are marked live, oldest first."""
        live = select(calls.c.call_id).where(calls.c.status == "live").order_by(calls.c.started_us)
        with store_errors(self._database.path, "read"):
            async with self._database.reader.connect() as connection:
                return list(await connection.scalars(live))

    async def with_alerts(self, limit: int) -> list[str]:
        """Ids of the newest finished calls that ever had an alert, resolved or not; oldest first."""
        alerted = select(calls.c.call_id).where(calls.c.status != "live", calls.c.alerts > 0)
        wanted = alerted.order_by(calls.c.started_us.desc()).limit(limit)
        with store_errors(self._database.path, "read"):
            async with self._database.reader.connect() as connection:
                return list(await connection.scalars(wanted))[::-1]

    async def calls(self, query: str = "", limit: int = 50, before: str | None = None) -> Page:
        """The calls where what was said matches `query` (all for a blank one), newest first.

        `before` is the `next` of the page above; PeerError for anything else.
        """
        terms = search.terms_of(query)
        place = _place_of(before) if before is not None else None
        if query.strip() and not terms:
            return Page(calls=(), next=None)
        with store_errors(self._database.path, "read"):
            async with self._database.reader.connect() as connection:
                return await _page(connection, terms, limit, place)


async def _page(connection: AsyncConnection, terms: search.Terms, limit: int, place: ListPlace | None) -> Page:
    found = await _calls(connection, terms, limit + 1, place)
    shown = found[:limit]
    lines = await search.snippets(connection, terms, [row["call_id"] for row in shown]) if terms else {}
    summaries = tuple(summary_of(row, lines.get(row["call_id"])) for row in shown)
    return Page(calls=summaries, next=_cursor(shown[-1]) if len(found) > limit else None)


async def _calls(
    connection: AsyncConnection, terms: search.Terms, limit: int, place: ListPlace | None
) -> list[Row]:
    order = tuple_(calls.c.started_us, calls.c.call_id)
    wanted = select(calls).order_by(calls.c.started_us.desc(), calls.c.call_id.desc()).limit(limit)
    wanted = wanted.where(search.matching(terms)) if terms else wanted
    wanted = wanted.where(order < place) if place else wanted
    return [dict(row) for row in (await connection.execute(wanted)).mappings()]


def _cursor(row: Row) -> str:
    place = json.dumps([row["started_us"], row["call_id"]]).encode()
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def _place_of(cursor: str) -> ListPlace:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        match json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)):
            case [int(started_us), str(call_id)] if abs(started_us) < 1 << 63:
                return started_us, call_id
    except (ValueError, RecursionError):
        pass
    raise PeerError("bad_cursor", f"`before` is {cursor[:80]!r}; it must be the `next` of an earlier page")
