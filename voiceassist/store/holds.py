"""Calls on legal hold: nobody deletes them, nor a part of them, until an admin lifts the hold.

The database itself refuses to delete a call that is on hold, whoever asks. Who set or lifted a hold, and why,
stands in the audit for good. Never decides who may.
Next: `erasure.py` and `retention_queries.py` leave such calls alone; `server/holds.py` and the review show them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import time_ns

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.store.audit import NewEntry, record
from voiceassist.store.database import Database
from voiceassist.store.rows import EPOCH
from voiceassist.store.schema import call_holds, calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why a call may not be deleted."""

    reason: str
    by: str  # who set it, as the audit names them
    at: str  # ISO 8601, UTC


def hold_of(connection: Connection, call_id: str) -> Hold | None:
    """The call's hold; None: it may be deleted."""
    row = connection.execute(select(call_holds).where(call_holds.c.call_id == call_id)).mappings().first()
    if row is None:
        return None
    at = EPOCH + timedelta(microseconds=row["at_us"])
    return Hold(reason=row["reason"], by=row["by"], at=at.isoformat(timespec="milliseconds"))


def set_hold(connection: Connection, call_id: str, reason: str, by: str) -> None:
    """From now on nobody deletes the call. Raises UnknownNameError and, when it is on hold, ConflictError."""
    if connection.scalar(select(calls.c.call_id).where(calls.c.call_id == call_id)) is None:
        raise UnknownNameError("unknown_call", f"there is no call {call_id!r}")
    if hold_of(connection, call_id):
        raise ConflictError("call_held", f"call {call_id!r} is on hold already; lift that hold first")
    at_us = time_ns() // 1000
    connection.execute(insert(call_holds), {"call_id": call_id, "reason": reason, "by": by, "at_us": at_us})
    record(connection, NewEntry(who=by, what="call.held", call_id=call_id, detail={"reason": reason}))


def lift_hold(connection: Connection, call_id: str, by: str) -> None:
    """The call may be deleted again. Raises UnknownNameError when it is not on hold."""
    if not connection.execute(delete(call_holds).where(call_holds.c.call_id == call_id)).rowcount:
        raise UnknownNameError("no_hold", f"call {call_id!r} is not on hold")
    record(connection, NewEntry(who=by, what="call.hold_lifted", call_id=call_id))


def is_held() -> ColumnElement[bool]:
    """The condition on `calls`."""
    return calls.c.call_id.in_(select(call_holds.c.call_id))


def held_among(connection: Connection, call_ids: Sequence[str]) -> list[str]:
    """Those of these calls that are on hold, in their order."""
    held = set(connection.scalars(select(call_holds.c.call_id)))
    return [call_id for call_id in call_ids if call_id in held]


def refused_held(call_id: str) -> ConflictError:
    """Why a call on hold is not deleted."""
    return ConflictError("call_held", f"call {call_id!r} is on legal hold; an admin must lift the hold first")


class Holds:
    """The holds of one open database. Every method raises StoreError when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, call_id: str) -> Hold | None:
        """The call's hold; None: it may be deleted."""
        return await self._database.read(lambda connection: hold_of(connection, call_id))

    async def among(self, call_ids: Sequence[str]) -> list[str]:
        """Those of these calls that are on hold."""
        return await self._database.read(lambda connection: held_among(connection, call_ids))

    async def set(self, call_id: str, reason: str, *, by: str) -> None:
        """From now on nobody deletes the call. Raises UnknownNameError and ConflictError."""
        await self._database.write(lambda connection: set_hold(connection, call_id, reason, by))

    async def lift(self, call_id: str, *, by: str) -> None:
        """The call may be deleted again. Raises UnknownNameError when it is not on hold."""
        await self._database.write(lambda connection: lift_hold(connection, call_id, by))
