"""The write-ahead log: another program that keeps an old state of the database open, and what is left after it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Event as Gate

import pytest
from sqlalchemy import Connection, text
from structlog.testing import capture_logs

from tests.shell import store_records as make
from tests.shell.serving import serving, settings_for
from voiceassist.cli.calls.erasing import remove_from
from voiceassist.errors import StoreError
from voiceassist.store.database import DATABASE, READERS
from voiceassist.store.log_size import HELD_LOOK_EVERY_S, LOOK_EVERY_S
from voiceassist.store.past_calls import bodies_of
from voiceassist.store.store import Store, open_store

READER = """
import sqlite3, sys
reader = sqlite3.connect(sys.argv[1], isolation_level=None)
reader.execute("BEGIN")
print(reader.execute("SELECT count(*) FROM calls").fetchone()[0], flush=True)
sys.stdin.read()
print(reader.execute("SELECT count(*) FROM calls").fetchone()[0], flush=True)
"""
LARGE = 1 << 20


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / DATABASE)
    opened.log.large_bytes, opened.log.told_bytes = LARGE, 2 * LARGE
    yield opened
    await opened.close()


@asynccontextmanager
async def another_program(path: Path) -> AsyncIterator[None]:
    """Reads the database in one transaction, which sees at its end what it saw at its beginning."""
    pipe = asyncio.subprocess.PIPE
    reader = await asyncio.create_subprocess_exec(sys.executable, "-c", READER, path, stdin=pipe, stdout=pipe)
    assert reader.stdout
    before = await reader.stdout.readline()
    try:
        yield
    finally:
        after, _ = await reader.communicate(b"")
    assert (after, reader.returncode) == (before, 0)


def log_of(folder: Path) -> int:
    return (folder / f"{DATABASE}-wal").stat().st_size


async def talk(store: Store, call_id: str, lines: int = 300) -> None:
    """A call whose lines are committed one by one."""
    await store.append(make.call(call_id))
    for seq in range(2, lines + 2):
        await store.append([make.record(call_id, seq, make.said("x" * 3000, utterance=seq))])


async def test_calls_are_stored_while_another_program_reads_on_and_the_log_is_small_after_it(
    store: Store, tmp_path: Path
) -> None:
    await talk(store, "before", lines=1)
    async with another_program(tmp_path / DATABASE):
        await talk(store, "meanwhile")
        await store.log.look()
        await talk(store, "and on")
        await store.log.look()
        assert store.log.bytes == log_of(tmp_path) > 2 * LARGE
        told = await store.trouble()
        assert told.startswith(
            f"degraded: the write-ahead log has {store.log.bytes / 1e6:.0f} MB: a program keeps"
        )
    await talk(store, "after", lines=1)
    await store.log.look()
    assert (log_of(tmp_path), store.log.bytes, await store.trouble()) == (0, 0, "")
    assert [len(await store.records(call)) for call in ("before", "meanwhile", "and on")] == [2, 301, 301]


async def test_a_log_that_somebody_held_is_never_folded_by_a_commit(store: Store, tmp_path: Path) -> None:
    async with another_program(tmp_path / DATABASE):
        await talk(store, "meanwhile")
        await store.log.look()
    at_first = (tmp_path / DATABASE).stat().st_size
    await talk(store, "after")
    assert (tmp_path / DATABASE).stat().st_size == at_first
    await store.log.look()
    assert (tmp_path / DATABASE).stat().st_size > at_first


async def test_commits_fold_the_log_again_once_nobody_holds_it(store: Store, tmp_path: Path) -> None:
    async with another_program(tmp_path / DATABASE):
        await talk(store, "meanwhile")
        await store.log.look()
    await store.log.look()
    for number in range(8):
        await talk(store, f"after {number}")
    assert log_of(tmp_path) < 6 << 20  # the thousand pages of SQLite, and what the last commits added


async def test_a_log_is_cut_by_the_next_commits_even_if_nobody_looks(store: Store, tmp_path: Path) -> None:
    async with another_program(tmp_path / DATABASE):
        while log_of(tmp_path) < 20 << 20:
            await store.append(make.call(f"{log_of(tmp_path)}", make.said("x" * 2_000_000)))
    await talk(store, "after", lines=3)
    assert log_of(tmp_path) == 16 << 20


async def watched(store: Store, looks: int) -> list[float]:
    """How long it slept before each look."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        if len(slept) == looks:
            raise asyncio.CancelledError
        slept.append(seconds)

    store.log.sleep = sleep
    with pytest.raises(asyncio.CancelledError):
        await store.log.watch()
    return slept


async def test_a_program_that_reads_on_is_looked_for_more_often(store: Store, tmp_path: Path) -> None:
    async with another_program(tmp_path / DATABASE):
        await talk(store, "meanwhile")
        assert await watched(store, 2) == [LOOK_EVERY_S, HELD_LOOK_EVERY_S]


async def test_a_disk_that_fails_is_looked_at_again(store: Store, tmp_path: Path) -> None:
    (tmp_path / f"{DATABASE}-wal").unlink()
    with capture_logs() as logs:
        assert await watched(store, 2) == [LOOK_EVERY_S, LOOK_EVERY_S]
    assert [line["event"] for line in logs] == ["size of the write-ahead log is not known"] * 2


async def test_a_log_that_somebody_reads_is_not_emptied_and_calls_are_stored_meanwhile(
    store: Store, tmp_path: Path
) -> None:
    async with another_program(tmp_path / DATABASE):
        await talk(store, "meanwhile", lines=1)
        emptying = asyncio.create_task(store.retention.empty_log())
        await talk(store, "and on", lines=5)
        assert not emptying.done()
        assert not await emptying
    assert await store.retention.empty_log()
    assert log_of(tmp_path) == 0


ENDLESS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n, calls")


class EndlessReading:
    """Begins, and says when it has ended; never by itself."""

    def __init__(self) -> None:
        self.begun, self.ended = Gate(), Gate()

    def __call__(self, connection: Connection) -> None:
        try:
            connection.execute(text("SELECT count(*) FROM calls")).one()
            self.begun.set()
            connection.execute(ENDLESS).one()
        finally:
            self.ended.set()

    async def has_ended(self) -> bool:
        return await asyncio.to_thread(self.ended.wait, 20)


async def test_a_reading_that_nobody_waits_for_any_more_is_stopped_and_holds_no_log(store: Store) -> None:
    await talk(store, "x", lines=1)
    endless = EndlessReading()
    asked = asyncio.create_task(store._database.read(endless))
    assert await asyncio.to_thread(endless.begun.wait, 20)
    asked.cancel()
    assert await endless.has_ended()
    assert await store.retention.empty_log()


async def test_readings_that_take_too_long_are_stopped_and_leave_their_threads_to_others(store: Store) -> None:
    await talk(store, "x", lines=1)
    store._database.answer_within_s = 0.2
    endless = [EndlessReading() for _ in range(READERS)]
    answers = await asyncio.gather(*map(store._database.read, endless), return_exceptions=True)
    assert [type(answer) for answer in answers] == [StoreError] * READERS
    assert all([await one.has_ended() for one in endless if one.begun.is_set()])
    store._database.answer_within_s = 20
    assert len(await store.records("x")) == 2


async def test_work_on_many_calls_in_another_process_holds_no_log_between_two_calls(
    store: Store, tmp_path: Path
) -> None:
    for call_id in ("one", "two"):
        await talk(store, call_id, lines=5)
    past = bodies_of(tmp_path / DATABASE, ["one", "two"], ["final"])
    assert [call_id for call_id, _ in islice(past, 1)] == ["one"]
    assert await store.retention.empty_log()
    assert [call_id for call_id, _ in past] == ["two"]


async def test_the_file_does_not_grow_while_calls_are_deleted_as_fast_as_they_come(
    store: Store, tmp_path: Path
) -> None:
    """What is freed is used again, so nothing need be given back while the server runs."""

    async def day(number: int) -> int:
        call_ids = [f"{number} {call}" for call in range(20)]
        for call_id in call_ids:
            said = [make.said(f"word {n} " * 20, utterance=n) for n in range(60)]
            await store.append(make.call(call_id, *said, make.ended()))
        await store.erase(call_ids, partial(remove_from, tmp_path), by="ana", is_step=True)
        begins = True
        while await store.retention.tidy_index(begins=begins):
            begins = False
        await store.retention.empty_log()
        return (tmp_path / DATABASE).stat().st_size

    first = await day(0)
    assert max([await day(number) for number in range(1, 8)]) <= first * 1.1


async def test_operators_hear_of_a_program_that_reads_on_and_calls_are_taken_all_the_same(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        log = server.runtime.store.log
        log.large_bytes = log.told_bytes = LARGE
        async with another_program(tmp_path / DATABASE):
            await talk(server.runtime.store, "meanwhile")
            await log.look()
            ready = await server.http.get("/readyz")
            metrics = (await server.http.get("/metrics")).text
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert ready.json()["store"].startswith("degraded: the write-ahead log has")
        size = next(line for line in metrics.splitlines() if line.startswith("voiceassist_store_wal_bytes "))
        assert float(size.split()[1]) == log.bytes > LARGE
        await log.look()
        assert (await server.http.get("/readyz")).json()["store"] == "ok"
