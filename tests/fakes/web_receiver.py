"""A server that receives webhooks over real sockets and answers as a test says: well, badly, slowly or not at all.

Speaks just enough HTTP/1.1, by hand, because a framework would not lie.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


def says(status: str, body: str = "", **headers: str) -> Answer:
    """An answer in good order, such as `says("429 Too Many Requests", retry_after="30")`."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        told = {"content-length": str(len(body.encode())), **headers}
        lines = [f"HTTP/1.1 {status}", *(f"{key.replace('_', '-')}: {value}" for key, value in told.items())]
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        await writer.drain()

    return answer


async def hangs(writer: asyncio.StreamWriter) -> None:
    """Takes the request and never says anything, until the sender has gone."""
    await writer.wait_closed()


async def cuts(writer: asyncio.StreamWriter) -> None:
    """Closes the connection in place of an answer."""
    writer.close()


async def promises_more(writer: asyncio.StreamWriter) -> None:
    """Says 200 and a length, and closes before it has sent so much."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\nthanks")
    writer.close()


def goes_on_for_ever(status: str) -> Answer:
    """An answer whose body never ends."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\ntransfer-encoding: chunked\r\n\r\n".encode())
        while True:
            writer.write(b"6\r\nagain \r\n")
            await writer.drain()
            await asyncio.sleep(0)

    return answer


def drips(status: str) -> Answer:
    """An answer of which some words come and then nothing more."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 900\r\n\r\nno such room".encode())
        await writer.drain()
        await writer.wait_closed()

    return answer


@dataclass(slots=True)
class WebReceiver:
    """What came; `answers` are given in turn, then `otherwise`."""

    port: int = 0
    answers: deque[Answer] = field(default_factory=deque)
    otherwise: Answer = field(default_factory=lambda: says("200 OK", "ok"))
    received: list[Received] = field(default_factory=list)
    _came: asyncio.Queue[Received] = field(default_factory=asyncio.Queue)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def next(self) -> Received:
        """Waits for the next request that nobody has taken yet."""
        return await self._came.get()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
            headers = {key.lower(): value for key, value in (line.split(": ", 1) for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            received = Received(path=request.split()[1], headers=headers, body=body)
            self.received.append(received)
            self._came.put_nowait(received)
            await (self.answers.popleft() if self.answers else self.otherwise)(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the sender has gone
        finally:
            writer.close()


@asynccontextmanager
async def receiving(*answers: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[WebReceiver]:
    receiver = WebReceiver(answers=deque(answers))
    tasks: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(receiver.serve(reader, writer))
        tasks.add(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
