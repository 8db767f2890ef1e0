"""The wall clock of this site: one zone for everything that has a day. `core/` never asks it; time is data there.

A call's `started_at` carries the site's offset from UTC, so its date is the day on which it was held, and dated
alternatives begin and end with the site's day. Next: `live/session.py`, and whoever tries a playbook as of today.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

AHEAD_S = 3_600.0  # a correction is seconds; somebody's mistake, or a battery that is empty, is hours or years
DOUBTED_S = 86_400.0  # for somebody to notice and set it right


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


def steady_s() -> float:
    """Seconds on a clock that nobody sets; on Linux it goes on while the machine is suspended."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(slots=True)
class ClockTrust:
    """Whether what cannot be undone may go by the wall clock; not for a day after it was set far ahead."""

    wall: Callable[[], datetime] = local_now
    steady: Callable[[], float] = steady_s
    _last: tuple[float, float] | None = None  # wall and steady seconds, at the last look
    _doubted_until_s: float = 0.0

    def look(self) -> bool:
        """Asked every minute or so: whether the clock is believed."""
        wall_s, now_s = self.wall().timestamp(), self.steady()
        last_wall_s, last_s = self._last or (wall_s, now_s)
        set_s, self._last = (wall_s - last_wall_s) - (now_s - last_s), (wall_s, now_s)
        if abs(set_s) >= AHEAD_S:
            self._doubted_until_s = now_s + DOUBTED_S if set_s > 0 else 0.0  # put back: it was set right
        return now_s >= self._doubted_until_s
