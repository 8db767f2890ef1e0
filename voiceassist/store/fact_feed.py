"""Keeps the tables of facts: the writer feeds them in every transaction, and `rebuild` makes them from the events.

A call's own facts are made anew whenever an event that they depend on is stored. The sums per agent and day and
per hour grow when a call ends, once. Never changes an event: whatever happens to a fact, `rebuild` restores it.
Next: reports read the tables.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, func, insert, select, update

from voiceassist import wire
from voiceassist.events import CallEnded, CallFailed, Event, Record
from voiceassist.store.facts import (
    FACT_TYPES,
    CallHead,
    activity_rows,
    alert_rows,
    call_row,
    offer_rows,
    refusal_rows,
    topic_rows,
)
from voiceassist.store.mark_facts import mention_rows, tag_rows
from voiceassist.store.report_facts import abuse_rows, alternative_rows, disclosure_rows, policy_rows, promise_rows
from voiceassist.store.rows import Row, record_of
from voiceassist.store.rule_facts import rule_rows
from voiceassist.store.schema import (
    calls,
    events,
    fact_abuse,
    fact_activity,
    fact_agents,
    fact_alerts,
    fact_alternatives,
    fact_calls,
    fact_disclosures,
    fact_hours,
    fact_mentions,
    fact_offers,
    fact_policies,
    fact_promises,
    fact_refusals,
    fact_rules,
    fact_tags,
    fact_topics,
)

OF_REPORTS: Mapping[Table, Callable[[CallHead, Sequence[Event]], list[Row]]] = {
    fact_policies: policy_rows,
    fact_alternatives: alternative_rows,
    fact_abuse: abuse_rows,
    fact_promises: promise_rows,
    fact_disclosures: disclosure_rows,
}
OF_CALL = (
    *(fact_refusals, fact_offers, fact_alerts, fact_topics, fact_activity, fact_rules, fact_tags, fact_mentions),
    *OF_REPORTS,
    fact_calls,
)
SUMS = (fact_agents, fact_hours)
FACT_TABLES = (*OF_CALL, *SUMS)

Facts = Mapping[Table, list[Row]]
Progress = Callable[[list[str]], Iterable[str]]

PEOPLE = ("agent_id", "agent_name", "agent_team", "customer_id", "customer_name", "customer_tier")
_NAMES = (
    update(calls)
    .where(calls.c.call_id == bindparam("of_call"))
    .values({name: bindparam(f"set_{name}") for name in PEOPLE})
)
RENEWED_BY = frozenset({*FACT_TYPES, "call_started"})
_GROWN = (
    update(fact_calls)
    .where(fact_calls.c.call_id == bindparam("of_call"))
    .values(
        duration_ms=select(calls.c.duration_ms).where(calls.c.call_id == bindparam("of_call")).scalar_subquery()
    )
)
SUMMED = ("duration_ms", "refusals", "recovered", "dead_ends", "prompts", "alerts")
"""Columns of `calls` that the sums add up."""


def feed(connection: Connection, records: Sequence[Record]) -> None:
    """What these records, which are stored, change in the facts; within the caller's transaction."""
    changed = {record.call_id for record in records if wire.type_name(type(record.event)) in RENEWED_BY}
    for call_id in sorted(changed):
        renew_facts(connection, call_id)
    grown = {record.call_id for record in records} - changed
    if grown:
        connection.execute(_GROWN, [{"of_call": call_id} for call_id in sorted(grown)])
    for record in records:
        if isinstance(record.event, CallEnded | CallFailed):
            _add_to_sums(connection, record.call_id)


def renew_facts(connection: Connection, call_id: str) -> None:
    """Makes a call's own facts anew from its events."""
    _clear(connection, OF_CALL, call_id)
    _add_facts(connection, call_id)


def name_people(connection: Connection, row: Row) -> None:
    """Other people are now known to speak in a call; one that is over moves to the sums of its new agent."""
    call_id = row["of_call"]
    take_from_sums(connection, call_id)
    connection.execute(_NAMES, row)
    _add_to_sums(connection, call_id)


def take_from_sums(connection: Connection, call_id: str) -> None:
    """Takes a finished call, which is about to be deleted, out of the sums."""
    _add_to_sums(connection, call_id, times=-1)
    for table in SUMS:
        connection.execute(delete(table).where(table.c.calls == 0))


def rebuild(connection: Connection, progress: Progress = iter) -> int:
    """Makes all facts again from the events; returns of how many calls. `progress` is told every call."""
    call_ids = list(connection.scalars(select(calls.c.call_id).order_by(calls.c.started_us)))
    for table in FACT_TABLES:
        connection.execute(delete(table))
    for call_id in progress(call_ids):
        _add_facts(connection, call_id)
        _add_to_sums(connection, call_id)
    return len(call_ids)


def sizes(connection: Connection) -> dict[str, int]:
    """How many rows every table of facts has."""
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in FACT_TABLES}


def _clear(connection: Connection, tables: Iterable[Table], call_id: str) -> None:
    for table in tables:
        connection.execute(delete(table).where(table.c.call_id == call_id))


def _add_facts(connection: Connection, call_id: str) -> None:
    head = select(*(calls.c[one.name] for one in fields(CallHead))).where(calls.c.call_id == call_id)
    call = CallHead(**connection.execute(head).mappings().one())
    wanted = select(events.c.body).where(events.c.call_id == call_id, events.c.type.in_(FACT_TYPES))
    records = [record_of(body) for body in connection.scalars(wanted.order_by(events.c.seq))]
    insert_facts(connection, [facts_of(call, records)])


def facts_of(call: CallHead, records: Sequence[Record]) -> Facts:
    """All of one call, made of its records in order, of which only some types matter."""
    told = [record.event for record in records]
    refusals = refusal_rows(call, told)
    return {
        fact_refusals: refusals,
        fact_offers: offer_rows(call, told),
        fact_alerts: alert_rows(call, told),
        fact_topics: topic_rows(call, refusals),
        fact_activity: activity_rows(call, records),
        fact_rules: rule_rows(call.call_id, call.started_us, told),
        fact_tags: tag_rows(call, told),
        fact_mentions: mention_rows(call, told),
        **{table: rows_of(call, told) for table, rows_of in OF_REPORTS.items()},
        fact_calls: [call_row(call, told)],
    }


def insert_facts(connection: Connection, of_calls: Sequence[Facts]) -> None:
    """Of calls that have none yet."""
    for table in OF_CALL:
        _insert(connection, table, [row for facts in of_calls for row in facts[table]])


def _insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    # An id that a call used twice must not keep the call from being stored: the later one counts.
    by_key = {tuple(row[column.name] for column in table.primary_key): row for row in rows}
    if by_key:
        connection.execute(insert(table), list(by_key.values()))


def _add_to_sums(connection: Connection, call_id: str, times: int = 1) -> None:
    """Adds a finished call; one that is live counts when it ends."""
    wanted = select(calls).where(calls.c.call_id == call_id, calls.c.status != "live")
    call = connection.execute(wanted).mappings().one_or_none()
    if call is None:
        return
    day, hour = call["started_at"][: len("YYYY-MM-DD")], call["started_at"][: len("YYYY-MM-DDTHH")]
    added = {name: times * call[name] for name in SUMMED} | {"calls": times}
    _add(connection, fact_agents, {"agent_id": call["agent_id"], "day": day}, added)
    _add(connection, fact_hours, {"hour": hour}, added)


def _add(connection: Connection, table: Table, place: Row, added: Row) -> None:
    here: ColumnElement[bool] = and_(*(table.c[name] == value for name, value in place.items()))
    grown = update(table).where(here).values({name: table.c[name] + number for name, number in added.items()})
    if not connection.execute(grown).rowcount:
        connection.execute(insert(table), place | added)
