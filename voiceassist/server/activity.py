"""What people did with alerts and cues: of a call, of a person, or all since a moment. Reads only."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.actions import Id
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow
from voiceassist.server.moments import moment_of
from voiceassist.server.scope import scope_of
from voiceassist.store.activity import Activity, ActivityFilter
from voiceassist.store.facts import Deed

router = APIRouter(prefix="/api/activity", tags=["activity"])


@router.get("", response_model=Activity, dependencies=[allow("supervisor", "reviewer")])
async def list_activity(
    connection: HTTPConnection,
    *,
    call: Id | None = None,
    by: Id | None = None,
    deed: Deed | None = None,
    since: str | None = None,
    standing: bool = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> JSONResponse:
    """The newest entries; `since`: ISO 8601; `standing`: only what nobody has changed since."""
    wanted = ActivityFilter(
        limit=limit, call_id=call, by=by, deed=deed, since_us=moment_of("since", since), standing=standing
    )
    return JSONResponse(wire.to_json(await runtime_of(connection).store.activity(wanted, scope_of(connection))))
