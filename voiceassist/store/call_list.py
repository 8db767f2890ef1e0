"""Lists of calls, newest first, page by page: by what was said in them, by customer, or behind a key figure.

Reads only. Next: `store.py` gives them out.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from voiceassist.store import search
from voiceassist.store.call_scope import CallScope
from voiceassist.store.kpi_sums import CallsBehind, column_of
from voiceassist.store.places import ListPlace, cursor_of
from voiceassist.store.rows import CallSummary, Row, summary_of
from voiceassist.store.schema import calls, fact_calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Part of a list of calls."""

    calls: tuple[CallSummary, ...]
    next: str | None  # pass it as `before` for the next page; None: this was the last


def page_of(
    connection: Connection,
    terms: search.Terms,
    limit: int,
    place: ListPlace | None,
    customer: str,
    *,
    scope: CallScope,
    behind: CallsBehind | None,
) -> Page:
    """The newest calls that are wanted, or those that come after a place. `behind`: as `Store.calls` has it."""
    found = _calls(connection, terms, limit + 1, place, customer, scope=scope, behind=behind)
    shown = found[:limit]
    lines = search.snippets(connection, terms, [row["call_id"] for row in shown]) if terms else {}
    summaries = tuple(summary_of(row, lines.get(row["call_id"])) for row in shown)
    return Page(
        calls=summaries,
        next=cursor_of((shown[-1]["started_us"], shown[-1]["call_id"])) if len(found) > limit else None,
    )


def _calls(
    connection: Connection,
    terms: search.Terms,
    limit: int,
    place: ListPlace | None,
    customer: str,
    *,
    scope: CallScope,
    behind: CallsBehind | None,
) -> list[Row]:
    times = fact_calls if behind else calls  # the same moments; the facts of a period are one stretch
    order = tuple_(times.c.started_us, times.c.call_id)
    wanted = _behind(behind, scope) if behind else select(calls)
    wanted = wanted.order_by(times.c.started_us.desc(), times.c.call_id.desc()).limit(limit)
    wanted = wanted.where(search.matching(terms)) if terms else wanted
    wanted = wanted.where(order < place) if place else wanted
    wanted = wanted.where(calls.c.customer_id == customer) if customer else wanted
    wanted = wanted.where(scope.condition())
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _behind(behind: CallsBehind, scope: CallScope) -> Select[Any]:
    wanted = select(calls, column_of(behind.counted).label("counted"))
    return wanted.join(fact_calls, fact_calls.c.call_id == calls.c.call_id).where(*behind.conditions(scope))
