"""For operators and programs: status, health, readiness, metrics, and the wire schema."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import HTTPConnection

from voiceassist import __version__, wire
from voiceassist.asr.choice import better_model
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow
from voiceassist.server.pages import PACKAGE

router = APIRouter(tags=["operations"])


@router.get("/api/status", dependencies=[allow("anyone")])
async def status(connection: HTTPConnection) -> dict[str, Any]:
    """What is running here. `languages` are those that a call may have, the default one first."""
    runtime = runtime_of(connection)
    engines = runtime.engines
    return {
        "version": __version__,
        "wire_version": wire.WIRE_VERSION,
        "boot": runtime.boot,
        "engine": engines.default.name,
        "language": engines.default.language,
        "playbook": runtime.registry.default_of(engines.default.language).label,
        "languages": [_described(engine) for engine in engines.people.values()],
        "sample_engine": _described(engines.sample) if engines.sample else None,
        "demo": runtime.settings.demo,
        "live_calls": len(runtime.live),
    }


def _described(engine: LoadedEngine) -> dict[str, str | None]:
    """Who hears, whose speech it understands, and the model to pull if there is a better one for people."""
    return {
        "language": engine.language,
        "engine": engine.name,
        "fit_for": engine.fit_for,
        "better_model": better_model(engine.name, engine.language, engine.fit_for),
    }


@router.get("/healthz", dependencies=[allow("anyone")])
async def healthz() -> dict[str, str]:
    """Alive: the event loop answers."""
    return {"status": "ok"}


@router.get("/readyz", dependencies=[allow("anyone")])
async def readyz(connection: HTTPConnection) -> JSONResponse:
    """Ready for calls: 200, or 503 with the checks that fail."""
    checks = await runtime_of(connection).readiness()
    return JSONResponse(checks, status_code=200 if all(ok == "ok" for ok in checks.values()) else 503)


@router.get("/metrics", dependencies=[allow("anyone")])
async def metrics(connection: HTTPConnection) -> Response:
    """Prometheus' text format."""
    return Response(runtime_of(connection).metrics.text(), media_type=CONTENT_TYPE_LATEST)


@router.get("/api/schema.json", dependencies=[allow("anyone")])
async def schema() -> dict[str, Any]:
    """JSON Schema of every message of the wire contract."""
    return wire.json_schema()


@router.get("/api/asyncapi.yaml", dependencies=[allow("anyone")])
async def asyncapi() -> FileResponse:
    """The sockets and the broker's topics, as AsyncAPI."""
    return FileResponse(PACKAGE / "server" / "asyncapi.yaml", media_type="application/yaml")
