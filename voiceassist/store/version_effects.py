"""What another version of a playbook changed in the calls of a period. Reads only.

Each version is compared with the one before it that had calls in the period. What is said, and when nothing is,
`voiceassist/reports/effects.py` decides. Next: `server/reports.py` gives it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, func, select

from voiceassist.kpis.definitions import Sum
from voiceassist.reports.effects import SHARES, Effect, effects_of
from voiceassist.store.call_scope import CallScope
from voiceassist.store.kpi_sums import CallsOf
from voiceassist.store.kpis import KpiQuestion
from voiceassist.store.periods import period_of
from voiceassist.store.schema import calls, fact_calls

CHANGES = 50
"""Of all playbooks, the newest of each first."""

COUNTED: tuple[Sum, ...] = tuple(dict.fromkeys(name for pair in SHARES.values() for name in pair))


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChange:
    """A version of a playbook beside the one before it."""

    playbook: str
    version: str
    before: str
    calls: int
    before_calls: int
    effects: tuple[Effect, ...]


def version_changes(connection: Connection, asked: KpiQuestion, scope: CallScope) -> tuple[VersionChange, ...]:
    """By playbook, each one's newest version first."""
    found: dict[str, list[tuple[int, Mapping[Any, int]]]] = {}
    for label, sums in _of_versions(connection, asked, scope).items():
        name, _, version = label.rpartition("@")
        if version.isdecimal():
            found.setdefault(name, []).append((int(version), sums))
    changes = [
        _change(name, now, before)
        for name in sorted(found)
        for before, now in reversed(list(pairwise(sorted(found[name], key=lambda one: one[0]))))
    ]
    return tuple(changes[:CHANGES])


def _change(name: str, now: tuple[int, Mapping[Any, int]], before: tuple[int, Mapping[Any, int]]) -> VersionChange:
    return VersionChange(
        playbook=name,
        version=str(now[0]),
        before=str(before[0]),
        calls=now[1]["calls"],
        before_calls=before[1]["calls"],
        effects=effects_of(now[1], before[1]),
    )


def _of_versions(connection: Connection, asked: KpiQuestion, scope: CallScope) -> dict[str, Mapping[Any, int]]:
    """The sums of each version, by name@version."""
    span = period_of(asked.period, asked.now, asked.zone).whole
    within = CallsOf(scope=scope, team=asked.team, agent=asked.agent).within(span, fact_calls.c)
    sums = [func.sum(fact_calls.c[name]).label(name) for name in COUNTED]
    wanted = select(calls.c.playbook, func.count().label("calls"), *sums)
    wanted = wanted.join(fact_calls, fact_calls.c.call_id == calls.c.call_id).where(*within)
    rows = connection.execute(wanted.group_by(calls.c.playbook)).mappings()
    return {row["playbook"]: {name: row[name] for name in ("calls", *COUNTED)} for row in rows}
