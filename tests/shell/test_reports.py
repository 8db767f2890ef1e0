"""Reports of stored calls: equal to what counting every event gives, and what they quote."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shell import store_records as make
from tests.shell.report_stories import card, counted, disclosure, marked, promise, stories
from tests.shell.test_facts import all_facts
from tests.shell.test_kpis import AGENTS, NOW, SCOPES, ZONE, call_of
from voiceassist.events import CallStarted, Event, PartDeleted, Record, RefusalOutcome
from voiceassist.reports.definitions import REPORT_BY_ID, ReportId
from voiceassist.reports.effects import LEAST_CALLS
from voiceassist.store.call_scope import EVERY_CALL, CallScope
from voiceassist.store.erasure import RemovedRecordings
from voiceassist.store.kpis import KpiQuestion
from voiceassist.store.reports import EXAMPLES, ReportView
from voiceassist.store.store import Store, open_store

REPORT_IDS: tuple[ReportId, ...] = get_args(ReportId)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "voiceassist.db")
    yield opened
    await opened.close()


def question(**asked: Any) -> KpiQuestion:
    given: dict[str, Any] = {"period": "eight_weeks", "zone": ZONE, "now": NOW} | asked
    return KpiQuestion(**given)


async def report(store: Store, of: ReportId, scope: CallScope = EVERY_CALL, **asked: Any) -> ReportView:
    return await store.report(of, question(**asked), scope)


def parts_of(view: ReportView) -> dict[str, dict[str, tuple[int, int | None]]]:
    return {row.key: {id_: (value.part, value.whole) for id_, value in row.values.items()} for row in view.rows}


def expected(of: ReportId, rows: dict[str, Counter[str]]) -> dict[str, dict[str, tuple[int, int | None]]]:
    figures = REPORT_BY_ID[of].figures
    return {
        key: {one.id: (sums[one.part], sums[one.whole] if one.whole else None) for one in figures}
        for key, sums in rows.items()
    }


CALLS = st.lists(st.tuples(stories(), st.sampled_from(AGENTS), st.integers(0, 50), st.booleans()), max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(calls=CALLS, scope=st.sampled_from(SCOPES))
async def test_reports_are_what_counting_every_event_of_the_calls_that_one_may_see_gives(
    tmp_path_factory: pytest.TempPathFactory, calls: list[Any], scope: CallScope
) -> None:
    store = await open_store(tmp_path_factory.mktemp("reports") / "voiceassist.db")
    try:
        seen: list[list[Record]] = []
        for number, (events, agent, days, is_over) in enumerate(calls):
            end = [make.ended(20_000_000)] if is_over else []
            records = call_of(f"{number}", agent, *events, *end, ago=timedelta(days=days))
            for start in range(0, len(records), 4):
                await store.append(records[start : start + 4])
            if scope.has(*agent, is_live=not is_over):
                seen.append(records)
        told = counted(seen, ZONE)
        for of in REPORT_IDS:
            if of == "rules":
                continue  # `test_rule_feedback.py` counts them
            view = await report(store, of, scope)
            hours = {f"{hour:02}": Counter[str]() for hour in range(24)} if of == "abuse_hours" else {}
            assert parts_of(view) == expected(of, hours | told[of]), of
        fed = await all_facts(store)
        await store.rebuild_facts()
        assert await all_facts(store) == fed
    finally:
        await store.close()


STORY: list[Event] = [
    make.cue("c1"),
    card("p1", "c1", "Returns", ("credit", "exchange")),
    make.refusal_closed("c1", "dead_end"),
    make.cue("c2", kind="churn"),
    promise(1),
    disclosure("recording", "due"),
    make.ended(),
]


async def test_steps_are_weeks_and_a_row_has_its_own(store: Store) -> None:
    await store.append(call_of("now", AGENTS[0], *STORY))
    await store.append(call_of("old", AGENTS[0], *STORY, ago=timedelta(weeks=3)))
    view = await report(store, "refusals")
    assert view.steps == view.rows[0].steps == (0, 0, 0, 0, 1, 0, 0, 1)
    assert len(view.starts) == 8
    assert (await report(store, "refusals", period="today")).steps == (1,)
    shares = (await report(store, "reasons")).steps
    assert (shares[0], shares[-1]) == (None, 1.0)


async def test_what_several_rows_count_is_once_in_the_total(store: Store) -> None:
    await store.append(call_of("x", AGENTS[0], *STORY))
    view = await report(store, "reasons")
    assert [row.key for row in view.rows] == ["kind/churn", "topic/Returns"]
    assert (view.total["share"].part, view.total["share"].whole) == (1, 1)


async def test_reports_about_people_are_in_the_order_of_their_names(store: Store) -> None:
    for number, agent in enumerate(reversed(AGENTS)):
        insults = [make.cue(f"a{n}", kind="insult") for n in range(number)]
        await store.append(call_of(agent[0], agent, *insults, promise(1), make.ended()))
    of: ReportId
    for of in ("abuse_agents", "promises"):
        assert [row.name for row in (await report(store, of)).rows] == ["Ana", "Ben", "Cid", "Dee"]


async def test_refusals_are_quoted_with_their_moment_and_only_where_one_may_see_the_call(store: Store) -> None:
    for number in range(EXAMPLES + 1):
        await store.append(call_of(f"c-{number}", AGENTS[number % 2], *STORY, ago=timedelta(hours=number + 1)))
    examples = await store.refusal_examples("Returns", question(), EVERY_CALL)
    assert [(one.call_id, one.words, one.outcome) for one in examples] == [
        (f"c-{number}", "can't", "dead_end") for number in range(EXAMPLES)
    ]
    own = await store.refusal_examples("Returns", question(), CallScope(own_id="ben"))
    assert [one.call_id for one in own] == ["c-1", "c-3"]
    assert await store.refusal_examples("Fees", question(), EVERY_CALL) == ()


async def test_a_promise_is_listed_until_its_words_are_deleted(store: Store) -> None:
    await store.append(call_of("x", AGENTS[0], *STORY[:-1], marked(1, "kept"), make.ended()))
    (one,) = await store.promises(question())
    assert (one.words, one.due, one.outcome, one.marked_by) == ("by Friday 1", "by Friday", "kept", "Sue")
    gone = PartDeleted(at_ms=5000, part="transcript", by="voiceassist", done_at="2026-11-25T10:00:00Z")
    await store.append([make.record("x", 99, gone)])
    assert await store.promises(question()) == ()
    assert [row.name for row in (await report(store, "refusals")).rows] == ["Returns"]
    assert await store.refusal_examples("Returns", question(), EVERY_CALL) == ()


async def test_a_call_that_is_deleted_is_in_no_report(store: Store) -> None:
    await store.append(call_of("x", AGENTS[0], *STORY))

    async def nothing(_: object) -> RemovedRecordings:
        return RemovedRecordings(files=0, bytes=0)

    await store.erase(["x"], nothing, by="Adam")
    for of in REPORT_IDS:
        view = await report(store, of)
        assert not any(value.part for row in view.rows for value in row.values.values()), of


async def test_versions_are_compared_with_the_one_before_and_few_calls_say_nothing(store: Store) -> None:
    dead_end, recovered_ = (make.refusal_closed("c1", how) for how in get_args(RefusalOutcome)[::-1])
    for version, count, end in ((1, LEAST_CALLS, dead_end), (2, LEAST_CALLS, recovered_), (3, 11, dead_end)):
        for number in range(count):
            records = call_of(f"{version}-{number}", AGENTS[0], make.cue("c1"), end)
            await store.append([_of_version(records[0], version), *records[1:]])
    newest, older = await store.version_changes(question(), EVERY_CALL)
    assert (newest.version, newest.before, newest.calls) == ("3", "2", 11)
    assert {effect.verdict for effect in newest.effects} == {"not_enough"}
    recovered = older.effects[0]
    assert (recovered.id, recovered.verdict, recovered.difference) == ("recovered", "more", 1.0)
    assert recovered.interval
    assert 0.8 < recovered.interval.low <= 1.0


def _of_version(record: Record, version: int) -> Record:
    assert isinstance(record.event, CallStarted)
    return replace(record, event=replace(record.event, playbook=f"retail@{version}"))
