"""What a websocket's opening request says, for dialects that are told something there: a path, a query, headers.

Never decides anything. Next: a dialect reads it when it is made (`protocols.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.websockets import WebSocket


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """An opening request."""

    # As the peer asked for it, wss:// included, where a trusted proxy says so: some protocols sign it.
    url: str
    query: Mapping[str, str] = field(default_factory=dict)  # of a name that comes twice, the last
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # by lower-case names
    subprotocols: tuple[str, ...] = ()  # that the peer speaks


def handshake_of(ws: WebSocket) -> Handshake:
    """The opening request of a socket."""
    return Handshake(
        url=str(ws.url),
        query=dict(ws.query_params),
        headers={name.lower(): value for name, value in ws.headers.items()},
        subprotocols=tuple(ws.scope.get("subprotocols", ())),
    )
