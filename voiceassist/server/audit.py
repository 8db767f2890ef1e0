"""The audit over HTTP, for admins; and how the other routes tell it what somebody did. Never changes an entry."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow, principal_of
from voiceassist.store.audit import AuditFilter, AuditPage, NewEntry, number_of

router = APIRouter(prefix="/api/audit", tags=["audit"])


@router.get("", response_model=AuditPage, dependencies=[allow("admin")])
async def list_audit(
    connection: HTTPConnection,
    *,
    before: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    who: str = "",
    what: str = "",
    call: str = "",
) -> JSONResponse:
    """The newest entries; `what`: a whole name (`call.opened`) or its first part; `before`: a page's `next`."""
    wanted = AuditFilter(
        limit=limit, before=number_of(before) if before else None, who=who, what=what, call_id=call
    )
    return JSONResponse(wire.to_json(await runtime_of(connection).store.audit_page(wanted)))


def tell_audit(connection: HTTPConnection, what: str, call_id: str, **detail: Any) -> None:  # noqa: ANN401 - JSON
    """Has it written that whoever asks did this with a call. Never waits."""
    entry = NewEntry(who=principal_of(connection).signed, what=what, call_id=call_id, detail=detail)
    runtime_of(connection).store.audit.tell(entry)
