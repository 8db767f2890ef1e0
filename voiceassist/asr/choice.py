"""Which engine a name in the settings means, for one language; nothing is loaded here.

"auto" is the best installed Vosk model that is fit for people, else moonshine where the language is English. A
model made for synthesised speech is taken only by its name, and by the demo's sample calls.
Never downloads anything: an error says which command does. Next: `engines.py` loads what was chosen.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from voiceassist.config import Settings, spelt
from voiceassist.errors import ConfigError
from voiceassist.speech_models.installed import InstalledModel, at, best_of, bundled, find, installed
from voiceassist.speech_models.language import UNKNOWN, serves
from voiceassist.speech_models.manifest import ModelEntry, load_manifest
from voiceassist.speech_models.record import FitFor

NAMES = ("auto", "moonshine", "vosk", "vosk:<model or folder>", "scripted:<file>")
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
        return f"vosk:{self.path.name}" if self.kind == "vosk" and self.path else self.kind


MOONSHINE = Choice(kind="moonshine")


def choose(name: str, language: str, models_dir: Path) -> Choice:
    """The engine called `name`, for calls in `language` (BCP 47). Raises ConfigError and ModelError."""
    kind, _, what = name.partition(":")
    if kind == "vosk" and what:
        return _vosk_called(what, language, models_dir)
    if kind == "scripted" and what:
        return Choice(kind="scripted", path=Path(what))
    match name:
        case "auto":
            return choose_auto(language, installed(models_dir))
        case "moonshine":
            return MOONSHINE if _is_english(language) else _english_only(language)
        case "vosk":
            return _best_vosk(language, installed(models_dir)) or _none(language)
    raise ConfigError(f"engine {name!r} is not known; use one of {', '.join(NAMES)}")


def choose_auto(language: str, models: Sequence[InstalledModel]) -> Choice:
    """What engine "auto" means for calls in `language`, of these models. Raises ConfigError."""
    return _best_vosk(language, models) or (MOONSHINE if _is_english(language) else _none(language))


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
    """The model to pull for a language, if there is one on offer: one of its very tag comes first."""
    entries = [
        entry for entry in load_manifest() if entry.size == size and serves(entry.language, spelt(language))
    ]
    return next(iter(sorted(entries, key=lambda entry: entry.language != spelt(language))), None)


def better_model(engine: str, language: str, fit_for: FitFor = "people") -> str | None:
    """The model that would hear people better than this engine (`Engine.name`), if one is on offer."""
    model = engine.removeprefix("vosk:")
    ours = next((entry for entry in load_manifest() if entry.name == model), None)
    if model != engine and fit_for == "people" and (ours is None or ours.size == "large"):
        return None  # the best on offer, or one that somebody added: they know better
    entry = offered(language, "large") or offered(language)
    return entry.name if entry and entry != ours else None


def how_to_get(language: str) -> str:
    """What to type for an engine of a language: the end of an error message."""
    entry = offered(language)
    add = "add a Vosk model of it with `voiceassist models add FOLDER`"
    pull = f"pull a model with `voiceassist models pull {entry.name}`" if entry else add
    return f"{pull}, or use an engine `scripted:FILE`"


def _is_english(language: str) -> bool:
    return serves("en", spelt(language))


def _english_only(language: str) -> Choice:
    raise ConfigError(f"engine 'moonshine' covers English only, not language {language!r}: {how_to_get(language)}")


def _none(language: str) -> Choice:
    raise ConfigError(f"no Vosk model of language {language!r} is installed: {how_to_get(language)}")


def _best_vosk(language: str, models: Sequence[InstalledModel]) -> Choice | None:
    model = best_of(models, spelt(language))
    return _choice(model) if model else None


def _vosk_called(what: str, language: str, models_dir: Path) -> Choice:
    """By the name of an installed model, or by any folder."""
    is_folder = os.sep in what or what in (os.curdir, os.pardir)
    return _checked(at(models_dir, Path(what)) if is_folder else find(models_dir, what), language)


def _checked(model: InstalledModel, language: str) -> Choice:
    """A model that somebody named; one whose language nobody knows is theirs to answer for."""
    if model.damage:
        raise ConfigError(f"engine 'vosk:{model.name}': {model.damage}")
    if model.language != UNKNOWN and not serves(model.language, spelt(language)):
        raise ConfigError(
            f"engine 'vosk:{model.name}' hears {model.language!r}, not {language!r}: {how_to_get(language)}"
        )
    return _choice(model)


def _synthesised() -> Choice | None:
    """The bundled model for synthesised speech, if this copy of the program has one."""
    for model in bundled():
        if model.fit_for == "synthesised" and not model.problem and _is_english(model.language):
            return _choice(model)
    return None


def _choice(model: InstalledModel) -> Choice:
    return Choice(kind="vosk", path=model.path, fit_for=model.fit_for)
