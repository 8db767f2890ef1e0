"""Key figures over HTTP: of a day, a week or eight; as a file; what they mean; an agent's own day.

Everybody gets those of the calls that they may see: an agent their own. The calls behind a figure are a list of
`GET /api/calls` with the same period. Reads only.
"""

from dataclasses import replace
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.actions import Id
from voiceassist.clock import local_now
from voiceassist.kpis.definitions import KPIS, Kpi
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import SCREENS, allow
from voiceassist.server.kpi_file import as_csv
from voiceassist.server.recent_answers import recent_answers_of
from voiceassist.server.scope import scope_of
from voiceassist.store.kpi_sums import By
from voiceassist.store.kpis import KpiQuestion, KpiReport
from voiceassist.store.own_day import OwnDay
from voiceassist.store.periods import PeriodName, zone_of
from voiceassist.store.rows import EPOCH

router = APIRouter(prefix="/api/kpis", tags=["key figures"])


def _zone(zone: Id = "UTC") -> ZoneInfo:
    """`zone`: IANA name of the time zone whose days and weeks are meant."""
    return zone_of(zone)  # in a thread, as FastAPI runs plain functions: it may ask the disk


Zone = Annotated[ZoneInfo, Depends(_zone)]


def _asked(
    *,
    zone: Zone,
    period: PeriodName = "today",
    by: By = "none",
    team: Id | None = None,
    agent: Id | None = None,
) -> KpiQuestion:
    """`team`: empty for calls of no team."""
    return KpiQuestion(period=period, zone=zone, now=local_now(), by=by, team=team, agent=agent)


Asked = Annotated[KpiQuestion, Depends(_asked)]


@router.get("", response_model=KpiReport, dependencies=[allow(*SCREENS, "read:calls")])
async def get_kpis(connection: HTTPConnection, asked: Asked) -> JSONResponse:
    """Every key figure of a period, with the same part of the week before; some seconds old at most."""
    return JSONResponse(await _report(connection, asked))


@router.get("/export.csv", response_class=Response, dependencies=[allow(*SCREENS, "read:calls")])
async def export_kpis(connection: HTTPConnection, asked: Asked) -> Response:
    """The same as a file: all together, then each team or agent, then day by day or week by week."""
    report = await runtime_of(connection).store.kpis(asked, scope_of(connection))
    name = f'attachment; filename="voiceassist-{asked.period}.csv"'
    return Response(as_csv(report), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@router.get("/definitions", dependencies=[allow(*SCREENS, "read:calls")])
async def list_definitions() -> tuple[Kpi, ...]:
    """What every key figure is, for programs and for people."""
    return KPIS


@router.get("/day", response_model=OwnDay, dependencies=[allow("agent", "supervisor")])
async def get_day(connection: HTTPConnection, agent: Id, zone: Zone) -> JSONResponse:
    """One agent's own day so far, as their screen shows it."""
    asked = KpiQuestion(period="today", zone=zone, now=local_now())
    store = runtime_of(connection).store
    return JSONResponse(wire.to_json(await store.own_day(agent, asked, scope_of(connection))))


async def _report(connection: HTTPConnection, asked: KpiQuestion) -> wire.Json:
    scope = scope_of(connection)
    answers = recent_answers_of(connection)
    key = (replace(asked, now=EPOCH), scope)  # not the moment, or nobody would ask the same
    report: wire.Json = await answers.get(key, partial(_as_json, connection, asked))
    return report


async def _as_json(connection: HTTPConnection, asked: KpiQuestion) -> wire.Json:
    report: wire.Json = wire.to_json(await runtime_of(connection).store.kpis(asked, scope_of(connection)))
    return report
