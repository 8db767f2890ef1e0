"""For whoever runs the server: which engines are loaded, and which models there are to choose from.

Never loads, pulls or removes anything: `voiceassist models` does, and a new engine needs a new start.
"""

import asyncio
import os
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import HTTPConnection

from voiceassist.asr.choice import Purpose, choose_auto
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.capacity.fullness import CapacityState
from voiceassist.config import Settings
from voiceassist.errors import ConfigError
from voiceassist.runtime import Runtime, runtime_of
from voiceassist.server.auth import allow
from voiceassist.speech_models.installed import InstalledModel, installed
from voiceassist.speech_models.layout import ModelKind
from voiceassist.speech_models.manifest import ModelEntry, OfferedFile, load_manifest
from voiceassist.speech_models.record import FitFor

router = APIRouter(prefix="/api/admin", tags=["operations"])


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedEngineView:
    """An engine, its playbook, and the words of it that the engine can never hear (null: it cannot be asked)."""

    name: str
    language: str
    purposes: tuple[Purpose, ...]
    fit_for: FitFor
    rate_hz: int
    memory_bytes: int
    load_ms: int
    open_recognizers: int
    state: str
    playbook: str
    unknown_words: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginesView:
    """Every loaded engine."""

    default: str  # language of calls that name none
    engines: tuple[LoadedEngineView, ...]
    capacity: CapacityState  # what a call costs here, and how many fit


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModelView:
    """A model that is here."""

    name: str
    engine: str  # to be named in the settings
    language: str
    size_bytes: int
    fit_for: FitFor
    licence: str
    source: str
    bundled: bool
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedModelView:
    """A model that can be had."""

    name: str
    engine: ModelKind  # that runs it
    language: str
    title: str
    url: str
    size_bytes: int
    unpacked_bytes: int | None
    licence: str
    notes: str
    size: str
    sha256: str | None
    md5: str | None
    files: tuple[OfferedFile, ...]  # none: it is a zip
    installed: bool
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoChoice:
    """What the engine name "auto" would take now, or why it takes nothing."""

    engine: str | None
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsView:
    """Models that are here and models to be had."""

    installed: tuple[InstalledModelView, ...]
    offered: tuple[OfferedModelView, ...]
    auto: Mapping[str, AutoChoice]  # by language


@router.get("/engines", dependencies=[allow("admin")])
async def engines(connection: HTTPConnection) -> EnginesView:
    """Every loaded engine: what it is for, what it costs, and the words of its playbook that it can never hear.

    `unknown_words` is null when the engine cannot be asked (only Vosk models can).
    """
    runtime = runtime_of(connection)
    return EnginesView(
        default=runtime.settings.language,
        engines=tuple(_loaded(runtime, engine) for engine in runtime.engines.loaded()),
        capacity=runtime.capacity.state(),
    )


@router.get("/models", dependencies=[allow("admin")])
async def models(connection: HTTPConnection) -> ModelsView:
    """Installed models (the bundled ones too), models to pull, and what "auto" takes for each language.

    Names only: where this machine keeps its files is nobody's business who merely reaches the server.
    """
    return await asyncio.to_thread(_models, runtime_of(connection).settings)


def _loaded(runtime: Runtime, engine: LoadedEngine) -> LoadedEngineView:
    return LoadedEngineView(
        **asdict(runtime.engines.state(engine)),
        playbook=runtime.registry.default_of(engine.language).label,
        unknown_words=runtime.unknown_words(engine),
    )


def _models(settings: Settings) -> ModelsView:
    """Reads folders and records."""
    here = installed(settings.models_dir)
    names = {model.name for model in here}
    languages = sorted({*settings.engine_by_language, *(entry.language for entry in load_manifest())})
    return ModelsView(
        installed=tuple(_described(model) for model in here),
        offered=tuple(_offered(entry, names) for entry in load_manifest()),
        auto={language: _auto(language, here) for language in languages},
    )


def _offered(entry: ModelEntry, installed: Container[str]) -> OfferedModelView:
    command = f"voiceassist models pull {entry.name}"
    described = asdict(entry) | {"files": tuple(entry.files)}
    return OfferedModelView(**described, installed=entry.name in installed, command=command)


def _described(model: InstalledModel) -> InstalledModelView:
    return InstalledModelView(
        name=model.name,
        engine=model.setting,
        language=model.language,
        size_bytes=model.size_bytes,
        fit_for=model.fit_for,
        licence=model.licence,
        source=_source(model.source),
        bundled=model.bundled,
        problem=model.problem and model.problem.replace(f"{model.path.parent}{os.sep}", ""),
    )


def _source(source: str) -> str:
    """The server that a model was pulled from; of one that was added, that it was."""
    return urlsplit(source).hostname or source.partition(" from ")[0]


def _auto(language: str, models: Sequence[InstalledModel]) -> AutoChoice:
    try:
        return AutoChoice(engine=choose_auto(language, models).name, problem=None)
    except ConfigError as error:
        return AutoChoice(engine=None, problem=str(error))
