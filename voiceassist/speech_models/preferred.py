"""Which of the installed models is the best for people who speak a language, on this machine.

The rule has two parts, and both are here. Never loads or measures anything. Next: engine `auto` takes what this
says (`asr/choice.py`), `voiceassist models list` shows it.

1. A model must leave room for calls. Moonshine's "base" computes 2.8 times what the embedded "tiny" does (416 wide
   where that is 288, 8 layers where that has 6): where there are few cores it would carry one call for three of
   tiny's. Vosk's models have no such bound here: what they cost was not measured.
2. Of those that fit: of the caller's region, else of the main one, else of any; Moonshine's before Vosk's; the
   larger one. No source has the English errors of both makers on the same recordings (Moonshine's base: 10.1 % on
   average of eight sets, meetings and earnings calls too; Vosk's large model: 5.7 % read, 29.8 % in call centres).
   But base needs a small part of the memory (Vosk's large models up to 16 GB, the vendor says), and it spells
   words that no list had. `voiceassist models bench --audio` says which one hears *your* calls better, and a name
   in the settings goes before this rule.
"""

from collections.abc import Sequence
from pathlib import Path

from voiceassist.core.words.languages import primary_subtag
from voiceassist.cores import usable_cores
from voiceassist.speech_models.installed import InstalledModel, installed
from voiceassist.speech_models.language import same_region, serves
from voiceassist.speech_models.layout import ModelKind
from voiceassist.speech_models.manifest import main_region

CORES_FOR_BASE = 4
"""With base four cores carry about 70 % of what two carry with tiny; on two, base would carry a third of it."""
BASE_BYTES = 100_000_000  # base has 141 MB, tiny 44


def cores_here() -> int:
    """Cores that this process may use."""
    return max(1, int(usable_cores()))


def cores_needed(kind: ModelKind, size_bytes: int) -> int:
    """From how many cores on `auto` takes such a model."""
    return CORES_FOR_BASE if kind == "moonshine" and size_bytes >= BASE_BYTES else 1


def for_people(models_dir: Path, language: str) -> InstalledModel | None:
    """The installed model that hears people speaking `language`."""
    return best_of(installed(models_dir), language)


def best_of(
    models: Sequence[InstalledModel], language: str, *, kind: ModelKind | None = None
) -> InstalledModel | None:
    """The best of these for people who speak `language`, of one kind if that is given; None if there is none.

    The main region is that of the language's first model on offer: for "en" the United States.
    """
    main = main_region(language)
    fit = [model for model in models if kind in (None, model.engine) and _hears(model, language)]
    return max(
        fit,
        key=lambda model: (
            same_region(model.language, language),
            same_region(model.language, main),
            model.engine == "moonshine",
            model.size_bytes,
        ),
        default=None,
    )


def auto_for(models: Sequence[InstalledModel], model: InstalledModel) -> str | None:
    """Of which calls engine `auto` lets this model hear people: "en", or only "en-in"; None: of none."""
    for language in (primary_subtag(model.language), model.language):
        if best_of(models, language) == model:
            return language
    return None


def is_too_slow(model: InstalledModel) -> bool:
    """Whether `auto` leaves it because this machine has too few cores for it."""
    return cores_here() < cores_needed(model.engine, model.size_bytes)


def _hears(model: InstalledModel, language: str) -> bool:
    is_fit = model.fit_for == "people" and not model.problem and serves(model.language, language)
    return is_fit and not is_too_slow(model)
