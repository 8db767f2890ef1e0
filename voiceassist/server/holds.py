"""Legal holds over HTTP: admins set and lift them; who looks after calls sees them, agents do not.

Next: `store/holds.py` keeps them; every deletion asks there.
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.core.words.visible import visible
from voiceassist.errors import PeerError
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import Role, allow, principal_of
from voiceassist.server.scope import check_call
from voiceassist.store.holds import Hold

router = APIRouter(prefix="/api/calls/{call_id}/hold", tags=["calls"])

SEE_HOLDS: frozenset[Role] = frozenset({"supervisor", "reviewer", "admin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldWanted:
    """Why nobody may delete the call. It stands in the audit for good: name a case, and quote nobody."""

    reason: Annotated[str, MaxLen(500)]


@router.get("", response_model=Hold | None, dependencies=[allow("supervisor", "reviewer", "admin")])
async def get_hold(connection: HTTPConnection, call_id: str) -> JSONResponse:
    """Who put the call on hold and why; null: nobody did."""
    if "admin" not in principal_of(connection).roles:
        await check_call(connection, call_id)
    return JSONResponse(wire.to_json(await runtime_of(connection).store.holds.of(call_id)))


@router.post("", status_code=204, dependencies=[allow("admin")])
async def set_hold(connection: HTTPConnection, call_id: str, wanted: HoldWanted) -> Response:
    """From now on nobody deletes the call, nor its recording or transcript."""
    if not (reason := visible(wanted.reason)):
        raise PeerError("empty_reason", "the reason is empty: say why the call must be kept")
    runtime = runtime_of(connection)
    with runtime.alone_with([call_id]):
        await runtime.store.holds.set(call_id, reason, by=principal_of(connection).signed)
    return Response(status_code=204)


@router.delete("", status_code=204, dependencies=[allow("admin")])
async def lift_hold(connection: HTTPConnection, call_id: str) -> Response:
    """The call may be deleted again."""
    await runtime_of(connection).store.holds.lift(call_id, by=principal_of(connection).signed)
    return Response(status_code=204)


async def shown_hold(connection: HTTPConnection, call_id: str) -> Hold | None:
    """The hold as whoever asks sees it."""
    if not SEE_HOLDS & principal_of(connection).roles:
        return None
    return await runtime_of(connection).store.holds.of(call_id)
