"""Today, this week, the last eight weeks: stretches of time by the calendar of a zone, with weeks from Monday.

A day begins at its local midnight and ends with the next, so that it has 23 or 25 hours where clocks change. Never
looks at a clock: what is now is given. Blocks: reading a time zone for the first time asks the disk.
Next: `kpis.py` adds up what happened in them.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voiceassist.errors import PeerError
from voiceassist.store.rows import EPOCH

PeriodName = Literal["today", "this_week", "last_week", "eight_weeks"]
WEEK = timedelta(days=7)
WEEKS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From a moment up to another, which is not in it: microseconds since 1970 UTC."""

    since_us: int
    until_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period with what it is compared with and its parts."""

    whole: Span
    before: Span | None  # the same part of the week before: up to the same time of the same weekday
    steps: tuple[Span, ...] = ()  # days of weeks, weeks of eight


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name. Raises PeerError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        told = f"`zone` is {name[:80]!r}; it must be the IANA name of a time zone, such as Europe/Madrid"
        raise PeerError("bad_zone", told) from None


def period_of(name: PeriodName, now: datetime, zone: ZoneInfo) -> Period:
    """The period that `now` is in, or that ended with this week's Monday."""
    here = now.astimezone(zone)
    today, last_time = here.date(), here.replace(tzinfo=None) - WEEK
    monday = today - timedelta(days=today.weekday())
    if name == "today":
        before = Span(since_us=_midnight(last_time.date(), zone), until_us=_us(last_time, zone))
        return Period(whole=_days(today, 1, zone), before=before)
    if name == "this_week":
        before = Span(since_us=_midnight(monday - WEEK, zone), until_us=_us(last_time, zone))
        return Period(whole=_days(monday, 7, zone), before=before, steps=_steps(monday, 1, 7, zone))
    if name == "last_week":
        before = _days(monday - 2 * WEEK, 7, zone)
        return Period(whole=_days(monday - WEEK, 7, zone), before=before, steps=_steps(monday - WEEK, 1, 7, zone))
    first = monday - (WEEKS - 1) * WEEK
    return Period(whole=_days(first, 7 * WEEKS, zone), before=None, steps=_steps(first, 7, WEEKS, zone))


def _steps(first: date, days: int, count: int, zone: ZoneInfo) -> tuple[Span, ...]:
    return tuple(_days(first + timedelta(days=days * number), days, zone) for number in range(count))


def _days(first: date, count: int, zone: ZoneInfo) -> Span:
    return Span(since_us=_midnight(first, zone), until_us=_midnight(first + timedelta(days=count), zone))


def _midnight(day: date, zone: ZoneInfo) -> int:
    return _us(datetime.combine(day, time()), zone)


def _us(local: datetime, zone: ZoneInfo) -> int:
    """A local time as microseconds since 1970 UTC; of a time that clocks show twice, the first."""
    return (local.replace(tzinfo=zone, fold=0) - EPOCH) // timedelta(microseconds=1)
