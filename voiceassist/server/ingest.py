"""Where audio comes in: the stream socket and WHIP. Routes only; the protocols are in `ingest/`."""

from fastapi import APIRouter, Request, WebSocket
from starlette.responses import Response

from voiceassist.assistant import Assistant, assistant_of
from voiceassist.ingest import whip_http
from voiceassist.ingest.limits import Limits
from voiceassist.ingest.stream import accept_stream
from voiceassist.ingest.whip import Host
from voiceassist.server.auth import allow

router = APIRouter(tags=["ingest"])


@router.websocket("/ingest/stream", dependencies=[allow("ingest")])
async def stream(socket: WebSocket) -> None:
    """One call over one websocket, both legs interleaved."""
    assistant = assistant_of(socket)
    claimed: list[str] = []

    def claim(call_id: str) -> bool:
        taken = assistant.claim(call_id)
        claimed.extend([call_id] if taken else [])
        return taken

    try:
        async with accept_stream(socket, claim=claim, check=assistant.check, limits=Limits()) as source:
            if source and not await assistant.run_call(source):
                source.session_failed()
    finally:
        for call_id in claimed:
            assistant.release(call_id)


@router.post("/whip", dependencies=[allow("ingest")])
async def whip_publish(request: Request) -> Response:
    """WHIP (RFC 9725): an SDP offer in (`Content-Type: application/sdp`), 201 with Location, ETag and answer out.

    The query says who publishes. `call_id` joins that call's other leg, or opens it. `leg=agent` or
    `leg=customer`: this track is that person; or `legs=agent,customer`: one stereo track with the channels in
    that order. `agent_id`, `agent_name`, `agent_team`, `customer_id`, `customer_name`, `tier`, `language`: as in a
    stream's start message.
    """
    assistant = assistant_of(request)
    return await whip_http.publish(request, assistant.whip, _host(assistant))


@router.options("/whip", dependencies=[allow("anyone")])
async def whip_options() -> Response:
    """WHIP: what may be posted."""
    return whip_http.options()


@router.options("/whip/{session_id}", dependencies=[allow("anyone")])
async def whip_session_options(session_id: str) -> Response:  # noqa: ARG001 - the same for every session
    """WHIP: what may be done with a session."""
    return whip_http.session_options()


@router.patch("/whip/{session_id}", dependencies=[allow("ingest")])
async def whip_trickle(request: Request, session_id: str) -> Response:
    """WHIP: candidates that came after the offer."""
    return await whip_http.trickle(request, assistant_of(request).whip, session_id)


@router.delete("/whip/{session_id}", dependencies=[allow("ingest")])
async def whip_hang_up(request: Request, session_id: str) -> Response:
    """WHIP: the publisher hangs up."""
    return await whip_http.hang_up(assistant_of(request).whip, session_id)


def _host(assistant: Assistant) -> Host:
    return Host(
        claim=assistant.claim,
        release=assistant.release,
        check=assistant.check,
        language_of=lambda info: assistant.engine_for(info).language,
        run_call=assistant.run_call,
        spawn=assistant.spawn,
    )
