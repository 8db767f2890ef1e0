"""What people did with alerts and cues and wrote down, newest first: of a call, of a person, or resolved today.

Reads only. Names are those of the `Principal` who asked, never text that a client sent.
Next: `server/activity.py` gives it out.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, select

from voiceassist.events import AlertLevel
from voiceassist.store.call_scope import CallScope
from voiceassist.store.facts import Deed
from voiceassist.store.rows import EPOCH
from voiceassist.store.schema import calls, fact_activity


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEntry:
    """One thing that a person did."""

    call_id: str
    seq: int
    at: str  # ISO 8601, UTC
    by: str
    deed: Deed
    about: str  # the alert's id, or the cue's; empty: of the call
    level: AlertLevel | None  # None: of no alert
    kind: str
    reason: str  # of an alert; of a cue the words, as heard
    reason_code: str  # as an alert's
    note: str
    stands: bool  # nobody did anything about the same alert or cue later
    agent: str  # names
    customer: str
    language: str  # BCP 47: of the reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """The newest entries."""

    entries: tuple[ActivityEntry, ...]
    more: bool  # there are older ones


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFilter:
    """Which entries are wanted; None: all."""

    limit: int
    call_id: str | None = None
    by: str | None = None
    deed: Deed | None = None
    since_us: int | None = None  # microseconds since 1970 UTC
    standing: bool = False  # only what nobody has changed since


SAME_NAMES = ("call_id", "seq", "by", "deed", "about", "kind", "reason", "reason_code", "note")
"""Fields of an entry that are columns of the same name."""


def activity_of(connection: Connection, wanted: ActivityFilter, scope: CallScope) -> Activity:
    """The newest entries that are wanted."""
    found = connection.execute(_query(wanted).where(scope.condition())).mappings().all()
    return Activity(entries=tuple(map(_entry, found[: wanted.limit])), more=len(found) > wanted.limit)


def _query(wanted: ActivityFilter) -> Select[Any]:
    done = fact_activity.c
    of_call = (calls.c.agent_name, calls.c.customer_name, calls.c.language)
    query = select(fact_activity, *of_call).join(calls, calls.c.call_id == done.call_id)
    newest_first = (done.at_us.desc(), done.call_id.desc(), done.seq.desc())
    return query.where(*_conditions(wanted)).order_by(*newest_first).limit(wanted.limit + 1)


def _conditions(wanted: ActivityFilter) -> list[ColumnElement[bool]]:
    done = fact_activity.c
    stands = 1 if wanted.standing else None
    same = {"call_id": wanted.call_id, "by": wanted.by, "deed": wanted.deed, "stands": stands}
    found = [done[name] == value for name, value in same.items() if value is not None]
    return found if wanted.since_us is None else [*found, done.at_us >= wanted.since_us]


def _entry(row: RowMapping) -> ActivityEntry:
    at = EPOCH + timedelta(microseconds=row["at_us"])
    return ActivityEntry(
        **{name: row[name] for name in SAME_NAMES},
        at=at.isoformat(timespec="milliseconds"),
        level=row["level"] or None,
        stands=bool(row["stands"]),
        agent=row["agent_name"],
        customer=row["customer_name"],
        language=row["language"],
    )
