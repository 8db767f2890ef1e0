"""Keeps the database's write-ahead log small, and says so when another program keeps it large.

SQLite itself folds the log into the file at some commits, and cuts it to LOG_BYTES (`database.py`). It can do
neither while somebody reads an old state of the file: the log grows for as long as that transaction is open, and
then all of it would be folded by one commit. So where the log is large, it is folded here, beside the writing, and
commits leave that to us until it is small. Never makes a commit wait for a reader by more than `TRY_MS`.
Next: `app.py` runs it; `/readyz` and `/metrics` say how large the log is.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from voiceassist.errors import StoreError
from voiceassist.store.database import Database
from voiceassist.store.log_folding import cut_log, fold_at_commits, fold_log, log_bytes

log = structlog.get_logger()

LARGE_BYTES = 64 << 20  # a busy hour makes some 10 MB; a log beyond that does not shrink by itself
TOLD_BYTES = 256 << 20  # on /readyz: half an hour of fifty calls with a reader in the way
LOOK_EVERY_S = 10.0
HELD_LOOK_EVERY_S = 1.0


@dataclass(slots=True, kw_only=True)
class LogSize:
    """How large it is, as it was last looked at."""

    database: Database
    bytes: int = 0
    is_held: bool = False  # large, and a reader keeps it so
    large_bytes: int = LARGE_BYTES
    told_bytes: int = TOLD_BYTES
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    async def watch(self) -> None:
        """Runs for ever; a failing disk only delays it."""
        while True:
            await self.sleep(HELD_LOOK_EVERY_S if self.is_held else LOOK_EVERY_S)
            try:
                await self.look()
            except StoreError as error:
                log.warning("size of the write-ahead log is not known", error=str(error))

    async def look(self) -> None:
        """Looks how large the log is, and makes it small where nobody is in the way. Raises StoreError."""
        self.bytes = await self._measured()
        if self.bytes > self.large_bytes or self.is_held:
            is_free = await self.database.maintain(fold_log, beside=True)
            await self._hold(is_held=not (is_free and await self.database.maintain(cut_log)))
            self.bytes = await self._measured()

    def trouble(self) -> str:
        """What an operator must do about it; empty: nothing."""
        if not self.is_held or self.bytes <= self.told_bytes:
            return ""
        return (
            f"degraded: the write-ahead log has {self.bytes / 1e6:.0f} MB: a program keeps an old state of the "
            f"database open, and the log grows until it ends; look who uses it (lsof {self.database.path})"
        )

    async def _hold(self, *, is_held: bool) -> None:
        if is_held != self.is_held:
            await self.database.maintain(partial(fold_at_commits, wanted=not is_held))
            self.is_held = is_held

    async def _measured(self) -> int:
        return await self.database.maintain(lambda _connection: log_bytes(self.database.path), beside=True)
