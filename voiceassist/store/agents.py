"""The agents of the newest calls, for people who say which of them they are.

Never knows agents who had no call: phone systems name them with their calls. Next: `server/agents.py`.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from voiceassist.store.call_scope import CallScope
from voiceassist.store.schema import calls

NEWEST_CALLS = 5_000  # that are looked through: a day of a hundred agents, read in some 10 ms
AGENTS = 200  # that a person can look through


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAgent:
    """An agent as the newest call has them."""

    id: str
    name: str
    team: str
    last_call_at: str  # ISO 8601 with zone: when that call began


def recent_agents(connection: Connection, scope: CallScope) -> tuple[SeenAgent, ...]:
    """The agents of the newest calls, whoever had the newest one first."""
    columns = (calls.c.agent_id, calls.c.agent_name, calls.c.agent_team, calls.c.started_at)
    newest = select(*columns).where(scope.condition()).order_by(calls.c.started_us.desc()).limit(NEWEST_CALLS)
    seen: dict[str, SeenAgent] = {}
    for id_, name, team, started_at in connection.execute(newest):
        seen.setdefault(id_, SeenAgent(id=id_, name=name, team=team, last_call_at=started_at))
    return tuple(seen.values())[:AGENTS]
