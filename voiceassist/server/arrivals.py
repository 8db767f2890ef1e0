"""Screens that are opened before their call: they wait at the server, within bounds, until the call begins.

A phone system pops a screen as soon as the phone rings; the call begins with its first audio. The server does the
waiting, on the socket that the screen needs anyway: nobody asks again and again, and the first record finds the
screen subscribed. Never knows which calls will come. Next: `calls.py` sends the snapshot.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from fastapi import WebSocket

from voiceassist.errors import ConflictError
from voiceassist.server.sockets import until_first
from voiceassist.subscriptions import Subscription


@dataclass(slots=True)
class Arrivals:
    """How many screens wait; the rules are in `limits.py`."""

    at_most: int
    within_s: float
    waiting: int = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place to wait in. Raises ConflictError when all are taken."""
        if self.waiting >= self.at_most:
            told = f"{self.waiting} screens wait for calls already; open this one when its call has begun"
            raise ConflictError("too_many_awaiting", told)
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    async def arrival(
        self, socket: WebSocket, subscription: Subscription, is_seen: Callable[[], Awaitable[bool]]
    ) -> None:
        """Waits for the first record of a call that may be seen, for as long as a screen may wait."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.within_s):
                await until_first(socket, subscription, is_seen)


def arrivals_of(socket: WebSocket) -> Arrivals:
    """Those of this server."""
    arrivals = socket.app.state.arrivals
    assert isinstance(arrivals, Arrivals)
    return arrivals
