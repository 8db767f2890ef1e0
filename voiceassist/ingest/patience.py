"""Waits for one thing after the other, for each only so long, with one timer for all of them.

`asyncio.timeout` starts and stops a timer for every wait, which for fifty messages a second of every call costs
the event loop as much as reading them. Here a timer that finds that a later wait has begun looks again when that
one would be late. Never decides what follows from a wait that was in vain. Next: `call_socket.py`.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Result = TypeVar("Result")


class Patience:
    """Of the task that makes it, which waits for one thing at a time."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        task = asyncio.current_task()
        assert task, "somebody waits"
        self._task: asyncio.Task[object] = task
        self._since_s: float | None = None  # while it waits: since when, on the loop's clock
        self._was_in_vain = False

    async def wait(self, awaited: Awaitable[Result]) -> Result:
        """What comes of it. Raises TimeoutError after `within_s`; then it is cancelled."""
        self._since_s = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(self._within_s, self._look)
        try:
            return await awaited
        except asyncio.CancelledError:
            if self._was_in_vain and not self._task.uncancel():  # else others have cancelled it as well
                raise TimeoutError from None
            raise
        finally:
            self._since_s, self._was_in_vain = None, False

    def close(self) -> None:
        """Nothing is waited for any more."""
        if self._timer:
            self._timer.cancel()

    def _look(self) -> None:
        """Ends a wait that is late; else looks again, if something is waited for."""
        self._timer = None
        if self._since_s is None:
            return
        left_s = self._since_s + self._within_s - self._loop.time()
        if left_s > 0:
            self._timer = self._loop.call_later(left_s, self._look)
        else:
            self._was_in_vain = True
            self._task.cancel()
