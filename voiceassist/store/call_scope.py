"""Which calls somebody may see, as a question about one call and as a condition of a query. Knows no roles.

Next: `server/scope.py` makes one of a `Principal`.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from voiceassist.store.schema import calls

EVERY_TEAM = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallScope:
    """Own calls, and those of teams; of some teams the finished ones only."""

    everything: bool = False
    own_id: str | None = None  # an agent's id in lower case
    teams: frozenset[str] = frozenset()
    finished_of: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether no call can be in it."""
        return self == CallScope()

    def has(self, agent_id: str, team: str, *, is_live: bool) -> bool:
        """Whether a call of this agent may be seen."""
        if self.everything or agent_id.lower() == self.own_id or _covers(self.teams, team):
            return True
        return not is_live and _covers(self.finished_of, team)

    def condition(self) -> ColumnElement[bool]:
        """The same for rows of `calls`."""
        if self.everything:
            return true()
        return self._within(calls.c, calls.c.status != "live")

    def of_facts(self, columns: Any) -> ColumnElement[bool]:  # noqa: ANN401 - of any table of facts with a team
        """The same for rows of facts."""
        if self.everything:
            return true()
        live = select(calls.c.call_id).where(calls.c.status == "live")
        return self._within(columns, columns.call_id.not_in(live))

    def _within(self, columns: Any, is_finished: ColumnElement[bool]) -> ColumnElement[bool]:  # noqa: ANN401
        own = func.lower(columns.agent_id) == self.own_id if self.own_id is not None else false()
        return or_(own, _of(self.teams, columns), and_(is_finished, _of(self.finished_of, columns)))


EVERY_CALL = CallScope(everything=True)


def _covers(teams: frozenset[str], team: str) -> bool:
    return EVERY_TEAM in teams or team in teams


def _of(teams: frozenset[str], columns: Any) -> ColumnElement[bool]:  # noqa: ANN401
    return true() if EVERY_TEAM in teams else columns.agent_team.in_(sorted(teams))
