"""For operators and programs: status, health, readiness, metrics, and the wire schema."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import HTTPConnection

from voiceassist import __version__, wire
from voiceassist.asr.better_model import BetterModel, better_model
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.capacity.fullness import CapacityState
from voiceassist.runtime import Runtime, runtime_of
from voiceassist.server.auth import allow
from voiceassist.server.pages import PACKAGE
from voiceassist.speech_models.record import FitFor

router = APIRouter(tags=["operations"])


class YamlResponse(FileResponse):
    """A YAML file."""

    media_type = "application/yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSummary:
    """What hears calls in one language."""

    language: str
    engine: str
    fit_for: FitFor
    better_model: str | None  # to pull, for people
    better: BetterModel | None  # the same, with what it would bring


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """What is running here."""

    version: str
    wire_version: int
    boot: str
    engine: str
    language: str
    playbook: str
    languages: tuple[EngineSummary, ...]  # those that a call may have, the default one first
    sample_engine: EngineSummary | None
    demo: bool
    live_calls: int


@router.get("/api/status", dependencies=[allow("anyone")])
async def status(connection: HTTPConnection) -> ServerStatus:
    """What is running here. `languages` are those that a call may have, the default one first."""
    runtime = runtime_of(connection)
    engines = runtime.engines
    return ServerStatus(
        version=__version__,
        wire_version=wire.WIRE_VERSION,
        boot=runtime.boot,
        engine=engines.default.name,
        language=engines.default.language,
        playbook=runtime.registry.default_of(engines.default.language).label,
        languages=tuple(_described(runtime, engine) for engine in engines.people.values()),
        sample_engine=_described(runtime, engines.sample) if engines.sample else None,
        demo=runtime.settings.demo,
        live_calls=len(runtime.live),
    )


def _described(runtime: Runtime, engine: LoadedEngine) -> EngineSummary:
    settings, language = runtime.settings, engine.language
    is_auto = settings.engine_by_language.get(language, "auto") == "auto"
    key = "engine" if language == settings.language else f"engines.{language}"
    better = better_model(engine.name, language, engine.fit_for, is_auto=is_auto, key=key)
    return EngineSummary(
        language=engine.language,
        engine=engine.name,
        fit_for=engine.fit_for,
        better_model=better.name if better else None,
        better=better,
    )


@router.get("/api/capacity", dependencies=[allow("supervisor", "admin")])
async def capacity(connection: HTTPConnection) -> CapacityState:
    """How many calls run, of how many, and how many were refused in the last hour."""
    return runtime_of(connection).capacity.state()


@router.get("/healthz", dependencies=[allow("anyone")])
async def healthz() -> dict[str, str]:
    """Alive: the event loop answers."""
    return {"status": "ok"}


@router.get("/readyz", response_model=dict[str, str], dependencies=[allow("anyone")])
async def readyz(connection: HTTPConnection) -> JSONResponse:
    """Ready for calls: 200, also when words arrive late ("degraded"); 503 with the checks that fail.

    A server that is late still takes its calls to their end. Answered with 503, a load balancer would take it out,
    and with it the screens of the calls that run: help that comes late would become none. Whoever places new calls
    reads `status`.
    """
    checks = await runtime_of(connection).readiness()
    status = _status(checks.values())
    return JSONResponse({"status": status, **checks}, status_code=503 if status == "unavailable" else 200)


def _status(checks: Collection[str]) -> str:
    """Of the server as a whole: "ok", "degraded" or "unavailable"."""
    kinds = {check.partition(":")[0] for check in checks}
    if kinds == {"ok"}:
        return "ok"
    return "degraded" if kinds <= {"ok", "degraded"} else "unavailable"


@router.get("/metrics", response_class=PlainTextResponse, dependencies=[allow("anyone")])
async def metrics(connection: HTTPConnection) -> Response:
    """Prometheus' text format."""
    return Response(runtime_of(connection).metrics.text(), media_type=CONTENT_TYPE_LATEST)


@router.get("/api/schema.json", dependencies=[allow("anyone")])
async def schema() -> dict[str, Any]:
    """JSON Schema of every message of the wire contract."""
    return wire.json_schema()


@router.get("/api/asyncapi.yaml", response_class=YamlResponse, dependencies=[allow("anyone")])
async def asyncapi() -> FileResponse:
    """The sockets and the broker's topics, as AsyncAPI."""
    return YamlResponse(PACKAGE / "server" / "asyncapi.yaml")
