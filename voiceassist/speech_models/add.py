"""Adds a model that is already on this machine: a folder, or the zip that somebody downloaded elsewhere.

Never changes or moves what it is given. Never loads the model. Next: the next start of the server finds it.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from voiceassist.core.words.languages import is_language
from voiceassist.errors import ModelError
from voiceassist.speech_models.bundled import bundled_dir
from voiceassist.speech_models.bundled_copy import bundled_record_of
from voiceassist.speech_models.files import chunks_of, files_in, reading, sha256_of, size_of
from voiceassist.speech_models.installed import InstalledModel, find
from voiceassist.speech_models.language import language_of_name
from voiceassist.speech_models.layout import model_root
from voiceassist.speech_models.manifest import ModelEntry, entry_called
from voiceassist.speech_models.progress import ReportStep
from voiceassist.speech_models.record import FitFor, ModelRecord, describe, read_record, record_path
from voiceassist.speech_models.sizes import check_room
from voiceassist.speech_models.staging import UNPACKED, check_name, put_in_place, whole_model, workshop
from voiceassist.speech_models.unpack import unpack

UNPACKS_TO = 2  # times the zip: official models reach 1.85


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the person who adds a model says of it; None: nothing."""

    name: str | None = None
    language: str | None = None
    licence: str | None = None
    fit_for: FitFor | None = None


def add(models_dir: Path, given: Path, about: About, report: ReportStep) -> InstalledModel:
    """Copies a model into the deployment's folder. Raises ModelError, naming what is missing."""
    with reading(given):
        if not given.exists():
            raise ModelError(f"{given}: there is no such file or folder")
        given = given.resolve()  # "." has no name
        about = _completed(given, about)
    name = about.name or ""
    check_name(models_dir, name)
    with workshop(models_dir, name) as folder:
        check_name(models_dir, name)
        _add(models_dir, given, about, folder / UNPACKED, report)
    return find(models_dir, name)


def _add(models_dir: Path, given: Path, about: About, fresh: Path, report: ReportStep) -> None:
    sha256 = None
    if given.is_dir():
        with reading(given):
            found = whole_model(given, str(given))
        _check_files(found, about.name or "")
        _copy(models_dir, found, fresh, report)
    else:
        sha256 = _known(given, about)
        _unpack(models_dir, given, about, fresh, report)
        _check_files(whole_model(fresh, str(given)), about.name or "")
    root = whole_model(fresh, str(given))
    about = _filled(about, _about(bundled_record_of(bundled_dir(), root)))  # of a zip it is known only now
    record = describe(
        root,
        name=about.name or "",
        language=about.language or "",
        source=f"added from {given}",
        fit_for=about.fit_for or "people",
        licence=about.licence or "unknown",
        sha256=sha256,
    )
    put_in_place(root, record, models_dir)


def _completed(given: Path, about: About) -> About:
    """`about`, completed by what a record, our manifest and an official name tell."""
    root = model_root(given) if given.is_dir() else given
    found = root.name if given.is_dir() else given.name.removesuffix(".zip")
    about = _filled(about, _about(_record_of(root) or entry_called(about.name or "") or entry_called(found)))
    language = about.language or language_of_name(found)
    if not language:
        raise ModelError(f"{given}: its name does not tell its language; add for example --language en-us")
    if not is_language(language.lower()):
        raise ModelError(f"{language!r} is not a language; say it like en-us, es or zh")
    return replace(about, name=about.name or found, language=language.lower())


def _record_of(root: Path) -> ModelRecord | None:
    """That beside the folder, else that of the bundled model that it is a copy of."""
    if not root.is_dir():
        return None
    path = record_path(root)
    return read_record(path) if path.is_file() else bundled_record_of(bundled_dir(), root)


def _about(known: ModelRecord | ModelEntry | None) -> About:
    if known is None:
        return About()
    fit_for = known.fit_for if isinstance(known, ModelRecord) else None
    return About(language=known.language, licence=known.licence, fit_for=fit_for)


def _filled(about: About, known: About) -> About:
    """What the person said, and for the rest what is known."""
    return About(
        name=about.name,
        language=about.language or known.language,
        licence=about.licence or known.licence,
        fit_for=about.fit_for or known.fit_for,
    )


def _check_files(root: Path, name: str) -> None:
    """Raises ModelError when files have the name of a published model, and another checksum than those have."""
    entry = entry_called(name)
    for file in entry.files if entry else ():
        path = root / file.name
        if path.is_file() and file.sha256 and (got := sha256_of(path)) != file.sha256:
            raise ModelError(
                f"{path} has the SHA-256 {got}, and {name} must have {file.sha256}: download it again, or add it "
                "under another name with --name"
            )


def _known(given: Path, about: About) -> str:
    """The SHA-256 of the zip. Raises ModelError when it has the name of a model whose checksum is another."""
    sha256 = sha256_of(given)
    entry = entry_called(given.name.removesuffix(".zip"))
    if entry and entry.sha256 and entry.name == about.name and sha256 != entry.sha256:
        raise ModelError(
            f"{given} has the SHA-256 {sha256}, and {entry.name} must have {entry.sha256}: download it again, or "
            "add it under another name with --name"
        )
    return sha256


def _unpack(models_dir: Path, given: Path, about: About, fresh: Path, report: ReportStep) -> None:
    entry = entry_called(about.name or "")
    unpacked = entry.unpacked_bytes if entry else None
    check_room(models_dir, unpacked or UNPACKS_TO * given.stat().st_size)
    unpack(given, fresh, unpacked_bytes=None, report=lambda done, total: report("unpacking", done, total))


def _copy(models_dir: Path, root: Path, fresh: Path, report: ReportStep) -> None:
    """Files only: a link comes as what it points to."""
    with reading(root):
        files, total = files_in(root), size_of(root)
    check_room(models_dir, total)
    done = 0
    for path in files:
        place = fresh / path.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            for chunk in chunks_of(path):
                done += file.write(chunk)
                report("copying", done, total)
