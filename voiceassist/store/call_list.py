"""Lists of calls, newest first, page by page: by what was said in them, by filters, or behind a key figure.

Reads only. What a page costs depends on how many calls are stored, and not on how deep in the list it is: 100,000
calls are looked through in some 20 ms. Next: `store.py` gives them out.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, tuple_

from voiceassist.store import search
from voiceassist.store.call_filter import EVERY, CallFilter
from voiceassist.store.call_scope import EVERY_CALL, CallScope
from voiceassist.store.found_lines import found_lines
from voiceassist.store.kpi_sums import CallsBehind, column_of
from voiceassist.store.places import ListPlace, cursor_of
from voiceassist.store.query import Query, QueryDoubt
from voiceassist.store.rows import CallSummary, Row, summary_of
from voiceassist.store.schema import calls, fact_calls


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCalls:
    """Which calls are asked for: those that all of this holds of."""

    query: Query = field(default_factory=Query)
    filter: CallFilter = EVERY
    scope: CallScope = EVERY_CALL
    behind: CallsBehind | None = None  # those that a key figure is made of

    @property
    def is_nothing(self) -> bool:
        """Whether no call can be found by what was typed."""
        return any(doubt.code == "no_words" for doubt in self.query.doubts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Part of a list of calls."""

    calls: tuple[CallSummary, ...]
    next: str | None  # pass it as `before` for the next page; None: this was the last
    doubts: tuple[QueryDoubt, ...] = ()  # what of the query was left out, or taken for something else


def page_of(connection: Connection, wanted: AskedCalls, limit: int, place: ListPlace | None) -> Page:
    """The newest calls that are wanted, or those that come after a place."""
    terms, doubts = wanted.query.terms, wanted.query.doubts
    if wanted.is_nothing:
        return Page(calls=(), next=None, doubts=doubts)
    found = _calls(connection, wanted, limit + 1, place)
    shown = found[:limit]
    lines = found_lines(connection, terms, shown) if terms and shown else {}
    return Page(
        calls=tuple(summary_of(row, lines.get(row["call_id"], ())) for row in shown),
        next=cursor_of((shown[-1]["started_us"], shown[-1]["call_id"])) if len(found) > limit else None,
        doubts=doubts,
    )


def newest_first(connection: Connection, wanted: AskedCalls, *columns: ColumnElement[Any]) -> Select[Any]:
    """These columns of all calls that are wanted."""
    times = _times(wanted)
    query = select(*columns).select_from(calls)
    query = query.where(*wanted.filter.conditions(), wanted.scope.condition())
    query = query.where(*search.matching(connection, wanted.query.terms))
    if wanted.behind:
        query = query.join(fact_calls, fact_calls.c.call_id == calls.c.call_id)
        query = query.where(*wanted.behind.conditions(wanted.scope))
    return query.order_by(times.started_us.desc(), times.call_id.desc())


def _calls(connection: Connection, wanted: AskedCalls, limit: int, place: ListPlace | None) -> list[Row]:
    counted = [column_of(wanted.behind.counted).label("counted")] if wanted.behind else []
    query = newest_first(connection, wanted, *calls.c, *counted).limit(limit)
    times = _times(wanted)
    query = query.where(tuple_(times.started_us, times.call_id) < place) if place else query
    return [dict(row) for row in connection.execute(query).mappings()]


def _times(wanted: AskedCalls) -> Any:  # noqa: ANN401 - the columns of either table
    """The same moments in both; the facts of a period are one stretch of their table."""
    return fact_calls.c if wanted.behind else calls.c
