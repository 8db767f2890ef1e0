"""Which engine a name in the settings means, for one language; nothing is loaded here.

"auto" is the best installed model that is fit for people (`speech_models/preferred.py` says which), else the
embedded one of Moonshine's where the language is English. A model made for synthesised speech is taken only by its
name, and by the demo's sample calls.
Never downloads anything: an error says which command does. Next: `engines.py` loads what was chosen.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from voiceassist.config import Settings, spelt
from voiceassist.errors import ConfigError
from voiceassist.speech_models.installed import InstalledModel, at, bundled, find, installed
from voiceassist.speech_models.language import UNKNOWN, same_region, serves
from voiceassist.speech_models.layout import ModelKind, missing_files
from voiceassist.speech_models.manifest import ModelEntry, load_manifest
from voiceassist.speech_models.preferred import best_of
from voiceassist.speech_models.record import FitFor

NAMES = (
    "auto", "moonshine", "moonshine:<model or folder>", "vosk", "vosk:<model or folder>", "scripted:<file>",
)  # fmt: skip
KINDS: Mapping[str, ModelKind] = {"vosk": "vosk", "moonshine": "moonshine"}  # before the colon
SAMPLE_LANGUAGE = "en"  # of the demo's sample calls
Purpose: TypeAlias = Literal["people", "sample"]  # what hears phone systems and the microphone; the demo's samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An engine that can be loaded; equal choices are the same model."""

    kind: Literal["moonshine", "vosk", "scripted"]
    path: Path | None = None  # the model's folder, or the script
    fit_for: FitFor = "people"  # whose speech it understands

    @property
    def name(self) -> str:
        """What the engine will be called."""
        return f"{self.kind}:{self.path.name}" if self.kind != "scripted" and self.path else self.kind


MOONSHINE = Choice(kind="moonshine")  # the embedded model


def choose(name: str, language: str, models_dir: Path) -> Choice:
    """The engine called `name`, for calls in `language` (BCP 47). Raises ConfigError and ModelError."""
    kind, _, what = name.partition(":")
    if what and (model_kind := KINDS.get(kind)):
        return _model_called(model_kind, what, language, models_dir)
    if kind == "scripted" and what:
        return Choice(kind="scripted", path=Path(what))
    match name:
        case "auto":
            return choose_auto(language, installed(models_dir))
        case "moonshine":
            return MOONSHINE if _is_english(language) else _english_only(language)
        case "vosk":
            return _best(language, installed(models_dir), kind="vosk") or _none(language)
    raise ConfigError(f"engine {name!r} is not known; use one of {', '.join(NAMES)}")


def choose_auto(language: str, models: Sequence[InstalledModel]) -> Choice:
    """What engine "auto" means for calls in `language`, of these models. Raises ConfigError."""
    return _best(language, models) or (MOONSHINE if _is_english(language) else _none(language))


def choose_for_samples(settings: Settings) -> Choice:
    """What hears the demo's sample calls, which are synthesised. Raises ConfigError and ModelError.

    With "auto" it is the bundled model made for such speech, unless somebody chose an engine of English by name.
    """
    language = sample_language(settings)
    of_people = settings.engine_by_language.get(language, "auto")
    if settings.sample_engine != "auto":
        return choose(settings.sample_engine, language, settings.models_dir)
    made_for_it = _synthesised() if of_people == "auto" else None
    return made_for_it or choose(of_people, language, settings.models_dir)


def sample_language(settings: Settings) -> str:
    """English, as this deployment spells it if it has it."""
    return matching(SAMPLE_LANGUAGE, settings.engine_by_language) or SAMPLE_LANGUAGE


def matching(language: str, tags: Iterable[str]) -> str | None:
    """Which of `tags` serves a call in `language`: the same tag, else the bare language, else its first region."""
    bare = spelt(language).partition("-")[0]
    serving = [tag for tag in tags if serves(tag, bare)]
    return next((tag for tag in (spelt(language), bare) if tag in serving), None) or next(iter(serving), None)


def offered(language: str, size: Literal["small", "large"] = "small") -> ModelEntry | None:
    """The model on offer for a language, if there is one: of its region first, Moonshine's before Vosk's."""
    tag = spelt(language)
    entries = [entry for entry in load_manifest() if entry.size == size and serves(entry.language, tag)]
    by_rule = sorted(entries, key=lambda one: (not same_region(one.language, tag), one.engine != "moonshine"))
    return next(iter(by_rule), None)


def how_to_get(language: str) -> str:
    """What to type for an engine of a language: the end of an error message."""
    entry = offered(language)
    add = "add a Vosk model of it with `voiceassist models add FOLDER`"
    pull = f"pull a model with `voiceassist models pull {entry.name}`" if entry else add
    return f"{pull}, or use an engine `scripted:FILE`"


def _is_english(language: str) -> bool:
    return serves("en", spelt(language))


def _english_only(language: str) -> Choice:
    raise ConfigError(f"engine 'moonshine' hears English only, not language {language!r}: {how_to_get(language)}")


def _none(language: str) -> Choice:
    raise ConfigError(f"no Vosk model of language {language!r} is installed: {how_to_get(language)}")


def _best(language: str, models: Sequence[InstalledModel], *, kind: ModelKind | None = None) -> Choice | None:
    model = best_of(models, spelt(language), kind=kind)
    return _choice(model) if model else None


def _model_called(kind: ModelKind, what: str, language: str, models_dir: Path) -> Choice:
    """By the name of an installed model, or by any folder."""
    is_folder = os.sep in what or what in (os.curdir, os.pardir)
    model = at(models_dir, Path(what)) if is_folder else find(models_dir, what)
    if model.engine != kind and not missing_files(model.path, model.engine):
        raise ConfigError(
            f"engine '{kind}:{what}': the model is one for {model.engine}; write {model.engine}:{what}"
        )
    return _checked(model, kind, language)


def _checked(model: InstalledModel, kind: ModelKind, language: str) -> Choice:
    """A model that somebody named; one whose language nobody knows is theirs to answer for."""
    if model.damage:
        raise ConfigError(f"engine '{kind}:{model.name}': {model.damage}")
    if model.language != UNKNOWN and not serves(model.language, spelt(language)):
        raise ConfigError(
            f"engine '{kind}:{model.name}' hears {model.language!r}, not {language!r}: {how_to_get(language)}"
        )
    return Choice(kind=kind, path=model.path, fit_for=model.fit_for)


def _synthesised() -> Choice | None:
    """The bundled model for synthesised speech, if this copy of the program has one."""
    for model in bundled():
        if model.fit_for == "synthesised" and not model.problem and _is_english(model.language):
            return _choice(model)
    return None


def _choice(model: InstalledModel) -> Choice:
    return Choice(kind=model.engine, path=model.path, fit_for=model.fit_for)
