"""What is to be followed up of calls that are over, for supervisors; and who can be handed an incident.

A handed-over incident becomes theirs whose name is on it, so the name must be of somebody who may see the call as
its supervisor. Never changes an incident: `calls.py` and `wall.py` hand that to the call.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.actions import ChangeAlert, Id
from voiceassist.clock import hours_ago_us
from voiceassist.errors import ActionError
from voiceassist.events import AlertLevel
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow, principal_of
from voiceassist.server.scope import check_call, scope_of
from voiceassist.store.call_scope import EVERY_TEAM
from voiceassist.store.follow_up import FollowUpChoices, FollowUpFilter, FollowUpPage
from voiceassist.store.places import place_of

router = APIRouter(prefix="/api", tags=["wall"])

LONGEST_AGE_H = 24 * 366
CHANGE = wire.type_name(ChangeAlert)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Who can be handed what happens in a call."""

    names: tuple[str, ...]


@router.get("/follow-up", response_model=FollowUpPage, dependencies=[allow("supervisor")])
async def follow_up(
    connection: HTTPConnection,
    *,
    kind: Id = "",
    level: AlertLevel | None = None,
    team: Id = "",
    agent: Id = "",
    owner: Id = "",
    text: Id = "",
    older_h: Annotated[int, Query(ge=0, le=LONGEST_AGE_H)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: str | None = None,
) -> JSONResponse:
    """Unresolved alerts of calls that are over, newest first; `before`: the `next` of a page.

    `owner`: "-" for what nobody has taken on. `older_h`: only what is at least so many hours old.
    """
    runtime = runtime_of(connection)
    wanted = FollowUpFilter(
        kind=kind,
        level=level,
        team=team,
        agent=agent,
        owner=owner,
        text=text.strip(),
        before_us=hours_ago_us(older_h) if older_h else None,
        since_us=runtime.followed_up_since_us(),
    )
    place = place_of(before) if before is not None else None
    page = await runtime.store.follow_up(wanted, limit, place, scope_of(connection))
    return JSONResponse(wire.to_json(page))


@router.get("/follow-up/choices", dependencies=[allow("supervisor")])
async def follow_up_choices(connection: HTTPConnection) -> FollowUpChoices:
    """Kinds, teams, agents and owners of all that is to be followed up: what a filter can choose from."""
    runtime = runtime_of(connection)
    return await runtime.store.follow_up_choices(runtime.followed_up_since_us(), scope_of(connection))


@router.get("/calls/{call_id}/owners", dependencies=[allow("supervisor")])
async def get_owners(connection: HTTPConnection, call_id: str) -> Owners:
    """Who can be handed an alert of this call: everybody who may see it as a supervisor, by name."""
    await check_call(connection, call_id)
    return Owners(names=await owners_of(connection, call_id))


async def owners_of(connection: HTTPConnection, call_id: str) -> tuple[str, ...]:
    """The names of all supervisors of the call's team; on an open server, of the only person there is."""
    directory = runtime_of(connection).directory
    if directory.is_open:
        return (principal_of(connection).name,)
    whose = await runtime_of(connection).whose(call_id)
    team = whose.team if whose else ""
    people = directory.everybody.people.values()
    may = (one for one in people if "supervisor" in one.roles and not one.disabled)
    return tuple(sorted({one.name for one in may if EVERY_TEAM in one.teams or team in one.teams}))


async def check_change(connection: HTTPConnection, call_id: str, action: wire.Json) -> None:
    """Raises ActionError when an alert is to be handed to nobody who may have it; looks at no other action."""
    owner = action.get("owner", "") if action.get("type") == CHANGE else ""
    if owner and owner not in await owners_of(connection, call_id):
        raise ActionError("unknown_owner", f"{owner!r} is no supervisor of this call's team: choose somebody else")
