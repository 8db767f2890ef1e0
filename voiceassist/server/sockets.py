"""Sends what a mailbox holds to a websocket until one side is done.

Never reads anything from a screen's socket but its end: people's actions come by POST. A client that does not read
is disconnected by the hub's overflow rule with code 4008 and may resume by number.
"""

import asyncio
from collections.abc import Callable

from fastapi import WebSocket, WebSocketDisconnect

from voiceassist import wire
from voiceassist.errors import PeerError
from voiceassist.events import Record
from voiceassist.hub import Mailbox, TooSlowError

# Close codes 4000-4999 are the application's own (RFC 6455, 7.4.2).
CLOSE_UNKNOWN_CALL = 4004
CLOSE_TOO_SLOW = 4008
GOODBYE_S = 1.0  # a client that reads nothing does not hear the goodbye either


async def send(socket: WebSocket, message: wire.ServerMessage) -> None:
    """One message of the contract."""
    await socket.send_text(wire.dumps(wire.to_json(message)))


async def send_error(socket: WebSocket, error: PeerError, close_code: int) -> None:
    """Tells the peer what was wrong, then closes."""
    await send(socket, wire.ErrorMessage(code=error.code, message=str(error)))
    await socket.close(close_code, reason=error.code)


async def pump(socket: WebSocket, mailbox: Mailbox, is_new: Callable[[Record], bool]) -> None:
    """Sends records until the client is gone or too slow."""
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_send_all(socket, mailbox, is_new))
            tasks.create_task(_until_gone(socket))
            tasks.create_task(mailbox.overflow())
    except* WebSocketDisconnect:
        pass  # the client left: all that was wanted of us
    except* TooSlowError as group:
        await _say_too_slow(socket, group)


async def _send_all(socket: WebSocket, mailbox: Mailbox, is_new: Callable[[Record], bool]) -> None:
    while True:
        for record in await mailbox.take():
            if is_new(record):
                await socket.send_text(wire.encode_line(record))


async def _until_gone(socket: WebSocket) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1006))


async def _say_too_slow(socket: WebSocket, group: BaseExceptionGroup[TooSlowError]) -> None:
    error = group.exceptions[0]
    assert isinstance(error, TooSlowError)
    try:
        async with asyncio.timeout(GOODBYE_S):
            await send_error(socket, error, CLOSE_TOO_SLOW)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        return  # it never read anything: the server drops the connection when we return
