"""A phone system on our stream protocol: sends PCM as fast as it can."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Json = dict[str, Any]
START: Json = {
    "type": "start",
    "version": 1,
    "call_id": "call-1",
    "agent": {"id": "7", "name": "Ana"},
    "customer": {"id": "42", "name": "Mr Brown", "tier": "gold"},
    "legs": ["agent", "customer"],
    "encoding": "s16le",
    "rate_hz": 8000,
}


@asynccontextmanager
async def stream(url: str, **changes: object) -> AsyncIterator[ClientConnection]:
    """A connection on which a call has started."""
    async with connect(url) as ws:
        await ws.send(json.dumps(START | changes))
        answer = json.loads(await ws.recv())
        assert answer["type"] == "started", answer
        yield ws


async def send(ws: ClientConnection, data: bytes, *, message_bytes: int = 640) -> None:
    """Sends audio in messages, as fast as the server takes it."""
    for start in range(0, len(data), message_bytes):
        await ws.send(data[start : start + message_bytes])


async def stop(ws: ClientConnection) -> list[Json]:
    """Says stop and gives everything that the server still says, until it closes."""
    await ws.send('{"type": "stop"}')
    return await rest(ws)


async def rest(ws: ClientConnection) -> list[Json]:
    """Everything that the server still says, until it closes; the last item is how it closed."""
    messages: list[Json] = []
    try:
        while True:
            messages.append(json.loads(await ws.recv()))
    except ConnectionClosed as closed:
        return [*messages, {"close": closed.rcvd and closed.rcvd.code}]
