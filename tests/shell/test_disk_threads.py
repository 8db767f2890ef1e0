"""Threads for work that may hang: one that hangs holds up no other, and none holds up the end."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from voiceassist.errors import RecordingError
from voiceassist.store.disk_threads import DiskThreads

ENOUGH_S = 30


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


async def hang(threads: DiskThreads, gate: threading.Event) -> asyncio.Task[bool]:
    """A job that has begun and waits for the gate."""
    began = threading.Event()

    def job() -> bool:
        began.set()
        return gate.wait(ENOUGH_S)

    running = asyncio.create_task(threads.run(job))
    await asyncio.to_thread(began.wait, ENOUGH_S)
    return running


async def test_job_runs_beside_one_that_hangs(gate: threading.Event) -> None:
    with closing(DiskThreads(2)) as threads:
        hanging = await hang(threads, gate)
        assert await threads.run(lambda: 42) == 42
        assert threads.longest_s() > 0
        gate.set()
        assert await hanging
        assert threads.longest_s() == 0


async def test_job_that_waits_for_a_thread_can_be_given_up(gate: threading.Event) -> None:
    with closing(DiskThreads(1)) as threads:
        hanging = await hang(threads, gate)
        ran: list[int] = []
        waiting = asyncio.create_task(threads.run(lambda: ran.append(1)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        gate.set()
        await hanging
        await threads.run(lambda: ran.append(2))
        assert ran == [2]


async def test_what_a_job_raises_is_raised() -> None:
    def full() -> None:
        raise OSError("no space left")

    with closing(DiskThreads(1)) as threads:
        with pytest.raises(OSError, match="no space left"):
            await threads.run(full)
        assert await threads.run(lambda: 1) == 1


async def test_closing_waits_for_nobody(gate: threading.Event) -> None:
    threads = DiskThreads(1)
    hanging = await hang(threads, gate)
    threads.close()
    hanging.cancel()
    await asyncio.sleep(0)
    hanging.cancel()  # as the event loop does at its end
    await asyncio.wait([hanging])
    assert hanging.cancelled()
    with pytest.raises(RecordingError, match="the server stops"):
        await threads.run(lambda: 1)
