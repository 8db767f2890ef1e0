"""The write-ahead log: another program that keeps an old state of the database open, and what is left after it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.shell import store_records as make
from tests.shell.serving import serving, settings_for
from voiceassist.store.database import DATABASE
from voiceassist.store.log_size import HELD_LOOK_EVERY_S, LOOK_EVERY_S
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
