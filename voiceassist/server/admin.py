"""For whoever runs the server: which engines are loaded, and which models there are to choose from.

Never loads, pulls or removes anything: `voiceassist models` does, and a new engine needs a new start.
"""

import asyncio
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from voiceassist import wire
from voiceassist.asr.choice import choose_auto
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.config import Settings
from voiceassist.errors import ConfigError
from voiceassist.runtime import Runtime, runtime_of
from voiceassist.server.auth import allow
from voiceassist.speech_models.installed import InstalledModel, installed
from voiceassist.speech_models.manifest import load_manifest

router = APIRouter(prefix="/api/admin", tags=["operations"])


@router.get("/engines", dependencies=[allow("admin")])
async def engines(connection: HTTPConnection) -> dict[str, Any]:
    """Every loaded engine: what it is for, what it costs, and the words of its playbook that it can never hear.

    `unknown_words` is null when the engine cannot be asked (only Vosk models can).
    """
    runtime = runtime_of(connection)
    return {
        "default": runtime.settings.language,
        "engines": [_loaded(runtime, engine) for engine in runtime.engines.loaded()],
    }


@router.get("/models", dependencies=[allow("admin")])
async def models(connection: HTTPConnection) -> dict[str, Any]:
    """Installed models (the bundled ones too), models to pull, and what "auto" takes for each language.

    Names only: where this machine keeps its files is nobody's business who merely reaches the server.
    """
    return await asyncio.to_thread(_models, runtime_of(connection).settings)


def _loaded(runtime: Runtime, engine: LoadedEngine) -> dict[str, Any]:
    return {
        **wire.to_json(runtime.engines.state(engine)),
        "playbook": runtime.registry.default_of(engine.language).label,
        "unknown_words": runtime.unknown_words(engine),
    }


def _models(settings: Settings) -> dict[str, Any]:
    """Reads folders and records."""
    here = installed(settings.models_dir)
    names = {model.name for model in here}
    languages = sorted({*settings.engine_by_language, *(entry.language for entry in load_manifest())})
    return {
        "installed": [_described(model) for model in here],
        "offered": [
            wire.to_json(entry)
            | {"installed": entry.name in names, "command": f"voiceassist models pull {entry.name}"}
            for entry in load_manifest()
        ],
        "auto": {language: _auto(language, here) for language in languages},
    }


def _described(model: InstalledModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "engine": f"vosk:{model.name}",
        "language": model.language,
        "size_bytes": model.size_bytes,
        "fit_for": model.fit_for,
        "licence": model.licence,
        "source": _source(model.source),
        "bundled": model.bundled,
        "problem": model.problem and model.problem.replace(f"{model.path.parent}{os.sep}", ""),
    }


def _source(source: str) -> str:
    """The server that a model was pulled from; of one that was added, that it was."""
    return urlsplit(source).hostname or source.partition(" from ")[0]


def _auto(language: str, models: Sequence[InstalledModel]) -> dict[str, str | None]:
    """What the engine name "auto" would take now, or why it takes nothing."""
    try:
        return {"engine": choose_auto(language, models).name, "problem": None}
    except ConfigError as error:
        return {"engine": None, "problem": str(error)}
