"""Who may call what: every route declares its roles with `allow(...)`; this module alone decides.

Today: a server on loopback trusts its own machine. Peers from elsewhere need the ingest token for audio; screens
have no log-in yet. Two checks hold already, because a browser on a trusted machine visits untrusted pages:
the Host must be ours (DNS rebinding), and a page's Origin must be ours (cross-site sockets and posts).
"""

from hmac import compare_digest
from ipaddress import ip_address
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from fastapi import HTTPException
from fastapi import params as fastapi_params
from starlette.requests import HTTPConnection

from voiceassist.config import Settings

Role = Literal["anyone", "agent", "supervisor", "reviewer", "admin", "ingest"]
SCREENS: tuple[Role, ...] = ("agent", "supervisor", "reviewer")


class Allow:
    """A route's declaration of who may call it; FastAPI runs it before the route."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    async def __call__(self, connection: HTTPConnection) -> None:
        """Answers 401 or 403 when the caller may not."""
        settings: Settings = connection.app.state.runtime.settings
        refusal = _refusal(connection, settings, self.roles)
        if refusal:
            raise _refused(connection, *refusal)


def allow(*roles: Role) -> fastapi_params.Depends:
    """Declares who may call a route."""
    return fastapi_params.Depends(Allow(*roles))


class RefusedSocketError(Exception):
    """A socket that may not be opened; `http.py` answers its handshake with this status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


Refusal = tuple[int, str]


def _refusal(connection: HTTPConnection, settings: Settings, roles: tuple[Role, ...]) -> Refusal | None:
    if not _is_our_host(connection, settings):
        host = connection.headers.get("host", "")
        return 403, f"host {host!r} is not a name of this server; add it to `allowed_hosts` in the settings"
    if "ingest" in roles and settings.ingest_token:
        return None if _has_token(connection, settings.ingest_token) else (401, "a Bearer token is needed here")
    if not _is_our_page(connection):
        return 403, f"a page of {connection.headers.get('origin')!r} may not use this server"
    if "ingest" in roles and not _is_local(connection):
        return 401, "phone systems on other machines need `ingest_token` to be set on this server"
    return None


def _refused(connection: HTTPConnection, status: int, message: str) -> Exception:
    if connection.scope["type"] == "websocket":
        return RefusedSocketError(status, message)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None  # noqa: PLR2004 - HTTP's own number
    return HTTPException(status, message, headers=headers)


def _is_our_host(connection: HTTPConnection, settings: Settings) -> bool:
    host = _parsed(f"//{connection.headers.get('host', '')}").hostname or ""
    return _is_ip(host) or host in ("localhost", settings.host, *settings.allowed_hosts)


def _is_our_page(connection: HTTPConnection) -> bool:
    origin = connection.headers.get("origin")
    return origin is None or _parsed(origin).netloc == connection.headers.get("host")


def _parsed(url: str) -> SplitResult:
    """Of what cannot be parsed, nothing: it is nobody's host and nobody's page."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _is_local(connection: HTTPConnection) -> bool:
    client = connection.client
    return client is not None and _is_ip(client.host) and ip_address(client.host).is_loopback


def _has_token(connection: HTTPConnection, token: str) -> bool:
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(given.encode(), token.encode())


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
