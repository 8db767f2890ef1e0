"""Has the disk follow what waits and what was given up, so that it survives a restart.

Nothing waits for it: a delivery leaves whether it is stored or not. What changed while the disk was busy is
written once, as it stands then, so what is unwritten never exceeds what there is. A failing disk is asked again.
Next: `store/notices.py` writes.
"""

import asyncio
from dataclasses import asdict

import structlog

from voiceassist.errors import StoreError
from voiceassist.notices.notice import Delivery
from voiceassist.store.notices import StoredNotice, StoredNotices

log = structlog.get_logger()

RETRY_S = 5.0
LAST_WRITE_S = 2.0  # when the server stops

Change = Delivery | None  # None: it is gone


class Ledger:
    """What the disk does not know yet."""

    def __init__(self, store: StoredNotices, known: set[str]) -> None:
        self._store = store
        self._known = known  # ids that the disk has, or is being given
        self._changed: dict[str, Change] = {}
        self._wake = asyncio.Event()
        self._is_failing = False

    def keep(self, delivery: Delivery) -> None:
        """It is as it stands here."""
        self._changed[delivery.id] = delivery
        self._wake.set()

    def drop(self, delivery: Delivery) -> None:
        """It is sent or discarded: nothing of it stays."""
        self._changed.pop(delivery.id, None)
        if delivery.id in self._known:
            self._changed[delivery.id] = None
        self._wake.set()

    async def run(self) -> None:
        """Writes until it is cancelled, and then what is left, for at most 2 s."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if not await self.write():
                    await asyncio.sleep(RETRY_S)
        finally:
            await self._write_last()

    async def write(self) -> bool:
        """Writes what has changed; whether the disk took it."""
        changed, self._changed = self._changed, {}
        self._known |= {id_ for id_, change in changed.items() if change}
        try:
            await self._store.write([_stored(one) for one in changed.values() if one], _gone(changed))
        except StoreError as error:
            if not self._is_failing:
                log.warning("notices cannot be stored; they are sent all the same", error=str(error))
            self._is_failing = True
            self._put_back(changed)
            return False
        except asyncio.CancelledError:  # it may have been written, or not: the same again does no harm
            self._put_back(changed)
            raise
        self._is_failing = False
        self._known -= set(_gone(changed))
        return True

    def _put_back(self, changed: dict[str, Change]) -> None:
        self._changed = changed | self._changed
        self._wake.set()

    async def _write_last(self) -> None:
        try:
            async with asyncio.timeout(LAST_WRITE_S):
                await self.write()
        except TimeoutError:
            log.warning("notices were not stored in time")


def _gone(changed: dict[str, Change]) -> list[str]:
    return [id_ for id_, change in changed.items() if change is None]


def _stored(delivery: Delivery) -> StoredNotice:
    return StoredNotice(id=delivery.id, call_id=delivery.notice.call_id, body=asdict(delivery))
