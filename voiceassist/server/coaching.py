"""Coaching over HTTP: who may write to an agent and who may answer, and the playbook's snippets for one call.

A supervisor of the call's team writes; the call's agent alone sees and answers, so that a mark "seen" is true. The
local person of an open server is everybody. Never carries an action out: `calls.py` hands it to the call.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.actions import AnswerCoaching, ChangeAlert, SeeCoaching, SendCoaching, WithdrawCoaching
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow, principal_of
from voiceassist.server.refusals import tell_refused
from voiceassist.server.scope import check_call, scope_of
from voiceassist.store.call_scope import CallScope
from voiceassist.wire import type_name

router = APIRouter(prefix="/api/calls", tags=["calls"])

Side = Literal["supervisor", "agent"]
SIDES: Mapping[str, Side] = {
    type_name(SendCoaching): "supervisor",
    type_name(WithdrawCoaching): "supervisor",
    type_name(ChangeAlert): "supervisor",
    type_name(SeeCoaching): "agent",
    type_name(AnswerCoaching): "agent",
}
WHY_NOT: Mapping[Side, str] = {
    "supervisor": "only a supervisor of the call's team writes to its agent and takes care of its alerts",
    "agent": "only the call's agent sees and answers what supervisors write to them",
}


class SnippetView(BaseModel):
    """A message that may be sent as it is."""

    id: str
    text: str


@router.get("/{call_id}/snippets", dependencies=[allow("supervisor")])
async def get_snippets(connection: HTTPConnection, call_id: str) -> list[SnippetView]:
    """What the playbook of a live call offers to write to its agent; nothing of a call that is over."""
    await check_call(connection, call_id)
    live = runtime_of(connection).live.get(call_id)
    snippets = live.playbook.coaching if live and live.playbook else ()
    return [SnippetView(id=snippet.id, text=snippet.text) for snippet in snippets]


async def check_side(connection: HTTPConnection, call_id: str, action: wire.Json) -> None:
    """Raises HTTPException for an action of one side that is not for whoever asks; other actions are for all."""
    side = SIDES.get(str(action.get("type")))
    if side is None:
        return
    scope = _scope_as(side, scope_of(connection))
    whose = None if scope.everything else await runtime_of(connection).whose(call_id)
    if scope.everything or (whose and scope.has(whose.agent_id, whose.team, is_live=whose.is_live)):
        return
    tell_refused(connection, principal_of(connection).signed, f"not_as_{side}", call_id)
    raise HTTPException(403, {"code": f"not_as_{side}", "message": WHY_NOT[side]})


def _scope_as(side: Side, scope: CallScope) -> CallScope:
    """What of somebody's calls they have as their supervisor, or as their agent."""
    if scope.everything:
        return scope
    return replace(scope, own_id=None) if side == "supervisor" else CallScope(own_id=scope.own_id)
