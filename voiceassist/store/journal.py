"""One call's way into the store: numbers its events, stores them, then lets them be published.

Persist, then publish: a record is published when it is stored, or when the store has not answered for 250 ms. From
then on the call's records are published at once and wait here, in order, until the store has caught up. A store
that fails is tried again every second; where it says that the call's id or numbers are taken, the call is given up
instead. One journal owns the numbers of its call for as long as somebody writes or a record of it
waits: `journals.py` finds it. Never decides what an event means.
Next: the hub and the bus get every record through `publish`.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from time import monotonic

import structlog

from voiceassist import wire
from voiceassist.errors import StoreError, UnstorableError
from voiceassist.events import Event, Record, is_durable

log = structlog.get_logger()

Append = Callable[[Sequence[Record]], Awaitable[None]]

# Overflow rule of what waits for the disk: the call that passes a bound is given up (StoreError), and what it said
# so far waits on. So a disk that is away for too long costs calls, never the machine's memory. The bytes are those
# of the records' JSON; as objects they take some four times as much.
WAITING_RECORDS = 20_000  # of one call: some hours
WAITING_BYTES = 16 << 20  # of one call: 20,000 records of usual length
ALL_WAITING_BYTES = 128 << 20  # of all calls: 500 calls for nine minutes, 20 calls for hours
# Stored at once. 500 usual records are 400 kB.
BATCH_RECORDS = 500
BATCH_BYTES = 1 << 20

SLOW = "the disk does not answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a journal waits. Tests give gates instead."""

    late_s: float | None = 0.25  # for the store, before a record is published without it
    retry_s: float = 1.0  # between attempts, after a failure
    close_s: float | None = 5.0  # for the rest of a call that is over; after that it is stored in the background
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    now: Callable[[], float] = monotonic


PACE = Pace()


@dataclass(slots=True, kw_only=True)
class Backlog:
    """What waits for the disk in all calls together."""

    records: int = 0
    bytes: int = 0
    published_unstored: int = 0  # records that were published before they were stored, ever
    lost: int = 0  # records that were never stored, ever


@dataclass(frozen=True, slots=True)
class _Waiting:
    record: Record
    bytes: int  # of its JSON
    since_s: float


class Journal:
    """The numbered, stored and published record of one call."""

    def __init__(
        self,
        call_id: str,
        append: Append,
        publish: Callable[[Record], None],
        *,
        after: int = 0,
        pace: Pace = PACE,
        backlog: Backlog | None = None,
    ) -> None:
        """`append` stores records, all or none of them, or raises StoreError: `Store.append`.

        `after`: the newest number that this call has used.
        """
        self.call_id = call_id
        self.failure = ""  # why the newest attempt to store failed
        self.is_late = False  # the store has not answered in time
        self.is_released = False  # no session writes any more
        self._append = append
        self._publish = publish
        self._users = 0  # who write although no session does
        self._seq = after
        self._pace = pace
        self._backlog = backlog or Backlog()
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._is_given_up = False
        self._refusal = ""  # why no record of this call can be stored any more
        self._settled = asyncio.Event()  # the store has everything, or is known to be behind
        self._storing: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    @property
    def waiting(self) -> tuple[Record, ...]:
        """The records that wait for the disk, in order."""
        return tuple(waiting.record for waiting in self._waiting)

    @property
    def trouble(self) -> str:
        """Why the store is behind; empty: it is not."""
        return self.failure or (SLOW if self.is_late else "")

    @property
    def waits_s(self) -> float:
        """How long the oldest of them has waited."""
        return self._pace.now() - self._waiting[0].since_s if self._waiting else 0.0

    @property
    def is_done(self) -> bool:
        """Whether another journal may take over the call's numbers."""
        return self.is_released and not self._users and not self._waiting

    @contextmanager
    def used(self) -> Iterator[None]:
        """Keeps the call's numbers for somebody who is no session, as long as the block runs."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1

    async def write(self, events: Iterable[Event]) -> None:
        """Numbers the events, stores them or lets them wait for the disk, and publishes them, in order.

        Raises StoreError once, when too much has come to wait or nothing of this call can be stored any more: the
        events are published all the same.

        A cancelled write goes on by itself, so that no event is stored twice or not published.
        """
        await asyncio.shield(self._write_in_turn(events))

    async def close(self) -> bool:
        """Waits some seconds for what is not stored yet; whether everything is. The rest is stored later."""
        self.is_released = True
        await self.stored(self._pace.close_s)
        if self._waiting:
            log.error("call not fully stored yet", call_id=self.call_id, waiting=len(self._waiting))
        return not self._waiting and not self._refusal

    async def stored(self, within_s: float | None) -> None:
        """Waits until nothing waits, at most that long."""
        if self._storing and not self._storing.done():
            await asyncio.wait({self._storing}, timeout=within_s)

    def give_up(self) -> int:
        """Stops storing: the server stops. Returns how many records are lost."""
        if self._storing:
            self._storing.cancel()
        lost = len(self._waiting)
        if lost:
            log.error("call not fully stored", call_id=self.call_id, lost_records=lost, error=self.trouble)
        self._lose_waiting()
        return lost

    async def _write_in_turn(self, events: Iterable[Event]) -> None:
        async with self._turn:
            await self._write(events)

    async def _write(self, events: Iterable[Event]) -> None:
        records = [self._numbered(event) for event in events]
        durable = [record for record in records if is_durable(record.event)]
        if durable and not self._refusal:
            self._keep(durable)
            await self._stored_or_late()
            self._backlog.published_unstored += min(len(durable), len(self._waiting))
        elif durable:
            self._backlog.lost += len(durable)
        for record in records:
            self._publish(record)
        self._check_bounds()

    def _numbered(self, event: Event) -> Record:
        self._seq += 1
        return Record(call_id=self.call_id, seq=self._seq, event=event)

    def _keep(self, records: Sequence[Record]) -> None:
        now_s = self._pace.now()
        waiting = [_Waiting(record, len(wire.encode_line(record)), now_s) for record in records]
        self._waiting += waiting
        self._count(len(waiting), sum(one.bytes for one in waiting))
        self._settled.clear()
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all(), name=f"journal of {self.call_id}")

    async def _stored_or_late(self) -> None:
        """Returns when everything is stored, or when the store is known, or found, to be behind."""
        if self.trouble:
            return
        try:
            async with asyncio.timeout(self._pace.late_s):
                await self._settled.wait()
        except TimeoutError:
            self._is_behind("")

    def _is_behind(self, failure: str) -> None:
        if not self.trouble:
            log.error("store is behind; the call goes on", call_id=self.call_id, error=failure or SLOW)
        self.failure, self.is_late = failure, True
        self._settled.set()

    async def _store_all(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            try:
                await self._append([waiting.record for waiting in batch])
            except UnstorableError as error:
                self._refuse(str(error))
            except Exception as error:  # noqa: BLE001 - whatever it was, the records wait and the call goes on
                self._is_behind(str(error))
                await self._pace.sleep(self._pace.retry_s)
            else:
                self._drop(len(batch))
        if self.trouble and not self._refusal:
            log.info("store has caught up", call_id=self.call_id)
        self.failure, self.is_late = "", False
        self._settled.set()

    def _refuse(self, why: str) -> None:
        """Nothing of this call can be stored any more; what waited is lost."""
        log.error("call cannot be stored", call_id=self.call_id, lost_records=len(self._waiting), error=why)
        self._refusal = why
        self._lose_waiting()

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        size = 0
        for waiting in islice(self._waiting, BATCH_RECORDS):
            if batch and size + waiting.bytes > BATCH_BYTES:
                break
            batch.append(waiting)
            size += waiting.bytes
        return batch

    def _drop(self, count: int) -> None:
        dropped = [self._waiting.popleft() for _ in range(count)]
        self._count(-count, -sum(one.bytes for one in dropped))

    def _lose_waiting(self) -> None:
        self._backlog.lost += len(self._waiting)
        self._drop(len(self._waiting))

    def _count(self, records: int, size: int) -> None:
        self._bytes += size
        self._backlog.records += records
        self._backlog.bytes += size

    def _check_bounds(self) -> None:
        if self._is_given_up:
            return
        is_over = len(self._waiting) > WAITING_RECORDS or self._bytes > WAITING_BYTES
        if self._refusal or (self._waiting and (is_over or self._backlog.bytes > ALL_WAITING_BYTES)):
            self._is_given_up = True
            why = self._refusal or f"the disk has been failing for too long ({self.trouble})"
            raise StoreError(f"call {self.call_id}: {why}; the call was given up")
