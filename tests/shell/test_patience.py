"""Waiting with one timer for many waits: what comes in time is given, what does not is cancelled."""

import asyncio

import pytest

from voiceassist.ingest.patience import Patience

LONG_S = 60.0


class Timers(asyncio.SelectorEventLoop):
    """A loop that counts the timers that were started."""

    started = 0

    def call_at(self, *args: object, **named: object) -> asyncio.TimerHandle:
        self.started += 1
        return super().call_at(*args, **named)  # type: ignore[arg-type]


async def test_what_comes_in_time_is_given() -> None:
    patience = Patience(LONG_S)
    assert await patience.wait(asyncio.sleep(0, "well")) == "well"
    patience.close()


async def test_what_never_comes_is_cancelled_and_the_next_wait_is_a_new_one() -> None:
    patience, was_cancelled = Patience(0.001), False

    async def never() -> None:
        nonlocal was_cancelled
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            was_cancelled = True
            raise

    for _ in range(2):
        with pytest.raises(TimeoutError):
            await patience.wait(never())
    assert was_cancelled
    assert await patience.wait(asyncio.sleep(0, "well")) == "well"
    task = asyncio.current_task()
    assert task
    assert not task.cancelling()
    patience.close()


async def test_a_task_that_others_cancel_ends_whether_it_was_late_or_not() -> None:
    async def wait() -> None:
        patience = Patience(LONG_S)
        try:
            await patience.wait(asyncio.Event().wait())
        finally:
            patience.close()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_failure_of_what_is_awaited_comes_through() -> None:
    async def fails() -> None:
        raise ConnectionError

    patience = Patience(LONG_S)
    with pytest.raises(ConnectionError):
        await patience.wait(fails())
    patience.close()


def test_a_thousand_waits_share_one_timer() -> None:
    async def thousand() -> None:
        patience = Patience(LONG_S)
        for _ in range(1_000):
            await patience.wait(asyncio.sleep(0))
        patience.close()

    with asyncio.Runner(loop_factory=Timers) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, Timers)
        runner.run(thousand())
        assert loop.started == 1
