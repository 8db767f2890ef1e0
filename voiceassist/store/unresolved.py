"""Finished calls with unresolved alerts, newest first, as rows of the wall. Reads only.

Next: `app.py` puts the newest on the wall when the server starts; `server/wall.py` gives out the older ones.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, func, or_, select, tuple_
from sqlalchemy.sql import ColumnElement

from voiceassist.core.screen.wall import WALL_EVENTS, WallRow, row_of
from voiceassist.errors import PeerError
from voiceassist.events import CallStarted, Final, Record
from voiceassist.store.call_scope import CallScope
from voiceassist.store.places import ListPlace, cursor_of
from voiceassist.store.rows import record_of
from voiceassist.store.schema import calls, events
from voiceassist.wire import type_name

log = structlog.get_logger(__name__)

# A row shows the last words only: of the finals of an hour, one is read.
_TYPES = tuple(type_name(event) for event in WALL_EVENTS if event is not Final)


@dataclass(frozen=True, slots=True, kw_only=True)
class WallPage:
    """Part of the finished calls with unresolved alerts."""

    rows: tuple[WallRow, ...]
    next: str | None  # pass it as `before` for the next page; None: this was the last


def unresolved_page(
    connection: Connection, limit: int, before: ListPlace | None, since_us: int | None, scope: CallScope
) -> WallPage:
    """The newest ones, or those that come after a place; none that began before `since_us`."""
    order = tuple_(calls.c.started_us, calls.c.call_id)
    wanted = select(calls.c.started_us, calls.c.call_id).where(_unresolved(since_us), scope.condition())
    wanted = wanted.where(order < before) if before else wanted
    wanted = wanted.order_by(calls.c.started_us.desc(), calls.c.call_id.desc()).limit(limit + 1)
    found = [(started_us, call_id) for started_us, call_id in connection.execute(wanted)]
    shown = found[:limit]
    rows = [unresolved_row(connection, call_id) for _, call_id in shown]
    return WallPage(rows=tuple(filter(None, rows)), next=cursor_of(shown[-1]) if len(found) > limit else None)


def count_unresolved(connection: Connection, since_us: int | None) -> Counter[tuple[str, str]]:
    """How many there are, by the id and the team of the agent."""
    agent = calls.c.agent_id, calls.c.agent_team
    counted = select(*agent, func.count()).where(_unresolved(since_us)).group_by(*agent)
    return Counter({(id_, team): number for id_, team, number in connection.execute(counted)})


def _unresolved(since_us: int | None) -> ColumnElement[bool]:
    unresolved = (calls.c.unresolved > 0) & (calls.c.status != "live")
    return unresolved if since_us is None else unresolved & (calls.c.started_us >= since_us)


def unresolved_row(connection: Connection, call_id: str) -> WallRow | None:
    """What can be read of the call; None when its beginning cannot."""
    records = list(_records(connection, call_id))
    return row_of(records) if records and isinstance(records[0].event, CallStarted) else None


def _records(connection: Connection, call_id: str) -> Iterator[Record]:
    """Leaves out an event that cannot be read: it must keep neither the server from starting nor other rows."""
    of_call = events.c.call_id == call_id
    last_final = select(func.max(events.c.seq)).where(of_call, events.c.type == type_name(Final)).scalar_subquery()
    shown = or_(events.c.type.in_(_TYPES), events.c.seq == last_final)
    for seq, body in connection.execute(
        select(events.c.seq, events.c.body).where(of_call, shown).order_by(events.c.seq)
    ):
        try:
            yield record_of(body)
        except PeerError as error:
            log.warning("stored event cannot be read", call_id=call_id, seq=seq, error=str(error))
