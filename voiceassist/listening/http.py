"""WHEP's HTTP (draft-ietf-wish-whep): requests in, responses out. Routes and rights are the server's.

    POST    an SDP offer that receives one audio track; the query says of which call, and which legs:
            `legs=both` (stereo, the agent on the left; the default), `agent` or `customer`
            201: the answer, with Location and ETag. 409: the call is not live, or has no such leg. 503: as many
            listen as may; Retry-After says when to ask again
    PATCH   further candidates (`application/trickle-ice-sdpfrag`), with the ETag in If-Match: 204
    DELETE  200

Never touches WebRTC: `sessions.py` does.
"""

from collections.abc import Mapping
from typing import get_args

from starlette.requests import Request
from starlette.responses import Response

from voiceassist.errors import ListeningError, PeerError
from voiceassist.events import HeardLegs
from voiceassist.listening.session import Hearer
from voiceassist.listening.sessions import ListenSessions
from voiceassist.webrtc import http

LEGS: tuple[HeardLegs, ...] = get_args(HeardLegs)
AGAIN_AFTER_S = "5"  # Retry-After
STATUS: Mapping[str, int] = {
    "not_live": 409,
    "no_such_leg": 409,
    "call_full": 503,
    "server_full": 503,
    "too_many_waiting": 503,
    "shutdown": 503,
}  # besides those of `webrtc/http.py`


async def listen(request: Request, sessions: ListenSessions, call_id: str, hearer: Hearer) -> Response:
    """POST on the endpoint: 201 with the answer, the session's Location and its ETag."""
    try:
        legs = _legs(request.query_params.get("legs", "both"))
        session = await sessions.listen(call_id, legs, await http.offer_in(request), hearer)
    except PeerError as error:
        return _refusal(error)
    return http.created(request, session.session_id, session.etag, session.answer)


async def trickle(request: Request, sessions: ListenSessions, session_id: str, who: str) -> Response:
    """PATCH on the session by its listener: 204 once its candidates are taken."""
    try:
        session = sessions.session(session_id, who)
        await sessions.trickle(session, await http.fragment_in(request, session.etag))
    except PeerError as error:
        return _refusal(error)
    return Response(status_code=204)


async def leave(sessions: ListenSessions, session_id: str, who: str) -> Response:
    """DELETE on the session by its listener: 200 when that is gone."""
    try:
        await sessions.leave(sessions.session(session_id, who))
    except PeerError as error:
        return _refusal(error)
    return Response(status_code=200)


def _legs(given: str) -> HeardLegs:
    legs = next((legs for legs in LEGS if legs == given), None)
    if legs is None:
        raise ListeningError("bad_field", f"query parameter `legs`: {given!r} is none of {', '.join(LEGS)}")
    return legs


def _refusal(error: PeerError) -> Response:
    response = http.refusal(error, STATUS)
    if response.status_code == 503:  # noqa: PLR2004 - HTTP's own number
        response.headers["Retry-After"] = AGAIN_AFTER_S
    return response
