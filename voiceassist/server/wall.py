"""The wall: its socket (every live call, or one agent's, as rows, then the records that change them), and the
finished calls that are too old for it.
"""

from typing import Annotated

from fastapi import APIRouter, Query, WebSocket
from fastapi.responses import JSONResponse
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow
from voiceassist.server.sockets import ended_well, pump, send
from voiceassist.store.places import place_of
from voiceassist.store.unresolved import WallPage

router = APIRouter(prefix="/api/wall", tags=["wall"])


@router.get("/older", response_model=WallPage, dependencies=[allow("supervisor")])
async def older_rows(
    connection: HTTPConnection, limit: Annotated[int, Query(ge=1, le=200)] = 50, before: str | None = None
) -> JSONResponse:
    """Finished calls with unresolved alerts that are too old for the wall; `before`: the `next` of a page."""
    runtime = runtime_of(connection)
    place = place_of(before) if before is not None else runtime.subscriptions.oldest_finished()
    return JSONResponse(wire.to_json(await runtime.store.unresolved(limit, place)))


@router.websocket("/socket", dependencies=[allow("agent", "supervisor")])
async def wall_socket(socket: WebSocket, agent: str | None = None) -> None:
    """A snapshot of the rows, then records; partials are left out."""
    await socket.accept()
    runtime = runtime_of(socket)
    with runtime.subscriptions.watching_wall(agent) as (subscription, rows):
        async with ended_well(socket):
            await send(socket, wire.WallSnapshot(boot=runtime.boot, rows=rows, older=runtime.subscriptions.older))
            await pump(socket, subscription, lambda _record: True)
