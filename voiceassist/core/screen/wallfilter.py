"""Which rows one wall screen shows, and whether a row is one of them. Pure.

The TypeScript store asks the same in `web/src/screens/supervisor/wallfilter.ts`; both read the same cases.
Next: `row_screens.py` sends a screen the rows that match.
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from voiceassist.actions import Id
from voiceassist.core.call.incidents import is_unresolved
from voiceassist.core.screen.wall import WallRow
from voiceassist.events import AlertLevel

Some = MaxLen(50)  # values of one kind that a person may choose


@dataclass(frozen=True, slots=True, kw_only=True)
class WallFilter:
    """What a row must be; of each kind one of the values, and any where there are none."""

    teams: Annotated[tuple[Id, ...], Some] = ()
    agents: Annotated[tuple[Id, ...], Some] = ()  # ids
    levels: Annotated[tuple[AlertLevel, ...], Some] = ()  # of an unresolved alert
    kinds: Annotated[tuple[Id, ...], Some] = ()  # of the same unresolved alert
    languages: Annotated[tuple[Id, ...], Some] = ()
    lost_line: bool = False  # only calls with a line that is lost, quiet or gone now
    alerts: bool = False  # only calls with an unresolved alert


EVERY_ROW = WallFilter()


def matches(wanted: WallFilter, row: WallRow) -> bool:
    """Whether the filter lets the row through."""
    return (
        (not wanted.teams or row.agent.team in wanted.teams)
        and (not wanted.agents or row.agent.id in wanted.agents)
        and (not wanted.languages or row.language in wanted.languages)
        and (not wanted.lost_line or bool(row.lines))
        and (not (wanted.alerts or wanted.levels or wanted.kinds) or _has_alert(wanted, row))
    )


def asks_for_help(row: WallRow) -> bool:
    """Whether the agent asks for help, and nobody has dealt with it."""
    return any(view.alert.kind == "help" and is_unresolved(view) for view in row.alerts)


def _has_alert(wanted: WallFilter, row: WallRow) -> bool:
    return any(
        is_unresolved(view)
        and (not wanted.levels or view.alert.level in wanted.levels)
        and (not wanted.kinds or view.alert.kind in wanted.kinds)
        for view in row.alerts
    )
