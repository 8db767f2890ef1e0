"""What somebody may see of the wall: which rows, and how many there are of what. Pure.

Next: `screen.py` tells a filtered screen the totals.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from voiceassist import wire
from voiceassist.core.call.incidents import is_unresolved
from voiceassist.core.screen.wall import WallRow
from voiceassist.core.screen.wallfilter import asks_for_help
from voiceassist.subscriptions import MaySee


def sees(may_see: MaySee, row: WallRow) -> bool:
    """Whether somebody may see this row."""
    return may_see(row.agent.id, row.agent.team, is_live=row.status == "live")


def totals_of(rows: Sequence[WallRow]) -> wire.WallTotals:
    """How many calls of what, and what of them may be chosen."""
    live = [row for row in rows if row.status == "live"]
    worst = Counter("help" if asks_for_help(row) else row.worst for row in live)
    return wire.WallTotals(
        live=len(live),
        help=worst["help"],
        critical=worst["critical"],
        warning=worst["warning"],
        teams=_sorted(row.agent.team for row in rows),
        languages=_sorted(row.language for row in rows),
        kinds=_sorted(view.alert.kind for row in rows for view in row.alerts if is_unresolved(view)),
    )


def _sorted(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))
