"""Which calls a list is to have, as its address says: those behind a key figure, of a team, an agent, a time."""

from typing import Annotated

from fastapi import Depends

from voiceassist.actions import Id
from voiceassist.errors import PeerError
from voiceassist.kpis.definitions import BY_ID
from voiceassist.server.moments import moment_of
from voiceassist.store.kpi_sums import CallsBehind, Part
from voiceassist.store.periods import Span

EVER_US = 1 << 62  # later than any call


def _behind(
    *,
    kpi: Id | None = None,
    part: Part = "part",
    since: str | None = None,
    until: str | None = None,
    team: Id | None = None,
    agent: Id | None = None,
) -> CallsBehind | None:
    """None: every call. `part`: whether what a figure counts is wanted, or the whole that it is a part of.

    `since`, `until`: when calls began, ISO 8601, the latter excluded. `team`: empty for calls of no team.
    """
    if kpi is None and (since, until, team, agent) == (None, None, None, None):
        return None
    if kpi is not None and kpi not in BY_ID:
        known = ", ".join(BY_ID)
        raise PeerError("unknown_kpi", f"`kpi` is {kpi[:80]!r}; it must be one of {known}")
    span = Span(since_us=moment_of("since", since) or 0, until_us=moment_of("until", until) or EVER_US)
    return CallsBehind(kpi=kpi or "calls", part=part, span=span, team=team, agent=agent)


Behind = Annotated[CallsBehind | None, Depends(_behind)]
