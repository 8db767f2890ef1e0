"""The decode pool: results and errors come back, cancelling is safe, numbers add up."""

import asyncio
import threading
from contextlib import suppress
from time import monotonic

import pytest

from voiceassist.asr.pool import DecodePool
from voiceassist.asr.priority import Priority, Rank
from voiceassist.errors import EngineError

NEEDED = Priority(Rank.NEEDED, 0.0)


def hold(started: threading.Event, go: threading.Event) -> int:
    """A decode that lasts until `go`."""
    started.set()
    go.wait()
    return 0


async def test_what_the_function_returns_comes_back_from_another_thread() -> None:
    async with DecodePool(2) as pool:
        assert await pool.run(threading.get_ident) != threading.get_ident()
        assert await pool.run(sum, [1, 2]) == 3


async def test_a_native_failure_becomes_an_engine_error_with_its_cause() -> None:
    async with DecodePool(1) as pool:
        with pytest.raises(EngineError, match="int failed: ValueError: ") as caught:
            await pool.run(int, "x")
    assert isinstance(caught.value.__cause__, ValueError)
    assert pool.failures == 1


async def test_an_engine_error_stays_as_it_is() -> None:
    error = EngineError("the model is gone")

    def fail() -> None:
        raise error

    async with DecodePool(1) as pool:
        with pytest.raises(EngineError) as caught:
            await pool.run(fail)
    assert caught.value is error


async def test_depth_counts_waiting_and_decoding_runs() -> None:
    go = threading.Event()
    async with DecodePool(1) as pool:
        runs = [asyncio.create_task(pool.run(go.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        assert pool.depth == 3
        go.set()
        await asyncio.gather(*runs)
    assert (pool.depth, pool.decodes, pool.failures) == (0, 3, 0)
    assert pool.meter.busy_s > 0


async def test_waiting_takes_no_processor_time_and_computing_does() -> None:
    go = threading.Event()
    async with DecodePool(1) as pool:
        waiting = asyncio.create_task(pool.run(go.wait))
        await asyncio.sleep(0)
        go.set()
        await waiting
        waited_cpu_s = pool.meter.cpu_s
        await pool.run(sum, range(1_000_000))
        assert pool.meter.cpu_s > waited_cpu_s


async def test_a_cancelled_run_ends_only_after_its_decode() -> None:
    started, go, ended = threading.Event(), threading.Event(), threading.Event()

    def decode() -> None:
        started.set()
        go.wait()
        ended.set()

    async with DecodePool(1) as pool:
        run = asyncio.create_task(pool.run(decode))
        await asyncio.to_thread(started.wait)
        run.cancel()
        await asyncio.sleep(0)
        assert not run.done()
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert ended.is_set()


async def test_a_run_cancelled_while_it_waits_never_decodes() -> None:
    go = threading.Event()
    decoded: list[int] = []
    async with DecodePool(1) as pool:
        first = asyncio.create_task(pool.run(go.wait))
        second = asyncio.create_task(pool.run(decoded.append, 2))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait([second])
        go.set()
        await first
    assert decoded == []


async def test_leaving_the_pool_waits_for_running_decodes() -> None:
    started, go, ended = threading.Event(), threading.Event(), threading.Event()

    def decode() -> None:
        started.set()
        go.wait()
        ended.set()

    async with DecodePool(1) as pool:
        run = asyncio.create_task(pool.run(decode))
        await asyncio.to_thread(started.wait)
        go.set()
    assert ended.is_set()
    await run


async def test_a_decode_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceassist.asr.pool.CLOSE_WITHIN_S", 0)
    started, go = threading.Event(), threading.Event()
    async with DecodePool(1) as pool:
        run = asyncio.create_task(pool.run(hold, started, go))
        await asyncio.to_thread(started.wait)
    assert not run.done()
    go.set()
    await run


async def test_what_is_not_begun_in_time_never_runs() -> None:
    go = threading.Event()
    decoded: list[int] = []
    async with DecodePool(1) as pool:
        first = asyncio.create_task(pool.run(go.wait))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await pool.run(decoded.append, 2, begin_within_s=0)
        go.set()
        await first
    assert decoded == []


async def test_what_has_begun_in_time_is_waited_for() -> None:
    go, loop = threading.Event(), asyncio.get_running_loop()

    def decode() -> str:
        loop.call_soon_threadsafe(loop.call_later, 0.02, go.set)  # later than it had to begin
        go.wait()
        return "well"

    async def begun() -> str:
        while True:
            with suppress(TimeoutError):  # the machine was busy
                return await pool.run(decode, begin_within_s=0.01)

    async with DecodePool(1) as pool:
        assert await begun() == "well"


async def test_in_a_full_queue_what_may_be_left_out_is_and_what_is_needed_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("voiceassist.asr.pool.MOST_WAITING", 1)
    started, go = threading.Event(), threading.Event()
    async with DecodePool(1) as pool:
        runs = [asyncio.create_task(pool.run(hold, started, go))]
        await asyncio.to_thread(started.wait)
        runs.append(asyncio.create_task(pool.run(sum, [1, 2], priority=NEEDED)))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await pool.run(sum, [1, 2], priority=NEEDED, begin_within_s=60)
        with pytest.raises(EngineError, match="1 legs wait to be decoded"):
            await pool.run(sum, [1, 2], priority=NEEDED)
        runs.append(asyncio.create_task(pool.run(sum, [1, 2])))  # a recognizer is closed in any case
        await asyncio.sleep(0)
        go.set()
        assert await asyncio.gather(*runs) == [0, 3, 3]


async def test_a_closed_pool_refuses_work() -> None:
    async with DecodePool(1) as pool:
        pass
    with pytest.raises(EngineError, match="stops"):
        await pool.run(sum, [1, 2])


async def test_load_tells_how_late_the_oldest_audio_that_waits_is() -> None:
    started, go = threading.Event(), threading.Event()
    async with DecodePool(1) as pool:
        runs = [asyncio.create_task(pool.run(hold, started, go))]
        await asyncio.to_thread(started.wait)
        assert pool.load().behind_s == 0.0
        due_s = monotonic() - 5
        runs.append(asyncio.create_task(pool.run(sum, [], priority=Priority(Rank.NEEDED, due_s))))
        runs.append(asyncio.create_task(pool.run(sum, [], priority=Priority(Rank.PARTIAL, due_s - 5))))
        await asyncio.sleep(0)
        assert (pool.load().waiting, pool.load().behind_s // 5) == (2, 1)
        go.set()
        await asyncio.gather(*runs)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decodes that have not ended after two looks hang."""
    monkeypatch.setattr("voiceassist.asr.pool.HANGS_AFTER_S", 2)
    monkeypatch.setattr("voiceassist.asr.pool.LOOK_EVERY_S", 0.001)


@pytest.mark.usefixtures("impatient")
async def test_a_decode_that_hangs_fails_its_call_and_no_other() -> None:
    started, go = threading.Event(), threading.Event()
    async with DecodePool(1) as pool:
        hangs = asyncio.create_task(pool.run(hold, started, go))
        other = asyncio.create_task(pool.run(sum, [1, 2]))
        with pytest.raises(EngineError, match="a decode has not ended for 2 s"):
            await hangs
        assert await other == 3
        assert (pool.hung, pool.depth) == (1, 0)
        go.set()  # it ends after all, and disturbs nobody
        assert await pool.run(sum, [3, 4]) == 7


@pytest.mark.usefixtures("impatient")
async def test_who_is_cancelled_while_its_decode_hangs_is_not_held_up() -> None:
    started, go = threading.Event(), threading.Event()
    async with DecodePool(1) as pool:
        hangs = asyncio.create_task(pool.run(hold, started, go))
        await asyncio.to_thread(started.wait)
        hangs.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hangs
        assert pool.hung == 1
        go.set()


@pytest.mark.usefixtures("impatient")
async def test_when_too_many_decodes_hang_calls_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceassist.asr.pool.MOST_HUNG", 1)
    go = threading.Event()
    async with DecodePool(1) as pool:
        runs = [asyncio.create_task(pool.run(hold, threading.Event(), go)) for _ in range(3)]
        with pytest.raises(EngineError, match="has not ended"):
            await runs[0]
        with pytest.raises(EngineError, match="has not ended"):
            await runs[1]
        with pytest.raises(EngineError, match="too many decodes hang"):
            await runs[2]
        with pytest.raises(EngineError, match="too many decodes hang"):
            await pool.run(sum, [1, 2])
        go.set()
