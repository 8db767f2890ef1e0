"""Every engine of one server, loaded: by language, and by what a call is.

Calls of people (phone systems, the microphone) get their language's engine. The demo's sample calls are
synthesised and may get one that is made for such speech. All engines are loaded at start: a server that cannot
hear a language that it promises does not start. Never downloads anything. Next: `runtime.py` asks for the engine
of every call.
"""

from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog

from voiceassist.asr.choice import (
    Choice,
    Purpose,
    choose,
    choose_for_samples,
    how_to_get,
    matching,
    sample_language,
)
from voiceassist.asr.engine import Engine
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.moonshine.engine import load_moonshine
from voiceassist.asr.scripted import ScriptedEngine, load_script
from voiceassist.asr.vosk.engine import load_vosk
from voiceassist.config import Settings, spelt
from voiceassist.errors import ConfigError, EngineError, IngestError, ModelError
from voiceassist.speech_models.record import FitFor

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An engine that the settings ask for."""

    purpose: Purpose
    language: str
    choice: Choice
    setting: str  # the key that asks for it, for error messages


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineState:
    """An engine as operators see it."""

    name: str
    language: str
    purposes: tuple[Purpose, ...]
    fit_for: FitFor
    rate_hz: int
    memory_bytes: int  # by which the process grew when it was loaded; 0 for a further tag of the same model
    load_ms: int
    open_recognizers: int
    state: Literal["ready"] = "ready"  # a server does not run with an engine that is not


def load_engine(name: str, *, language: str, models_dir: Path) -> Engine:
    """The engine called `name`, ready for calls in `language` (BCP 47).

    Raises ConfigError or ModelError for a name or language that cannot work, EngineError when the model does not
    load.
    """
    return load(choose(name, language, models_dir), language=spelt(language))


def load(choice: Choice, *, language: str) -> Engine:
    """What was chosen. Raises EngineError, or ConfigError for a script that cannot be used."""
    if choice.kind == "moonshine" or choice.path is None:
        return load_moonshine(choice.path, language=language)
    if choice.kind == "scripted":
        return ScriptedEngine(load_script(choice.path), language=language)
    return load_vosk(choice.path, language=language)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Engines:
    """What is loaded."""

    people: Mapping[str, LoadedEngine]  # by language; the default language comes first
    sample: LoadedEngine | None = None  # of the demo's sample calls

    @property
    def default(self) -> LoadedEngine:
        """Of calls that name no language."""
        return next(iter(self.people.values()))

    def for_call(self, language: str | None, *, purpose: Purpose) -> LoadedEngine:
        """The engine of a call in a language (None: the default). Raises IngestError when there is none."""
        if purpose == "sample" and self.sample:
            return self.sample
        tag = matching(language or self.default.language, self.people)
        if tag is None:
            raise IngestError("bad_language", _unknown(str(language), tuple(self.people)))
        return self.people[tag]

    def purposes(self, engine: LoadedEngine) -> tuple[Purpose, ...]:
        """What calls it hears."""
        for_people: tuple[Purpose, ...] = ("people",) if engine in self.people.values() else ()
        for_samples: tuple[Purpose, ...] = ("sample",) if engine is self.sample else ()
        return for_people + for_samples

    def loaded(self) -> tuple[LoadedEngine, ...]:
        """Every engine once; those of several tags may share a model."""
        both = [*self.people.values(), *([self.sample] if self.sample else [])]
        return tuple(dict.fromkeys(both))

    def state(self, engine: LoadedEngine) -> EngineState:
        """One of them, as operators see it."""
        return EngineState(
            name=engine.name,
            language=engine.language,
            purposes=self.purposes(engine),
            fit_for=engine.fit_for,
            rate_hz=engine.rate_hz,
            memory_bytes=engine.memory_bytes,
            load_ms=engine.load_ms,
            open_recognizers=engine.open_recognizers,
        )

    def close(self) -> None:
        """Frees every model; no call may be going on."""
        for engine in {id(engine.inner): engine for engine in self.loaded()}.values():
            engine.close()


def _unknown(language: str, ours: tuple[str, ...]) -> str:
    return (
        f"this server recognises {', '.join(ours)}, not {language!r}; whoever runs it can add that under "
        f"`engines` in its settings: {how_to_get(language)}"
    )


def _all_wanted(settings: Settings) -> tuple[Wanted, ...]:
    """Every engine that the settings ask for, the default first. Raises ConfigError, which names the setting."""
    of_people = [_wanted(tag, name, settings) for tag, name in settings.engine_by_language.items()]
    return (*of_people, *([_wanted_for_samples(settings)] if settings.demo else []))


def _wanted(tag: str, name: str, settings: Settings) -> Wanted:
    setting = "engine" if tag == settings.language else f"engines.{tag}"
    try:
        choice = choose(name, tag, settings.models_dir)
    except (ConfigError, ModelError) as error:
        raise ConfigError(f"setting `{setting}`: {error}") from error
    return Wanted(purpose="people", language=tag, choice=choice, setting=setting)


def _wanted_for_samples(settings: Settings) -> Wanted:
    try:
        choice = choose_for_samples(settings)
    except (ConfigError, ModelError) as error:
        raise ConfigError(f"setting `sample_engine`: {error}") from error
    return Wanted(purpose="sample", language=sample_language(settings), choice=choice, setting="sample_engine")


def load_engines(settings: Settings) -> Engines:
    """Loads everything that the settings ask for, each model once. Blocks.

    Raises ConfigError before anything is loaded, EngineError when a model does not load: none stays loaded then.
    """
    with ExitStack() as stack:
        loaded: dict[tuple[Choice, str], LoadedEngine] = {}
        people: dict[str, LoadedEngine] = {}
        sample = None
        for one in _all_wanted(settings):
            key = (one.choice, one.language)
            same = next((engine for (choice, _), engine in loaded.items() if choice == one.choice), None)
            if key not in loaded and same:
                loaded[key] = same.also_for(one.language)
            elif key not in loaded:
                loaded[key] = stack.enter_context(closing(_loaded(one)))
            if one.purpose == "sample":
                sample = loaded[key]
            else:
                people[one.language] = loaded[key]
        stack.pop_all()
    return Engines(people=people, sample=sample)


def _loaded(one: Wanted) -> LoadedEngine:
    try:
        engine = LoadedEngine(load(one.choice, language=one.language), one.choice.fit_for)
    except EngineError as error:
        raise EngineError(f"setting `{one.setting}`, calls in {one.language!r}: {error}") from error
    memory_mb = round(engine.memory_bytes / 1e6)
    log.info("engine loaded", engine=engine.name, language=engine.language, ms=engine.load_ms, memory_mb=memory_mb)
    if one.purpose == "people" and engine.fit_for == "synthesised":
        log.warning("this engine understands synthesised speech only, not people", engine=engine.name)
    return engine
