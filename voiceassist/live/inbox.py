"""What waits for a call, in two lanes: what was heard, and what people asked for.

Whoever reads takes the oldest of each lane at once, what people asked for first. So an action waits for the
actions before it and for one input that is being handled, never for the 200 that were heard before it; and an
input that was heard waits for one action at most, however many come. Both lanes keep their order. Never looks at
what waits.
Next: `session.py` hands both to the call, and has what follows stored together.
"""

import asyncio

from voiceassist.events import Input

Answer = asyncio.Future[bool]  # to a person's action: False when the call is over
Waiting = tuple[Input, Answer | None]

HEARD_INPUTS = 200  # between the recognizers and the call. Full: the recognizers wait
# People's actions. Full: whoever asks waits, in order, as a request that the server counts like any other.
ASKED = 50


class Inbox:
    """The inputs that a call has not taken yet."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[Waiting] = asyncio.Queue(HEARD_INPUTS)
        self._asked: asyncio.Queue[Waiting] = asyncio.Queue(ASKED)
        self._has_come = asyncio.Event()

    async def put(self, waiting: Waiting) -> None:
        """Something was heard; waits while there is no room."""
        await self._heard.put(waiting)
        self._has_come.set()

    def put_nowait(self, waiting: Waiting) -> None:
        """Something was heard. Raises asyncio.QueueFull."""
        self._heard.put_nowait(waiting)
        self._has_come.set()

    async def ask(self, waiting: Waiting) -> None:
        """Somebody asked for something; waits while there is no room."""
        await self._asked.put(waiting)
        self._has_come.set()

    async def take(self) -> list[Waiting]:
        """The oldest action, and the oldest input that was heard; one of them alone when no other waits."""
        while self.empty():
            self._has_come.clear()
            await self._has_come.wait()
        return self.take_nowait()

    def take_nowait(self) -> list[Waiting]:
        """As `take`; nothing when nothing waits."""
        return [lane.get_nowait() for lane in (self._asked, self._heard) if not lane.empty()]

    def empty(self) -> bool:
        """Whether nothing waits."""
        return self._asked.empty() and self._heard.empty()

    def qsize(self) -> int:
        """How many inputs wait, in both lanes."""
        return self._asked.qsize() + self._heard.qsize()
