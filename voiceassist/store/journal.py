"""One call's way into the store: numbers its events, stores them, then lets them be published.

Persist, then publish. When the disk fails (full, gone) the call goes on: records wait here, are published all the
same, and are stored once the disk is back. `degraded` says so. Never decides what an event means.
Next: the hub and the bus get every record through `publish`.
"""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from voiceassist.errors import StoreError
from voiceassist.events import Event, Record, is_durable
from voiceassist.store.store import Store

log = structlog.get_logger()

# Some hours of one call: a disk that is away for longer loses the oldest call, never the machine's memory.
WAITING_RECORDS = 20_000
LAST_TRIES_S = (0.2, 1.0, 3.0)  # waits between the last attempts when the call is over


class Journal:
    """The numbered, stored and published record of one call."""

    def __init__(self, call_id: str, store: Store, publish: Callable[[Record], None]) -> None:
        self.call_id = call_id
        self._store = store
        self._publish = publish
        self._seq = 0
        self._waiting: list[Record] = []
        self._turn = asyncio.Lock()

    @property
    def degraded(self) -> bool:
        """Whether records wait for the disk."""
        return bool(self._waiting)

    async def write(self, events: Iterable[Event]) -> None:
        """Numbers, stores and publishes the events, in that order. Raises StoreError when too many wait.

        A cancelled write goes on by itself, so that no event is stored twice or not published.
        """
        await asyncio.shield(self._write_in_turn(events))

    async def _write_in_turn(self, events: Iterable[Event]) -> None:
        async with self._turn:
            await self._write(events)

    async def _write(self, events: Iterable[Event]) -> None:
        records = [self._numbered(event) for event in events]
        self._waiting += (record for record in records if is_durable(record.event))
        await self._store_waiting()
        for record in records:
            self._publish(record)
        if len(self._waiting) > WAITING_RECORDS:
            raise StoreError(f"call {self.call_id}: the disk has been failing for too long; the call was given up")

    async def close(self) -> None:
        """Tries a few more times to store what still waits."""
        for wait_s in LAST_TRIES_S:
            if not self._waiting:
                return
            await asyncio.sleep(wait_s)
            await self.write(())
        if self._waiting:
            log.error("call not fully stored", call_id=self.call_id, lost_records=len(self._waiting))

    def _numbered(self, event: Event) -> Record:
        self._seq += 1
        return Record(call_id=self.call_id, seq=self._seq, event=event)

    async def _store_waiting(self) -> None:
        if not self._waiting:
            return
        batch = tuple(self._waiting)
        try:
            await self._store.append(batch)
        except StoreError as error:
            log.error("store failed; the call goes on", call_id=self.call_id, error=str(error))  # noqa: TRY400
        else:
            del self._waiting[: len(batch)]
