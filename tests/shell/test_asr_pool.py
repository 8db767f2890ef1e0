"""The decode pool: results and errors come back, cancelling is safe, numbers add up."""

import asyncio
import threading

import pytest

from voiceassist.asr.pool import DecodePool
from voiceassist.errors import EngineError


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
    assert pool.decode_seconds > 0


async def test_waiting_takes_no_processor_time_and_computing_does() -> None:
    go = threading.Event()
    async with DecodePool(1) as pool:
        waiting = asyncio.create_task(pool.run(go.wait))
        await asyncio.sleep(0)
        go.set()
        await waiting
        waited_cpu_s = pool.decode_cpu_seconds
        await pool.run(sum, range(1_000_000))
        assert pool.decode_cpu_seconds > waited_cpu_s


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
    go, ended = threading.Event(), threading.Event()

    def decode() -> None:
        go.wait()
        ended.set()

    async with DecodePool(1) as pool:
        run = asyncio.create_task(pool.run(decode))
        await asyncio.sleep(0)
        go.set()
    assert ended.is_set()
    await run


async def test_a_decode_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceassist.asr.pool.CLOSE_WITHIN_S", 0)
    go = threading.Event()
    async with DecodePool(1) as pool:
        run = asyncio.create_task(pool.run(go.wait))
        await asyncio.sleep(0)
    assert not run.done()
    go.set()
    await run
