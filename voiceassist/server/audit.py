"""The audit over HTTP, for admins; and how the other routes tell it what somebody did. Never changes an entry."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.runtime import runtime_of
from voiceassist.server.audit_files import MEDIA_TYPES, as_csv, as_json_lines
from voiceassist.server.auth import allow, principal_of
from voiceassist.server.moments import moment_of
from voiceassist.store.audit import PIECE, AuditFilter, AuditPage, ChainCheck, NewEntry, number_of
from voiceassist.store.audit_pieces import check_chain, exported_pieces

router = APIRouter(prefix="/api/audit", tags=["audit"])


def _wanted(
    who: str = "", what: str = "", call: str = "", since: str | None = None, until: str | None = None
) -> AuditFilter:
    """`what`: a whole name (`call.opened`) or its first part; `since`, `until`: ISO 8601, the latter excluded."""
    return AuditFilter(
        limit=PIECE,
        who=who,
        what=what,
        call_id=call,
        since_us=moment_of("since", since),
        until_us=moment_of("until", until),
    )


Wanted = Annotated[AuditFilter, Depends(_wanted)]


@router.get("", response_model=AuditPage, dependencies=[allow("admin")])
async def list_audit(
    connection: HTTPConnection,
    wanted: Wanted,
    *,
    before: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> JSONResponse:
    """The newest entries that are wanted; `before`: a page's `next`."""
    page = replace(wanted, limit=limit, before=number_of(before) if before else None)
    return JSONResponse(wire.to_json(await runtime_of(connection).store.audit_page(page)))


@router.get("/check", dependencies=[allow("admin")])
async def check_audit(connection: HTTPConnection, seen: str = "") -> ChainCheck:
    """Computes every hash anew; `seen`: a hash that was kept elsewhere, and must still be there."""
    return await check_chain(runtime_of(connection).store.audit, seen.strip().lower())


@router.get("/export.{kind}", response_class=StreamingResponse, dependencies=[allow("admin")])
async def export_audit(
    connection: HTTPConnection, kind: Literal["csv", "jsonl"], wanted: Wanted
) -> StreamingResponse:
    """The wanted entries as a file, the oldest first, with their hashes; the audit tells who took it."""
    tell_audit(connection, "audit.exported", "", kind=kind)
    pieces = exported_pieces(runtime_of(connection).store.audit, wanted)
    body = as_csv(pieces) if kind == "csv" else as_json_lines(pieces)
    name = {"Content-Disposition": f'attachment; filename="voiceassist-audit.{kind}"'}
    return StreamingResponse(body, media_type=MEDIA_TYPES[kind], headers=name)


def tell_audit(connection: HTTPConnection, what: str, call_id: str, **detail: Any) -> None:  # noqa: ANN401 - JSON
    """Has it written that whoever asks did this with a call. Never waits."""
    entry = NewEntry(who=principal_of(connection).signed, what=what, call_id=call_id, detail=detail)
    runtime_of(connection).store.audit.tell(entry)
