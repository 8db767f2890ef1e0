"""Key figures of stored calls: added up as the calls themselves say, and equal to the calls that open."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shell import store_records as make
from tests.shell.test_store import STEPS, _story
from voiceassist.events import AlertChanged, CallStarted, Event, PartDeleted, Person, PromiseHeard, Record
from voiceassist.kpis.definitions import KPIS, Sum
from voiceassist.kpis.numbers import numbers_of
from voiceassist.kpis.values import Value, sum_of
from voiceassist.store.call_scope import EVERY_CALL, CallScope
from voiceassist.store.erasure import RemovedRecordings
from voiceassist.store.kpi_sums import By, CallsBehind, Part
from voiceassist.store.kpis import GROUPS, KpiQuestion, KpiReport
from voiceassist.store.periods import PeriodName, Span
from voiceassist.store.rows import CallSummary, iso_of, microseconds
from voiceassist.store.store import Store, open_store

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)  # a Wednesday
ZONE = ZoneInfo("Europe/Madrid")
AGENTS = [("ana", "returns"), ("Ben", "sales"), ("cid", "sales"), ("dee", "")]
SCOPES = [
    EVERY_CALL,
    CallScope(own_id="ben"),
    CallScope(teams=frozenset({"sales"})),
    CallScope(finished_of=frozenset({"sales", "returns"})),
    CallScope(own_id="ana", finished_of=frozenset({"*"})),
    CallScope(),
]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "voiceassist.db")
    yield opened
    await opened.close()


def call_of(
    call_id: str, agent: tuple[str, str], *events: Event, ago: timedelta = timedelta(hours=1)
) -> list[Record]:
    """A call of an agent that began so long ago."""
    records = make.call(call_id, *events, started_at=(NOW - ago).isoformat())
    begun = records[0].event
    assert isinstance(begun, CallStarted)
    person = Person(id=agent[0], name=agent[0].title(), team=agent[1])
    return [replace(records[0], event=replace(begun, agent=person)), *records[1:]]


async def report(store: Store, scope: CallScope = EVERY_CALL, **asked: Any) -> KpiReport:
    question: dict[str, Any] = {"period": "today", "zone": ZONE, "now": NOW} | asked
    return await store.kpis(KpiQuestion(**question), scope)


async def opened(store: Store, behind: CallsBehind, scope: CallScope) -> list[CallSummary]:
    """Every page of the list behind a figure."""
    found: list[CallSummary] = []
    before: str | None = None
    while True:
        page = await store.calls(limit=3, before=before, behind=behind, scope=scope)
        found += page.calls
        if (before := page.next) is None:
            return found


# ---- examples ---------------------------------------------------------------------------------------------------


async def test_a_call_that_goes_on_counts_as_of_now(store: Store) -> None:
    records = call_of("x", AGENTS[0], make.cue("c1"), make.said("well", at_ms=90_000))
    await store.append(records[:2])
    values = (await report(store)).total.values
    assert (values["calls"].part, values["refusals"].part, values["talk"].part) == (1, 1, 1000)
    await store.append(records[2:])
    assert (await report(store)).total.values["talk"].part == 90_000
    await store.append([make.record("x", 9, make.ended(95_000))])
    values = (await report(store)).total.values
    assert (values["calls"].part, values["talk"].part) == (1, 95_000)


def waited(alert_id: str, seconds: float) -> list[Event]:
    care = AlertChanged(
        at_ms=round((1 + seconds) * 1000), alert_id=alert_id, state="acknowledged", by="Sue", note=""
    )
    return [make.alert(alert_id, "warning"), care]


async def test_time_to_acknowledge_is_a_wait_that_really_was_over_all_calls_and_for_each_team(
    store: Store,
) -> None:
    waits = [4, 8, 1, 90, 2, 3, 30, 5, 6, 7]
    for number, seconds in enumerate(waits):
        team = AGENTS[0] if seconds < 5 else AGENTS[1]
        await store.append(call_of(f"{number}", team, *waited("a1", seconds)))
    found = await report(store, by="team")
    assert (found.total.values["acknowledge_median"].value, found.total.values["acknowledge_p90"].value) == (
        5000,
        30_000,
    )
    medians = {group.team: group.values["acknowledge_median"].value for group in found.groups}
    assert medians == {"returns": 2000, "sales": 7000}


async def test_who_acknowledged_later_than_the_call_is_told_by_the_wall_clock(store: Store) -> None:
    later = (NOW - timedelta(hours=1) + timedelta(seconds=301)).isoformat()
    care = replace(make.alert_changed("a1", "resolved", at_ms=5000), done_at=later)
    await store.append(call_of("x", AGENTS[0], make.alert("a1", "warning"), make.ended(), care))
    assert (await report(store)).total.values["acknowledge_median"].value == 300_000


async def test_what_began_before_midnight_counts_for_yesterday_by_the_clock_of_the_zone(store: Store) -> None:
    await store.append(call_of("x", AGENTS[0], ago=timedelta(hours=18.5)))  # 23:30 UTC, 00:30 in Madrid
    assert (await report(store)).total.values["calls"].part == 1
    assert (await report(store, zone=ZoneInfo("UTC"))).total.values["calls"].part == 0


async def test_this_week_is_compared_with_last_week_up_to_now_for_every_team(store: Store) -> None:
    week = timedelta(days=7)
    await store.append(call_of("now", AGENTS[0]))
    await store.append(call_of("then", AGENTS[1], ago=week + timedelta(hours=1)))
    await store.append(call_of("later", AGENTS[1], ago=week - timedelta(hours=1)))  # not yet, by this time
    found = await report(store, period="this_week", by="team")
    assert found.before
    assert (found.total.values["calls"].part, found.before.values["calls"].part) == (1, 1)
    counts = [(g.team, g.values["calls"].part, g.before and g.before["calls"].part) for g in found.groups]
    assert counts == [("returns", 1, 0), ("sales", 0, 1)]


async def test_agents_are_in_the_order_of_their_names_and_not_of_their_figures(store: Store) -> None:
    for number in range(5):
        await store.append(call_of(f"{number}", AGENTS[2]))
    await store.append(call_of("x", AGENTS[1]))
    groups = (await report(store, by="agent")).groups
    assert [(group.agent_name, group.values["calls"].part) for group in groups] == [("Ben", 1), ("Cid", 5)]


async def test_more_teams_than_one_compares_are_all_in_the_total_and_it_is_said_that_there_are_more(
    store: Store,
) -> None:
    for number in range(GROUPS + 2):
        await store.append(call_of(f"{number}", (f"a{number}", f"team {number:03}")))
    found = await report(store, by="team")
    assert (len(found.groups), found.more, found.total.values["calls"].part) == (GROUPS, True, GROUPS + 2)
    assert found.groups[0].team == "team 000"


async def test_figures_are_the_same_when_the_words_of_a_call_were_deleted_and_gone_with_the_call(
    store: Store,
) -> None:
    story = [make.cue("c1"), make.prompt("p1"), make.refusal_closed("c1", "recovered"), *waited("a1", 4)]
    await store.append(call_of("x", AGENTS[0], *story, make.false_alarm("c1", by="Sue"), make.ended()))
    before = (await report(store, by="agent")).total
    gone = PartDeleted(at_ms=5000, part="transcript", by="voiceassist", done_at=NOW.isoformat())
    await store.append([make.record("x", 20, gone)])
    assert (await report(store, by="agent")).total == before
    await store.erase(["x"], no_recordings, by="root")
    after = await report(store, by="agent")
    assert (after.total.values["calls"].part, after.total.values["acknowledge_median"].part) == (0, 0)
    assert after.groups == ()


async def no_recordings(_call_ids: Sequence[str]) -> RemovedRecordings:
    return RemovedRecordings(files=0, bytes=0)


async def test_an_agents_day_has_their_own_figures_and_what_they_promised(store: Store) -> None:
    promise = PromiseHeard(
        at_ms=4000, utterance=1, words="I will call by Friday", when="by Friday", start_ms=3000, end_ms=4000
    )
    await store.append(call_of("x", AGENTS[1], make.cue("c1"), promise))
    await store.append(call_of("y", AGENTS[0], promise))
    await store.append(call_of("old", AGENTS[1], promise, ago=timedelta(days=2)))
    asked = KpiQuestion(period="eight_weeks", zone=ZONE, now=NOW)
    day = await store.own_day("ben", asked)
    assert (day.values["calls"].part, day.values["refusals"].part) == (1, 1)
    assert [(one.call_id, one.when, one.customer) for one in day.promises] == [("x", "by Friday", "Carl")]
    assert (await store.own_day("ben", asked, CallScope(own_id="ana"))).promises == ()


# ---- properties -------------------------------------------------------------------------------------------------

CALLS = st.lists(
    st.tuples(STEPS.map(_story), st.booleans(), st.sampled_from(AGENTS), st.integers(0, 70 * 24)), max_size=5
)


async def _store_all(store: Store, calls: Sequence[tuple[list[Event], bool, tuple[str, str], int]]) -> None:
    known = len((await store.calls(limit=1000)).calls)
    for number, (events, is_over, agent, hours) in enumerate(calls, start=known):
        story = [*events, *([make.ended()] if is_over else [])]
        await store.append(call_of(f"{number}", agent, *story, ago=timedelta(hours=hours)))


async def _told_by_calls(store: Store, span: Span) -> dict[Sum, int]:
    """The sums, from the events of every call alone."""
    total: dict[Sum, int] = {"calls": 0, "duration_ms": 0}
    for call in (await store.calls(limit=1000)).calls:
        if span.since_us <= microseconds(call.started_at) < span.until_us:
            total["calls"] += 1
            total["duration_ms"] += call.duration_ms
            events = [record.event for record in await store.records(call.call_id)]
            for name, number in cast("dict[Sum, int]", asdict(numbers_of(events))).items():
                total[name] = total.get(name, 0) + number
    return total


FAST = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)


@FAST
@given(calls=CALLS, period=st.sampled_from(get_args(PeriodName)), by=st.sampled_from(("team", "agent")))
async def test_agents_add_up_to_teams_and_these_and_the_steps_to_all_which_is_what_the_calls_say(
    store: Store, calls: list[tuple[list[Event], bool, tuple[str, str], int]], period: PeriodName, by: By
) -> None:
    await _store_all(store, calls)
    found = await report(store, period=period, by=by)
    span = Span(since_us=microseconds(found.total.since), until_us=microseconds(found.total.until))
    told = await _told_by_calls(store, span)
    for kpi in KPIS:
        total = found.total.values[kpi.id]
        assert total.part == sum_of(kpi.part, told)
        assert total.whole == (sum_of(kpi.whole, told) if kpi.whole else None)
        assert total.part == sum(group.values[kpi.id].part for group in found.groups)
        assert not found.steps or total.part == sum(step.values[kpi.id].part for step in found.steps)
    assert (await report(store, period=period)).total == found.total


@FAST
@given(
    calls=CALLS,
    period=st.sampled_from(get_args(PeriodName)),
    scope=st.sampled_from(SCOPES),
    whose=st.sampled_from([(None, None), ("", None), ("sales", None), (None, "BEN"), ("sales", "cid")]),
)
async def test_the_calls_that_open_behind_a_figure_are_those_that_it_counts(
    store: Store,
    calls: list[tuple[list[Event], bool, tuple[str, str], int]],
    period: PeriodName,
    scope: CallScope,
    whose: tuple[str | None, str | None],
) -> None:
    await _store_all(store, calls)
    team, agent = whose
    found = (await report(store, scope, period=period, team=team, agent=agent)).total
    span = Span(since_us=microseconds(found.since), until_us=microseconds(found.until))
    for kpi in KPIS:
        for part in get_args(Part):
            behind = CallsBehind(kpi=kpi.id, part=part, span=span, team=team, agent=agent)
            rows = await opened(store, behind, scope)
            assert all(scope.has(row.agent.id, row.agent.team, is_live=row.status == "live") for row in rows)
            assert sum(row.counted or 0 for row in rows) == _shown(found.values[kpi.id], part)
            assert all(row.counted for row in rows) or behind.counted == "duration_ms"


def _shown(value: Value, part: Part) -> int:
    return value.part if part == "part" or value.whole is None else value.whole


@FAST
@given(calls=CALLS, scope=st.sampled_from(SCOPES))
async def test_nobody_is_told_of_calls_that_they_may_not_see(
    store: Store, calls: list[tuple[list[Event], bool, tuple[str, str], int]], scope: CallScope
) -> None:
    await _store_all(store, calls)
    found = await report(store, scope, period="eight_weeks", by="agent")
    seen = await store.calls(limit=1000, scope=scope)
    within = [call for call in seen.calls if found.total.since <= iso_of(microseconds(call.started_at))]
    assert found.total.values["calls"].part == len(within)
    assert {(group.team, group.agent_id) for group in found.groups} == {
        (call.agent.team, call.agent.id) for call in within
    }
