"""Where audio comes in: the stream socket and WHIP. Routes only; the protocols are in `ingest/`."""

from fastapi import APIRouter, Request, WebSocket
from starlette.responses import Response

from voiceassist.ingest import whip_http
from voiceassist.ingest.limits import PeerLimits
from voiceassist.ingest.stream import accept_stream
from voiceassist.ingest.whip import Host
from voiceassist.runtime import Runtime, runtime_of
from voiceassist.server.auth import allow

router = APIRouter(tags=["ingest"])


@router.websocket("/ingest/stream", dependencies=[allow("ingest")])
async def stream(socket: WebSocket) -> None:
    """One call over one websocket, both legs interleaved."""
    runtime = runtime_of(socket)
    claimed: list[str] = []

    def claim(call_id: str) -> bool:
        taken = runtime.claim(call_id)
        claimed.extend([call_id] if taken else [])
        return taken

    try:
        async with accept_stream(socket, claim=claim, check=runtime.check, limits=PeerLimits()) as source:
            if source and not await runtime.run_call(source):
                source.session_failed()
    finally:
        for call_id in claimed:
            runtime.release(call_id)


@router.post("/whip", dependencies=[allow("ingest")])
async def whip_publish(request: Request) -> Response:
    """WHIP (RFC 9725): an SDP offer in (`Content-Type: application/sdp`), 201 with Location, ETag and answer out.

    The query says who publishes. `call_id` joins that call's other leg, or opens it. `leg=agent` or
    `leg=customer`: this track is that person; or `legs=agent,customer`: one stereo track with the channels in
    that order. `agent_id`, `agent_name`, `agent_team`, `customer_id`, `customer_name`, `tier`, `language`: as in a
    stream's start message.
    """
    runtime = runtime_of(request)
    return await whip_http.publish(request, runtime.whip, _host(runtime))


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
    return await whip_http.trickle(request, runtime_of(request).whip, session_id)


@router.delete("/whip/{session_id}", dependencies=[allow("ingest")])
async def whip_hang_up(request: Request, session_id: str) -> Response:
    """WHIP: the publisher hangs up."""
    return await whip_http.hang_up(runtime_of(request).whip, session_id)


def _host(runtime: Runtime) -> Host:
    return Host(
        claim=runtime.claim,
        release=runtime.release,
        check=runtime.check,
        language_of=lambda info: runtime.engine_for(info).language,
        run_call=runtime.run_call,
        spawn=runtime.spawn,
    )
