"""One connection of a call on a websocket: a task says what was planned, another hears what the server says.

Knows no protocol: the caller does. Next: `run.py` plays the connections of every line.
"""

import asyncio
from collections.abc import Callable, Sequence

import websockets
from websockets.asyncio.client import ClientConnection
from websockets.typing import Subprotocol

from voiceassist.callers.caller import Caller, CallerError, CallerLine, Frame, Message
from voiceassist.callers.placing import Placing
from voiceassist.callers.plan import KeyPress, PlannedConnection, PlannedStep
from voiceassist.callers.request import address_of, headers_of, refusal

CONNECT_S = 10.0
TAKEN_WITHIN_S = 30.0  # from the connection to the server's leave to send
PING_EVERY_S = 20.0  # keeps routers on the way from forgetting the connection
# A server that is sent more than it can recognise reads nothing until it has caught up, and answers no ping. That
# takes under 15 minutes: its backlog of 300 s and what the buffers between hold, recognised at the pace of speech.
PONG_WITHIN_S = 900.0


async def connect(placing: Placing, planned: PlannedConnection, line: CallerLine) -> None:
    """A connection, from its request to its end. Raises CallerError."""
    assert placing.protocol.make is not None, "it is spoken on websockets"
    caller = placing.protocol.make(placing.call, line)
    opening = caller.opening(placing.url)
    try:
        async with websockets.connect(
            address_of(placing.url, opening),
            additional_headers=headers_of(opening, placing.call.key),
            subprotocols=[Subprotocol(name) for name in opening.subprotocols] or None,
            open_timeout=CONNECT_S,
            ping_interval=PING_EVERY_S,
            ping_timeout=PONG_WITHIN_S,
        ) as socket:
            placing.outcome.connections += 1
            await _Conversation(placing, planned, caller, socket).hold()
    except websockets.InvalidStatus as error:
        response, has_key = error.response, placing.call.key is not None
        told = refusal(response.status_code, response.body, placing.protocol.path, has_key=has_key)
        raise CallerError(f"{placing.url}: {told}") from error
    except OSError as error:
        raise CallerError(f"{placing.url}: cannot be reached ({error}); is voiceassist running there?") from error
    except websockets.ConnectionClosed as error:
        raise CallerError(f"{placing.url}: {_closed(error)}") from error
    except websockets.WebSocketException as error:
        raise CallerError(f"{placing.url}: {error}") from error


class _Conversation:
    """One connection: a task says what was planned, another hears what the server says."""

    def __init__(
        self, placing: Placing, planned: PlannedConnection, caller: Caller, socket: ClientConnection
    ) -> None:
        self._placing, self._planned, self._caller, self._socket = placing, planned, caller, socket
        self._heard = asyncio.Event()  # something since the last look

    async def hold(self) -> None:
        """From its beginning to its end. Raises CallerError, ConnectionClosed."""
        hearing = asyncio.create_task(self._hear())
        saying = asyncio.create_task(self._say())
        try:
            await asyncio.wait((hearing, saying), return_when=asyncio.FIRST_COMPLETED)
            if saying.done() and saying.exception() is None:
                return
            if saying.done() and isinstance(saying.exception(), websockets.ConnectionClosed):
                await asyncio.wait((hearing,))  # the server's last words say more than that it closed
            for task in (hearing, saying):
                if task.done():
                    task.result()
            if not self._caller.is_over:
                raise CallerError(f"{self._placing.url}: the server ended the call without a word")
        finally:
            for task in (hearing, saying):
                task.cancel()
            await asyncio.gather(hearing, saying, return_exceptions=True)

    async def _hear(self) -> None:
        async for message in self._socket:
            replies = self._caller.receive(message)
            self._placing.tell(self._caller.told())
            await self._send(replies)
            self._heard.set()

    async def _say(self) -> None:
        await self._send(self._caller.begin())
        await self._until_taken()
        self._placing.begin()
        for step in self._planned.steps:
            await self._placing.wait_until(step.at_ms)
            await self._do(step)
        if self._planned.dies_ms is None:
            await self._send(self._caller.end())
            await self._until(lambda: self._caller.is_over)
        else:
            await self._placing.wait_until(self._planned.dies_ms)
            self._socket.transport.abort()

    async def _do(self, step: PlannedStep) -> None:
        match step.says:
            case Frame():
                await self._send_frame(step.says)
            case KeyPress(speaker=speaker, key=key):
                await self._send(self._caller.press(speaker, key))
            case "pause":
                await self._send(self._caller.pause())
            case "resume":
                await self._send(self._caller.resume())

    async def _send_frame(self, frame: Frame) -> None:
        outcome = self._placing.outcome
        if self._caller.may_send:
            await self._send(self._caller.audio(frame))
            outcome.frames += 1
        else:
            outcome.unsent += 1
        self._placing.hooks.progress(frame.send_ms, outcome.duration_ms)

    async def _send(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self._socket.send(message)

    async def _until_taken(self) -> None:
        try:
            async with asyncio.timeout(TAKEN_WITHIN_S):
                await self._until(lambda: self._caller.may_send)
        except TimeoutError:
            told = f"the server did not take the call within {TAKEN_WITHIN_S:g} s"
            raise CallerError(f"{self._placing.url}: {told}") from None

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._heard.clear()
            await self._heard.wait()


def _closed(error: websockets.ConnectionClosed) -> str:
    reason = f": {error.rcvd.reason or error.rcvd.code}" if error.rcvd else " without a word"
    return f"the server ended the call{reason}"
