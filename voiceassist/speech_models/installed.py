"""The models that can be used now: those in the deployment's folder, and the bundled ones.

Never changes anything. A folder without a record (copied by hand) counts, with what its name tells. Next: the
best for a language is found by `preferred.py`, `voiceassist models list` shows them all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voiceassist.errors import ModelError
from voiceassist.speech_models.bundled import bundled_dir
from voiceassist.speech_models.bundled_copy import bundled_record_of
from voiceassist.speech_models.files import size_of
from voiceassist.speech_models.language import UNKNOWN, language_of_name
from voiceassist.speech_models.layout import ModelKind, kind_of, missing_files
from voiceassist.speech_models.manifest import entry_called, nearest
from voiceassist.speech_models.record import FitFor, ModelRecord, read_record, record_path


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModel:
    """A model on this machine."""

    name: str
    engine: ModelKind  # that runs it
    path: Path
    language: str  # BCP 47, in lower case; "und" when nobody knows
    size_bytes: int  # of its files
    fit_for: FitFor  # "synthesised": never used for people
    source: str
    licence: str
    bundled: bool = False  # part of voiceassist: cannot be removed
    damage: str | None = None  # what is wrong with its record or its files

    @property
    def setting(self) -> str:
        """What to write as `engine` in the settings."""
        return f"{self.engine}:{self.name}"

    @property
    def problem(self) -> str | None:
        """Why it is never taken by itself; one whose language nobody knows may still be named."""
        if self.damage or self.language != UNKNOWN:
            return self.damage
        return f"its language is not known: `voiceassist models add {self.path} --language …` under another name"


def installed(models_dir: Path) -> tuple[InstalledModel, ...]:
    """Every model, by name: the deployment's own and the bundled ones. Missing folders hold none."""
    own = [_model(path, bundled=False) for path in _folders(models_dir)]
    names = {model.name for model in own}
    others = [model for model in bundled() if model.name not in names]
    return tuple(sorted([*own, *others], key=lambda model: model.name))


def bundled() -> tuple[InstalledModel, ...]:
    """The models that come with voiceassist, whatever is in the deployment's folder."""
    return tuple(_model(path, bundled=True) for path in _folders(bundled_dir()))


def at(models_dir: Path, folder: Path) -> InstalledModel:
    """The model in any folder, installed or not, with what the record beside it tells."""
    place = folder.resolve()
    same = (model for model in installed(models_dir) if model.path.resolve() == place)
    return next(same, None) or _model(place, bundled=False)


def find(models_dir: Path, name: str) -> InstalledModel:
    """The model of this name. Raises ModelError, naming those that come near."""
    models = installed(models_dir)
    if found := next((model for model in models if model.name == name), None):
        return found
    hint = (
        f"pull it with `voiceassist models pull {name}`" if entry_called(name) else "see `voiceassist models list`"
    )
    near = nearest(name, [model.name for model in models])
    raise ModelError(f"no model called {name} is installed in {models_dir}{near}; {hint}")


def _folders(folder: Path) -> Iterator[Path]:
    """Those that hold a model, or have a record and ought to."""
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.is_dir() and not path.name.startswith(".") and _looks_like_model(path):
                yield path


def _looks_like_model(path: Path) -> bool:
    return record_path(path).is_file() or not missing_files(path)


def _model(path: Path, *, bundled: bool) -> InstalledModel:
    if not record_path(path).is_file():
        return _unrecorded(path, bundled=bundled, damage=None)
    try:
        record = read_record(record_path(path))
    except ModelError as error:
        return _unrecorded(path, bundled=bundled, damage=str(error))
    return InstalledModel(
        name=path.name,
        engine=record.engine,
        path=path,
        language=record.language,
        size_bytes=record.size_bytes,
        fit_for=record.fit_for,
        source=record.source,
        licence=record.licence,
        bundled=bundled,
        damage=_damage(path, record),
    )


def _unrecorded(path: Path, *, bundled: bool, damage: str | None) -> InstalledModel:
    """What the folder alone tells; of a copy of a bundled model, what that one's record does."""
    known = (None if bundled else bundled_record_of(bundled_dir(), path)) or entry_called(path.name)
    return InstalledModel(
        name=path.name,
        engine=kind_of(path),
        path=path,
        language=known.language if known else language_of_name(path.name) or UNKNOWN,
        size_bytes=size_of(path),
        fit_for=known.fit_for if isinstance(known, ModelRecord) else "people",
        source="copied by hand",
        licence=known.licence if known else "unknown",
        bundled=bundled,
        damage=damage,
    )


def _damage(path: Path, record: ModelRecord) -> str | None:
    if record.name != path.name:
        return f"{record_path(path)} is the record of {record.name}, not of {path.name}"
    missing = missing_files(path, record.engine)
    return f"{path} lacks {', '.join(missing)}" if missing else None
