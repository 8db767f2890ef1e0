"""Alerts on their way out of the machine, and those that were given up, as `notices/` left them.

Never decides what is sent. What belongs to a call goes with it: `erasure.py`. Next: `notices/ledger.py` writes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from json import dumps, loads
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from voiceassist.store.database import Database
from voiceassist.store.schema import notices


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredNotice:
    """One delivery."""

    id: str
    call_id: str
    body: dict[str, Any]


class StoredNotices:
    """The table of one open database. Every method raises StoreError when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[StoredNotice]:
        """All of them, in the order in which they came."""
        return await self._database.read(_all)

    async def write(self, kept: Sequence[StoredNotice], gone: Sequence[str]) -> None:
        """These stand as they are given, and those ids are gone, in one transaction."""
        await self._database.write(lambda connection: _write(connection, kept, gone))


def forget_notices(connection: Connection, call_ids: Iterable[str]) -> None:
    """Nothing of these calls is here any more."""
    for call_id in call_ids:
        connection.execute(delete(notices).where(notices.c.call_id == call_id))


def _all(connection: Connection) -> list[StoredNotice]:
    rows = connection.execute(select(notices).order_by(notices.c.number)).mappings()
    return [StoredNotice(id=row["id"], call_id=row["call_id"], body=loads(row["body"])) for row in rows]


def _write(connection: Connection, kept: Sequence[StoredNotice], gone: Sequence[str]) -> None:
    for one in (*(notice.id for notice in kept), *gone):
        connection.execute(delete(notices).where(notices.c.id == one))
    for notice in kept:
        row = {"id": notice.id, "call_id": notice.call_id, "body": dumps(notice.body)}
        connection.execute(insert(notices), row)
