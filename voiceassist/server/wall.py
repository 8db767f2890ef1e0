"""The wall's socket: every live call (or one agent's) as rows, then the records that change them."""

from fastapi import APIRouter, WebSocket

from voiceassist import wire
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow
from voiceassist.server.sockets import ended_well, pump, send

router = APIRouter(prefix="/api/wall", tags=["wall"])


@router.websocket("/socket", dependencies=[allow("agent", "supervisor")])
async def wall_socket(socket: WebSocket, agent: str | None = None) -> None:
    """A snapshot of the rows, then records; partials are left out."""
    await socket.accept()
    runtime = runtime_of(socket)
    with runtime.hub.watching_wall(agent) as (mailbox, rows):
        async with ended_well(socket):
            await send(socket, wire.WallSnapshot(boot=runtime.boot, rows=rows, older=runtime.hub.older))
            await pump(socket, mailbox, lambda _record: True)
