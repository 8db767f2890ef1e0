"""A real server with our ingest endpoints whose sessions only collect what they hear."""

import asyncio
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import numpy as np
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket
from starlette.types import ASGIApp

from voiceassist.asr.choice import matching
from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.config import Settings
from voiceassist.errors import IngestError
from voiceassist.events import AudioDoubted, AudioGap, EndReason, LineChanged, Speaker
from voiceassist.ingest.call_socket import serve_call
from voiceassist.ingest.handshake import handshake_of
from voiceassist.ingest.joins import Host, Joins
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.protocols import PROTOCOLS
from voiceassist.ingest.source import CallInfo, Source
from voiceassist.ingest.stream.dialect import StreamDialect
from voiceassist.ingest.whip import http as whip_http
from voiceassist.ingest.whip.sessions import WhipSessions
from voiceassist.webrtc import http as webrtc_http


@dataclass(kw_only=True)
class HeardCall:
    """What a session heard of one call."""

    info: CallInfo
    frames: list[AudioFrame] = field(default_factory=list)
    gaps: list[AudioGap] = field(default_factory=list)
    doubts: list[AudioDoubted] = field(default_factory=list)
    lines: list[LineChanged] = field(default_factory=list)
    end_reason: EndReason | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)  # something was heard, or the call is over

    async def until(self, enough: "Callable[[HeardCall], bool]") -> None:
        """Waits until enough was heard."""
        while not enough(self):
            self.news.clear()
            await self.news.wait()

    def leg(self, speaker: Speaker) -> Pcm:
        """All samples of one leg."""
        return np.concatenate([np.zeros(0, np.int16), *(f.pcm for f in self.frames if f.speaker == speaker)])


@dataclass(kw_only=True)
class Sessions:
    """The server's calls; `listening` can be held back to play a recognizer that is too slow."""

    calls: dict[str, HeardCall] = field(default_factory=dict)
    live: set[str] = field(default_factory=set)
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None
    begun: defaultdict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    keys: list[str] = field(default_factory=list)  # that agents pressed
    stored_ends: dict[str, str] = field(default_factory=dict)  # end reasons of calls of earlier, by call id

    async def call(self, call_id: str) -> HeardCall:
        """The call of that id, once it has begun."""
        await self.begun[call_id].wait()
        return self.calls[call_id]

    async def heard(self, call_id: str, enough: Callable[[HeardCall], bool]) -> HeardCall:
        """The call of that id, once enough of it was heard."""
        call = await self.call(call_id)
        await call.until(enough)
        return call

    def claim(self, call_id: str) -> bool:
        """Takes a call id, unless it is taken."""
        if call_id in self.live:
            return False
        self.live.add(call_id)
        return True

    async def end_of(self, call_id: str) -> str | None:
        """How a call of earlier ended."""
        return self.stored_ends.get(call_id)

    async def run(self, source: Source) -> bool:
        """One session."""
        call = self.calls[source.info.call_id] = HeardCall(info=source.info)
        self.begun[source.info.call_id].set()
        try:
            await self._listen(source, call)
        finally:
            call.over.set()
            call.news.set()
        return True

    async def _listen(self, source: Source, call: HeardCall) -> None:
        await self.listening.wait()
        async for piece in source.frames():
            if self.failure:
                raise self.failure
            if isinstance(piece, AudioGap):
                call.gaps.append(piece)
            elif isinstance(piece, LineChanged):
                call.lines.append(piece)
            elif isinstance(piece, AudioDoubted):
                call.doubts.append(piece)
            elif isinstance(piece, AudioFrame):
                call.frames.append(piece)
            call.news.set()
        call.end_reason = source.end_reason


OURS = ("en", "es-mx")  # the languages of the server's engines


def language_of(info: CallInfo) -> str:
    """The language that the call is heard in."""
    tag = matching(info.language or OURS[0], OURS)
    if tag is None:
        raise IngestError("bad_language", f"this server recognises {', '.join(OURS)}, not {info.language!r}")
    return tag


async def anything(_info: CallInfo) -> None:
    """Every call can be taken."""


Spawn = Callable[[Coroutine[Any, Any, None]], object]


@dataclass(kw_only=True)
class HeldClock:
    """It stands still unless a test moves it on, so that no speed of the machine is taken for silence."""

    now_s: float = 0.0
    step_s: float = 0.0  # by which it goes on whenever somebody looks at it

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


def joins_of(
    sessions: Sessions,
    limits: PeerLimits,
    spawn: Spawn = asyncio.ensure_future,
    clock: Callable[[], float] = monotonic,
) -> Joins:
    """The calls of a server whose sessions only collect."""
    host = Host(
        check=anything,
        stored_end=sessions.end_of,
        claim=sessions.claim,
        release=sessions.live.discard,
        language_of=language_of,
        run_call=sessions.run,
        take_key=lambda _info, key: sessions.keys.append(key),
        spawn=spawn,
    )
    return Joins(host=host, limits=limits, clock=clock)


def stream_app(joins: Joins) -> FastAPI:
    """The smallest application that takes streams."""
    app = FastAPI()

    @app.websocket("/ingest/stream")
    async def stream(ws: WebSocket) -> None:
        await serve_call(ws, StreamDialect(joins.limits), joins)

    return app


def protocol_app(joins: Joins) -> FastAPI:
    """The smallest application that takes every protocol with a socket, from anybody."""
    app, settings = FastAPI(), Settings()

    @app.websocket("/ingest/{name}")
    async def carry(ws: WebSocket, name: str) -> None:
        protocol, handshake = PROTOCOLS[name], handshake_of(ws)
        agreed = protocol.subprotocol if protocol.subprotocol in handshake.subprotocols else None
        await serve_call(ws, protocol.make(handshake, joins.limits, settings), joins, subprotocol=agreed)

    return app


def whip_app(whip: WhipSessions) -> FastAPI:
    """The smallest application that takes WHIP."""
    app = FastAPI()

    @app.post("/whip")
    async def publish(request: Request) -> Response:
        return await whip_http.publish(request, whip)

    @app.patch("/whip/{session_id}")
    async def trickle(request: Request, session_id: str) -> Response:
        return await whip_http.trickle(request, whip, session_id)

    @app.delete("/whip/{session_id}")
    async def hang_up(session_id: str) -> Response:
        return await whip_http.hang_up(whip, session_id)

    app.options("/whip")(webrtc_http.options)
    app.options("/whip/{session_id}")(webrtc_http.session_options)
    return app


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """The application on a free port of the loopback interface; gives `127.0.0.1:port`."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=2))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await task
