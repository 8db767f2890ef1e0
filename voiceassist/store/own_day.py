"""One agent's own day: their key figures, and what they promised by a day or a time. Nobody else's, no comparison.

Reads only. What was promised goes with the words of its call.
Next: `server/kpis.py` gives it out.
"""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, select

from voiceassist.events import PromiseHeard
from voiceassist.kpis.values import Value
from voiceassist.store.call_scope import CallScope
from voiceassist.store.kpis import KpiQuestion, kpi_report
from voiceassist.store.rows import iso_of, microseconds, record_of
from voiceassist.store.schema import calls, events
from voiceassist.wire import type_name

PROMISES = 50
"""The newest of a day: more than anybody can look through after a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePromise:
    """Something that the agent promised by a day or a time."""

    call_id: str
    customer: str  # name
    language: str  # BCP 47: of the words
    words: str  # as heard
    when: str  # the words among them that say by when
    at_ms: int  # of call audio
    at: str  # ISO 8601


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """What an agent's day was so far."""

    since: str  # ISO 8601
    until: str  # not in it
    values: dict[str, Value]
    promises: tuple[MadePromise, ...]  # the newest first


def own_day(connection: Connection, agent_id: str, asked: KpiQuestion, scope: CallScope) -> OwnDay:
    """The day of `asked.now`."""
    day = kpi_report(connection, replace(asked, period="today", by="none", agent=agent_id), scope).total
    promises = _promises(connection, agent_id, (microseconds(day.since), microseconds(day.until)), scope)
    return OwnDay(since=day.since, until=day.until, values=day.values, promises=promises)


def _promises(
    connection: Connection, agent_id: str, day_us: tuple[int, int], scope: CallScope
) -> tuple[MadePromise, ...]:
    since_us, until_us = day_us
    theirs = (func.lower(calls.c.agent_id) == agent_id.lower(), scope.condition())
    wanted = (
        select(events.c.body, calls.c.started_us, calls.c.customer_name, calls.c.language)
        .join(events, events.c.call_id == calls.c.call_id)
        .where(calls.c.started_us >= since_us, calls.c.started_us < until_us, *theirs)
        .where(events.c.type == type_name(PromiseHeard))
        .order_by(calls.c.started_us.desc(), events.c.seq.desc())
        .limit(PROMISES)
    )
    return tuple(_promise(*row) for row in connection.execute(wanted))


def _promise(body: str, started_us: int, customer: str, language: str) -> MadePromise:
    told = record_of(body)
    assert isinstance(told.event, PromiseHeard)
    return MadePromise(
        call_id=told.call_id,
        customer=customer,
        language=language,
        words=told.event.words,
        when=told.event.when,
        at_ms=told.event.start_ms,
        at=iso_of(started_us + told.event.start_ms * 1000),
    )
