"""Which calls a list is to have, as its address says: each filter with its values.

Next: `call_list.py` lists them, `calls_behind.py` adds the key figure that they are behind.
"""

from dataclasses import dataclass
from typing import Annotated, Any, get_args

from fastapi import Depends, Query

from voiceassist.actions import Id
from voiceassist.errors import PeerError
from voiceassist.events import AlertLevel
from voiceassist.server.moments import moment_of
from voiceassist.store.call_filter import CallFilter, CallOutcome
from voiceassist.store.facets import FacetName

LONGEST_S = 7 * 24 * 3600  # of a call
Some = Annotated[list[Id], Query(default_factory=list, max_length=50)]
Seconds = Annotated[int | None, Query(ge=0, le=LONGEST_S)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFilter:
    """The query of an address. Of several values of one filter any is meant; of several filters all."""

    kind: Some  # of cue
    outcome: Annotated[list[CallOutcome], Query(default_factory=list, max_length=3)]  # with `topic`: about that
    level: Annotated[list[AlertLevel], Query(default_factory=list, max_length=3)]  # of the worst alert
    agent: Some  # id
    team: Some  # empty: calls of no team
    customer: Some  # id
    tier: Some
    topic: Some  # as a refusal's card is headed
    tag: Some  # however it is written
    playbook: Some
    version: Some
    language: Some
    source: Some
    engine: Some
    min_s: Seconds = None  # how long a call was
    max_s: Seconds = None  # excluded
    from_: Annotated[str | None, Query(alias="from")] = None  # when it began, ISO 8601
    to: str | None = None  # excluded
    since: str | None = None  # the same as `from`
    until: str | None = None  # the same as `to`


def _filter(given: Annotated[GivenFilter, Depends()]) -> CallFilter:
    begin, end = moment_of("from", given.from_ or given.since), moment_of("to", given.to or given.until)
    if begin is not None and end is not None and begin >= end:
        raise PeerError("bad_time", "`from` is not before `to`, so that no call can have begun between them")
    values: dict[str, Any] = {name: tuple(getattr(given, name)) for name in get_args(FacetName)}
    return CallFilter(
        **values | {"customer": tuple(filter(None, given.customer))},
        min_ms=_ms(given.min_s),
        max_ms=_ms(given.max_s),
        since_us=begin,
        until_us=end,
    )


def _ms(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * 1000


Filter = Annotated[CallFilter, Depends(_filter)]
