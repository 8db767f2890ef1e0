"""Connections to peers that are slow, silent or dead: uvicorn's two protocols, with a limit on all that may wait.

uvicorn itself waits for ever for a head, a body, or a peer that does not read its last message. It does not send
what `websockets` answers to a handshake that is too large, and it logs an error for every socket that was refused.
Never knows what is asked for, except by path. Next: `gate.py` judges what has arrived.
"""

import asyncio
import json
from typing import Any, Literal, cast

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from voiceassist.server.headers import HEADERS
from voiceassist.server.limits import INGEST, EdgeLimits

Part = Literal["head", "body"]  # of a request

SMALL, SMALL_WAITING = 4_096, 8  # bytes of a message, and how many may wait while more are read


class ServerConfig(uvicorn.Config):
    """How uvicorn serves us."""

    def __init__(self, api: ASGIApp, limits: EdgeLimits, **given: Any) -> None:  # noqa: ANN401 - whatever uvicorn takes
        self.limits = limits
        super().__init__(
            api,
            http=HttpConnection,
            ws=SocketConnection,
            ws_per_message_deflate=False,  # a frame of 64 kB becomes 64 MB
            ws_max_size=limits.screen_message_bytes,
            ws_ping_interval=limits.ping_every_s,
            ws_ping_timeout=limits.pong_within_s,
            log_config=None,
            access_log=False,
            lifespan="off",
            proxy_headers=False,  # `http.py` looks at them, by our settings
            **given,
        )


class HttpConnection(H11Protocol):
    """One connection that speaks HTTP; head and body of a request each have their time, from the first byte."""

    _awaited: Part | None = None
    _deadline: asyncio.TimerHandle | None = None
    _is_over = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A peer connects: its first request is awaited at once."""
        super().connection_made(transport)
        self._wait_for("head")

    def data_received(self, data: bytes) -> None:
        """Some more of a request."""
        super().data_received(data)
        self._wait_for(self._incomplete())

    def on_response_complete(self) -> None:
        """The peer may go on with the next request, or with the rest of a body that nobody reads."""
        super().on_response_complete()
        self._wait_for(self._incomplete())

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer is gone."""
        self._wait_for(None)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """From here on a `SocketConnection` has the peer."""
        super().handle_websocket_upgrade(event)
        self._is_over = True

    def _incomplete(self) -> Part | None:
        """The part of a request that has begun and not ended."""
        if self._is_over:
            return None
        if self.conn.their_state is h11.SEND_BODY:
            return "body"
        has_begun = self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]
        return "head" if has_begun else None

    def _wait_for(self, part: Part | None) -> None:
        """Starts the time of another part; the one that is awaited already goes on with what it has left."""
        if part == self._awaited:
            return
        if self._deadline:
            self._deadline.cancel()
        self._awaited = part
        self._deadline = self.loop.call_later(self._within_s(part), self._too_slow, part) if part else None

    def _within_s(self, part: Part) -> float:
        limits = _limits(self.config)
        return limits.head_within_s if part == "head" else limits.body_within_s

    def _too_slow(self, part: Part) -> None:
        if part == "body" or self.conn.trailing_data[0]:  # who said nothing gets no answer
            within_s = self._within_s(part)
            self._answer(f"the {part} of the request did not arrive within {within_s:g} s; send it in one go")
        self.transport.close()

    def _answer(self, message: str) -> None:
        """408, unless the request has its answer already."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        body = json.dumps({"type": "error", "code": "too_slow", "message": message}).encode()
        headers = {
            **HEADERS,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        for event in (
            h11.Response(status_code=408, headers=list(headers.items()), reason=b"Request Timeout"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        if self.cycle:
            self.cycle.disconnected = True  # whoever waits for the rest of the body is told so
            self.cycle.message_event.set()


class SocketConnection(WebSocketsSansIOProtocol):
    """One websocket; how much it may send depends on its path."""

    _is_phone_system = False
    _heard_s = 0.0  # when bytes last came, on the loop's clock
    _owed = b""  # to a peer that does not read: the answers to its newest pings

    def handle_connect(self, event: Request) -> None:
        """The handshake arrived."""
        path = event.path.partition("?")[0]
        if path.startswith(INGEST):
            self.conn.max_message_size = _limits(self.config).stream_message_bytes
            self._is_phone_system = True
        super().handle_connect(event)

    def data_received(self, data: bytes) -> None:
        """Bytes of the handshake or of frames."""
        self._heard_s = self.loop.time()
        super().data_received(data)
        if self.conn.handshake_exc and not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    def handle_ping(self) -> None:
        """A peer that pings and never reads would fill our memory: the newest answers do (RFC 6455, 5.5.3)."""
        answers = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(answers)
        else:
            self._owed = answers or self._owed

    def send_receive_event_to_app(self) -> None:
        """A message is whole.

        uvicorn stops reading for each and goes on when it was taken, which costs system calls for every packet of
        audio. Here some small ones may wait.
        """
        may_go_on = not self.read_paused and len(self.frames[0]) <= SMALL and self.queue.qsize() < SMALL_WAITING
        if len(self.frames) > 1 or not may_go_on:
            super().send_receive_event_to_app()
            return
        self.read_paused = True  # so that it does not stop reading
        super().send_receive_event_to_app()
        self.read_paused = False

    def resume_writing(self) -> None:
        """The peer reads on."""
        super().resume_writing()
        owed, self._owed = self._owed, b""
        if owed and not self.close_sent:
            self.transport.write(owed)

    async def send(self, message: Any) -> None:  # noqa: ANN401 - any ASGI message
        """One message of the application."""
        await super().send(message)
        if self.initial_response and self.close_sent:
            self.handshake_complete = True  # it was refused, and has its answer

    def keepalive_timeout(self) -> None:
        """No pong came: a peer that is dead or does not read will not read the rest either.

        The pong of a phone system may wait behind audio that we do not read yet, or that it sends all the time.
        """
        if self._is_phone_system and (self.read_paused or self._heard_s > self.ping_sent_at):
            self.pong_timer = self.pending_ping_payload = None
            self.schedule_ping()
            return
        super().keepalive_timeout()
        self.transport.abort()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """The application is done with the peer, who has a moment to read what was sent."""
        super().on_task_complete(task)
        self.loop.call_later(_limits(self.config).goodbye_s, self.transport.abort)


def _limits(config: uvicorn.Config) -> EdgeLimits:
    return cast("ServerConfig", config).limits
