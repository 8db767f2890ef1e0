"""What is to be followed up: unresolved incidents of calls that are over, newest first, filtered, page by page.

Reads only. Which there are is asked of the facts, so that a page of thousands costs as much as its own calls.
Next: `server/follow_up.py` gives it out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, tuple_

from voiceassist.core.call.incidents import AlertView
from voiceassist.core.screen.wall import WallRow
from voiceassist.events import AlertLevel, Customer, OwnKind, Person
from voiceassist.store.call_scope import CallScope
from voiceassist.store.places import ListPlace, cursor_of
from voiceassist.store.schema import calls, fact_alerts
from voiceassist.store.unresolved import unresolved_row

NOBODY = "-"  # as a filter's owner: what nobody has taken on


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpFilter:
    """Which incidents are wanted; an empty text: all."""

    kind: str = ""
    level: AlertLevel | None = None
    team: str = ""
    agent: str = ""  # id
    owner: str = ""  # a person's name, or NOBODY
    text: str = ""  # in the name of the agent or of the customer
    before_us: int | None = None  # of a first cue before this moment
    since_us: int | None = None  # of calls that began then or later


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpItem:
    """One incident, and whose call it is of."""

    call_id: str
    started_at: str
    ended_at_ms: int  # how long the call was
    agent: Person
    customer: Customer
    language: str  # BCP 47: of the words
    kinds: tuple[OwnKind, ...]  # the playbook's own kinds of cue
    view: AlertView


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpChoices:
    """What there is to filter by, among all that one may see."""

    kinds: tuple[str, ...]
    teams: tuple[str, ...]
    agents: tuple[Person, ...]
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpPage:
    """Part of what is to be followed up."""

    items: tuple[FollowUpItem, ...]
    total: int  # of all pages
    next: str | None  # pass it as `before` for the next page; None: this was the last


def follow_up_page(
    connection: Connection, wanted: FollowUpFilter, limit: int, before: ListPlace | None, scope: CallScope
) -> FollowUpPage:
    """The newest ones, or those that come after a place."""
    at, order = _columns()
    query = _all(select(*at), wanted, scope)
    if before:
        call_id, _, alert_id = before[1].rpartition("/")
        query = query.where(order < (before[0], call_id, alert_id))
    newest_first = [column.desc() for column in at]
    found = [tuple(row) for row in connection.execute(query.order_by(*newest_first).limit(limit + 1))]
    shown = found[:limit]
    total = connection.scalar(_all(select(func.count()), wanted, scope)) or 0
    return FollowUpPage(items=tuple(_items(connection, shown)), total=total, next=_next(found, limit))


def follow_up_choices(connection: Connection, since_us: int | None, scope: CallScope) -> FollowUpChoices:
    """What is among all of it, whatever is filtered now."""
    every = FollowUpFilter(since_us=since_us)
    agents = {
        id_: Person(id=id_, name=name, team=team)
        for id_, name, team in connection.execute(
            _all(select(calls.c.agent_id, calls.c.agent_name, calls.c.agent_team).distinct(), every, scope)
        )
    }

    def some(column: ColumnElement[str]) -> tuple[str, ...]:
        found = connection.scalars(_all(select(column).distinct(), every, scope).where(column != ""))
        return tuple(sorted(found))

    return FollowUpChoices(
        kinds=some(fact_alerts.c.kind),
        teams=some(calls.c.agent_team),
        agents=tuple(sorted(agents.values(), key=lambda agent: agent.name)),
        owners=some(fact_alerts.c.owner),
    )


def _columns() -> tuple[list[ColumnElement[Any]], Any]:
    at: list[ColumnElement[Any]] = [fact_alerts.c.at_us, fact_alerts.c.call_id, fact_alerts.c.alert_id]
    return at, tuple_(*at)


def _all(query: Select[Any], wanted: FollowUpFilter, scope: CallScope) -> Select[Any]:
    of_call = query.select_from(fact_alerts.join(calls, calls.c.call_id == fact_alerts.c.call_id))
    return of_call.where(scope.condition(), calls.c.status != "live", *_conditions(wanted))


def _conditions(wanted: FollowUpFilter) -> Iterator[ColumnElement[bool]]:
    facts = fact_alerts.c
    states = {"": ["open", "acknowledged"], NOBODY: ["open"]}
    yield facts.state.in_(states.get(wanted.owner, ["acknowledged"]))
    owner = "" if wanted.owner == NOBODY else wanted.owner
    same = (
        (facts.kind, wanted.kind),
        (facts.level, wanted.level),
        (calls.c.agent_team, wanted.team),
        (calls.c.agent_id, wanted.agent),
        (facts.owner, owner),
    )
    yield from (column == value for column, value in same if value)
    if wanted.text:
        names = (calls.c.agent_name, calls.c.customer_name)
        yield or_(*(name.icontains(wanted.text, autoescape=True) for name in names))
    if wanted.before_us is not None:
        yield facts.at_us < wanted.before_us
    if wanted.since_us is not None:
        yield calls.c.started_us >= wanted.since_us


def _items(connection: Connection, places: list[tuple[Any, ...]]) -> Iterator[FollowUpItem]:
    """A call is read once, however many of its incidents are here; one that cannot be read is left out."""
    rows: dict[str, WallRow | None] = {}
    for _, call_id, incident in places:
        if call_id not in rows:
            rows[call_id] = unresolved_row(connection, call_id)
        row = rows[call_id]
        found = [view for view in row.alerts if view.incident == incident] if row else []
        yield from (_item(row, view) for view in found if row)


def _item(row: WallRow, view: AlertView) -> FollowUpItem:
    return FollowUpItem(
        call_id=row.call_id,
        started_at=row.started_at,
        ended_at_ms=row.at_ms,
        agent=row.agent,
        customer=row.customer,
        language=row.language,
        kinds=row.kinds,
        view=view,
    )


def _next(found: list[tuple[Any, ...]], limit: int) -> str | None:
    if len(found) <= limit:
        return None
    at_us, call_id, alert_id = found[limit - 1]
    return cursor_of((at_us, f"{call_id}/{alert_id}"))
