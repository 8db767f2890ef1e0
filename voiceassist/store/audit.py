"""The audit: who did what, one entry after the other, each with a hash over itself and the hash before.

`record` adds an entry within the caller's transaction, so what happened in the database and its entry are stored
together or not at all. The chain proves that no entry was changed, left out or put in between since: whoever does
so must write every later hash anew. It does not prove that: somebody who may write the file can do just that, or
cut off the end. Against both, keep the newest hash elsewhere (`voiceassist audit verify` prints it, and compares).
Never holds a word that was said in a call: entries outlive calls.
Next: `audit_queue.py` writes what is no change of the database; `server/audit.py` and `cli/audit` show it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from time import time_ns
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, or_, select

from voiceassist.errors import PeerError
from voiceassist.store.rows import EPOCH
from voiceassist.store.schema import audit

ExportedEntry = dict[str, Any]  # an entry with what its hash is made of, and the hash
START = "0" * 64  # the hash before the first entry's
PIECE = 1000  # entries that are read at once: calls wait for the interpreter meanwhile, some 20 ms
SERVER = "voiceassist"  # who did what nobody asked for


def _now_us() -> int:
    return time_ns() // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """Something that somebody did."""

    who: str  # login, or what has none: a person's name, "phone system", SERVER
    what: str  # dotted: call.opened
    call_id: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)  # JSON; no secret, and no word of a call
    at_us: int = field(default_factory=_now_us)  # microseconds since 1970 UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An entry that is stored."""

    number: int
    at: str  # ISO 8601, UTC
    who: str
    what: str
    call_id: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Some entries, the newest first."""

    entries: tuple[AuditEntry, ...]
    next: str | None  # pass it as `before` for the next page; None: this was the last


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted; empty: all."""

    limit: int
    before: int | None = None  # only entries with lower numbers
    who: str = ""
    what: str = ""  # `call` has `call.opened` too
    call_id: str = ""
    since_us: int | None = None  # microseconds since 1970 UTC
    until_us: int | None = None  # the first that is too late


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCheck:
    """What checking the chain found, up to an entry."""

    entries: int = 0  # that are right
    newest: str = START  # hash of the last of them
    problem: str = ""  # of the entry that follows; empty: none
    has_seen: bool = False  # whether the hash that was asked for is among them


def record(connection: Connection, *entries: NewEntry) -> None:
    """Adds entries at the end, in the caller's transaction, which must have the write lock already."""
    if not entries:
        return
    query = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    newest = connection.execute(query).first()
    number, last = (newest.number, newest.hash) if newest else (0, START)
    for place, entry in enumerate(entries, number + 1):
        row = {
            "number": place,
            "at_us": entry.at_us,
            "who": entry.who,
            "what": entry.what,
            "call_id": entry.call_id,
            "detail": _canonical(dict(entry.detail)),
        }
        last = _hash(last, row)
        connection.execute(insert(audit), row | {"hash": last})


def audit_page(connection: Connection, wanted: AuditFilter) -> AuditPage:
    """The newest entries that are wanted."""
    query = select(audit).where(*_conditions(wanted)).order_by(audit.c.number.desc()).limit(wanted.limit + 1)
    found = connection.execute(query).mappings().all()
    entries = tuple(map(entry_of, found[: wanted.limit]))
    return AuditPage(entries=entries, next=str(entries[-1].number) if len(found) > wanted.limit else None)


def audit_rows(connection: Connection, wanted: AuditFilter, after: int) -> Sequence[RowMapping]:
    """The oldest entries with numbers above `after` that are wanted, as they are stored."""
    query = select(audit).where(audit.c.number > after, *_conditions(wanted)).order_by(audit.c.number)
    return connection.execute(query.limit(wanted.limit)).mappings().all()


def exported_rows(connection: Connection, wanted: AuditFilter, after: int = 0) -> list[ExportedEntry]:
    """The same as exports have them."""
    return [_exported(row) for row in audit_rows(connection, wanted, after)]


def every_exported(connection: Connection) -> Iterator[ExportedEntry]:
    """All of them, the oldest first."""
    after = 0
    while rows := exported_rows(connection, AuditFilter(limit=PIECE), after):
        yield from rows
        after = rows[-1]["number"]


def verify(connection: Connection, seen: str = "") -> ChainCheck:
    """Computes every hash anew; stops at the first that is wrong. `seen`: a hash that must be there."""
    check = ChainCheck(has_seen=not seen)
    while (further := verify_piece(connection, check, seen)) is not check:
        check = further
    return check


def verify_piece(connection: Connection, check: ChainCheck, seen: str = "") -> ChainCheck:
    """Goes on checking for a piece; gives the same check when there is nothing to go on with."""
    if check.problem or not (rows := audit_rows(connection, AuditFilter(limit=PIECE), check.entries)):
        return check
    for row in rows:
        check = _with_next(check, row, seen)
        if check.problem:
            break
    return check


def _with_next(check: ChainCheck, row: RowMapping, seen: str) -> ChainCheck:
    number = check.entries + 1
    if row["number"] != number:
        return replace(check, problem=f"entry {number} is missing: {row['number']} follows {check.entries}")
    found = _hash(check.newest, row)
    if found != row["hash"]:
        return replace(check, problem=f"entry {number} does not fit its hash: it, or one before it, was changed")
    return ChainCheck(entries=number, newest=found, has_seen=check.has_seen or found == seen)


def entry_of(row: RowMapping) -> AuditEntry:
    """An entry as people read it."""
    at = EPOCH + timedelta(microseconds=row["at_us"])
    same = {name: row[name] for name in ("number", "who", "what", "call_id")}
    return AuditEntry(**same, at=at.isoformat(timespec="milliseconds"), detail=json.loads(row["detail"]))


def _exported(row: RowMapping) -> ExportedEntry:
    entry = entry_of(row)
    told = {name: getattr(entry, name) for name in ("number", "at", "who", "what", "call_id", "detail")}
    return told | {"at_us": row["at_us"], "hash": row["hash"]}


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.before is not None:
        conditions.append(audit.c.number < wanted.before)
    if wanted.who:
        conditions.append(audit.c.who == wanted.who)
    if wanted.what:
        below = audit.c.what.startswith(f"{wanted.what}.", autoescape=True)
        conditions.append(or_(audit.c.what == wanted.what, below))
    if wanted.call_id:
        conditions.append(audit.c.call_id == wanted.call_id)
    if wanted.since_us is not None:
        conditions.append(audit.c.at_us >= wanted.since_us)
    if wanted.until_us is not None:
        conditions.append(audit.c.at_us < wanted.until_us)
    return conditions


def number_of(before: str) -> int:
    """The number that a page's `next` is. Raises PeerError."""
    if not (before.isascii() and before.isdigit() and len(before) < len(str(2**63))):
        raise PeerError("bad_cursor", "`before` must be the `next` of the page above")
    return int(before)


def _canonical(value: Any) -> str:  # noqa: ANN401 - JSON
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _hash(before: str, row: Mapping[str, Any] | RowMapping) -> str:
    told = [row[name] for name in ("number", "at_us", "who", "what", "call_id", "detail")]
    return sha256(f"{before}\n{_canonical(told)}".encode()).hexdigest()
