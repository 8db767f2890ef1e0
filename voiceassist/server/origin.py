"""Where a request comes from, as its headers say: is it meant for this server, and does a page of ours send it?

A browser on a trusted machine visits untrusted pages, so these hold for every path and every socket: the Host must
be a name of ours (else a foreign name that resolves to us could read everything: DNS rebinding), and a page that
asks must be ours (no cross-site posts, sockets, or recordings played from elsewhere).
"""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from starlette.requests import HTTPConnection

from voiceassist.config import Settings

# Values of Sec-Fetch-Site. None: no browser, or the address is no secure context; "none": typed, or a bookmark.
OURS = (None, "same-origin", "none")
DOCS = "/api/docs"


def is_our_host(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the Host header names this server: by a name of the settings, or as this machine by itself."""
    host = _parsed(f"//{connection.headers.get('host', '')}").hostname or ""
    return _is_loopback(host) or host in ("localhost", settings.host, *settings.allowed_hosts)


def foreign_site(connection: HTTPConnection) -> str | None:
    """The other site whose page asks; None for pages of ours, for programs, and for links to our pages."""
    origin = connection.headers.get("origin")
    if origin is not None and _parsed(origin).netloc != connection.headers.get("host"):
        return repr(origin)
    site = connection.headers.get("sec-fetch-site")
    return None if site in OURS or _is_link(connection) else f"another site ({site})"


def _is_link(connection: HTTPConnection) -> bool:
    """Whether somebody followed a link to a page; what the API answers is no page."""
    path = connection.scope["path"]  # as routes see it
    is_page = not path.startswith("/api/") or path == DOCS
    is_read = connection.scope.get("method") in ("GET", "HEAD")
    return is_page and is_read and connection.headers.get("sec-fetch-dest") == "document"


def _parsed(url: str) -> SplitResult:
    """Of what cannot be parsed, nothing: it is nobody's host and nobody's page."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
