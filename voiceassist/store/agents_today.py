"""What every agent's day was like since a moment: calls, refusals, alerts, and abuse they had to hear. Reads only.

Next: `server/wall.py`, for the wall's view of agents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select

from voiceassist.core.playbook.model import ABUSE_KINDS
from voiceassist.store.call_scope import CallScope
from voiceassist.store.schema import calls, fact_alerts, fact_refusals

AGENTS = 2_000  # a large site; those with the newest calls


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDay:
    """One agent, as their newest call has them, and the sums of their calls."""

    id: str
    name: str
    team: str
    last_call_at: str  # ISO 8601 with zone: when the newest call began
    calls: int
    refusals: int
    dead_ends: int
    alerts: int
    abuse: int  # of the alerts, those about insults, threats, slurs and harassment


def agent_days(connection: Connection, since_us: int, scope: CallScope) -> tuple[AgentDay, ...]:
    """The agents of the calls since then (microseconds since 1970), whoever had the newest one first."""
    begun = calls.c.started_us >= since_us, scope.condition()
    refusals = _sums(connection, fact_refusals, fact_refusals.c.outcome == "dead_end", *begun)
    alerts = _sums(connection, fact_alerts, fact_alerts.c.kind.in_(ABUSE_KINDS), *begun)
    return tuple(
        AgentDay(
            id=row.agent_id,
            name=row.agent_name,
            team=row.agent_team,
            last_call_at=row.started_at,
            calls=row.calls,
            refusals=refusals.get(row.agent_id, _NONE)[0],
            dead_ends=refusals.get(row.agent_id, _NONE)[1],
            alerts=alerts.get(row.agent_id, _NONE)[0],
            abuse=alerts.get(row.agent_id, _NONE)[1],
        )
        for row in connection.execute(_agents(*begun))
    )


_NONE = (0, 0)


def _agents(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Each agent's newest call, with how many there were."""
    newest = func.row_number().over(partition_by=calls.c.agent_id, order_by=calls.c.started_us.desc())
    count = func.count().over(partition_by=calls.c.agent_id)
    columns = (calls.c.agent_id, calls.c.agent_name, calls.c.agent_team, calls.c.started_at, calls.c.started_us)
    numbered = select(*columns, newest.label("newest"), count.label("calls")).where(*conditions).subquery()
    return select(numbered).where(numbered.c.newest == 1).order_by(numbered.c.started_us.desc()).limit(AGENTS)


def _sums(
    connection: Connection, facts: Table, special: ColumnElement[bool], *conditions: ColumnElement[bool]
) -> Mapping[str, tuple[int, int]]:
    """By agent: how many facts of these calls, and how many special ones."""
    counted = (facts.c.agent_id, func.count(), func.count().filter(special))
    joined = select(*counted).join(calls, calls.c.call_id == facts.c.call_id)
    found = connection.execute(joined.where(*conditions).group_by(facts.c.agent_id))
    return {agent_id: (every, some) for agent_id, every, some in found}
