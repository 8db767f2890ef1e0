"""Listening in to a live call by WHEP, for supervisors of its team. Routes only; `listening/` does the rest."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from voiceassist.listening import http as whep_http
from voiceassist.listening.session import Hearer
from voiceassist.runtime import runtime_of
from voiceassist.server.admission import who_is
from voiceassist.server.auth import allow, principal_of, rights_last
from voiceassist.server.ingest import SdpResponse
from voiceassist.server.scope import check_call, scope_of
from voiceassist.webrtc import http as webrtc_http

router = APIRouter(tags=["listening"])


@router.post("/whep", status_code=201, response_class=SdpResponse, dependencies=[allow("supervisor")])
async def whep_listen(request: Request, call_id: str, legs: str = "both") -> Response:  # noqa: ARG001 - documented
    """WHEP: an SDP offer in (`Content-Type: application/sdp`), 201 with Location, ETag and answer out.

    `legs`: `both` (stereo, the agent on the left), `agent` or `customer`. The agent is told who listens, unless
    the setting `tell_listening` is off; the audit has every listening. Pauses of the recording are silent, and so
    is a call whose customer has not consented as recording needs. 409: the call is not live. 503: as many listen
    as may.
    """
    await check_call(request, call_id)
    return await whep_http.listen(request, runtime_of(request).listening, call_id, _hearer(request, call_id))


@router.options("/whep", response_class=Response, dependencies=[allow("anyone")])
async def whep_options() -> Response:
    """WHEP: what may be posted."""
    return webrtc_http.options()


@router.options("/whep/{session_id}", response_class=Response, dependencies=[allow("anyone")])
async def whep_session_options(session_id: str) -> Response:  # noqa: ARG001 - the same for every session
    """WHEP: what may be done with a session."""
    return webrtc_http.session_options()


@router.patch("/whep/{session_id}", status_code=204, response_class=Response, dependencies=[allow("supervisor")])
async def whep_trickle(request: Request, session_id: str) -> Response:
    """WHEP: candidates that came after the offer, from whoever listens."""
    who = who_is(principal_of(request))
    return await whep_http.trickle(request, runtime_of(request).listening, session_id, who)


@router.delete("/whep/{session_id}", response_class=Response, dependencies=[allow("supervisor")])
async def whep_leave(request: Request, session_id: str) -> Response:
    """WHEP: whoever listens leaves."""
    return await whep_http.leave(runtime_of(request).listening, session_id, who_is(principal_of(request)))


def _hearer(request: Request, call_id: str) -> Hearer:
    principal = principal_of(request)
    return Hearer(
        who=who_is(principal), name=principal.name, signed=principal.signed, may_go_on=_may_go_on(request, call_id)
    )


def _may_go_on(request: Request, call_id: str) -> Callable[[], bool]:
    """Whether they still have the rights they had, and the call is still one that they may see."""
    has_rights, scope, calls = rights_last(request), scope_of(request), runtime_of(request).live

    def may() -> bool:
        live = calls.get(call_id)
        return has_rights() and (live is None or scope.has(live.info.agent.id, live.info.agent.team, is_live=True))

    return may
