"""The wall clock of this site: one zone for everything that has a day. `core/` never asks it; time is data there.

A call's `started_at` carries the site's offset from UTC, so its date is the day on which it was held, and dated
alternatives begin and end with the site's day. Next: `live/session.py`, and whoever tries a playbook as of today.
"""

from datetime import UTC, datetime, timedelta


def local_now() -> datetime:
    """This moment in the zone of the machine (`TZ`), with its offset from UTC."""
    return datetime.now(UTC).astimezone()


def today() -> str:
    """The date here, ISO 8601."""
    return local_now().date().isoformat()


def hours_ago_us(hours: int) -> int:
    """So many hours ago, in microseconds since 1970 UTC."""
    return int((datetime.now(UTC) - timedelta(hours=hours)).timestamp() * 1_000_000)


def days_ago_us(days: int) -> int:
    """This time of day so many days ago, in microseconds since 1970 UTC."""
    return int((datetime.now(UTC) - timedelta(days=days)).timestamp() * 1_000_000)
