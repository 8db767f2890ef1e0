"""Which key figure a list of calls is behind, as its address says. Next: `call_list.py` lists them."""

from typing import Annotated

from fastapi import Depends

from voiceassist.actions import Id
from voiceassist.errors import PeerError
from voiceassist.kpis.definitions import BY_ID
from voiceassist.server.call_filter import Filter
from voiceassist.store.kpi_sums import CallsBehind, Part
from voiceassist.store.periods import Span

EVER_US = 1 << 62  # later than any call


def _behind(*, kpi: Id | None = None, part: Part = "part", wanted: Filter) -> CallsBehind | None:
    """None: no figure. `part`: whether what a figure counts is wanted, or the whole that it is a part of."""
    if kpi is None:
        return None
    if kpi not in BY_ID:
        known = ", ".join(BY_ID)
        raise PeerError("unknown_kpi", f"`kpi` is {kpi[:80]!r}; it must be one of {known}")
    until_us = EVER_US if wanted.until_us is None else wanted.until_us
    return CallsBehind(kpi=kpi, part=part, span=Span(since_us=wanted.since_us or 0, until_us=until_us))


Behind = Annotated[CallsBehind | None, Depends(_behind)]
