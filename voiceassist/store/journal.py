"""One call's way into the store: numbers its events, stores them, then lets them be published.

Persist, then publish. When the disk fails (full, gone) the call goes on: records wait here, are published all the
same, and are stored once the disk is back. `waiting` says how many. Never decides what an event means.
Next: the hub and the bus get every record through `publish`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from time import monotonic

import structlog

from voiceassist.errors import StoreError
from voiceassist.events import Event, Record, is_durable

log = structlog.get_logger()

Append = Callable[[Sequence[Record]], Awaitable[None]]

# Some hours of one call: a disk that is away for longer loses the oldest call, never the machine's memory.
WAITING_RECORDS = 20_000
BATCH_RECORDS = 500  # stored at once: some 10 ms of encoding on the event loop
RETRY_S = 1.0  # after a failure
LAST_TRIES_S = (0.2, 1.0, 3.0)  # waits between the last attempts when the call is over


class Journal:
    """The numbered, stored and published record of one call."""

    def __init__(
        self, call_id: str, append: Append, publish: Callable[[Record], None], *, retry_s: float = RETRY_S
    ) -> None:
        """`append` stores records, all or none of them, or raises StoreError: `Store.append`."""
        self.call_id = call_id
        self._append = append
        self._publish = publish
        self._seq = 0
        self._waiting: list[Record] = []
        self._retry_s = retry_s
        self._not_before_s = 0.0  # monotonic seconds; the disk is not tried again before
        self._turn = asyncio.Lock()

    @property
    def waiting(self) -> int:
        """How many records wait for the disk."""
        return len(self._waiting)

    async def write(self, events: Iterable[Event]) -> None:
        """Numbers, stores and publishes the events, in that order.

        Raises StoreError once, when too many have come to wait: the events are published, and wait too.

        A cancelled write goes on by itself, so that no event is stored twice or not published.
        """
        await asyncio.shield(self._write_in_turn(events))

    async def _write_in_turn(self, events: Iterable[Event]) -> None:
        async with self._turn:
            await self._write(events)

    async def _write(self, events: Iterable[Event]) -> None:
        records = [self._numbered(event) for event in events]
        waited = len(self._waiting)
        self._waiting += (record for record in records if is_durable(record.event))
        await self._store_waiting()
        for record in records:
            self._publish(record)
        if waited <= WAITING_RECORDS < len(self._waiting):
            raise StoreError(f"call {self.call_id}: the disk has been failing for too long; the call was given up")

    async def close(self) -> None:
        """Tries a few more times to store what still waits."""
        for wait_s in LAST_TRIES_S:
            if not self._waiting:
                return
            await asyncio.sleep(wait_s)
            async with self._turn:
                await self._store_waiting(at_once=True)
        if self._waiting:
            log.error("call not fully stored", call_id=self.call_id, lost_records=len(self._waiting))

    def _numbered(self, event: Event) -> Record:
        self._seq += 1
        return Record(call_id=self.call_id, seq=self._seq, event=event)

    async def _store_waiting(self, *, at_once: bool = False) -> None:
        """Stores what waits; after a failure only now and then, so that a dead disk costs the loop little."""
        if not at_once and monotonic() < self._not_before_s:
            return
        while self._waiting:
            batch = self._waiting[:BATCH_RECORDS]
            try:
                await self._append(batch)
            except StoreError as error:
                log.error("store failed; the call goes on", call_id=self.call_id, error=str(error))  # noqa: TRY400
                self._not_before_s = monotonic() + self._retry_s
                return
            del self._waiting[: len(batch)]
