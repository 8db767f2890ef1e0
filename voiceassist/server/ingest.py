"""Where audio comes in: the stream socket and WHIP. Routes only; the protocols are in `ingest/`."""

from fastapi import APIRouter, Request, WebSocket
from starlette.responses import Response

from voiceassist.ingest import whip_http
from voiceassist.ingest.call_socket import serve_call
from voiceassist.ingest.stream_dialect import StreamDialect
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow

router = APIRouter(tags=["ingest"])


class SdpResponse(Response):
    """A session description, for the documentation."""

    media_type = whip_http.SDP


@router.websocket("/ingest/stream", dependencies=[allow("ingest")])
async def stream(socket: WebSocket) -> None:
    """One call over one websocket, both legs interleaved."""
    joins = runtime_of(socket).joins
    await serve_call(socket, StreamDialect(joins.limits), joins)


@router.post("/whip", status_code=201, response_class=SdpResponse, dependencies=[allow("ingest")])
async def whip_publish(request: Request) -> Response:
    """WHIP (RFC 9725): an SDP offer in (`Content-Type: application/sdp`), 201 with Location, ETag and answer out.

    The query says who publishes. `call_id` joins that call's other leg, or opens it. `leg=agent` or
    `leg=customer`: this track is that person; or `legs=agent,customer`: one stereo track with the channels in
    that order. `agent_id`, `agent_name`, `agent_team`, `customer_id`, `customer_name`, `tier`, `language`: as in a
    stream's start message.
    """
    return await whip_http.publish(request, runtime_of(request).whip)


@router.options("/whip", response_class=Response, dependencies=[allow("anyone")])
async def whip_options() -> Response:
    """WHIP: what may be posted."""
    return whip_http.options()


@router.options("/whip/{session_id}", response_class=Response, dependencies=[allow("anyone")])
async def whip_session_options(session_id: str) -> Response:  # noqa: ARG001 - the same for every session
    """WHIP: what may be done with a session."""
    return whip_http.session_options()


@router.patch("/whip/{session_id}", status_code=204, response_class=Response, dependencies=[allow("ingest")])
async def whip_trickle(request: Request, session_id: str) -> Response:
    """WHIP: candidates that came after the offer."""
    return await whip_http.trickle(request, runtime_of(request).whip, session_id)


@router.delete("/whip/{session_id}", response_class=Response, dependencies=[allow("ingest")])
async def whip_hang_up(request: Request, session_id: str) -> Response:
    """WHIP: the publisher hangs up."""
    return await whip_http.hang_up(runtime_of(request).whip, session_id)
