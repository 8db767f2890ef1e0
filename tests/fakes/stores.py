"""A store in memory whose disk fails when a test says so."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from voiceassist.errors import StoreError
from voiceassist.events import Record


@dataclass(kw_only=True)
class FailingStore:
    """Keeps the rules of the real one: all of an append or nothing, no number twice, StoreError when it fails."""

    failures: int = 0  # appends that fail before one works
    gate: asyncio.Event | None = None  # appends wait for it, as for a slow disk
    stored: list[Record] = field(default_factory=list)
    appends: int = 0
    sizes: list[int] = field(default_factory=list)  # records of each append that worked

    async def append(self, records: Sequence[Record]) -> None:
        """Stores, or raises StoreError."""
        self.appends += 1
        if self.gate:
            await self.gate.wait()
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise StoreError("calls.db: disk I/O error")
        known = {(record.call_id, record.seq) for record in self.stored}
        if known & {(record.call_id, record.seq) for record in records}:
            raise StoreError("calls.db: something is already stored under that number")
        self.stored += records
        self.sizes.append(len(records))
