"""The levels of a live call, for the supervisors who have it open: a socket beside the call's own.

Its own, so that a slow network delays levels and nothing else. Never sends a level twice and never a late one.
"""

import asyncio
from typing import NoReturn

from fastapi import APIRouter, WebSocket

from voiceassist import wire
from voiceassist.errors import UnknownNameError
from voiceassist.events import Record
from voiceassist.listening.meters import LevelLane
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow
from voiceassist.server.scope import may_see, scope_of
from voiceassist.server.sockets import CLOSE_UNKNOWN_CALL, CallHiddenError, ended_well, pump, send, send_error

router = APIRouter(prefix="/api/calls", tags=["calls"])


@router.websocket("/{call_id}/levels", dependencies=[allow("supervisor")])
async def level_socket(socket: WebSocket, call_id: str) -> None:
    """`levels_opened`, then `levels` five times a second: how loud each leg was, a number for every 100 ms.

    A client that is slow gets the newest only. Closed with code 4004 when the call is not live, or not any more.
    """
    await socket.accept()
    runtime = runtime_of(socket)
    async with ended_well(socket):
        live = runtime.live.get(call_id) if await may_see(socket, call_id) else None
        if live is None:
            error = UnknownNameError("unknown_call", f"there is no live call {call_id!r}")
            await send_error(socket, error, CLOSE_UNKNOWN_CALL)
            return
        with runtime.meters.watching(live) as lane:
            told = runtime.listening
            opened = wire.LevelsOpened(boot=runtime.boot, tells_agent=told.tells, delay_ms=told.delay_ms)
            await send(socket, opened)
            await pump(socket, _LevelSubscription(socket, call_id, lane), _no_record)


class _LevelSubscription:
    """A lane as `pump` takes it."""

    def __init__(self, socket: WebSocket, call_id: str, lane: LevelLane) -> None:
        self._socket, self._call_id, self._lane = socket, call_id, lane

    async def take(self) -> list[Record | str]:
        """The newest levels. Raises CallHiddenError when the call is over, or somebody else's by now."""
        newest = await self._lane.take()
        live = runtime_of(self._socket).live.get(self._call_id)
        if newest is None or live is None:
            raise CallHiddenError(self._call_id)
        agent = live.info.agent
        if not scope_of(self._socket).has(agent.id, agent.team, is_live=True):
            raise CallHiddenError(self._call_id)
        return [newest]

    async def until_too_slow(self) -> NoReturn:
        """Never: what is not taken is replaced."""
        await asyncio.Event().wait()
        raise AssertionError


def _no_record(_record: Record) -> bool:
    return False
