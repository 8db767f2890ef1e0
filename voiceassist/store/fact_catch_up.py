"""Makes the facts of calls that were stored before there were such facts, while the server runs: the newest first.

A few calls in one transaction and a pause after each: no live call waits for more than one step. A call that
cannot be read is told in the log and left out. Which are missing is asked once, at the start: a call that begins
later is fed as usual.
Next: `app.py` runs it; reports say how many calls are still missing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy import Connection, select

from voiceassist.errors import PeerError, StoreError
from voiceassist.store.database import Database, store_errors
from voiceassist.store.fact_feed import renew_facts
from voiceassist.store.schema import calls, fact_calls

log = structlog.get_logger()

STEP_CALLS = 10  # some 1 ms each; a long call takes 30 ms
PAUSE_S = 0.05  # after every step: 100,000 calls in about a quarter of an hour
RETRY_S = 60.0  # when the disk fails


@dataclass(slots=True, kw_only=True)
class CatchUp:
    """How far it is."""

    database: Database
    left: int = 0  # calls whose facts are still missing
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    async def run(self) -> None:
        """Until nothing is missing; a failing disk only delays it."""
        missing = await self._persistently(lambda: self.database.read(_missing))
        while missing:
            self.left = len(missing)
            step, missing = missing[:STEP_CALLS], missing[STEP_CALLS:]
            making = partial(_make, call_ids=step)
            await self._persistently(partial(self.database.transaction, making))
            await self.sleep(PAUSE_S)
        self.left = 0

    async def _persistently(self, work: Callable[[], Awaitable[Sequence[str]]]) -> Sequence[str]:
        while True:
            try:
                with store_errors(self.database.path, "written"):
                    return await work()
            except StoreError as error:
                log.warning("facts of older calls wait for the disk", error=str(error))
                await self.sleep(RETRY_S)


def _missing(connection: Connection) -> Sequence[str]:
    has_row = select(fact_calls.c.call_id).where(fact_calls.c.call_id == calls.c.call_id).exists()
    return list(connection.scalars(select(calls.c.call_id).where(~has_row).order_by(calls.c.started_us.desc())))


def _make(connection: Connection, call_ids: Sequence[str]) -> Sequence[str]:
    """Makes the facts of these calls, as far as they are still there; returns those that cannot be read."""
    there = set(connection.scalars(select(calls.c.call_id).where(calls.c.call_id.in_(call_ids))))
    return [call_id for call_id in call_ids if call_id in there and not _made(connection, call_id)]


def _made(connection: Connection, call_id: str) -> bool:
    try:
        with connection.begin_nested():
            renew_facts(connection, call_id)
    except PeerError as error:
        log.warning("call cannot be read: it is in no report", call_id=call_id, error=str(error))
        return False
    return True
