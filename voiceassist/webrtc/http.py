"""HTTP as WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) share it: bodies, ETags, answers and refusals.

A session begins with a POST, takes candidates by PATCH and ends with a DELETE. Never touches WebRTC, and routes,
tokens and origins are the server's. Next: `ingest/whip/http.py` and `listening/http.py`.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from voiceassist.errors import PeerError, WebRtcError
from voiceassist.wire import ErrorMessage, to_json

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
UNAVAILABLE = 503
RETRY_AFTER_S = 30  # of a server that is full or stops: most calls last minutes
BODY_BYTES = 65_536  # a browser's offer has about 5,000

STATUS: Mapping[str, int] = {
    "not_theirs": 403,
    "no_session": 404,
    "etag_mismatch": 412,
    "too_large": 413,
    "wrong_content_type": 415,
    "ice_restart": 422,
    "etag_missing": 428,
}  # what is said in either direction; everything else that nobody has a number for: 400


def created(request: Request, session_id: str, etag: str, answer: str, **more: str) -> Response:
    """201 with the answer: where the session is, and what its PATCH must name."""
    headers = {
        "Location": f"{request.url.path.rstrip('/')}/{session_id}",
        "ETag": etag,
        "Accept-Patch": FRAGMENT,
        **more,
    }
    return Response(answer, 201, headers, media_type=SDP)


def options() -> Response:
    """OPTIONS on the endpoint: what may be posted."""
    return Response(status_code=200, headers={"Accept-Post": SDP, "Allow": "OPTIONS, POST"})


def session_options() -> Response:
    """OPTIONS on a session: what may be patched."""
    return Response(status_code=200, headers={"Accept-Patch": FRAGMENT, "Allow": "DELETE, OPTIONS, PATCH"})


def refusal(error: PeerError, status: Mapping[str, int]) -> Response:
    """What the peer did wrong, with its HTTP status."""
    body = to_json(ErrorMessage(code=error.code, message=str(error)))
    code = status.get(error.code, STATUS.get(error.code, 400))
    return JSONResponse(body, code, {"Retry-After": str(RETRY_AFTER_S)} if code == UNAVAILABLE else {})


async def offer_in(request: Request) -> str:
    """The SDP of a POST; raises WebRtcError."""
    return await _body(request, SDP)


async def fragment_in(request: Request, etag: str) -> str:
    """The candidates of a PATCH on the session with this ETag; raises WebRtcError."""
    _check_etag(request.headers.get("if-match"), etag)
    return await _body(request, FRAGMENT)


async def _body(request: Request, content_type: str) -> str:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != content_type:
        raise WebRtcError("wrong_content_type", f"content type is {given or 'missing'}; send {content_type}")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_BYTES:
            raise WebRtcError("too_large", f"the body is larger than {BODY_BYTES} bytes")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise WebRtcError("bad_sdp", f"the body is not UTF-8: {error}") from None


def _check_etag(given: str | None, etag: str) -> None:
    """RFC 9725 section 4.3.1: a PATCH says which ICE session it is for; `*` asks for a restart."""
    if given is None:
        raise WebRtcError("etag_missing", "send the session's ETag in If-Match")
    if given == "*":
        raise WebRtcError("ice_restart", "ICE restarts are not supported; begin a new session")
    if given.removeprefix("W/") != etag:
        raise WebRtcError("etag_mismatch", "If-Match names another ICE session")
