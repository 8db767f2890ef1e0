"""WHIP's HTTP (RFC 9725): requests in, responses out. Routes, tokens and origins are the server's.

Never touches WebRTC: `sessions.py` does.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from voiceassist.errors import PeerError
from voiceassist.events import Person
from voiceassist.ingest.admission import ANYBODY, Admitted
from voiceassist.ingest.whip.request import parse_publication
from voiceassist.ingest.whip.sessions import WhipSessions
from voiceassist.webrtc import http

STATUS: Mapping[str, int] = {
    "leg_taken": 409,
    "call_live": 409,
    "call_over": 409,
    "engine_unfit": 503,
    "too_many_waiting": 503,
    "no_memory": 503,
    "busy": 503,
}  # besides those of `webrtc/http.py`


async def publish(
    request: Request,
    sessions: WhipSessions,
    admitted: Admitted = ANYBODY,
    agent: Person | None = None,
) -> Response:
    """POST on the endpoint: 201 with the answer, the session's Location and its ETag. `agent`: who it is, sure."""
    try:
        publication = parse_publication(request.query_params, agent)
        session = await sessions.publish(await http.offer_in(request), publication, admitted)
    except PeerError as error:
        return http.refusal(error, STATUS)
    call_id = {"Voiceassist-Call-Id": session.publisher.feed.info.call_id}
    return http.created(request, session.session_id, session.etag, session.answer, **call_id)


async def trickle(request: Request, sessions: WhipSessions, session_id: str, who: str = ANYBODY.who) -> Response:
    """PATCH on the session by its publisher: 204 once its candidates are taken."""
    try:
        session = sessions.session(session_id, who)
        await sessions.trickle(session, await http.fragment_in(request, session.etag))
    except PeerError as error:
        return http.refusal(error, STATUS)
    return Response(status_code=204)


async def hang_up(sessions: WhipSessions, session_id: str, who: str = ANYBODY.who) -> Response:
    """DELETE on the session by its publisher: 200 when that is gone."""
    try:
        await sessions.hang_up(sessions.session(session_id, who))
    except PeerError as error:
        return http.refusal(error, STATUS)
    return Response(status_code=200)
