"""Backtests that screens asked for: started, followed, cancelled; the last few results are kept.

Each runs in a process of its own (`worker.py`), so that no live call waits for it; they take turns. A server that
stops ends them. Never reads a call itself. Next: `server/playbook_trials.py` shows them.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

import structlog

from voiceassist.backtests.worker import JOB, Job
from voiceassist.errors import ConflictError, UnknownNameError

log = structlog.get_logger()

KEPT = 8  # finished jobs: what the people who are editing now may still look at
WAITING = 4  # jobs at a time, running and waiting: each is minutes of one core
LINE_BYTES = 16 << 20  # of one message; a result is some 100 kB
BROKEN = "the backtest stopped unexpectedly; the server's log says why"


JobState = Literal["running", "done", "failed", "cancelled"]


@dataclass(slots=True, kw_only=True)
class Running:
    """One job, as it is now."""

    login: str  # who may look at it; empty: the local person of an open server
    id: str = field(default_factory=lambda: uuid4().hex[:12])
    state: JobState = "running"
    done: int = 0  # calls
    total: int = 0
    result: dict[str, Any] | None = None  # `core.backtest.Backtest` as JSON
    error: str | None = None
    task: asyncio.Task[None] | None = None


class Backtests:
    """The jobs of one server."""

    def __init__(self) -> None:
        self._jobs: dict[str, Running] = {}
        self._turn = asyncio.Lock()

    def start(self, job: Job, login: str) -> Running:
        """Starts a job, or lets it wait for those before it. Raises ConflictError when too many wait."""
        if sum(one.state == "running" for one in self._jobs.values()) >= WAITING:
            raise ConflictError("busy", f"{WAITING} backtests are running or waiting already; cancel one, or wait")
        running = Running(login=login)
        self._jobs[running.id] = running
        self._forget_oldest()
        running.task = asyncio.create_task(self._run(running, job), name=f"backtest {running.id}")
        return running

    def job(self, id_: str, login: str) -> Running:
        """A job of one's own by its id. Raises UnknownNameError."""
        job = self._jobs.get(id_)
        if job is None or job.login != login:
            raise UnknownNameError("unknown_job", f"there is no backtest {id_!r} (any more); start it again")
        return job

    async def cancel(self, job: Running) -> Running:
        """Ends a job; one that is over stays as it is."""
        if job.task and not job.task.done():
            job.task.cancel()
            await asyncio.gather(job.task, return_exceptions=True)
        return job

    async def close(self) -> None:
        """The server stops: every job is cancelled."""
        for job in list(self._jobs.values()):
            await self.cancel(job)

    def _forget_oldest(self) -> None:
        over = [id_ for id_, job in self._jobs.items() if job.state != "running"]
        for id_ in over[: max(0, len(over) - KEPT)]:
            del self._jobs[id_]

    async def _run(self, running: Running, job: Job) -> None:
        try:
            async with self._turn:
                await _follow(running, job)
        except asyncio.CancelledError:
            running.state = "cancelled"
            raise
        except Exception:
            running.state, running.error = "failed", BROKEN
            log.exception("backtest failed", job=running.id)


async def _follow(running: Running, job: Job) -> None:
    """Runs the worker to its end and notes what it says."""
    command = (sys.executable, "-m", "voiceassist.backtests.worker")
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=LINE_BYTES
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_tell(process, job))
            tasks.create_task(_listen(running, process))
            errors = tasks.create_task(_errors(process))
        if await process.wait() or running.state == "running":
            running.state, running.error = "failed", BROKEN
            log.error("backtest failed", job=running.id, stderr=errors.result())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _tell(process: Process, job: Job) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):  # it died at once: its exit code says so
        process.stdin.write(JOB.dump_json(job) + b"\n")
        await process.stdin.drain()
    process.stdin.close()


async def _listen(running: Running, process: Process) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        match json.loads(line):
            case {"done": int(done), "total": int(total)}:
                running.done, running.total = done, total
            case {"result": dict(result)}:
                running.done, running.result, running.state = running.total, result, "done"
            case {"error": str(error)}:
                running.error, running.state = error, "failed"


async def _errors(process: Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.read()).decode(errors="replace")[-2000:]
