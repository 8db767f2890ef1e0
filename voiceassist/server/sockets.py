"""Sends what a subscription gives to a websocket until one side is done.

Reads nothing of a screen's socket but its end and, of a wall's, what it shows: people's actions come by POST. A
client that does not read is disconnected with code 4008, because too much waits for it or one message could not be
sent in time, and may resume by number.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NoReturn

from fastapi import WebSocket, WebSocketDisconnect

from voiceassist import wire
from voiceassist.errors import PeerError
from voiceassist.events import Record
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import principal_of
from voiceassist.subscriptions import Subscription, TooSlowError, Waiting

# Close codes 4000-4999 are the application's own (RFC 6455, 7.4.2).
CLOSE_SESSION_ENDED = 4001  # or its rights are others now: the page asks for its session
CLOSE_UNKNOWN_CALL = 4004
CLOSE_TOO_SLOW = 4008
CLOSE_BAD_MESSAGE = 4400
PING_S = 10.0  # on a socket that is quiet; clients give up on a server after 25 s of nothing
SEND_S = 10.0  # for the network to take a message; whoever takes nothing for so long is gone or asleep
GOODBYE_S = 1.0  # a client that reads nothing does not hear the goodbye either

Hear = Callable[[str], Awaitable[None]]  # takes what a client says. Raises PeerError for what it cannot mean


class SessionEndedError(PeerError):
    """Who opened the socket may no longer use it."""

    def __init__(self) -> None:
        super().__init__(
            "session_ended", "you were signed out, or your rights are others now, or your key ended; sign in again"
        )


class CallHiddenError(PeerError):
    """The call is somebody else's by now, and may not be seen any more: as if it were not there."""

    def __init__(self, call_id: str) -> None:
        super().__init__("unknown_call", f"there is no call {call_id!r}")


async def send(socket: WebSocket, message: wire.ServerMessage) -> None:
    """One message of the contract. Raises TooSlowError."""
    await send_text(socket, wire.dumps(wire.to_json(message)))


async def send_text(socket: WebSocket, text: str) -> None:
    """One message of the contract, as text. Raises TooSlowError when the client takes nothing."""
    try:
        async with asyncio.timeout(SEND_S):
            await socket.send_text(text)
    except TimeoutError:
        raise TooSlowError from None


async def send_error(socket: WebSocket, error: PeerError, close_code: int) -> None:
    """Tells the peer what was wrong, then closes."""
    await send(socket, wire.ErrorMessage(code=error.code, message=str(error)))
    await socket.close(close_code, reason=error.code)


@asynccontextmanager
async def ended_well(socket: WebSocket) -> AsyncIterator[None]:
    """A conversation that ends when the client leaves, and with a goodbye when it is too slow."""
    try:
        yield
    except WebSocketDisconnect:
        pass  # the client left: all that was wanted of us
    except TooSlowError as error:
        await _goodbye(socket, error, CLOSE_TOO_SLOW)
    except SessionEndedError as error:
        await _goodbye(socket, error, CLOSE_SESSION_ENDED)
    except CallHiddenError as error:
        await _goodbye(socket, error, CLOSE_UNKNOWN_CALL)
    except PeerError as error:
        await _goodbye(socket, error, CLOSE_BAD_MESSAGE)


async def pump(
    socket: WebSocket, subscription: Subscription, is_new: Callable[[Record], bool], hear: Hear | None = None
) -> None:
    """Sends what comes until the client is gone (WebSocketDisconnect), too slow or no longer signed in.

    `hear` gets what the client says; without it, that is not read. Its PeerErrors are raised.
    """
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_until_session_ends(socket))
            tasks.create_task(_send_all(socket, subscription, is_new))
            tasks.create_task(_until_gone(socket, hear))
            tasks.create_task(subscription.until_too_slow())
    except* (WebSocketDisconnect, PeerError) as group:
        raise group.exceptions[0] from None


async def _send_all(socket: WebSocket, subscription: Subscription, is_new: Callable[[Record], bool]) -> None:
    while True:
        try:
            async with asyncio.timeout(PING_S):
                waiting = await subscription.take()
        except TimeoutError:
            await send(socket, wire.Ping())
            continue
        for item in waiting:
            await _send_waiting(socket, item, is_new)


async def until_first(
    socket: WebSocket, subscription: Subscription, is_seen: Callable[[], Awaitable[bool]]
) -> None:
    """Returns when the first record comes that may be seen. Raises what `pump` raises.

    Of a call that may not be seen, the client notices nothing: pings come as if there were no records.
    """
    try:
        async with asyncio.TaskGroup() as tasks:
            ends = [tasks.create_task(until(socket)) for until in (_until_gone, _until_session_ends, _ping)]
            while not (await _has_record(subscription) and await is_seen()):
                pass
            for end in ends:
                end.cancel()
    except* (WebSocketDisconnect, TooSlowError, SessionEndedError) as group:
        raise group.exceptions[0] from None


async def _has_record(subscription: Subscription) -> bool:
    return any(isinstance(item, Record) for item in await subscription.take())


async def _ping(socket: WebSocket) -> NoReturn:
    while True:
        await asyncio.sleep(PING_S)
        await send(socket, wire.Ping())


async def _send_waiting(socket: WebSocket, item: Waiting, is_new: Callable[[Record], bool]) -> None:
    if isinstance(item, str):
        await send_text(socket, item)
    elif is_new(item):
        await send_text(socket, wire.encode_line(item))


async def _until_gone(socket: WebSocket, hear: Hear | None = None) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1006))
        if hear is not None:
            await hear(message.get("text") or "")


async def _until_session_ends(socket: WebSocket) -> NoReturn:
    principal = principal_of(socket)
    await runtime_of(socket).directory.until_ended(principal.session_id, principal.key_id)
    raise SessionEndedError


async def _goodbye(socket: WebSocket, error: PeerError, close_code: int) -> None:
    try:
        async with asyncio.timeout(GOODBYE_S):
            await send_error(socket, error, close_code)
    except (TimeoutError, PeerError, WebSocketDisconnect, RuntimeError):
        return  # it never read anything: the server drops the connection when we return
