"""Retention in the database: the rules per team and kind, which calls are due, and what the last run did.

A rule says after how many days, counted from the call's beginning, something of a team's calls is deleted:
"audio" the recording, "transcript" every word, "events" the whole call with whatever is left of it. Its counts go
too, for on a quiet day they would still tell of that one call; who wants them for longer keeps the events, which
have no words any more. A team without a rule of its own for a kind has that of all teams. A rule without days
keeps for ever, and so does no rule at all.
What a run did is what the audit says since `retention.began`: a run that was cut short loses no count.
Never deletes anything. Next: `voiceassist/retention.py` does, step by step.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, get_args

from annotated_types import Ge, Le, MaxLen
from sqlalchemy import ColumnElement, Connection, and_, delete, false, func, insert, or_, select, tuple_

from voiceassist.errors import PeerError
from voiceassist.store.audit import SERVER, AuditFilter, NewEntry, audit_page, record
from voiceassist.store.call_scope import EVERY_TEAM
from voiceassist.store.holds import is_held
from voiceassist.store.places import ListPlace
from voiceassist.store.rows import EPOCH
from voiceassist.store.schema import audit, calls, retention_rules

Kind = Literal["audio", "transcript", "events"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST_DAYS = 36_500  # a hundred years
DAY_US = 24 * 60 * 60 * 1_000_000

BEGAN, RAN, CHANGED = "retention.began", "retention.ran", "retention.changed"  # in the audit
DELETED: dict[str, Kind] = {
    "call.audio_deleted": "audio",
    "call.transcript_deleted": "transcript",
    "call.deleted": "events",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """For how long something is kept."""

    team: Annotated[str, MaxLen(200)] | None  # None: every team without a rule of its own; "": no team
    kind: Kind
    days: Annotated[int, Ge(1), Le(LONGEST_DAYS)] | None  # None: for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedCounts:
    """How many calls lost what; a call that was deleted whole counts only as that."""

    audio: int = 0
    transcript: int = 0
    events: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRun:
    """What a run did."""

    at: str  # ISO 8601, UTC: when it was done
    deleted: DeletedCounts
    held: int  # calls that were due and are on hold


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPlan:
    """What a run would do now."""

    audio: int
    transcript: int
    events: int
    held: int
    oldest: str | None  # ISO 8601: when the oldest of these calls began
    bytes: int  # of recordings


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionState:
    """The rules, and what happened to them."""

    rules: tuple[RetentionRule, ...] = ()
    last_run: RetentionRun | None = None
    last_run_us: int = 0  # microseconds since 1970 UTC; 0: never
    changed_us: int = 0  # when the rules were; 0: never
    is_cut_short: bool = False  # a run began and did not come to its end


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCall:
    """A call of which something is due."""

    call_id: str
    place: ListPlace
    started_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePage:
    """Some of them, the oldest first."""

    calls: tuple[DueCall, ...] = field(default=())
    next: ListPlace | None  # None: these were the last


def retention_state(connection: Connection) -> RetentionState:
    """All of it."""
    ran, began, changed = (_newest(connection, what) for what in (RAN, BEGAN, CHANGED))
    return RetentionState(
        rules=rules_of(connection),
        last_run=_run_of(connection) if ran else None,
        last_run_us=ran[1] if ran else 0,
        changed_us=changed[1] if changed else 0,
        is_cut_short=bool(began) and (began or (0,))[0] > (ran or (0,))[0],
    )


def rules_of(connection: Connection) -> tuple[RetentionRule, ...]:
    """The rules, those of all teams first."""
    rows = connection.execute(select(retention_rules)).mappings()
    rules = [RetentionRule(team=_team(row["team"]), kind=row["kind"], days=row["days"]) for row in rows]
    return tuple(sorted(rules, key=lambda rule: (rule.team is not None, rule.team or "", KINDS.index(rule.kind))))


def check_rules(rules: Sequence[RetentionRule]) -> None:
    """Raises PeerError for two rules about the same, and for a team that is called as all teams are."""
    if len({(rule.team, rule.kind) for rule in rules}) < len(rules):
        raise PeerError("bad_field", "`rules`: a team has two rules for the same kind; keep one of them")
    if any(rule.team == EVERY_TEAM for rule in rules):
        raise PeerError("bad_field", f"`rules`: {EVERY_TEAM!r} is no team; for all teams leave `team` null")


def set_rules(connection: Connection, rules: Sequence[RetentionRule], by: str) -> None:
    """These, which `check_rules` let through, instead of those before."""
    connection.execute(delete(retention_rules))
    if rules:
        rows = [asdict(rule) | {"team": EVERY_TEAM if rule.team is None else rule.team} for rule in rules]
        connection.execute(insert(retention_rules), rows)
    detail = {"rules": [asdict(rule) for rule in rules]}
    record(connection, NewEntry(who=by, what=CHANGED, detail=detail))


def due_page(
    connection: Connection,
    kind: Kind,
    now_us: int,
    *,
    after: ListPlace | None = None,
    limit: int = 100,
) -> DuePage:
    """Calls of which this kind is due and that may be deleted, the oldest first."""
    order = tuple_(calls.c.started_us, calls.c.call_id)
    wanted = select(calls.c.call_id, calls.c.started_us, calls.c.started_at)
    wanted = wanted.where(due(kind, rules_of(connection), now_us), ~is_held())
    wanted = wanted.where(order > after) if after else wanted
    rows = connection.execute(wanted.order_by(calls.c.started_us, calls.c.call_id).limit(limit)).all()
    found = tuple(DueCall(call_id=row[0], place=(row[1], row[0]), started_at=row[2]) for row in rows)
    return DuePage(calls=found, next=found[-1].place if len(found) == limit else None)


def due(kind: Kind, rules: Sequence[RetentionRule], now_us: int) -> ColumnElement[bool]:
    """The condition on `calls` that something is due, on hold or not; what is gone already is not."""
    of_kind = [rule for rule in rules if rule.kind == kind]
    named = [rule.team for rule in of_kind if rule.team is not None]
    over = [_over(rule, named, now_us) for rule in of_kind if rule.days is not None]
    there = calls.c[f"{kind}_deleted_us"].is_(None) if kind != "events" else calls.c.status != "live"
    return and_(calls.c.status != "live", there, or_(false(), *over))


def count_held(connection: Connection, now_us: int) -> int:
    """How many calls on hold are due for anything."""
    rules = rules_of(connection)
    anything = or_(*(due(kind, rules, now_us) for kind in KINDS))
    return connection.scalar(select(func.count()).select_from(calls).where(anything, is_held())) or 0


def note_begin(connection: Connection) -> None:
    """A run begins, unless one was cut short: then that one goes on."""
    if not retention_state(connection).is_cut_short:
        record(connection, NewEntry(who=SERVER, what=BEGAN))


def note_end(connection: Connection, held: int) -> RetentionRun:
    """The run is done: says in the audit what it did."""
    began = _newest(connection, BEGAN)
    since = began[0] if began else 0
    done = select(audit.c.what, func.count()).where(
        audit.c.number > since, audit.c.who == SERVER, audit.c.what.in_(DELETED)
    )
    counts = {DELETED[what]: number for what, number in connection.execute(done.group_by(audit.c.what))}
    deleted = DeletedCounts(**counts)
    record(connection, NewEntry(who=SERVER, what=RAN, detail={"deleted": asdict(deleted), "held": held}))
    run = _run_of(connection)
    assert run
    return run


def _over(rule: RetentionRule, named: Sequence[str], now_us: int) -> ColumnElement[bool]:
    assert rule.days is not None
    old = calls.c.started_us < now_us - rule.days * DAY_US
    if rule.team is None:
        return and_(old, calls.c.agent_team.not_in(named)) if named else old
    return and_(old, calls.c.agent_team == rule.team)


def _team(stored: str) -> str | None:
    return None if stored == EVERY_TEAM else stored


def _newest(connection: Connection, what: str) -> tuple[int, int] | None:
    query = select(audit.c.number, audit.c.at_us).where(audit.c.what == what)
    row = connection.execute(query.order_by(audit.c.number.desc()).limit(1)).first()
    return (row[0], row[1]) if row else None


def _run_of(connection: Connection) -> RetentionRun | None:
    found = audit_page(connection, AuditFilter(limit=1, what=RAN)).entries
    if not found:
        return None
    detail: dict[str, Any] = found[0].detail
    return RetentionRun(at=found[0].at, deleted=DeletedCounts(**detail["deleted"]), held=detail["held"])


def next_run(state: RetentionState, now: datetime, hour: int) -> datetime | None:
    """When the next run begins, in the zone of `now`; None: no rule deletes anything."""
    if not any(rule.days for rule in state.rules):
        return None
    if state.is_cut_short:
        return now
    since_us = max(state.last_run_us, state.changed_us)
    if (
        since_us > now.timestamp() * 1_000_000 + DAY_US
    ):  # the clock was ahead then: no run would come until that day
        return now
    since = (EPOCH + timedelta(microseconds=since_us)).astimezone(now.tzinfo) if since_us else now
    night = since.replace(hour=hour, minute=0, second=0, microsecond=0)
    return night if night > since else night + timedelta(days=1)
