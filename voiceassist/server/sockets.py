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
CLOSE_REFRESH = 4012
PING_S = 10.0  # on a socket that is quiet; clients give up on a server after 25 s of nothing
GOODBYE_S = 1.0  # a client that reads nothing does not hear the goodbye either


async def send(socket: WebSocket, message: wire.ServerMessage) -> None:
    """One message of the contract."""
    await socket.send_text(wire.dumps(wire.to_json(message)))


async def send_error(socket: WebSocket, error: PeerError, close_code: int) -> None:
    """Tells the peer what was wrong, then closes."""
    await send(socket, wire.ErrorMessage(code=error.code, message=str(error)))
    await socket.close(close_code, reason=error.code)


async def pump(socket: WebSocket, mailbox: Mailbox, is_new: Callable[[Record], bool]) -> None:
    """Sends records until the client is gone, too slow, or in need of a fresh snapshot."""
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_send_all(socket, mailbox, is_new))
            tasks.create_task(_until_gone(socket))
            tasks.create_task(mailbox.until_given_up())
    except* WebSocketDisconnect:
        pass  # the client left: all that was wanted of us
    except* PeerError as group:
        error = group.exceptions[0]
        assert isinstance(error, PeerError)
        await _goodbye(socket, error)


async def _send_all(socket: WebSocket, mailbox: Mailbox, is_new: Callable[[Record], bool]) -> None:
    while True:
        try:
            async with asyncio.timeout(PING_S):
                records = await mailbox.take()
        except TimeoutError:
            await send(socket, wire.Ping())
            continue
        for record in records:
            if is_new(record):
                await socket.send_text(wire.encode_line(record))


async def _until_gone(socket: WebSocket) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1006))


async def _goodbye(socket: WebSocket, error: PeerError) -> None:
    code = CLOSE_TOO_SLOW if isinstance(error, TooSlowError) else CLOSE_REFRESH
    try:
        async with asyncio.timeout(GOODBYE_S):
            await send_error(socket, error, code)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        return  # it never read anything: the server drops the connection when we return
