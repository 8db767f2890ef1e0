"""Reports over HTTP: what each one is, its rows in a period, as a file, what it quotes, and what versions changed.

Everybody gets those of the calls that they may see, as with key figures: an agent their own. Reads only.
Next: `store/reports.py` adds up.
"""

from dataclasses import dataclass, replace
from functools import partial

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.actions import Id
from voiceassist.reports.definitions import REPORTS, Report, ReportId
from voiceassist.reports.effects import LEAST_CALLS, LEAST_WHOLE
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import SCREENS, allow
from voiceassist.server.kpis import Asked
from voiceassist.server.recent_answers import recent_answers_of
from voiceassist.server.report_file import report_csv
from voiceassist.server.scope import scope_of
from voiceassist.store.kpis import KpiQuestion
from voiceassist.store.reports import PromiseView, RefusalExample, ReportView
from voiceassist.store.rows import EPOCH
from voiceassist.store.version_effects import VersionChange

router = APIRouter(prefix="/api/reports", tags=["reports"])
READS = allow(*SCREENS, "read:calls")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportExamples:
    """Refusals of one topic, the newest first."""

    examples: tuple[RefusalExample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseList:
    """Promises, the newest first."""

    promises: tuple[PromiseView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChanges:
    """What versions of playbooks changed, and how much it takes to say so."""

    least_calls: int  # of either version
    least_whole: int  # of what a share is taken of, on either side
    changes: tuple[VersionChange, ...]


@router.get("/definitions", dependencies=[READS])
async def list_report_definitions() -> tuple[Report, ...]:
    """What every report and every figure of it is."""
    return REPORTS


@router.get("/refusals/examples", response_model=ReportExamples, dependencies=[READS])
async def get_examples(connection: HTTPConnection, asked: Asked, topic: Id = "") -> JSONResponse:
    """The newest refusals of a topic in the agent's words. `topic`: empty for those without one."""
    store, scope = runtime_of(connection).store, scope_of(connection)
    return JSONResponse(wire.to_json(ReportExamples(examples=await store.refusal_examples(topic, asked, scope))))


@router.get("/promises/list", response_model=PromiseList, dependencies=[READS])
async def list_promises(connection: HTTPConnection, asked: Asked) -> JSONResponse:
    """What was promised by a day or a time, with what people said became of it."""
    store, scope = runtime_of(connection).store, scope_of(connection)
    return JSONResponse(wire.to_json(PromiseList(promises=await store.promises(asked, scope))))


@router.get("/versions", response_model=VersionChanges, dependencies=[READS])
async def get_versions(connection: HTTPConnection, asked: Asked) -> JSONResponse:
    """Each version of a playbook beside the one before it: shares, and the interval of their difference."""
    changes = await runtime_of(connection).store.version_changes(asked, scope_of(connection))
    told = VersionChanges(least_calls=LEAST_CALLS, least_whole=LEAST_WHOLE, changes=changes)
    return JSONResponse(wire.to_json(told))


@router.get("/{report}", response_model=ReportView, dependencies=[READS])
async def get_report(connection: HTTPConnection, report: ReportId, asked: Asked) -> JSONResponse:
    """One report of a period; some seconds old at most."""
    key = ("report", report, replace(asked, now=EPOCH), scope_of(connection))
    found: wire.Json = await recent_answers_of(connection).get(key, partial(_as_json, connection, report, asked))
    return JSONResponse(found)


@router.get("/{report}/export.csv", response_class=Response, dependencies=[READS])
async def export_report(connection: HTTPConnection, report: ReportId, asked: Asked) -> Response:
    """The same as a file: all together, then row by row."""
    view = await runtime_of(connection).store.report(report, asked, scope_of(connection))
    name = f'attachment; filename="voiceassist-{report}-{asked.period}.csv"'
    return Response(report_csv(view), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


async def _as_json(connection: HTTPConnection, report: ReportId, asked: KpiQuestion) -> wire.Json:
    view = await runtime_of(connection).store.report(report, asked, scope_of(connection))
    found: wire.Json = wire.to_json(view)
    return found
