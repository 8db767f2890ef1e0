"""The request that opens a caller's connection: its address and headers, and what a refusal means.

Pure. Next: `run.py` connects.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit, urlunsplit

from voiceassist.callers.caller import CallerError, Opening

SOCKET_SCHEMES: Mapping[str, str] = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


def ingest_url(to: str, path: str) -> str:
    """The socket of a server that was named as a page or a socket; `path` if it names none. Raises CallerError."""
    address = urlsplit(to if "://" in to else f"http://{to}")
    if address.scheme not in SOCKET_SCHEMES or not address.netloc:
        raise CallerError(f"--to {to}: not an address; name the server, as in http://127.0.0.1:8710")
    path = path if address.path in ("", "/") else address.path
    return urlunsplit(address._replace(scheme=SOCKET_SCHEMES[address.scheme], path=path))


def address_of(url: str, opening: Opening) -> str:
    """The address with what the opening asks."""
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(opening.query)) if part)
    return urlunsplit(parts._replace(query=query))


def headers_of(opening: Opening, key: str | None) -> dict[str, str]:
    """The headers, with the key where the protocol has no other place for it."""
    authorization = {"Authorization": f"Bearer {key}"} if key and opening.sends_key else {}
    return authorization | dict(opening.headers)


def refusal(status: int, body: bytes | bytearray | None, path: str, *, has_key: bool) -> str:
    """What a server's HTTP refusal means, and what to do."""
    if status == HTTPStatus.UNAUTHORIZED and not has_key:
        return (
            "the server takes audio with a key only: make one with `voiceassist keys add NAME --scope ingest` "
            "and give it with --token or VOICEASSIST_INGEST_TOKEN"
        )
    try:
        told = json.loads(body or b"")["message"]
    except (ValueError, KeyError, TypeError):
        told = f"is this address a voiceassist server's {path}?"
    return f"the server refused the call with HTTP {status}: {told}"
