"""The addresses at which the doctor listens: those of the server, from the same table, and a word for all others.

Next: `listener.py` takes the calls; `cli/doctor/ingest.py` serves this.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus

from fastapi import FastAPI, Request, WebSocket
from starlette.responses import JSONResponse, Response

from voiceassist.config import Settings
from voiceassist.doctor.listener import CallListener, Observation, OverheardDialect, admit
from voiceassist.ingest.call_socket import serve_call
from voiceassist.ingest.dialect import Started
from voiceassist.ingest.handshake import handshake_of
from voiceassist.ingest.protocols import PROTOCOLS, SocketProtocol
from voiceassist.ingest.whip import http as whip_http
from voiceassist.ingest.whip.dialect import WhipDialect
from voiceassist.ingest.whip.request import parse_publication
from voiceassist.ingest.whip.sessions import WhipSessions
from voiceassist.logs import without_keys
from voiceassist.webrtc import http as webrtc_http
from voiceassist.wire import ErrorMessage, to_json

ADDRESSES = ", ".join(["/whip", *(f"/ingest/{name}" for name in PROTOCOLS)])


def listening_app(listener: CallListener, settings: Settings) -> FastAPI:
    """Takes every protocol."""
    app = FastAPI(openapi_url=None)
    for name, protocol in PROTOCOLS.items():
        for path in (f"/ingest/{name}", f"/ingest/{name}/{{key}}"):
            app.add_api_websocket_route(path, _route(name, protocol, listener, settings))
    _add_whip(app, listener)

    @app.websocket("/{path:path}")
    async def elsewhere(socket: WebSocket) -> None:
        listener.tell(_elsewhere("socket", socket.url.path))
        await socket.close()

    @app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
    async def other(request: Request) -> Response:
        listener.tell(_elsewhere(request.method, request.url.path))
        return JSONResponse(
            to_json(ErrorMessage(code="not_found", message=f"nothing is here; try {ADDRESSES}")), 404
        )

    return app


def _route(
    name: str, protocol: SocketProtocol, listener: CallListener, settings: Settings
) -> Callable[[WebSocket], Awaitable[None]]:
    async def carry(socket: WebSocket) -> None:
        handshake = handshake_of(socket)
        dialect = OverheardDialect(
            name, protocol.make(handshake, listener.joins.limits, settings), handshake, listener
        )
        agreed = protocol.subprotocol if protocol.subprotocol in handshake.subprotocols else None
        await serve_call(socket, dialect, listener.joins, admit, agreed)

    return carry


def _add_whip(app: FastAPI, listener: CallListener) -> None:
    whip = WhipSessions(joins=listener.joins)

    @app.post("/whip")
    async def publish(request: Request) -> Response:
        response = await whip_http.publish(request, whip)
        if response.status_code == HTTPStatus.CREATED:
            _tell_published(request, response, listener)
        else:
            listener.refuse("whip", f"HTTP {response.status_code}", bytes(response.body).decode())
        return response

    @app.patch("/whip/{session_id}")
    async def trickle(request: Request, session_id: str) -> Response:
        return await whip_http.trickle(request, whip, session_id)

    @app.delete("/whip/{session_id}")
    async def hang_up(session_id: str) -> Response:
        return await whip_http.hang_up(whip, session_id)

    app.options("/whip")(webrtc_http.options)
    app.options("/whip/{session_id}")(webrtc_http.session_options)


def _tell_published(request: Request, response: Response, listener: CallListener) -> None:
    (started,) = WhipDialect().receive(parse_publication(request.query_params))
    assert isinstance(started, Started)
    info = replace(started.info, call_id=response.headers["voiceassist-call-id"])  # we may have chosen it
    listener.started("whip", replace(started, info=info), is_proven="authorization" in request.headers)


def _elsewhere(method: str, path: str) -> Observation:
    told = f"{method} {without_keys(path[:100])}: nothing is here; the addresses are {ADDRESSES}"
    return Observation(kind="elsewhere", text=told)
