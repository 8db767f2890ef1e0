"""The headers that every answer carries: what a page may load, who may embed it, and that nobody keeps a copy.

Never decides who may ask: `gate.py` does, and sends every answer through here.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from voiceassist.exports.page import POLICY
from voiceassist.server.origin import DOCS

# wavesurfer.js has a style of its own inside the waveform, the same text each time: only this text may be used.
# A newer one may have another: `tests/e2e/test_call_page.py` says so, and the browser's console names its hash.
WAVEFORM_STYLE = "'sha256-bdV18rHjpSv54ugDIrXpuUlwgIEgND7VHURN3MxJo64='"
# Pages load nothing from anywhere else and talk to nobody else ('self' includes our sockets).
CSP = (
    "default-src 'self'; connect-src 'self'; img-src 'self' data:; media-src 'self'; object-src 'none'; "
    f"style-src 'self' {WAVEFORM_STYLE}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# The documentation viewer starts from an inline script and brings styles of its own.
UNSAFE = "'self' 'unsafe-inline'"
DOCS_CSP = CSP.replace(f"style-src 'self' {WAVEFORM_STYLE}", f"script-src {UNSAFE}; style-src {UNSAFE}")
# A call's page of its own has one style and one script, and nothing else can run in it.
CALL_PAGES = ("/api/calls/", "/export.html")  # how their addresses begin and end
CALL_PAGE_CSP = f"{POLICY}; frame-ancestors 'none'"
# A page asks for nothing but the microphone, and only where somebody speaks into it.
PERMISSIONS = "camera=(), display-capture=(), geolocation=(), payment=(), usb=(), microphone="
MICROPHONE_PAGES = ("/", "/microphone")
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
STARTS = ("http.response.start", "websocket.http.response.start")  # the second one refuses a socket
KEPT = ("/assets/", "/static-offline-docs/")  # nobody's words are in there


def with_headers(send: Send, path: str) -> Send:
    """Sends as before, every answer with its headers."""

    async def sending(message: Message) -> None:
        if message["type"] in STARTS:
            _add(MutableHeaders(scope=message), path)
        await send(message)

    return sending


def _add(headers: MutableHeaders, path: str) -> None:
    headers.update(HEADERS)
    headers["Permissions-Policy"] = PERMISSIONS + ("(self)" if path in MICROPHONE_PAGES else "()")
    if path == DOCS:
        headers["Content-Security-Policy"] = DOCS_CSP
    if path.startswith(CALL_PAGES[0]) and path.endswith(CALL_PAGES[1]):
        headers["Content-Security-Policy"] = CALL_PAGE_CSP
    if not path.startswith(KEPT):
        headers.setdefault("Cache-Control", "no-store")
