"""Facts for reports: what a call adds to them, and that making them again gives what was fed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select

from tests.shell import store_records as make
from tests.shell.test_store import STEPS, _story
from voiceassist.cli import app as command_line
from voiceassist.events import CallIdentified, Customer, Event, Person, PromptClosed, Record
from voiceassist.store.call_filter import CallFilter
from voiceassist.store.fact_feed import FACT_TABLES
from voiceassist.store.rows import Row
from voiceassist.store.schema import fact_agents, fact_refusals
from voiceassist.store.store import Store, open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "voiceassist.db")
    yield opened
    await opened.close()


async def rows_of(store: Store, table: Table) -> list[Row]:
    wanted = select(table).order_by(*table.primary_key)
    return await store._database.read(lambda c: [dict(row) for row in c.execute(wanted).mappings()])


async def all_facts(store: Store) -> dict[str, list[Row]]:
    return {table.name: await rows_of(store, table) for table in FACT_TABLES}


STORY: list[Event] = [
    make.cue("c1"),
    make.prompt("p1"),
    PromptClosed(at_ms=1500, prompt_id="p1", outcome="used", alternative="credit"),
    make.refusal_closed("c1", "recovered"),
    make.cue("c2"),
    make.cue_retracted("c2"),
    make.cue("c3"),
    make.alert("a1", "critical"),
    make.alert_changed("a1", "acknowledged"),
    make.alert("a2", "info"),
    make.alert_changed("a2", "retracted"),
    make.ended(),
]


async def test_call_adds_its_refusals_offers_alerts_and_topics_and_counts_for_its_agent_and_hour(
    store: Store,
) -> None:
    await store.append(make.call("x", *STORY))
    facts = await all_facts(store)
    refusals = [(row["cue_id"], row["topic"], row["outcome"]) for row in facts["fact_refusals"]]
    assert refusals == [("c1", "Offer something", "recovered"), ("c3", "", "open")]
    (offer,) = facts["fact_offers"]
    assert (offer["outcome"], offer["alternative"], offer["agent_id"]) == ("used", "credit", "ada")
    (alert,) = facts["fact_alerts"]
    assert (alert["alert_id"], alert["state"], alert["by"]) == ("a1", "acknowledged", "Sue")
    assert [row["topic"] for row in facts["fact_topics"]] == ["", "Offer something"]
    (agent,) = facts["fact_agents"]
    assert (agent["day"], agent["calls"], agent["refusals"], agent["alerts"]) == ("2026-11-21", 1, 2, 1)
    (hour,) = facts["fact_hours"]
    assert (hour["hour"], hour["calls"], hour["duration_ms"]) == ("2026-11-21T10", 1, 5000)


async def test_alert_that_is_resolved_after_the_call_is_resolved_in_the_facts_too(store: Store) -> None:
    await store.append(make.call("x", *STORY))
    await store.append([make.record("x", 14, make.alert_changed("a1", "resolved", at_ms=9000))])
    facts = await all_facts(store)
    assert [row["state"] for row in facts["fact_alerts"]] == ["resolved"]
    assert facts["fact_agents"][0]["calls"] == 1


CALLS = st.lists(st.tuples(STEPS.map(_story), st.booleans(), st.integers(1, 4)), max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(calls=CALLS)
async def test_facts_that_are_made_again_are_those_that_were_fed(
    store: Store, calls: list[tuple[list[Event], bool, int]]
) -> None:
    known = len((await store.calls(limit=1000)).calls)
    for number, (events, is_over, size) in enumerate(calls, start=known):
        at = f"2026-11-{1 + number % 20:02}T{number % 24:02}:30:00+01:00"
        records = make.call(f"{number}", *events, *([make.ended()] if is_over else []), started_at=at)
        await _append_in_parts(store, records, size)
    fed = await all_facts(store)
    assert await store.rebuild_facts() == known + len(calls)
    assert await all_facts(store) == fed


async def _append_in_parts(store: Store, records: list[Record], size: int) -> None:
    for start in range(0, len(records), size):
        await store.append(records[start : start + size])


async def test_command_makes_the_facts_again_and_says_how_many_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = await open_store(tmp_path / "voiceassist.db")
    await store.append(make.call("x", *STORY))
    await store.close()
    await _run("calls", "facts", "--data-dir", str(tmp_path), "--rebuild")
    said = capsys.readouterr().out.split("\n")
    assert said[0] == "Facts of 1 calls were made again."
    assert [line.split() for line in said[1:3]] == [["refusals", "2"], ["offers", "1"]]


async def _run(*arguments: str) -> None:
    """The command has an event loop of its own, so it needs a thread of its own here."""
    await asyncio.to_thread(command_line, list(arguments), standalone_mode=False)


async def test_who_speaks_is_what_was_told_last_in_the_columns_the_facts_and_the_sums(store: Store) -> None:
    ben, eve = Person(id="ben", name="Ben", team="sales"), Customer(id="7", name="Eve", tier="gold")
    live = CallIdentified(at_ms=1_800, agent=ben, customer=eve, by="lookup")
    await store.append(make.call("x", *STORY[:-1], live, make.ended()))
    await store.append(make.call("y", *STORY))
    assert {row["agent_id"] for row in await rows_of(store, fact_agents)} == {"ben", make.started().agent.id}
    over = replace(live, at_ms=2_000, agent=replace(ben, id="cid", team="returns"), by="Sam")
    await store.append([Record(call_id="x", seq=len(STORY) + 3, event=over)])
    sums = {row["agent_id"]: row["calls"] for row in await rows_of(store, fact_agents)}
    assert sums == {"cid": 1, make.started().agent.id: 1}
    refusals = await rows_of(store, fact_refusals)
    assert {row["agent_id"] for row in refusals if row["call_id"] == "x"} == {"cid"}
    page = await store.calls(filter=CallFilter(customer=("7",)))
    assert [(call.call_id, call.agent, call.customer) for call in page.calls] == [("x", over.agent, eve)]
    whose = await store.whose("x")
    assert whose
    assert (whose.agent_id, whose.team) == ("cid", "returns")
