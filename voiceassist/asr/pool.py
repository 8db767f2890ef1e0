"""Runs recognizers off the event loop: a fixed number of threads that decode, what is most urgent first.

Theory of operation. A leg of a call has one run here at a time, never two: its owner awaits each before the next.
A run is needed, or only a Partial needs it. What is needed goes first: taking in audio, which is cheap and shows
that a line has ended, and decoding that line for its Final. Then come the partials of legs with an open cue, then
all others, then bulk work; `decode_order.py` says how calls take turns. A thread never stops in the middle of a
run: a Final waits for a Partial that is being decoded (20 to 90 ms), never for one that waits.

Even a cancelled run waits for its decode, so closing the recognizer afterwards is safe. A decode that does not end
is given up after HANGS_AFTER_S: its call fails, another thread takes the place of that one, and other calls do not
notice. Every failure arrives as an EngineError. Never knows what a run does.
Next: `scheduled_leg.py` says how urgent it is; the metrics page tells the numbers.

What a full machine does with its cores, measured with 40 calls of moonshine on two: the threads never wait for a
run. onnxruntime computes without Python's lock, 85 % of a decode; the lock was held 55 % of the time, a third of
that by the voice detector, which holds it no more (`unlocked_detector.py`): now 42 %, half of it the event loop's.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf, isfinite
from time import monotonic, perf_counter, thread_time
from types import TracebackType
from typing import Any, Self, TypeVar

import structlog

from voiceassist.asr.decode_order import DecodeOrder
from voiceassist.asr.load import LoadMeter, LoadState
from voiceassist.asr.priority import AT_ONCE, Priority, Rank
from voiceassist.errors import EngineError

Result = TypeVar("Result")
log = structlog.get_logger()

CLOSE_WITHIN_S = 5.0  # one decode takes at most a second or so; one that hangs does not hold up the stop
# Runs that wait: one for each leg of a thousand calls, more than any machine decodes. Behind each of them waits
# the audio of its call, which has a bound of its own. Full: a Partial is left out; what is needed fails its call;
# what frees memory is taken all the same.
MOST_WAITING = 2_000
# No decode takes a tenth of it, however loaded the machine is. It is counted in looks, each a second or more after
# the one before, so that a process that was stopped for a minute gives nothing up.
HANGS_AFTER_S, LOOK_EVERY_S = 30, 1.0
# So many threads may hang; after that no further ones are started, and calls fail when the last one is gone.
MOST_HUNG = 16
NO_THREAD = "nothing is decoded any more: too many decodes hang; start voiceassist again, or take another engine"

# Threads are woken for new runs at most so often: waking one costs the event loop more than all else about a run,
# and many calls have a thousand of them a second. A thread that works takes the next run without being woken.
WAKE_EVERY_S = 0.004


@dataclass(slots=True, eq=False)
class _Run:
    priority: Priority
    function: Callable[..., Any]
    args: tuple[object, ...]
    answer: asyncio.Future[Any]
    is_over: bool = False  # or never begins
    looks: int = 0  # that found it decoding
    left: asyncio.Future[None] | None = None  # waits for the end only, cancelled

    def end(self, result: object, error: BaseException | None) -> None:
        """Gives what came of it, on the event loop."""
        if self.is_over:  # given up, and ends after all
            return
        self.is_over = True
        if self.left:
            self.left.set_result(None)
        elif self.answer.done():  # who waited for it has been cancelled, and does not know yet
            return
        elif error:
            self.answer.set_exception(error)
        else:
            self.answer.set_result(result)


class DecodePool:
    """`async with DecodePool(2) as pool: transcripts = await pool.run(recognizer.finish)`."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.decodes = 0  # runs that ended, well or badly
        self.failures = 0  # runs that raised, or were given up
        self.hung = 0  # runs that were given up
        self.partials_left_out = 0  # because the machine could not keep up
        self.meter = LoadMeter()
        self._news = threading.Condition()  # also the lock of what follows
        self._waiting = DecodeOrder[_Run](workers)  # at most MOST_WAITING, and what frees memory
        self._decoding: list[_Run] = []
        self._threads = 0  # that do not hang
        self._is_closed = False
        self._looking: asyncio.TimerHandle | None = None
        self._woken_s = -inf  # on the loop's clock: when threads were last woken...
        self._waking: asyncio.TimerHandle | None = None  # ...and will be again

    async def __aenter__(self) -> Self:
        for _ in range(self.workers):
            self._begin_thread()
        self._look(asyncio.get_running_loop())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for decodes that run, for some seconds; what still waits for a thread never runs."""
        with self._news:
            self._is_closed = True
            for run in self._waiting:
                run.is_over = True
                run.answer.cancel()
            self._waiting.clear()
            self._news.notify_all()
        if self._looking:
            self._looking.cancel()
        await asyncio.to_thread(self._wait_for_decodes)

    def _begin_thread(self) -> None:
        self._threads += 1
        threading.Thread(target=self._work, name=f"decode_{self._threads + self.hung}", daemon=True).start()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Gives up what hangs."""
        self._looking = loop.call_later(LOOK_EVERY_S, self._look, loop)
        for run in self._decoding.copy():
            run.looks += 1
            if run.looks > HANGS_AFTER_S:
                self._give_up(run)

    def _give_up(self, run: _Run) -> None:
        with self._news:
            if run not in self._decoding:  # it has ended just now
                return
            self._decoding.remove(run)
            self._waiting.ended(run.priority, 0.0)
            self.hung, self.failures, self._threads = self.hung + 1, self.failures + 1, self._threads - 1
        log.error("a decode hangs", function=_name(run), hung=self.hung)
        run.end(None, EngineError(f"a decode has not ended for {HANGS_AFTER_S} s: its call is given up"))
        if self.hung <= MOST_HUNG:
            self._begin_thread()
        elif not self._threads:
            self._give_up_all()

    def _give_up_all(self) -> None:
        with self._news:
            waiting = list(self._waiting)
            self._waiting.clear()
        for run in waiting:
            run.end(None, EngineError(NO_THREAD))

    def _wait_for_decodes(self) -> None:
        with self._news:
            self._news.wait_for(lambda: not self._decoding, CLOSE_WITHIN_S)

    @property
    def depth(self) -> int:
        """Runs that wait or decode now."""
        return len(self._waiting) + len(self._decoding)

    def load(self) -> LoadState:
        """At this moment."""
        now_s = monotonic()
        with self._news:
            due_s = [run.priority.due_s for run in (*self._waiting, *self._decoding) if _delays_a_call(run)]
            return LoadState(
                workers=self.workers,
                waiting=len(self._waiting),
                behind_s=max(0.0, now_s - min(due_s, default=now_s)),
                free=self.meter.free(self.workers, now_s),
                cpu_s=self.meter.cpu_s,
            )

    async def run(
        self,
        function: Callable[..., Result],
        *args: object,
        priority: Priority = AT_ONCE,
        begin_within_s: float | None = None,
    ) -> Result:
        """What `function(*args)` returns, from one of the threads. Raises EngineError.

        Raises TimeoutError when no thread has begun it within that time; then it never runs. Cancelling gives up a
        run that still waits; one that decodes is waited for.
        """
        run = _Run(priority, function, args, asyncio.get_running_loop().create_future())
        self._add(run, can_be_left_out=begin_within_s is not None)
        try:
            if begin_within_s is not None:
                done, _ = await asyncio.wait([run.answer], timeout=begin_within_s)
                if not done and self._withdraw(run):
                    raise TimeoutError
            result: Result = await run.answer
        except asyncio.CancelledError:
            if not self._withdraw(run) and not run.is_over:
                run.left = run.answer.get_loop().create_future()
                await asyncio.wait([run.left])
            raise
        return result

    def _add(self, run: _Run, *, can_be_left_out: bool) -> None:
        with self._news:
            if self._is_closed:
                raise EngineError("nothing is decoded any more: voiceassist stops")
            if not self._threads:
                raise EngineError(NO_THREAD)
            if len(self._waiting) >= MOST_WAITING and run.priority != AT_ONCE:
                raise TimeoutError if can_be_left_out else EngineError(f"{MOST_WAITING} legs wait to be decoded")
            self._waiting.add(run, run.priority, monotonic())
        self._wake_soon(run.answer.get_loop())

    def _wake_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._waking:
            return
        within_s = self._woken_s + WAKE_EVERY_S - loop.time()
        if within_s <= 0:
            self._wake(loop)
        else:
            self._waking = loop.call_later(within_s, self._wake, loop)

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        self._woken_s, self._waking = loop.time(), None
        with self._news:
            self._news.notify(len(self._waiting))

    def _withdraw(self, run: _Run) -> bool:
        """Whether it has not begun; then it never does."""
        with self._news:
            return self._waiting.remove(run)

    def _work(self) -> None:
        """What each thread does: one run after the other."""
        while run := self._next():
            began_s, began_cpu_s = perf_counter(), thread_time()
            result, error = _outcome(run)
            spent_s = perf_counter() - began_s, thread_time() - began_cpu_s
            if not self._ended(run, *spent_s, is_failure=error is not None):
                return  # another thread has taken the place of this one
            with suppress(RuntimeError):  # the event loop is closed: nobody waits
                run.answer.get_loop().call_soon_threadsafe(run.end, result, error)
            del run, result, error  # a thread that waits keeps nothing of the last call

    def _next(self) -> _Run | None:
        """Waits for a run and takes the most urgent one; None when the pool is closed."""
        with self._news:
            while not self._is_closed:
                if run := self._waiting.take(monotonic()):
                    self._decoding.append(run)
                    return run
                self._news.wait()
            return None

    def _ended(self, run: _Run, busy_s: float, cpu_s: float, *, is_failure: bool) -> bool:
        """Whether it was still waited for, and not given up."""
        with self._news:
            if run not in self._decoding:
                return False
            self._decoding.remove(run)
            self._waiting.ended(run.priority, cpu_s)
            self.decodes += 1
            self.failures += is_failure
            self.meter.spent(busy_s, cpu_s, monotonic())
            if self._is_closed:
                self._news.notify_all()
            return True


def _outcome(run: _Run) -> tuple[Any, BaseException | None]:
    """The result of a run, or how it failed."""
    try:
        return run.function(*run.args), None
    except EngineError as error:
        return None, error
    except BaseException as error:  # noqa: BLE001 - whoever waits for the run is told, and the thread goes on
        failure = EngineError(f"{_name(run)} failed: {type(error).__name__}: {error}")
        failure.__cause__ = error
        return None, failure


def _name(run: _Run) -> str:
    return str(getattr(run.function, "__qualname__", run.function))


def _delays_a_call(run: _Run) -> bool:
    """Whether waiting makes a call late: what frees memory does not, and a Partial may be left out."""
    return run.priority.rank is Rank.NEEDED and isfinite(run.priority.due_s)
