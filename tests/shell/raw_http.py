"""A peer that speaks HTTP byte by byte, for tests of what well-behaved clients never do."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.shell.serving import Serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPeer:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, text: str | bytes) -> None:
        self.writer.write(text.encode() if isinstance(text, str) else text)
        await self.writer.drain()

    async def ask(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """A request's head."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in ({"Host": "localhost"} | {**headers}).items())
        await self.send(f"{method} {path} HTTP/1.1\r\n{lines}\r\n")

    async def send_chunk(self, data: bytes) -> None:
        await self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def answer(self) -> Answer:
        """The next answer."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.partition(": ") for line in head[1:] if line)
        headers = {name.lower(): value for name, _, value in pairs}
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(status=int(head[0].split()[1]), headers=headers, body=body)

    async def until_closed(self) -> bytes:
        """Everything that still comes before the server closes."""
        return await self.reader.read()


@asynccontextmanager
async def raw_peer(serving: Serving) -> AsyncIterator[RawPeer]:
    """A connection to the server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.port)
    try:
        yield RawPeer(reader=reader, writer=writer)
    finally:
        writer.close()
