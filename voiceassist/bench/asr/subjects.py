"""Which engines are measured: moonshine and every installed model of a language, or those that were named.

Nothing is loaded here. Next: `listener.py` loads one in a process of its own.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from voiceassist.asr.choice import MOONSHINE, Choice, choose
from voiceassist.asr.engines import load
from voiceassist.bench.asr.listener import Load
from voiceassist.speech_models.installed import installed
from voiceassist.speech_models.language import serves
from voiceassist.speech_models.layout import ModelKind, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An engine to measure."""

    choice: Choice
    language: str
    named: bool  # somebody asked for this one

    @property
    def name(self) -> str:
        """What people call it."""
        return self.choice.name

    @property
    def load(self) -> Load:
        """Loads it; picklable."""
        return partial(load, self.choice, language=self.language)

    @property
    def hears_synthesised(self) -> bool:
        """Whether synthesised speech is a fair test of it, or wanted anyhow."""
        return self.named or self.choice.fit_for == "synthesised"


def subjects(models_dir: Path, language: str, names: Sequence[str] = ()) -> tuple[Subject, ...]:
    """The engines called so, or all of the language. Raises ModelError or ConfigError for one that is missing."""
    choices = [_called(name, language, models_dir) for name in names] or _all(language, models_dir)
    return tuple(Subject(choice=choice, language=language, named=bool(names)) for choice in choices)


def _called(name: str, language: str, models_dir: Path) -> Choice:
    """An engine's name as in the settings; or a model's bare name or folder."""
    if name == MOONSHINE.name or name.startswith(("vosk:", "moonshine:", "scripted:")):
        return choose(name, language, models_dir)
    return choose(f"{_kind_of(name, models_dir)}:{name}", language, models_dir)


def _kind_of(name: str, models_dir: Path) -> ModelKind:
    """Of a model's bare name or folder."""
    return kind_of(Path(name) if os.sep in name else models_dir / name)


def _all(language: str, models_dir: Path) -> list[Choice]:
    models = [
        Choice(kind=model.engine, path=model.path, fit_for=model.fit_for)
        for model in installed(models_dir)
        if serves(model.language, language)
    ]
    return [MOONSHINE, *models] if serves("en", language) else models
