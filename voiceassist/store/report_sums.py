"""Adds up what each report is made of, for the calls that began in a stretch of time. Reads only.

The tables of facts are in the order in which calls began: a stretch of time is a stretch of each. Sums of two
stretches can be added, so a period is the sum of its steps.
Next: `reports.py` makes rows of the sums.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Select, case, distinct, func, select, union

from voiceassist.reports.definitions import ReportId
from voiceassist.store.kpi_sums import CallsOf
from voiceassist.store.periods import Span
from voiceassist.store.schema import (
    RULE_NUMBERS,
    fact_abuse,
    fact_alternatives,
    fact_calls,
    fact_disclosures,
    fact_policies,
    fact_promises,
    fact_rules,
)

QUARTER_US = 15 * 60 * 1_000_000  # every time zone begins its hours at one of these
CUSTOMERS_KINDS = ("churn", "escalation", "frustration", "legal_threat", "purchase_intent")
"""What customers say that tells why they call."""


@dataclass(frozen=True, slots=True)
class RowSums:
    """What the calls of one row add up to."""

    name: str  # what people call the row
    sums: dict[str, int]
    opens: Mapping[str, str] = field(default_factory=dict)  # what a list of its calls is filtered by


@dataclass(frozen=True, slots=True)
class PartSums:
    """All of one report in a stretch of time."""

    rows: Mapping[str, RowSums]  # by the row's key
    shared: Mapping[str, int]  # sums that every row and the total have
    total: Mapping[str, int]  # of all rows; what several rows count is in it once, where it can be told


Rows = Iterator[tuple[str, RowSums]]


def report_sums(connection: Connection, of: ReportId, span: Span, which: CallsOf, zone: ZoneInfo) -> PartSums:
    """The sums of every row; `zone`: whose hours."""
    rows = dict(_SOURCES[of](connection, span, which, zone))
    if of == "reasons":
        within = which.within(span, fact_calls.c)
        every = connection.scalar(select(func.count()).select_from(fact_calls).where(*within)) or 0
        shared = {"all_calls": every}
        return PartSums(rows, shared, {"calls": _with_reason(connection, span, which), **shared})
    total: Counter[str] = Counter()
    for row in rows.values():
        total.update(row.sums)
    return PartSums(rows, {}, total)


def _refusals(connection: Connection, span: Span, which: CallsOf, _: ZoneInfo) -> Rows:
    names = ("refusals", "closed", "recovered", "dead_ends", "offered", "taken")
    for row in _grouped(connection, span, which, [fact_policies.c.topic], names):
        opens = {"topic": row["topic"]} if row["topic"] else {}
        yield row["topic"], RowSums(row["topic"], _picked(row, names), opens)


def _offers(connection: Connection, span: Span, which: CallsOf, _: ZoneInfo) -> Rows:
    names, facts = ("offered", "taken", "recovered"), fact_alternatives
    keys = [facts.c.playbook, facts.c.alternative]
    for row in _grouped(connection, span, which, keys, names, func.max(facts.c.text).label("text")):
        opens = {"playbook": row["playbook"], "outcome": "taken"}
        yield f"{row['playbook']}/{row['alternative']}", RowSums(row["text"], _picked(row, names), opens)


def _reasons(connection: Connection, span: Span, which: CallsOf, _: ZoneInfo) -> Rows:
    for row in _grouped(connection, span, which, [fact_policies.c.topic], (), _CALLS):
        if topic := row["topic"]:
            yield f"topic/{topic}", RowSums(topic, {"calls": row["calls"]}, {"topic": topic})
    kinds = _of_rules(span, which, [fact_rules.c.kind], func.count(distinct(fact_rules.c.call_id)).label("calls"))
    for row in connection.execute(kinds.where(*_TOLD_BY_CUSTOMERS)).mappings():
        yield f"kind/{row['kind']}", RowSums(row["kind"], {"calls": row["calls"]}, {"kind": row["kind"]})


def _with_reason(connection: Connection, span: Span, which: CallsOf) -> int:
    """How many calls have a topic or such a cue."""
    facts = fact_policies.c
    topics = select(facts.call_id).where(facts.topic != "", *which.within(span, facts))
    kinds = _of_rules(span, which, [fact_rules.c.call_id]).where(*_TOLD_BY_CUSTOMERS)
    return connection.scalar(select(func.count()).select_from(union(topics, kinds).subquery())) or 0


def _promises(connection: Connection, span: Span, which: CallsOf, _: ZoneInfo) -> Rows:
    facts = fact_promises.c
    sums = (
        func.count().label("promises"),
        func.sum(case((facts.outcome != "", 1), else_=0)).label("marked"),
        func.sum(case((facts.outcome == "kept", 1), else_=0)).label("kept"),
        func.sum(case((facts.outcome == "", 1), else_=0)).label("open"),
    )
    names = ("promises", "marked", "kept", "open")
    name = func.max(facts.agent_name).label("name")
    for row in _grouped(connection, span, which, [facts.agent_id], (), *sums, name):
        yield row["agent_id"], RowSums(row["name"], _picked(row, names), {"agent": row["agent_id"]})


def _disclosures(connection: Connection, span: Span, which: CallsOf, _: ZoneInfo) -> Rows:
    names, facts = ("said", "late", "missed"), fact_disclosures
    more = (func.count().label("due"), func.max(facts.c.title).label("title"))
    for row in _grouped(connection, span, which, [facts.c.disclosure], names, *more):
        yield row["disclosure"], RowSums(row["title"], _picked(row, ("due", *names)))


def _rules(connection: Connection, span: Span, which: CallsOf, _: ZoneInfo) -> Rows:
    keys = [fact_rules.c.playbook, fact_rules.c.kind, fact_rules.c.rule]
    sums = [func.sum(fact_rules.c[name]).label(name) for name in RULE_NUMBERS]
    for row in connection.execute(_of_rules(span, which, keys, *sums)).mappings():
        opens = {"playbook": row["playbook"], "kind": row["kind"]}
        key = f"{row['playbook']}/{row['kind']}/{row['rule']}"
        yield key, RowSums(f"{row['rule']} ({row['kind']}, {row['playbook']})", _picked(row, RULE_NUMBERS), opens)


def _abuse_hours(connection: Connection, span: Span, which: CallsOf, zone: ZoneInfo) -> Rows:
    # Integers are divided without a rest.
    quarter = (fact_abuse.c.at_us // QUARTER_US).label("quarter")
    wanted = select(quarter, func.count().label("abuse")).where(*which.within(span, fact_abuse.c))
    hours = {f"{hour:02}": 0 for hour in range(24)}
    for number, count in connection.execute(wanted.group_by(quarter)):
        at = datetime.fromtimestamp(number * QUARTER_US // 1_000_000, UTC).astimezone(zone)
        hours[f"{at.hour:02}"] += count
    for hour, count in hours.items():
        yield hour, RowSums(f"{hour}:00", {"abuse": count})


def _abuse_agents(connection: Connection, span: Span, which: CallsOf, _: ZoneInfo) -> Rows:
    names, facts = ("abuse", "duration_ms"), fact_calls
    name = func.max(facts.c.agent_name).label("name")
    for row in _grouped(connection, span, which, [facts.c.agent_id], names, name, _CALLS):
        sums = _picked(row, ("calls", *names))
        yield row["agent_id"], RowSums(row["name"], sums, {"agent": row["agent_id"]})


_CALLS = func.count().label("calls")
_TOLD_BY_CUSTOMERS = (fact_rules.c.kind.in_(CUSTOMERS_KINDS), fact_rules.c.fired > 0)


def _grouped(
    connection: Connection,
    span: Span,
    which: CallsOf,
    keys: Sequence[Column[Any]],
    names: Sequence[str],
    *more: ColumnElement[Any],
) -> Iterator[RowMapping]:
    """By these columns of one table: the sums of others of it, and what more is wanted."""
    facts = keys[0].table
    sums = [func.sum(facts.c[name]).label(name) for name in names]
    wanted = select(*keys, *sums, *more).where(*which.within(span, facts.c)).group_by(*keys)
    yield from connection.execute(wanted).mappings()


def _of_rules(
    span: Span, which: CallsOf, keys: Sequence[ColumnElement[Any]], *sums: ColumnElement[Any]
) -> Select[Any]:
    """Rules say nothing of agents: their calls do, where it matters whose they are."""
    facts = fact_rules.c
    wanted = select(*keys, *sums).where(facts.started_us >= span.since_us, facts.started_us < span.until_us)
    if not (which.scope.everything and which.team is None and which.agent is None):
        same = (fact_calls.c.started_us == facts.started_us) & (fact_calls.c.call_id == facts.call_id)
        wanted = wanted.join(fact_calls, same).where(*which.within(span, fact_calls.c))
    return wanted.group_by(*keys)


def _picked(row: RowMapping, names: Sequence[str]) -> dict[str, int]:
    return {name: row[name] for name in names}


_SOURCES: Mapping[ReportId, Callable[[Connection, Span, CallsOf, ZoneInfo], Rows]] = {
    "refusals": _refusals,
    "offers": _offers,
    "reasons": _reasons,
    "promises": _promises,
    "disclosures": _disclosures,
    "rules": _rules,
    "abuse_hours": _abuse_hours,
    "abuse_agents": _abuse_agents,
}
