"""WHIP's HTTP (RFC 9725): requests in, responses out. Routes, tokens and origins are the server's.

Never touches WebRTC: `sessions.py` does.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from voiceassist.errors import IngestError
from voiceassist.events import Person
from voiceassist.ingest.admission import ANYBODY, Admitted
from voiceassist.ingest.whip.request import parse_publication
from voiceassist.ingest.whip.sessions import WhipSessions
from voiceassist.wire import ErrorMessage, to_json

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
BODY_BYTES = 65_536  # a browser's offer has about 5,000

STATUS: Mapping[str, int] = {
    "not_theirs": 403,
    "no_session": 404,
    "leg_taken": 409,
    "call_live": 409,
    "call_over": 409,
    "etag_mismatch": 412,
    "too_large": 413,
    "wrong_content_type": 415,
    "ice_restart": 422,
    "etag_missing": 428,
    "engine_unfit": 503,
    "too_many_waiting": 503,
    "no_memory": 503,
}  # everything else: 400


async def publish(
    request: Request,
    sessions: WhipSessions,
    admitted: Admitted = ANYBODY,
    agent: Person | None = None,
) -> Response:
    """POST on the endpoint: 201 with the answer, the session's Location and its ETag. `agent`: who it is, sure."""
    try:
        publication = parse_publication(request.query_params, agent)
        session = await sessions.publish(await _body(request, SDP), publication, admitted)
    except IngestError as error:
        return refusal(error)
    headers = {
        "Location": f"{request.url.path.rstrip('/')}/{session.session_id}",
        "ETag": session.etag,
        "Accept-Patch": FRAGMENT,
        "Voiceassist-Call-Id": session.publisher.feed.info.call_id,
    }
    return Response(session.answer, 201, headers, media_type=SDP)


async def trickle(request: Request, sessions: WhipSessions, session_id: str, who: str = ANYBODY.who) -> Response:
    """PATCH on the session by its publisher: 204 once its candidates are taken."""
    try:
        session = sessions.session(session_id, who)
        _check_etag(request.headers.get("if-match"), session.etag)
        await sessions.trickle(session, await _body(request, FRAGMENT))
    except IngestError as error:
        return refusal(error)
    return Response(status_code=204)


async def hang_up(sessions: WhipSessions, session_id: str, who: str = ANYBODY.who) -> Response:
    """DELETE on the session by its publisher: 200 when that is gone."""
    try:
        await sessions.hang_up(sessions.session(session_id, who))
    except IngestError as error:
        return refusal(error)
    return Response(status_code=200)


def options() -> Response:
    """OPTIONS on the endpoint: what may be posted."""
    return Response(status_code=200, headers={"Accept-Post": SDP, "Allow": "OPTIONS, POST"})


def session_options() -> Response:
    """OPTIONS on a session: what may be patched."""
    return Response(status_code=200, headers={"Accept-Patch": FRAGMENT, "Allow": "DELETE, OPTIONS, PATCH"})


def refusal(error: IngestError) -> Response:
    """What the peer did wrong, with its HTTP status."""
    body = to_json(ErrorMessage(code=error.code, message=str(error)))
    return JSONResponse(body, STATUS.get(error.code, 400))


async def _body(request: Request, content_type: str) -> str:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != content_type:
        raise IngestError("wrong_content_type", f"content type is {given or 'missing'}; send {content_type}")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_BYTES:
            raise IngestError("too_large", f"the body is larger than {BODY_BYTES} bytes")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise IngestError("bad_sdp", f"the body is not UTF-8: {error}") from None


def _check_etag(given: str | None, etag: str) -> None:
    """RFC 9725 section 4.3.1: a PATCH says which ICE session it is for; `*` asks for a restart."""
    if given is None:
        raise IngestError("etag_missing", "send the session's ETag in If-Match")
    if given == "*":
        raise IngestError("ice_restart", "ICE restarts are not supported; publish again")
    if given.removeprefix("W/") != etag:
        raise IngestError("etag_mismatch", "If-Match names another ICE session")
