"""Facts of calls from before there were any: made while the server runs, bit by bit, and equal to a rebuild."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, insert, update
from structlog.testing import capture_logs

from tests.shell import store_records as make
from tests.shell.test_facts import STORY, all_facts, rows_of
from voiceassist.errors import StoreError
from voiceassist.store.database import migrate
from voiceassist.store.fact_catch_up import RETRY_S, STEP_CALLS
from voiceassist.store.rows import call_rows, event_row
from voiceassist.store.schema import calls, events, fact_calls
from voiceassist.store.store import Store, open_store

COUNT = 2 * STEP_CALLS + 3


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Opened on calls that a version without these facts has stored."""
    engine = create_engine(f"sqlite:///{tmp_path / 'calls.db'}")
    with engine.begin() as connection:
        migrate(connection, "0014")
        for number in range(COUNT):
            records = make.call(f"call-{number:02}", *STORY, started_at=f"2026-11-21T10:00:{number:02}+00:00")
            connection.execute(insert(calls), call_rows(records, ""))
            connection.execute(insert(events), [event_row(record) for record in records])
    engine.dispose()
    opened = await open_store(tmp_path / "calls.db")
    yield opened
    await opened.close()


async def counted(store: Store) -> list[str]:
    return sorted(row["call_id"] for row in await rows_of(store, fact_calls))


async def test_after_it_everything_is_as_if_the_facts_had_been_made_again(store: Store) -> None:
    await store.catch_up.run()
    assert store.catch_up.left == 0
    caught_up = await all_facts(store)
    assert len(caught_up["fact_calls"]) == COUNT
    await store.rebuild_facts()
    assert {name: rows for name, rows in (await all_facts(store)).items() if name not in SUMS} == {
        name: rows for name, rows in caught_up.items() if name not in SUMS
    }


SUMS = ("fact_agents", "fact_hours")  # of ended calls; here nothing was fed


async def test_the_newest_come_first_a_few_at_a_time_and_it_says_how_many_are_left(store: Store) -> None:
    at_a_pause, goes_on = asyncio.Queue[int](), asyncio.Event()

    async def pause(_seconds: float) -> None:
        at_a_pause.put_nowait(store.catch_up.left)
        await goes_on.wait()

    store.catch_up.sleep = pause
    running = asyncio.create_task(store.catch_up.run())
    assert await at_a_pause.get() == COUNT
    assert await counted(store) == [f"call-{number:02}" for number in range(COUNT - STEP_CALLS, COUNT)]
    await store.append(make.call("new", *STORY))  # a live call waits for nothing
    goes_on.set()
    await running
    assert len(await counted(store)) == COUNT + 1


async def test_a_call_that_cannot_be_read_is_told_and_left_out_and_no_other(store: Store) -> None:
    broken = update(events).where(events.c.call_id == "call-05", events.c.type == "alert").values(body="no JSON")
    await store._database.write(lambda connection: connection.execute(broken))
    with capture_logs() as logs:
        await store.catch_up.run()
    assert [log["call_id"] for log in logs if log["log_level"] == "warning"] == ["call-05"]
    assert len(await counted(store)) == COUNT - 1


async def test_a_call_that_was_deleted_meanwhile_is_left_out(store: Store) -> None:
    async def delete_one(_seconds: float) -> None:
        gone = delete(calls).where(calls.c.call_id == "call-00")
        await store._database.write(lambda connection: connection.execute(gone))

    store.catch_up.sleep = delete_one
    await store.catch_up.run()
    assert len(await counted(store)) == COUNT - 1


async def test_a_disk_that_fails_only_delays_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    transaction, fails = store._database.transaction, [StoreError("disk full"), StoreError("disk full")]

    def failing(work: object) -> object:
        if fails:
            raise fails.pop()
        return transaction(work)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store._database), "transaction", lambda _self, work: failing(work))
    store.catch_up.sleep = pause
    await store.catch_up.run()
    assert waits[:2] == [RETRY_S, RETRY_S]
    assert len(await counted(store)) == COUNT
