"""The site's day: calls, trials and commands agree on it, whatever UTC says."""

import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from voiceassist.clock import local_now, today
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
