"""Keys of phone systems and other programs: who made them, what for, until when, and when they were used last.

Of a secret only its hash is stored. A revoked key stays: the audit names it. Making and revoking one stands in the
audit in the same transaction. Never decides whether a key holds. Next: `people/key_ring.py` has them in memory.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, insert, or_, select, update

from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.store.audit import NewEntry, record
from voiceassist.store.database import Database
from voiceassist.store.rows import EPOCH
from voiceassist.store.schema import keys


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """A program that may do something. All times here are microseconds since 1970 UTC."""

    id: str
    name: str
    scopes: tuple[str, ...]
    secret_hash: str = field(repr=False)
    created_us: int
    created_by: str
    expires_us: int | None  # None: never
    used_us: int | None = None
    revoked_us: int | None = None

    def holds(self, now_us: int) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_us is None and (self.expires_us is None or now_us < self.expires_us)


class Keys:
    """The table of one open database. Every method raises StoreError when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[StoredKey, ...]:
        """All of them, revoked ones too, the oldest first."""
        return await self._database.read(_all)

    async def add(self, key: StoredKey) -> None:
        """Raises ConflictError when a key that holds has its name: the history names keys by it."""
        await self._database.write(lambda connection: _add(connection, key))

    async def revoke(self, key_id: str, now_us: int, *, by: str) -> None:
        """It lets nobody in any more. Raises UnknownNameError when there is none, or it was revoked already."""
        await self._database.write(lambda connection: _revoke(connection, key_id, now_us, by))

    async def used(self, when_us: Mapping[str, int]) -> None:
        """When keys were used last, by their ids."""
        await self._database.write(lambda connection: _used(connection, when_us))


def _all(connection: Connection) -> tuple[StoredKey, ...]:
    return tuple(map(_key, connection.execute(select(keys).order_by(keys.c.created_us, keys.c.id)).mappings()))


def _key(row: RowMapping) -> StoredKey:
    return StoredKey(**dict(row) | {"scopes": tuple(row["scopes"].split())})


def _add(connection: Connection, key: StoredKey) -> None:
    same_name = select(keys.c.id).where(keys.c.name == key.name, _holding(key.created_us))
    if connection.scalar(same_name):
        raise ConflictError("key_name_taken", f"there is a key {key.name!r} already; choose another name")
    connection.execute(insert(keys), asdict(key) | {"scopes": " ".join(key.scopes)})
    expires_at = (EPOCH + timedelta(microseconds=key.expires_us)).isoformat() if key.expires_us else None
    detail = {"key": key.id, "name": key.name, "scopes": key.scopes, "expires_at": expires_at}
    record(connection, NewEntry(who=key.created_by, what="key.made", detail=detail))


def _holding(now_us: int) -> ColumnElement[bool]:
    return and_(keys.c.revoked_us.is_(None), or_(keys.c.expires_us.is_(None), keys.c.expires_us > now_us))


def _revoke(connection: Connection, key_id: str, now_us: int, by: str) -> None:
    revoked = update(keys).where(keys.c.id == key_id, keys.c.revoked_us.is_(None)).values(revoked_us=now_us)
    name = connection.scalar(revoked.returning(keys.c.name))
    if name is None:
        raise UnknownNameError("unknown_key", f"there is no key {key_id!r} that could be revoked")
    record(connection, NewEntry(who=by, what="key.revoked", detail={"key": key_id, "name": name}))


def _used(connection: Connection, when_us: Mapping[str, int]) -> None:
    for key_id, at_us in when_us.items():
        connection.execute(update(keys).where(keys.c.id == key_id).values(used_us=at_us))
