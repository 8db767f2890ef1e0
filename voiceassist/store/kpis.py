"""Key figures of a period: of all calls that somebody may see, of each team or agent, and step by step.

Every call is added up once: a period is the sum of its steps, and all together that of the groups. Reads only.
What a figure is, `voiceassist/kpis/definitions.py` says.
Next: `server/kpis.py` gives the report out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from voiceassist.kpis.definitions import Sum
from voiceassist.kpis.values import Value, Waits, values_of
from voiceassist.store.call_scope import CallScope
from voiceassist.store.kpi_sums import ALL, Added, By, CallsOf, GroupKey, sums_of, waits_of
from voiceassist.store.periods import PeriodName, Span, period_of
from voiceassist.store.rows import iso_of

GROUPS = 300
"""In one answer. More teams or agents than a person compares; the total has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiQuestion:
    """Whose figures are wanted."""

    period: PeriodName
    zone: ZoneInfo  # whose days and weeks
    now: datetime
    by: By = "none"
    team: str | None = None  # empty: calls of no team; None: of all
    agent: str | None = None  # an agent's id


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiValues:
    """The figures of a stretch of time, by their ids."""

    since: str  # ISO 8601, UTC
    until: str  # not in it
    values: dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiGroup:
    """One team, or one agent."""

    team: str
    agent_id: str  # empty: of a team
    agent_name: str
    values: dict[str, Value]
    before: dict[str, Value] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiReport:
    """The answer to a question."""

    period: PeriodName
    zone: str  # IANA name
    as_of: str  # ISO 8601
    total: KpiValues
    before: KpiValues | None  # the same part of the week before
    groups: tuple[KpiGroup, ...]  # by name
    more: bool  # there are more teams or agents than these
    steps: tuple[KpiValues, ...]  # days of a week, weeks of eight
    uncounted: int = 0  # calls of all times whose facts are still to be made, after an upgrade


@dataclass(frozen=True, slots=True)
class _Read:
    """Everything that was added up of a stretch of time, once."""

    span: Span
    total: KpiValues
    groups: Mapping[GroupKey, Added]
    waits: Mapping[GroupKey, Waits]
    steps: tuple[KpiValues, ...]

    def values(self, key: GroupKey) -> dict[str, Value]:
        added = self.groups.get(key)
        return values_of(added.sums if added else {}, self.waits.get(key, Waits()))


def kpi_report(connection: Connection, asked: KpiQuestion, scope: CallScope) -> KpiReport:
    """The figures that were asked for."""
    period = period_of(asked.period, asked.now, asked.zone)
    which = CallsOf(scope=scope, team=asked.team, agent=asked.agent)
    now = _read(connection, period.whole, period.steps, which, asked.by)
    before = _read(connection, period.before, (), which, asked.by) if period.before else None
    groups = () if asked.by == "none" else _groups(now, before)
    return KpiReport(
        period=asked.period,
        zone=asked.zone.key,
        as_of=asked.now.isoformat(timespec="milliseconds"),
        total=now.total,
        before=before.total if before else None,
        groups=groups[:GROUPS],
        more=len(groups) > GROUPS,
        steps=now.steps,
    )


def _read(connection: Connection, span: Span, steps: Sequence[Span], which: CallsOf, by: By) -> _Read:
    parts = {step: sums_of(connection, step, which, by) for step in (steps or (span,))}
    waits = waits_of(connection, span, which, "none")
    return _Read(
        span=span,
        total=_values(span, [one for part in parts.values() for one in part.values()], waits),
        groups=_joined(parts.values()),
        waits=waits_of(connection, span, which, by) if by != "none" else waits,
        steps=tuple(
            _values(step, parts[step].values(), waits_of(connection, step, which, "none")) for step in steps
        ),
    )


def _values(span: Span, groups: Iterable[Added], waits: Mapping[GroupKey, Waits]) -> KpiValues:
    values = values_of(_sum(groups), waits.get(ALL, Waits()))
    return KpiValues(since=iso_of(span.since_us), until=iso_of(span.until_us), values=values)


def _joined(parts: Iterable[Mapping[GroupKey, Added]]) -> dict[GroupKey, Added]:
    """The groups of several stretches of time as those of all of it; an agent is called as at last."""
    found: dict[GroupKey, list[Added]] = {}
    for part in parts:
        for key, added in part.items():
            found.setdefault(key, []).append(added)
    return {key: Added(of_key[-1].name, _sum(of_key)) for key, of_key in found.items()}


def _sum(groups: Iterable[Added]) -> dict[Sum, int]:
    total: Counter[Sum] = Counter()
    for added in groups:
        total.update(added.sums)
    return total


def _groups(now: _Read, before: _Read | None) -> tuple[KpiGroup, ...]:
    """Every team or agent with calls in one of the two, by name."""
    known = {**(before.groups if before else {}), **now.groups}
    return tuple(
        KpiGroup(
            team=key[0],
            agent_id=key[1],
            agent_name=added.name,
            values=now.values(key),
            before=before.values(key) if before else None,
        )
        for key, added in sorted(known.items(), key=_by_name)
    )


def _by_name(one: tuple[GroupKey, Added]) -> tuple[str, str, str]:
    (team, agent_id), added = one
    return team.casefold(), added.name.casefold(), agent_id
