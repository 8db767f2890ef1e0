"""Periods by the calendar of a zone: days from midnight to midnight, weeks from Monday, where clocks change."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.errors import PeerError
from voiceassist.store.periods import PeriodName, Span, period_of, zone_of
from voiceassist.store.rows import iso_of, microseconds

MADRID = ZoneInfo("Europe/Madrid")
ZONES = ("Europe/Madrid", "America/Santiago", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "UTC")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def hours(span: Span) -> float:
    return (span.until_us - span.since_us) / 3_600_000_000


def local(moment_us: int, zone: ZoneInfo = MADRID) -> str:
    return at(iso_of(moment_us)).astimezone(zone).strftime("%a %d %b %H:%M")


def test_today_is_the_day_of_the_zone_and_not_that_of_utc() -> None:
    today = period_of("today", at("2026-11-21T23:30:00+00:00"), MADRID).whole
    assert (local(today.since_us), local(today.until_us)) == ("Sun 22 Nov 00:00", "Mon 23 Nov 00:00")


def test_a_week_begins_on_monday_also_when_it_is_sunday_or_monday() -> None:
    for now in ("2026-11-23T00:00:00+01:00", "2026-11-29T23:59:59+01:00"):
        week = period_of("this_week", at(now), MADRID).whole
        assert (local(week.since_us), local(week.until_us)) == ("Mon 23 Nov 00:00", "Mon 30 Nov 00:00")


@pytest.mark.parametrize(("now", "length"), [("2026-03-29T12:00:00+02:00", 23), ("2026-10-25T12:00:00+01:00", 25)])
def test_a_day_on_which_clocks_change_has_an_hour_less_or_more(now: str, length: int) -> None:
    assert hours(period_of("today", at(now), MADRID).whole) == length
    week = period_of("this_week", at(now), MADRID)
    assert hours(week.whole) == 7 * 24 + length - 24
    assert [hours(step) for step in week.steps] == [24] * 6 + [length]


def test_a_day_whose_midnight_does_not_exist_begins_when_it_does() -> None:
    santiago = ZoneInfo("America/Santiago")
    day = period_of("today", at("2026-09-06T12:00:00-03:00"), santiago).whole
    assert (local(day.since_us, santiago), hours(day)) == ("Sun 06 Sep 01:00", 23)


def test_this_week_is_compared_with_last_week_up_to_the_same_time() -> None:
    before = period_of("this_week", at("2026-11-25T10:15:00+01:00"), MADRID).before
    assert before
    assert (local(before.since_us), local(before.until_us)) == ("Mon 16 Nov 00:00", "Wed 18 Nov 10:15")


def test_today_is_compared_with_the_same_weekday_up_to_the_same_time_of_the_clock() -> None:
    before = period_of("today", at("2026-10-27T10:15:00+01:00"), MADRID).before  # a week after it was still summer
    assert before
    assert (local(before.since_us), local(before.until_us)) == ("Tue 20 Oct 00:00", "Tue 20 Oct 10:15")


def test_last_week_is_whole_and_so_is_what_it_is_compared_with() -> None:
    period = period_of("last_week", at("2026-11-25T10:15:00+01:00"), MADRID)
    assert period.before
    assert (local(period.whole.since_us), local(period.whole.until_us)) == ("Mon 16 Nov 00:00", "Mon 23 Nov 00:00")
    assert (local(period.before.since_us), hours(period.before)) == ("Mon 09 Nov 00:00", 168)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given


@given(now=MOMENTS, zone=st.sampled_from(ZONES), name=st.sampled_from(get_args(PeriodName)))
def test_steps_follow_each_other_and_are_the_whole_period(now: datetime, zone: str, name: PeriodName) -> None:
    period = period_of(name, now, zone_of(zone))
    spans = period.steps or (period.whole,)
    assert (spans[0].since_us, spans[-1].until_us) == (period.whole.since_us, period.whole.until_us)
    assert all(one.until_us == after.since_us for one, after in pairwise(spans))
    now_us = microseconds(now.isoformat())
    is_over = name == "last_week"
    assert period.whole.since_us <= now_us
    assert (period.whole.until_us <= now_us) == is_over
    if period.before:
        assert period.before.until_us <= period.whole.since_us
        assert abs(hours(period.before) - min(hours(period.whole), elapsed(period.whole, now_us))) <= 2.5


def elapsed(span: Span, now_us: int) -> float:
    return timedelta(microseconds=now_us - span.since_us) / timedelta(hours=1)


@pytest.mark.parametrize("name", ["", "Nowhere", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b", "x" * 200])
def test_a_zone_that_is_none_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(PeerError, match="such as Europe/Madrid") as refused:
        zone_of(name)
    assert refused.value.code == "bad_zone"


def test_zones_are_known_on_a_machine_that_has_none_of_its_own() -> None:
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=())
    ZoneInfo.clear_cache(only_keys=["Asia/Tokyo"])
    try:
        assert zone_of("Asia/Tokyo").utcoffset(datetime(2026, 1, 1)) == timedelta(hours=9)  # noqa: DTZ001 - of the zone
    finally:
        zoneinfo.reset_tzpath(to=before)
