"""Where audio comes in: a socket for each protocol of phone systems, and WHIP.

Routes only; the protocols are in `ingest/`, and the list of those with a socket is in `ingest/protocols.py`.
"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, WebSocket
from starlette.responses import Response

from voiceassist.events import Person
from voiceassist.ingest.admission import Admitted
from voiceassist.ingest.call_socket import serve_call
from voiceassist.ingest.handshake import handshake_of
from voiceassist.ingest.pbx.vosk import VoskDialect
from voiceassist.ingest.protocols import PROTOCOLS, SocketProtocol
from voiceassist.ingest.whip import http as whip_http
from voiceassist.runtime import runtime_of
from voiceassist.server.admission import admission, who_is
from voiceassist.server.auth import allow, principal_of, rights_last
from voiceassist.server.refusals import tell_refused
from voiceassist.server.scope import check_call, scope_of, unknown_call
from voiceassist.server.vosk import serve_words
from voiceassist.store.call_scope import EVERY_TEAM
from voiceassist.webrtc import http as webrtc_http

router = APIRouter(tags=["ingest"])


class SdpResponse(Response):
    """A session description, for the documentation."""

    media_type = webrtc_http.SDP


def _route(protocol: SocketProtocol) -> Callable[[WebSocket], Awaitable[None]]:
    async def carry(socket: WebSocket) -> None:
        runtime, handshake = runtime_of(socket), handshake_of(socket)
        dialect = protocol.make(handshake, runtime.joins.limits, runtime.settings)
        if isinstance(dialect, VoskDialect) and not dialect.brings_a_call:
            await serve_words(socket, dialect, runtime, admission(socket))
            return
        agreed = protocol.subprotocol if protocol.subprotocol in handshake.subprotocols else None
        watch = runtime.subscriptions.watching_call if protocol.is_told_records(runtime.settings) else None
        await serve_call(socket, dialect, runtime.joins, admission(socket), agreed, watch=watch)

    return carry


for _name, _protocol in PROTOCOLS.items():
    for _path in (f"/ingest/{_name}", f"/ingest/{_name}/{{key}}"):  # a key in the address, where no header can be
        _allowed = allow("anyone" if _protocol.proves_itself else "ingest")
        router.add_api_websocket_route(_path, _route(_protocol), dependencies=[_allowed])


@router.post(
    "/whip", status_code=201, response_class=SdpResponse, dependencies=[allow("ingest", "agent", "supervisor")]
)
async def whip_publish(request: Request) -> Response:
    """WHIP (RFC 9725): an SDP offer in (`Content-Type: application/sdp`), 201 with Location, ETag and answer out.

    The query says who publishes. `call_id` joins that call's other leg, or opens it. `leg=agent` or
    `leg=customer`: this track is that person; or `legs=agent,customer`: one stereo track with the channels in
    that order. `agent_id`, `agent_name`, `agent_team`, `customer_id`, `customer_name`, `tier`, `language`: as in a
    stream's start message; whose key or sign-in ends hangs up. Somebody who is signed in publishes as their own
    agent, whatever the query says, and only calls that they may see.
    """
    if (call_id := request.query_params.get("call_id")) and principal_of(request).login:
        await _check_own(request, call_id)
    admitted = Admitted(who=who_is(principal_of(request)), may_go_on=rights_last(request))
    return await whip_http.publish(request, runtime_of(request).whip, admitted, _agent(request))


@router.options("/whip", response_class=Response, dependencies=[allow("anyone")])
async def whip_options() -> Response:
    """WHIP: what may be posted."""
    return webrtc_http.options()


@router.options("/whip/{session_id}", response_class=Response, dependencies=[allow("anyone")])
async def whip_session_options(session_id: str) -> Response:  # noqa: ARG001 - the same for every session
    """WHIP: what may be done with a session."""
    return webrtc_http.session_options()


@router.patch(
    "/whip/{session_id}",
    status_code=204,
    response_class=Response,
    dependencies=[allow("ingest", "agent", "supervisor")],
)
async def whip_trickle(request: Request, session_id: str) -> Response:
    """WHIP: candidates that came after the offer, from whoever published."""
    return await whip_http.trickle(request, runtime_of(request).whip, session_id, who_is(principal_of(request)))


@router.delete(
    "/whip/{session_id}", response_class=Response, dependencies=[allow("ingest", "agent", "supervisor")]
)
async def whip_hang_up(request: Request, session_id: str) -> Response:
    """WHIP: whoever published hangs up."""
    return await whip_http.hang_up(runtime_of(request).whip, session_id, who_is(principal_of(request)))


def _agent(request: Request) -> Person | None:
    """The agent that somebody who is signed in can publish as; None: whom the query names."""
    principal = principal_of(request)
    if not principal.login:
        return None
    team = next(iter(sorted(principal.teams - {EVERY_TEAM})), "")
    return Person(id=principal.login, name=principal.name, team=team)


async def _check_own(request: Request, call_id: str) -> None:
    """Raises HTTPException for a call of somebody else, live or not; one that is not there may begin."""
    runtime = runtime_of(request)
    feed = runtime.joins.feeds.get(call_id)
    agent = feed.info.agent if feed else None
    if agent and not scope_of(request).has(agent.id, agent.team, is_live=True):
        tell_refused(request, principal_of(request).signed, "not_theirs", call_id)
        raise unknown_call(call_id)
    if await runtime.whose(call_id):
        await check_call(request, call_id)
