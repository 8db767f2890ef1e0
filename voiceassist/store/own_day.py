"""One agent's own day: their key figures, and what they promised by a day or a time. Nobody else's, no comparison.

Reads only. What was promised goes with the words of its call.
Next: `server/kpis.py` gives it out.
"""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping, func, select

from voiceassist.actions import PromiseOutcome
from voiceassist.kpis.values import Value
from voiceassist.store.call_scope import CallScope
from voiceassist.store.kpis import KpiQuestion, kpi_report
from voiceassist.store.rows import iso_of, microseconds
from voiceassist.store.schema import calls, fact_promises

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
    utterance: int
    at_ms: int  # of call audio
    at: str  # ISO 8601
    outcome: PromiseOutcome  # as somebody marked it; empty: nobody has


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
    facts = fact_promises.c
    theirs = (func.lower(facts.agent_id) == agent_id.lower(), scope.condition())
    wanted = (
        select(fact_promises, calls.c.customer_name, calls.c.language)
        .join(calls, calls.c.call_id == facts.call_id)
        .where(facts.started_us >= since_us, facts.started_us < until_us, *theirs)
        .order_by(facts.started_us.desc(), facts.start_ms.desc())
        .limit(PROMISES)
    )
    return tuple(_promise(row) for row in connection.execute(wanted).mappings())


def _promise(row: RowMapping) -> MadePromise:
    return MadePromise(
        call_id=row["call_id"],
        customer=row["customer_name"],
        language=row["language"],
        words=row["words"],
        when=row["due"],
        utterance=row["utterance"],
        at_ms=row["start_ms"],
        at=iso_of(row["started_us"] + row["start_ms"] * 1000),
        outcome=row["outcome"],
    )
