"""Audit entries of what changes nothing in the database (a call was opened, listened to), on their way to it.

Telling never waits: neither a page nor a live call hangs on the disk. At most QUEUE entries wait. Overflow rule:
a further entry is lost, and counted; with the next that is written an entry `audit.lost` says how many. When the
disk fails, the entries stay and are tried again. A killed process loses what waits: some milliseconds.
Never takes entries of what changes the database: `audit.record` writes those in the same transaction.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from voiceassist.errors import StoreError
from voiceassist.store.audit import SERVER, NewEntry, record
from voiceassist.store.database import Database

QUEUE = 10_000  # entries of some hundred bytes: a few megabytes
BATCH = 200  # entries of one transaction: calls wait for its end
AGAIN_S = 2.0  # between attempts while the disk fails
READ_AFTER_S = 2.0  # who reads the audit waits so long for what was told before

T = TypeVar("T")

log = structlog.get_logger()


class AuditQueue:
    """The entries that wait. Made within the running event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[NewEntry] = deque()
        self._told = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._lost = 0  # not yet told in an entry
        self._closing = False
        self._task = asyncio.create_task(self._run(), name="audit queue")
        self.lost = 0  # altogether

    def __len__(self) -> int:
        return len(self._waiting)

    def tell(self, entry: NewEntry) -> None:
        """Has this written soon."""
        if len(self._waiting) < QUEUE:
            self._waiting.append(entry)
            self._empty.clear()
            self._told.set()
            return
        if not self._lost:
            log.error("audit entries are lost: the disk does not take them", waiting=QUEUE)
        self._lost += 1
        self.lost += 1

    async def settled(self) -> None:
        """Returns when nothing waits, or after READ_AFTER_S."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._empty.wait(), READ_AFTER_S)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What the work reads, after what was told before. Raises StoreError."""
        await self.settled()
        return await self._database.read(work)

    async def close(self, within_s: float | None = None) -> None:
        """Writes what waits, within that time."""
        self._closing = True
        self._told.set()
        await asyncio.wait({self._task}, timeout=within_s)
        self._task.cancel()
        if self._waiting:
            log.error("audit entries were not written", entries=len(self._waiting))
            self._waiting.clear()

    async def _run(self) -> None:
        while self._waiting or not self._closing:
            await self._told.wait()
            self._told.clear()
            while self._waiting:
                await self._write()
            self._empty.set()

    async def _write(self, most: int = BATCH) -> None:
        batch = [self._waiting[place] for place in range(min(most, len(self._waiting)))]
        lost = self._lost
        told = [NewEntry(who=SERVER, what="audit.lost", detail={"entries": lost})] if lost else []
        try:
            await self._database.transaction(lambda connection: record(connection, *batch, *told))
        except (OperationalError, StoreError, OSError) as error:
            log.warning("audit entries are not written yet", waiting=len(self._waiting), error=str(error))
            await asyncio.sleep(AGAIN_S)
        except Exception as error:  # noqa: BLE001 - an entry that can never be stored must not hold up the others
            await self._without_the_bad_one(most, error)
        else:
            self._lost -= lost
            for _ in batch:
                self._waiting.popleft()

    async def _without_the_bad_one(self, most: int, error: Exception) -> None:
        if most > 1:
            await self._write(1)
            return
        entry = self._waiting.popleft()
        log.error("audit entry cannot be stored", what=entry.what, error=str(error))
        self._lost += 1
        self.lost += 1
