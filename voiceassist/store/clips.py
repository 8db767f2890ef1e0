"""Clips: stretches of finished calls that are shared until they expire or are revoked.

A clip is a place in a call, and holds nothing of it: what is deleted of the call is gone from its clips, and they
go with the call. Who made, revoked or brought back one stands in the audit. Never decides who may open it.
Next: `server/clips.py`.
"""

import json
from dataclasses import dataclass
from secrets import token_urlsafe
from time import time_ns
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.store.audit import NewEntry, record
from voiceassist.store.database import Database
from voiceassist.store.rows import iso_of
from voiceassist.store.schema import clips

CLIPS = 200  # of one call, revoked ones too; overflow: the next is refused, and whoever makes it is told
DAY_US = 86_400_000_000
ID_BYTES = 12  # 96 bits: nobody guesses it


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClip:
    """What is to be shared."""

    call_id: str
    title: str
    start_ms: int
    end_ms: int
    people: tuple[str, ...]  # logins who may open it although not the call
    days: int  # until it expires
    login: str  # who makes it; empty: the person of an open server
    by: str  # their name


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedClip:
    """A clip as it is kept."""

    id: str
    call_id: str
    title: str
    start_ms: int
    end_ms: int
    people: tuple[str, ...]  # logins
    login: str
    by: str
    created_at: str  # ISO 8601, UTC; so are the others
    expires_at: str
    revoked_at: str | None
    is_open: bool  # neither expired nor revoked


class Clips:
    """Those of one open database. Every method raises StoreError when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(self, new: NewClip, *, who: str) -> SharedClip:
        """`who`: as the audit names them. Raises ConflictError when the call has too many."""
        return await self._database.write(lambda connection: make_clip(connection, new, who, time_ns() // 1000))

    async def of_call(self, call_id: str) -> tuple[SharedClip, ...]:
        """The newest first."""
        return await self._database.read(lambda connection: clips_of(connection, call_id, time_ns() // 1000))

    async def get(self, clip_id: str) -> SharedClip | None:
        """None: there is none."""
        return await self._database.read(lambda connection: clip_of(connection, clip_id, time_ns() // 1000))

    async def revoke(self, clip_id: str, *, revoked: bool, who: str) -> SharedClip:
        """Nobody opens it any more; or takes that back. Raises UnknownNameError."""
        now_us = time_ns() // 1000
        return await self._database.write(
            lambda connection: revoke_clip(connection, clip_id, now_us, revoked=revoked, who=who)
        )


def make_clip(connection: Connection, new: NewClip, who: str, now_us: int) -> SharedClip:
    """As `Clips.make`."""
    there = select(func.count()).select_from(clips).where(clips.c.call_id == new.call_id)
    if (connection.scalar(there) or 0) >= CLIPS:
        raise ConflictError("clips_full", f"call {new.call_id!r} has {CLIPS} clips: share one of them")
    row: dict[str, Any] = {
        "id": token_urlsafe(ID_BYTES),
        "call_id": new.call_id,
        "title": new.title,
        "start_ms": new.start_ms,
        "end_ms": new.end_ms,
        "people": json.dumps(new.people),
        "login": new.login,
        "by": new.by,
        "created_us": now_us,
        "expires_us": now_us + new.days * DAY_US,
    }
    connection.execute(insert(clips), row)
    span = {"clip": row["id"], "start_ms": new.start_ms, "end_ms": new.end_ms, "people": list(new.people)}
    record(connection, NewEntry(who=who, what="clip.made", call_id=new.call_id, detail=span))
    return _known(connection, row["id"], now_us)


def clips_of(connection: Connection, call_id: str, now_us: int) -> tuple[SharedClip, ...]:
    """As `Clips.of_call`."""
    wanted = select(clips).where(clips.c.call_id == call_id).order_by(clips.c.created_us.desc(), clips.c.id)
    return tuple(_clip(row, now_us) for row in connection.execute(wanted).mappings())


def clip_of(connection: Connection, clip_id: str, now_us: int) -> SharedClip | None:
    """As `Clips.get`."""
    row = connection.execute(select(clips).where(clips.c.id == clip_id)).mappings().first()
    return _clip(row, now_us) if row else None


def revoke_clip(connection: Connection, clip_id: str, now_us: int, *, revoked: bool, who: str) -> SharedClip:
    """As `Clips.revoke`."""
    known = _known(connection, clip_id, now_us)
    if (known.revoked_at is not None) != revoked:
        moment = now_us if revoked else None
        connection.execute(update(clips).where(clips.c.id == clip_id).values(revoked_us=moment))
        what = "clip.revoked" if revoked else "clip.restored"
        record(connection, NewEntry(who=who, what=what, call_id=known.call_id, detail={"clip": clip_id}))
    return _known(connection, clip_id, now_us)


def _known(connection: Connection, clip_id: str, now_us: int) -> SharedClip:
    clip = clip_of(connection, clip_id, now_us)
    if clip is None:
        raise UnknownNameError("unknown_clip", f"there is no clip {clip_id!r}")
    return clip


def _clip(row: RowMapping, now_us: int) -> SharedClip:
    revoked_us = row["revoked_us"]
    return SharedClip(
        id=row["id"],
        call_id=row["call_id"],
        title=row["title"],
        start_ms=row["start_ms"],
        end_ms=row["end_ms"],
        people=tuple(json.loads(row["people"])),
        login=row["login"],
        by=row["by"],
        created_at=iso_of(row["created_us"]),
        expires_at=iso_of(row["expires_us"]),
        revoked_at=iso_of(revoked_us) if revoked_us is not None else None,
        is_open=revoked_us is None and now_us < row["expires_us"],
    )
