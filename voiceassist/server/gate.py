"""The gate before every route, page, file and socket: it judges host, origin, rate and size before a body is read.

Refuses in JSON, saying what was wrong and what to do; lets the rest through with a `Principal` in its scope. A
peer that asks too often is refused too, but nothing that has been let in is ever cut.
Never looks into a body, and never knows a route. Next: the routes in `http.py`, each with its `allow(...)`.
"""

from contextlib import suppress
from math import ceil
from time import monotonic

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from voiceassist.config import Settings
from voiceassist.people.directory import Directory
from voiceassist.people.throttle import neighbourhood
from voiceassist.server.auth import SCOPE_KEY, Principal, authenticate
from voiceassist.server.headers import with_headers
from voiceassist.server.limits import EdgeLimits, kind_of
from voiceassist.server.origin import foreign_site, is_our_host
from voiceassist.server.peer import address_of, is_local
from voiceassist.server.peer_rates import Buckets
from voiceassist.server.refusals import RefusalLog

HEALTH = "/healthz"  # says nothing but that we live; checkers ask by names that nobody told us
CLOSE = {"Connection": "close"}  # what is still to come of a refused body is not read


class RefusedError(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers


class Gate:
    """An ASGI application around another one."""

    def __init__(
        self, app: ASGIApp, settings: Settings, directory: Directory, limits: EdgeLimits, refusals: RefusalLog
    ) -> None:
        self._app, self._settings, self._directory, self._limits = app, settings, directory, limits
        self._refusals = refusals
        self._buckets = {kind: Buckets(rate) for kind, rate in limits.rates.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or one socket."""
        connection = HTTPConnection(scope)
        path = scope["path"]
        send = with_headers(send, path)
        limit = self._limits.body_bytes_of(path)
        try:
            principal = _judged(connection, self._settings, self._directory)
            self._check_rate(connection)
            _check_length(connection, limit)
        except RefusedError as error:
            self._refusals.refused(connection, "", error.code)
            await _refusal(error)(scope, receive, send)
            return
        with suppress(WebSocketDisconnect, ClientDisconnect):  # a peer that left in the middle
            is_socket = scope["type"] == "websocket"  # whose messages are no body, and come fifty times a second
            receiving = receive if is_socket else _bounded(receive, limit)
            await self._app({**scope, SCOPE_KEY: principal}, receiving, send)

    def _check_rate(self, connection: HTTPConnection) -> None:
        """Raises RefusedError for a peer that asks too often; this machine may: it can stop the server, too."""
        if is_local(connection):
            return
        kind = kind_of(connection.scope.get("method", "SOCKET"), connection.scope["path"])
        wait_s = self._buckets[kind].take(neighbourhood(address_of(connection)), monotonic())
        if wait_s:
            wait = str(ceil(wait_s))
            told = f"too many requests from {address_of(connection)!r}; try again in {wait} s"
            raise RefusedError(429, "too_many_requests", told, **{"Retry-After": wait})


def _judged(connection: HTTPConnection, settings: Settings, directory: Directory) -> Principal:
    if connection.scope["path"] != HEALTH and not is_our_host(connection, settings):
        host = connection.headers.get("host", "")
        told = f"host {host!r} is not a name of this server; add it to `allowed_hosts` in the settings"
        raise RefusedError(421, "unknown_host", told)
    foreign = foreign_site(connection)
    if foreign is not None:  # whatever it sends along: a token in a page is anybody's who opens it
        told = f"a page of {foreign} may not use this server; open the server's own pages"
        raise RefusedError(403, "foreign_page", told)
    return authenticate(connection, settings, directory)


def _check_length(connection: HTTPConnection, limit: int) -> None:
    length = connection.headers.get("content-length", "0")  # whole numbers only: uvicorn refuses anything else
    if int(length) > limit:
        raise RefusedError(413, "too_large", _too_large(limit))


def _bounded(receive: Receive, limit: int) -> Receive:
    """Receives as before, up to the limit of a body; a body that came in chunks announced no length."""
    received = 0

    async def receiving() -> Message:
        nonlocal received
        message = await receive()
        if message["type"] == "http.request":
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413, {"code": "too_large", "message": _too_large(limit)}, CLOSE)  # type: ignore[arg-type]
        return message

    return receiving


def _too_large(limit: int) -> str:
    return f"the body is larger than {limit:,} bytes, the most that this address takes; send less at a time"


def _refusal(error: RefusedError) -> JSONResponse:
    body = {"type": "error", "code": error.code, "message": str(error)}
    return JSONResponse(body, error.status, CLOSE | error.headers)
