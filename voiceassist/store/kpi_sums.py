"""Adds up the facts of calls that began in a stretch of time: all together, or for each team or agent.

`fact_calls` is in the order in which calls began: a stretch of time is a stretch of the table. Reads only.
Next: `kpis.py` makes reports of the sums; `call_list.py` lists the calls behind one of them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select

from voiceassist.kpis.definitions import BY_ID, DIFFERENCES, OF_EVERY_CALL, Sum
from voiceassist.kpis.values import Waits
from voiceassist.store.call_scope import CallScope
from voiceassist.store.periods import Span
from voiceassist.store.schema import CALL_SUMS, fact_alerts, fact_calls

By = Literal["none", "team", "agent"]
Part = Literal["part", "whole"]
GroupKey = tuple[str, str]  # team, agent's id; empty where it is of all
ALL: GroupKey = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsOf:
    """Whose calls are wanted."""

    scope: CallScope
    team: str | None = None  # empty: calls of no team; None: of all
    agent: str | None = None  # an agent's id

    def within(self, span: Span, columns: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - of a table of facts
        """As conditions of rows with these columns."""
        found = [columns.started_us >= span.since_us, columns.started_us < span.until_us]
        if self.team is not None:
            found.append(columns.agent_team == self.team)
        if self.agent is not None:
            found.append(func.lower(columns.agent_id) == self.agent.lower())
        return [*found, self.scope.of_facts(columns)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsBehind:
    """Whose calls a figure is made of."""

    kpi: str  # its id, which must be one of ours
    part: Part
    span: Span
    team: str | None = None
    agent: str | None = None

    @property
    def counted(self) -> Sum:
        """What of a call counts; the whole of a figure that has none is the figure itself."""
        kpi = BY_ID[self.kpi]
        return kpi.whole or kpi.part if self.part == "whole" else kpi.part

    def conditions(self, scope: CallScope) -> list[ColumnElement[bool]]:
        """Of rows of `fact_calls`: that the call is behind the figure."""
        which = CallsOf(scope=scope, team=self.team, agent=self.agent).within(self.span, fact_calls.c)
        return which if self.counted in OF_EVERY_CALL else [column_of(self.counted) > 0, *which]


@dataclass(frozen=True, slots=True)
class Added:
    """What the calls of one group add up to."""

    name: str  # the agent's; empty: of more than one
    sums: dict[Sum, int]


def column_of(name: Sum) -> ColumnElement[int]:
    """How much one call adds to a sum."""
    if name == "calls":
        return literal(1)
    if name in DIFFERENCES:
        more, less = DIFFERENCES[name]
        return fact_calls.c[more] - fact_calls.c[less]
    column: ColumnElement[int] = fact_calls.c[name]
    return column


def sums_of(connection: Connection, span: Span, which: CallsOf, by: By) -> dict[GroupKey, Added]:
    """The sums of every group; of a group without calls there are none."""
    facts, keys = fact_calls.c, _keys(fact_calls.c, by)
    name = func.max(facts.agent_name) if by == "agent" else literal("")
    sums = [func.sum(facts[one]).label(one) for one in CALL_SUMS]
    wanted = select(*keys, name.label("name"), func.count().label("calls"), *sums)
    rows = connection.execute(wanted.where(*which.within(span, facts)).group_by(*keys)).mappings()
    names: Sequence[Any] = ("calls", *CALL_SUMS)
    return {_key(row): Added(row["name"], {one: row[one] for one in names}) for row in rows if row["calls"]}


def waits_of(connection: Connection, span: Span, which: CallsOf, by: By) -> dict[GroupKey, Waits]:
    """How long alerts waited, by nearest rank: a wait that really was, and none between two."""
    found: dict[GroupKey, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(_ranked(span, which, by)).mappings():
        for name, percent in (("median_ms", 50), ("p90_ms", 90)):
            if row["rank"] == (row["count"] * percent + 99) // 100:
                found[_key(row)][name] = row["ack_ms"]
    return {key: Waits(**waits) for key, waits in found.items()}


def _ranked(span: Span, which: CallsOf, by: By) -> Select[Any]:
    """The two waits of every group that are its median and its ninetieth percentile."""
    waits, keys = fact_alerts.c, _keys(fact_alerts.c, by)
    rank = func.row_number().over(partition_by=keys or None, order_by=waits.ack_ms).label("rank")
    count = func.count().over(partition_by=keys or None).label("count")
    known = (waits.ack_ms.is_not(None), *which.within(span, waits))
    ranked = select(*keys, waits.ack_ms, rank, count).where(*known).subquery()
    median, p90 = ((ranked.c["count"] * percent + 99) // 100 for percent in (50, 90))
    return select(ranked).where(ranked.c["rank"].in_([median, p90]))


def _keys(columns: Any, by: By) -> Sequence[ColumnElement[str]]:  # noqa: ANN401 - of either table
    if by == "none":
        return ()
    return (columns.agent_team,) if by == "team" else (columns.agent_team, columns.agent_id)


def _key(row: Any) -> GroupKey:  # noqa: ANN401 - SQLAlchemy's RowMapping, with or without the keys
    return row.get("agent_team", ""), row.get("agent_id", "")
