"""Runs recognizers off the event loop: a fixed number of threads that decode.

Never runs one recognizer in two threads, as long as its owner awaits each `run` before the next: even a
cancelled `run` waits for its decode, so closing the recognizer afterwards is safe. Every failure arrives as
an EngineError. The plain numbers are for the metrics page.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from voiceassist.errors import EngineError

Result = TypeVar("Result")

CLOSE_WITHIN_S = 5.0  # one decode takes at most a second or so; one that hangs does not hold up the stop


class DecodePool:
    """`async with DecodePool(2) as pool: transcripts = await pool.run(recognizer.feed, pcm)`."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.depth = 0  # runs that wait or decode now
        self.decodes = 0  # runs that ended, well or badly
        self.failures = 0  # runs that raised
        self.hurried_steps = 0  # steps of audio heard without partials, because the machine could not keep up
        self.decode_seconds = 0.0  # sum over all runs, without their waiting
        self.decode_cpu_seconds = 0.0  # processor time of the same, of the pool's own threads
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="decode")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for decodes that run, for some seconds; what still waits for a thread never runs."""
        ended = asyncio.create_task(asyncio.to_thread(self._threads.shutdown, cancel_futures=True))
        await asyncio.wait([ended], timeout=CLOSE_WITHIN_S)

    async def run(self, function: Callable[..., Result], *args: object) -> Result:
        """What `function(*args)` returns, from one of the threads. Raises EngineError.

        Cancelling gives up a run that still waits; one that decodes is waited for.
        """
        self.depth += 1
        job = self._threads.submit(_timed, function, args)
        try:
            result, seconds, cpu_seconds = await _outcome(job)
        except EngineError:
            self.failures += 1
            raise
        finally:
            self.depth -= 1
            self.decodes += 1
        self.decode_seconds += seconds
        self.decode_cpu_seconds += cpu_seconds
        return result


async def _outcome(job: Future[Result]) -> Result:
    waiter = asyncio.wrap_future(job)
    try:
        return await asyncio.shield(waiter)
    except asyncio.CancelledError:
        if not job.cancel():
            await asyncio.wait([waiter])
        raise


def _timed(function: Callable[..., Result], args: tuple[object, ...]) -> tuple[Result, float, float]:
    """Also the seconds that it took, and those of the processor."""
    started, cpu_started = time.perf_counter(), time.thread_time()
    try:
        result = function(*args)
    except EngineError:
        raise
    except Exception as error:
        name = getattr(function, "__qualname__", repr(function))
        raise EngineError(f"{name} failed: {type(error).__name__}: {error}") from error
    return result, time.perf_counter() - started, time.thread_time() - cpu_started
