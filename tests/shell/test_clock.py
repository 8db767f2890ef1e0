"""The site's day: calls, trials and commands agree on it, whatever UTC says."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from voiceassist.clock import DOUBTED_S, ClockTrust, local_now, steady_s, today
from voiceassist.core.playbook.days import day_of

AHEAD, BEHIND = "AAA-14", "BBB+12"  # POSIX: fourteen hours east of Greenwich, twelve west of it


@pytest.fixture(params=[AHEAD, BEHIND])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_a_moment_carries_the_offset_of_the_site_so_its_date_is_the_sites_day(zone: str) -> None:
    offset = local_now().utcoffset()
    assert offset is not None
    assert offset.total_seconds() == {AHEAD: 14, BEHIND: -12}[zone] * 3600
    written = local_now().isoformat(timespec="milliseconds")
    assert day_of(written) == local_now().date().isoformat()
    assert datetime.fromisoformat(written).utcoffset() == offset


@pytest.mark.usefixtures("zone")
def test_the_day_of_a_trial_is_the_day_of_a_call_that_starts_now() -> None:
    before, day, after = day_of(local_now().isoformat()), today(), day_of(local_now().isoformat())
    assert before <= day <= after


class SetClock:
    """A wall clock that somebody sets, and one that nobody does."""

    def __init__(self) -> None:
        self.now_s, self.set_s = 1_000.0, 0.0
        self.trust = ClockTrust(lambda: datetime.fromtimestamp(self.now_s + self.set_s, UTC), lambda: self.now_s)

    def after(self, seconds: float, *, set_by: timedelta = timedelta()) -> bool:
        self.now_s += seconds
        self.set_s += set_by.total_seconds()
        return self.trust.look()


def test_a_clock_that_was_set_far_ahead_is_believed_a_day_later() -> None:
    clock = SetClock()
    assert clock.after(0)
    assert not clock.after(60, set_by=timedelta(days=400))
    assert not clock.after(DOUBTED_S - 1)
    assert clock.after(1)


def test_a_clock_that_was_put_back_where_it_was_is_believed_at_once() -> None:
    clock = SetClock()
    assert clock.after(0, set_by=timedelta(days=400)), "nobody saw it being set"
    assert not clock.after(60, set_by=timedelta(hours=2))
    assert clock.after(60, set_by=timedelta(hours=-2))


@pytest.mark.parametrize("set_by", [timedelta(seconds=30), timedelta(minutes=-59), timedelta(days=-3)])
def test_corrections_and_a_clock_that_is_put_back_are_believed(set_by: timedelta) -> None:
    clock = SetClock()
    assert clock.after(0)
    assert clock.after(60, set_by=set_by)


def test_the_steady_clock_goes_on() -> None:
    assert steady_s() <= steady_s()
