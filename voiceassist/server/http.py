"""The HTTP application: routes and error bodies put together, behind the gate.

Never holds state: everything lives in the `Runtime`, which is running already when the application is made.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError, ValidationException, WebSocketRequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi_offline import FastAPIOffline
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from voiceassist import __version__, wire
from voiceassist.errors import ConflictError, PeerError, PhoneError, PlaybookError, StoreError, UnknownNameError
from voiceassist.people.begun_sign_ins import BegunSignIns
from voiceassist.people.throttle import Throttle
from voiceassist.people.totp import BegunSetups
from voiceassist.runtime import Runtime
from voiceassist.server import (
    activity,
    admin,
    agents,
    audit,
    call_export,
    call_list,
    calls,
    clips,
    coaching,
    erasure,
    follow_up,
    holds,
    identity,
    ingest,
    keys,
    kpis,
    levels,
    listening,
    marks,
    notices,
    oidc,
    ops,
    pages,
    peaks,
    people,
    phone,
    playbook_drafts,
    playbook_feedback,
    playbook_offers,
    playbook_policies,
    playbook_trials,
    playbooks,
    reports,
    retention,
    samples,
    sign_in,
    summaries,
    totp,
    wall,
)
from voiceassist.server.arrivals import Arrivals
from voiceassist.server.auth import RefusedSocketError
from voiceassist.server.bodies import printable
from voiceassist.server.gate import Gate
from voiceassist.server.limits import EdgeLimits
from voiceassist.server.origin import DOCS
from voiceassist.server.recent_answers import RecentAnswers
from voiceassist.server.refusals import RefusalLog

STATUS_BY_ERROR: Mapping[type, int] = {ConflictError: 409, UnknownNameError: 404}

ERROR = {"application/json": {"schema": TypeAdapter(wire.ErrorMessage).json_schema()}}
REFUSED: wire.Json = {"description": "What was wrong, and what to do", "content": ERROR}
FAILED: wire.Json = {"description": "voiceassist cannot do it now", "content": ERROR}

ROUTERS = (
    call_list.router,
    calls.router, call_export.router, coaching.router, phone.router, identity.router, agents.router, wall.router,
    follow_up.router, marks.router, clips.router, reports.router,
    activity.router, kpis.router, ingest.router, levels.router, listening.router, ops.router, admin.router,
    sign_in.router, totp.router, oidc.router, people.router, keys.router, audit.router, erasure.router,
    holds.router, retention.router, notices.router, summaries.router,
    pages.router, peaks.router,
    playbook_trials.router, playbooks.router, playbook_drafts.router, playbook_offers.router,
    playbook_feedback.router, playbook_policies.router,
    samples.router,  # demo last
)  # fmt: skip


def create_api(runtime: Runtime, limits: EdgeLimits | None = None) -> ASGIApp:
    """The application that serves a running assistant, behind its gate."""
    api = build_api(demo=runtime.settings.demo)
    limits = limits or EdgeLimits()
    api.state.runtime = runtime
    api.state.throttle = Throttle()
    api.state.totp_setups = BegunSetups()
    api.state.refusals = RefusalLog(audit=runtime.store.audit)
    api.state.begun_sign_ins = BegunSignIns()
    api.state.recent_answers = RecentAnswers()
    api.state.arrivals = Arrivals(limits.awaiting_screens, limits.await_call_s)
    gate = Gate(api, runtime.settings, runtime.directory, limits, api.state.refusals)
    return cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", gate), list(runtime.settings.trusted_proxies)))


def build_api(*, demo: bool) -> FastAPI:
    """Every route, with nothing behind them yet."""
    api = FastAPIOffline(
        title="voiceassist",
        version=__version__,
        docs_url=DOCS,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses={"4XX": REFUSED, "5XX": FAILED},
    )
    for router in ROUTERS if demo else ROUTERS[:-1]:
        api.include_router(router)
    pages.mount_assets(api)
    _explain_errors(api)
    return api


def _explain_errors(api: FastAPI) -> None:
    """Every error has one form: `{"type": "error", "code", "message"}`; with `done` if somebody was faster."""
    api.exception_handler(HTTPException)(_http_error)  # Starlette's own, of which FastAPI's is one

    @api.exception_handler(Exception)
    async def our_error(_request: Request, _cause: Exception) -> JSONResponse:
        return _error(500, "our_mistake", "voiceassist failed; its log says why")

    @api.exception_handler(RefusedSocketError)
    async def refused_socket(socket: WebSocket, error: RefusedSocketError) -> None:
        await socket.send_denial_response(_error(error.status, f"http_{error.status}", str(error)))

    @api.exception_handler(RequestValidationError)
    async def bad_request(_request: Request, error: RequestValidationError) -> JSONResponse:
        if error.errors()[0]["type"] == "json_invalid":
            return _error(422, "bad_json", "the body is not JSON")
        return _error(422, "bad_field", _first_mistake(error))

    @api.exception_handler(WebSocketRequestValidationError)
    async def bad_socket(socket: WebSocket, error: WebSocketRequestValidationError) -> None:
        await socket.send_denial_response(_error(422, "bad_field", _first_mistake(error)))

    @api.exception_handler(PeerError)
    async def peer_error(_request: Request, error: PeerError) -> JSONResponse:
        return _error(STATUS_BY_ERROR.get(type(error), 422), error.code, str(error))

    @api.exception_handler(PhoneError)
    async def phone_error(_request: Request, error: PhoneError) -> JSONResponse:
        return _error(502, error.code, str(error))

    @api.exception_handler(PlaybookError)
    async def playbook_error(_request: Request, error: PlaybookError) -> JSONResponse:
        return _error(422, "bad_playbook", str(error))

    @api.exception_handler(StoreError)
    async def store_error(_request: Request, error: StoreError) -> JSONResponse:
        return _error(503, "store_failed", str(error))


async def _http_error(request: Request, error: HTTPException) -> Response:
    if error.status_code == HTTPStatus.NOT_FOUND and pages.is_for_a_person(request):
        return pages.the_page(HTTPStatus.NOT_FOUND)
    detail: dict[str, Any] = error.detail if isinstance(error.detail, dict) else {"message": error.detail}
    code = detail.get("code", f"http_{error.status_code}")
    return _error(error.status_code, code, detail["message"], error.headers, detail.get("done"))


def _first_mistake(error: ValidationException) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"`{field}`: {first['msg']}"


def _error(
    status: int,
    code: str,
    message: str,
    headers: Mapping[str, str] | None = None,
    done: Mapping[str, str] | None = None,
) -> JSONResponse:
    body: wire.Json = {"type": "error", "code": code, "message": printable(message)}
    told = {"done": dict(done)} if done else {}
    return JSONResponse(body | told, status_code=status, headers=dict(headers or {}))
