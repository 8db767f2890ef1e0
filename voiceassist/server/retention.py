"""Retention over HTTP, for admins: the rules, what the last run did, and what the next would do.

Never deletes anything: the nightly run in `voiceassist/retention.py` does.
"""

from dataclasses import dataclass
from datetime import UTC
from typing import Annotated

from annotated_types import MaxLen
from fastapi import APIRouter, Response
from starlette.requests import HTTPConnection

from voiceassist.clock import local_now
from voiceassist.retention import RUN_HOUR, plan
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow, principal_of
from voiceassist.store.retention_queries import RetentionPlan, RetentionRule, RetentionRun, next_run

router = APIRouter(prefix="/api/retention", tags=["retention"])

RULES = 1_000  # three for every team of a very large house


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionView:
    """For how long calls are kept."""

    rules: tuple[RetentionRule, ...]
    next_run_at: str | None  # ISO 8601, UTC; None: no rule deletes anything
    last_run: RetentionRun | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRules:
    """The rules that are to be."""

    rules: Annotated[tuple[RetentionRule, ...], MaxLen(RULES)]


@router.get("", dependencies=[allow("admin")])
async def get_retention(connection: HTTPConnection) -> RetentionView:
    """The rules, and the runs before and to come."""
    state = await runtime_of(connection).store.retention.state()
    at = next_run(state, local_now(), RUN_HOUR)
    next_run_at = at.astimezone(UTC).isoformat(timespec="seconds") if at else None
    return RetentionView(rules=state.rules, next_run_at=next_run_at, last_run=state.last_run)


@router.put("", status_code=204, dependencies=[allow("admin")])
async def set_retention(connection: HTTPConnection, wanted: RetentionRules) -> Response:
    """Replaces all rules; the next nightly run goes by them."""
    store = runtime_of(connection).store
    await store.retention.set_rules(wanted.rules, by=principal_of(connection).signed)
    return Response(status_code=204)


@router.get("/plan", dependencies=[allow("admin")])
async def get_plan(connection: HTTPConnection) -> RetentionPlan:
    """What a run would delete now. Changes nothing."""
    return await plan(runtime_of(connection).keeping())
