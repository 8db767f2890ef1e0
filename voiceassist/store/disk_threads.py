"""Threads for work on a disk that may hang: a few, of their own, and never waited for at the end.

A job that hangs keeps its thread. When all threads hang, jobs wait without a thread until one comes back; nothing
else in the process uses these threads, so nothing else waits. The threads are daemons: a process whose disk hangs
can still end. Never knows what a job does.
Next: `recorder.py` runs its jobs here.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread, get_ident
from time import monotonic
from typing import Any, TypeVar

from voiceassist.errors import RecordingError

Result = TypeVar("Result")
DiskJob = tuple[Future[Any], Callable[[], Any]]


class DiskThreads:
    """`await threads.run(job)` for one event loop; `close` in the end."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._free = asyncio.Semaphore(threads)  # jobs beyond wait here, where they can be cancelled
        self._jobs: SimpleQueue[DiskJob | None] = SimpleQueue()  # never more than there are threads
        self._began_s: dict[int, float] = {}  # by thread: when its job began
        self._is_started = self._is_closed = False

    def longest_s(self) -> float:
        """How long the oldest running job has been running."""
        return max((monotonic() - began_s for began_s in tuple(self._began_s.values())), default=0.0)

    async def run(self, function: Callable[[], Result]) -> Result:
        """What `function()` returns, from one of the threads. Raises what it raises, RecordingError after `close`.

        Cancelling gives up a job that waits for a thread; one that runs is waited for, until cancelled again.
        """
        async with self._free:
            if self._is_closed:
                raise RecordingError("nothing is recorded any more: the server stops")
            self._start()
            job: Future[Result] = Future()
            self._jobs.put((job, function))
            waiter = asyncio.wrap_future(job)
            try:
                return await asyncio.shield(waiter)
            except asyncio.CancelledError:
                await asyncio.wait([waiter])
                raise

    def close(self) -> None:
        """No further job; jobs that run are left to themselves."""
        self._is_closed = True
        for _ in range(self._threads):
            self._jobs.put(None)

    def _start(self) -> None:
        if not self._is_started:
            self._is_started = True
            for number in range(self._threads):
                Thread(target=self._work, name=f"recording-{number}", daemon=True).start()

    def _work(self) -> None:
        while work := self._jobs.get():
            job, function = work
            job.set_running_or_notify_cancel()
            self._began_s[get_ident()] = monotonic()
            result, error = None, None
            try:
                result = function()
            except BaseException as raised:  # noqa: BLE001 - raised again where the job is awaited
                error = raised
            del self._began_s[get_ident()]
            if error is None:
                job.set_result(result)
            else:
                job.set_exception(error)
