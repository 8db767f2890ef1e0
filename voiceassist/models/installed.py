"""The models that can be used now: those in the deployment's folder, and the bundled ones.

Never changes anything. A folder without a record (copied by hand) counts, with what its name tells. Next: the
engines choose among them, `voiceassist models list` shows them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voiceassist.errors import ModelError
from voiceassist.models.bundled import bundled_dir
from voiceassist.models.language import UNKNOWN, language_of_name, same_region, serves
from voiceassist.models.layout import missing_files
from voiceassist.models.manifest import entry_called, nearest
from voiceassist.models.record import FitFor, Record, read_record, record_path, size_of


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModel:
    """A model on this machine."""

    name: str
    path: Path
    language: str  # BCP 47, in lower case; "und" when nobody knows
    size_bytes: int  # of its files
    fit_for: FitFor  # "synthesised": never used for people
    source: str
    licence: str
    bundled: bool = False  # part of voiceassist: cannot be removed
    problem: str | None = None  # why it should not be used


def installed(models_dir: Path) -> tuple[InstalledModel, ...]:
    """Every model, by name: the deployment's own and the bundled ones. Missing folders hold none."""
    own = [_model(path, bundled=False) for path in _folders(models_dir)]
    names = {model.name for model in own}
    bundled = [_model(path, bundled=True) for path in _folders(bundled_dir()) if path.name not in names]
    return tuple(sorted([*own, *bundled], key=lambda model: model.name))


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


def for_people(models_dir: Path, language: str) -> InstalledModel | None:
    """The model that hears people speaking `language`: one of their region before others, then the larger."""
    fit = [
        model
        for model in installed(models_dir)
        if model.fit_for == "people" and not model.problem and serves(model.language, language)
    ]
    return max(fit, key=lambda model: (same_region(model.language, language), model.size_bytes), default=None)


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
        return _unrecorded(path, bundled=bundled, problem=None)
    try:
        record = read_record(record_path(path))
    except ModelError as error:
        return _unrecorded(path, bundled=bundled, problem=str(error))
    return InstalledModel(
        name=path.name,
        path=path,
        language=record.language,
        size_bytes=record.size_bytes,
        fit_for=record.fit_for,
        source=record.source,
        licence=record.licence,
        bundled=bundled,
        problem=_problem(path, record),
    )


def _unrecorded(path: Path, *, bundled: bool, problem: str | None) -> InstalledModel:
    """What the folder alone tells."""
    entry = entry_called(path.name)
    language = language_of_name(path.name) or UNKNOWN
    if language == UNKNOWN and problem is None:
        problem = f"its language is not known: `voiceassist models add {path} --language …` under another name"
    return InstalledModel(
        name=path.name,
        path=path,
        language=language,
        size_bytes=size_of(path),
        fit_for="people",
        source="copied by hand",
        licence=entry.licence if entry else "unknown",
        bundled=bundled,
        problem=problem,
    )


def _problem(path: Path, record: Record) -> str | None:
    if record.name != path.name:
        return f"{record_path(path)} is the record of {record.name}, not of {path.name}"
    missing = missing_files(path)
    return f"{path} lacks {', '.join(missing)}" if missing else None
