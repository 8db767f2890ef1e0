"""The server's side of the process for playbook work: `await worker.run(function, *arguments)`.

The process is started by the first request and serves one at a time. At most `WAITING` requests wait, further ones
are refused. A request that takes longer than `LIMIT_S` is ended together with the process, and the next one starts
another; so does a process that was killed. Never works in the server's own process. Next: `work.py`.
"""

import asyncio
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from subprocess import PIPE
from threading import Event, Timer
from typing import IO, Any, ParamSpec, TypeVar

import structlog

from voiceassist.errors import ConflictError, PlaybookError

P = ParamSpec("P")
T = TypeVar("T")
Process = subprocess.Popen[bytes]

log = structlog.get_logger()

COMMAND = (sys.executable, "-m", "voiceassist.playbook_worker")
WAITING = 32  # requests: some people who edit at the same time, with a few each
LIMIT_S = 30.0  # of one request; the first one that compiles English takes 2
START_S = 60.0  # for the process to be there; 1 to 2 on an idle machine
TOO_LONG = "this took longer than {:.0f} seconds and was stopped: make the playbook, or what is tried, smaller"
ENDED = "the process that works on playbooks ended unexpectedly; try again, and look into the server's log"


class PlaybookWorker:
    """One process for the playbook work of one server."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._thread = ThreadPoolExecutor(1, "playbook-worker")  # waits for the process; nothing else runs there
        self._asked: set[Future[Any]] = set()
        self._process: Process | None = None
        self._is_closed = False

    async def run(self, work: Callable[P, T], *args: P.args, **_none: P.kwargs) -> T:
        """What a function of `work.py` gives. Raises what it does; ConflictError when busy or stopping."""
        if self._is_closed:
            raise ConflictError("stopping", "voiceassist is stopping; try again in a moment")
        self._asked = {one for one in self._asked if not one.done()}
        if len(self._asked) >= WAITING:
            raise ConflictError(
                "playbooks_busy", f"{WAITING} requests about playbooks wait already; try again in a moment"
            )
        asked = self._thread.submit(self._ask, work, args)
        self._asked.add(asked)
        is_done, answer = await asyncio.wrap_future(asked)
        if not is_done:
            raise answer
        return answer  # type: ignore[no-any-return]

    @property
    def process_id(self) -> int | None:
        """Of the process, if one runs."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """Ends the process, whatever it does; requests that wait are dropped."""
        self._is_closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._end()

    def _ask(self, work: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bool, Any]:
        request = pickle.dumps((work, args))
        reused = self._process
        is_late = Event()
        answer = self._exchange(request, is_late)
        if answer is None and reused and not is_late.is_set() and not self._is_closed:
            answer = self._exchange(request, is_late)  # it had been killed while it was idle, perhaps
        if answer is None and is_late.is_set():
            return False, PlaybookError(TOO_LONG.format(self._limit_s))
        return answer or (False, ConflictError("worker_ended", ENDED))

    def _exchange(self, request: bytes, is_late: Event) -> tuple[bool, Any] | None:
        """One request and its answer; None when the process ended before it answered."""
        try:
            process = self._running()
            with _limited(process, self._limit_s, is_late):
                _input(process).write(request)
                _input(process).flush()
                return _answer(process)  # type: ignore[no-any-return]
        except (EOFError, OSError, pickle.UnpicklingError):
            self._end()
            log.error("playbook worker ended", was_late=is_late.is_set())  # noqa: TRY400 - it told its own traceback
            return None

    def _running(self) -> Process:
        """The process, started if there is none that runs."""
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = process = subprocess.Popen(COMMAND, stdin=PIPE, stdout=PIPE)  # noqa: S603 - our own
            with _limited(process, START_S, Event()):
                _answer(process)
        if self._is_closed:  # while it was started
            self._process.kill()
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            with suppress(BrokenPipeError), process:  # of a request that was not read to its end
                pass


@contextmanager
def _limited(process: Process, limit_s: float, is_late: Event) -> Iterator[None]:
    """Kills the process if this takes longer."""

    def kill() -> None:
        is_late.set()
        process.kill()

    timer = Timer(limit_s, kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _input(process: Process) -> IO[bytes]:
    assert process.stdin is not None
    return process.stdin


def _answer(process: Process) -> Any:  # noqa: ANN401 - whatever was asked for
    assert process.stdout is not None
    return pickle.load(process.stdout)  # noqa: S301 - from the process that was started here
