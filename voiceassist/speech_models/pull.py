"""Pulls a model: download, checksum, unpacking, installation.

Never installs what it could not compare with a checksum, unless told to. Never loads the model. Next: the next
start of the server finds it (`installed.py`).
"""

import hashlib
import time
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from voiceassist.errors import ModelError
from voiceassist.speech_models.download import Pause, UnreachableError, client, download, forget, size_of_part
from voiceassist.speech_models.files import chunks_of
from voiceassist.speech_models.installed import InstalledModel, find
from voiceassist.speech_models.manifest import ModelEntry
from voiceassist.speech_models.progress import ReportStep
from voiceassist.speech_models.record import describe
from voiceassist.speech_models.sizes import check_room, shown
from voiceassist.speech_models.staging import INCOMING, UNPACKED, check_name, put_in_place, whole_model, workshop
from voiceassist.speech_models.unpack import unpack
from voiceassist.speech_models.vendor_list import NAME as LIST_NAME
from voiceassist.speech_models.vendor_list import vendor_says

TOLERANCE = 1.25  # sizes of the manifest may be rounded
UNPACKS_TO = 2  # times the zip, where nobody measured it: official models reach 1.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What the archive must have; `said_by` is for people."""

    sha256: str | None
    md5: str | None
    said_by: str


def pull(
    models_dir: Path,
    entry: ModelEntry,
    *,
    mirror: str | None = None,
    unverified: bool = False,
    report: ReportStep,
    pause: Pause = time.sleep,
) -> InstalledModel:
    """Downloads and installs a model; goes on where an interrupted pull stopped. Raises ModelError.

    `mirror`: an address under which `<name>.zip` and `model-list.json` are. `unverified`: install it even if
    nobody says what checksum it must have. `pause` is called with seconds when a connection broke.
    """
    url = f"{mirror.rstrip('/')}/{entry.name}.zip" if mirror else entry.url
    with workshop(models_dir, entry.name) as folder:
        check_name(models_dir, entry.name)
        archive = folder / "archive.zip"
        entry = replace(entry, url=url)
        sums = _fetch(models_dir, entry, archive, unverified=unverified, report=report, pause=pause)
        sha256 = _compared(archive, url, sums, report)
        _install(models_dir, archive, entry, sha256, report)
        forget(archive)
    return find(models_dir, entry.name)


def part_of(models_dir: Path, name: str) -> tuple[Path, int]:
    """Where an interrupted download of the model is kept, and its bytes (0: there is none)."""
    archive = models_dir / INCOMING / name / "archive.zip"
    return archive, size_of_part(archive)


def _fetch(
    models_dir: Path, entry: ModelEntry, archive: Path, *, unverified: bool, report: ReportStep, pause: Pause
) -> Sums | None:
    """Gives the checksums that what arrived must have."""
    still_to_come = max(0, entry.size_bytes - size_of_part(archive))
    check_room(models_dir, still_to_come + (entry.unpacked_bytes or UNPACKS_TO * entry.size_bytes))
    try:
        with client() as http:
            sums = _sums(http, entry, unverified=unverified)
            at_most = int(entry.size_bytes * TOLERANCE)
            download(
                http,
                entry.url,
                archive,
                at_most=at_most,
                report=lambda done, total: report("downloading", done, total or entry.size_bytes),
                pause=pause,
            )
    except UnreachableError as error:
        raise ModelError(f"{error}. {how_to_bring(entry, models_dir)}") from error
    return sums


def how_to_bring(entry: ModelEntry, models_dir: Path) -> str:
    """What to do on a machine without internet."""
    return (
        f"Without internet here: on another machine download {entry.url} ({shown(entry.size_bytes)}), copy "
        f"{entry.name}.zip to this one, and there type: "
        f"voiceassist models add {entry.name}.zip --models-dir {models_dir}"
    )


def _sums(http: httpx.Client, entry: ModelEntry, *, unverified: bool) -> Sums | None:
    """The manifest's checksums, else the vendor's; None only if that was asked for."""
    if entry.sha256 or entry.md5:
        return Sums(sha256=entry.sha256, md5=entry.md5, said_by="our list of models")
    list_url = f"{entry.url.rpartition('/')[0]}/{LIST_NAME}"
    try:
        listed = vendor_says(http, list_url, entry.name)
        reason = f"{list_url} does not name it"
    except ModelError as error:
        if isinstance(error, UnreachableError) and not unverified:
            raise
        listed, reason = None, str(error)
    if listed:
        return Sums(sha256=None, md5=listed.md5, said_by=list_url)
    if unverified:
        return None
    raise ModelError(
        f"nobody says what checksum {entry.name} must have: {reason}. "
        "With --unverified it is installed as it comes, and you trust the server and the line"
    )


def _compared(archive: Path, url: str, sums: Sums | None, report: ReportStep) -> str:
    """The SHA-256 of the archive. Raises ModelError, and deletes it, when it is not the one that it must be."""
    sha256, md5 = _digests(archive, report)
    for kind, got, wanted in (("SHA-256", sha256, sums and sums.sha256), ("MD5", md5, sums and sums.md5)):
        if sums and wanted and got != wanted.lower():
            forget(archive)
            raise ModelError(
                f"{url}: what arrived has the {kind} {got}, and by {sums.said_by} it must be {wanted}; it was "
                "deleted. Try again; if that does not help, the file on the server is not the one we know"
            )
    return sha256


def _digests(archive: Path, report: ReportStep) -> tuple[str, str]:
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)  # MD5: all that the vendor publishes
    total, done = archive.stat().st_size, 0
    for chunk in chunks_of(archive):
        sha256.update(chunk)
        md5.update(chunk)
        done += len(chunk)
        report("checking", done, total)
    return sha256.hexdigest(), md5.hexdigest()


def _install(models_dir: Path, archive: Path, entry: ModelEntry, sha256: str, report: ReportStep) -> None:
    fresh = archive.with_name(UNPACKED)
    bound = int(entry.unpacked_bytes * TOLERANCE) if entry.unpacked_bytes else None
    unpack(archive, fresh, unpacked_bytes=bound, report=lambda done, total: report("unpacking", done, total))
    root = whole_model(fresh, entry.url)
    record = describe(
        root,
        name=entry.name,
        language=entry.language,
        source=entry.url,
        fit_for="people",
        licence=entry.licence,
        sha256=sha256,
    )
    put_in_place(root, record, models_dir)
