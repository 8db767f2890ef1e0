"""Fetches a model that is published as one zip: download, checksum, unpacking.

The zip stays until `pull.py` has installed what was in it. Never installs.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import httpx

from voiceassist.errors import ModelError
from voiceassist.speech_models.arrived import OUR_LIST, TOLERANCE, Arrived, Checksum, compare, nobody_says
from voiceassist.speech_models.download import Pause, UnreachableError, client, download, forget, size_of_part
from voiceassist.speech_models.files import chunks_of
from voiceassist.speech_models.manifest import ModelEntry
from voiceassist.speech_models.progress import ReportStep
from voiceassist.speech_models.sizes import check_room
from voiceassist.speech_models.staging import UNPACKED
from voiceassist.speech_models.unpack import unpack
from voiceassist.speech_models.vendor_list import NAME as LIST_NAME
from voiceassist.speech_models.vendor_list import vendor_says

ARCHIVE = "archive.zip"
UNPACKS_TO = 2  # times the zip, where nobody measured it: official models reach 1.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What the archive must have; `said_by` is for people."""

    sha256: str | None
    md5: str | None
    said_by: str


def fetch(folder: Path, entry: ModelEntry, *, unverified: bool, report: ReportStep, pause: Pause) -> Arrived:
    """Downloads into `folder`, which may have a part already. Raises ModelError."""
    archive = folder / ARCHIVE
    sums = _download(archive, entry, unverified=unverified, report=report, pause=pause)
    sha256 = _compared(archive, entry.url, sums, report)
    fresh = archive.with_name(UNPACKED)
    bound = int(entry.unpacked_bytes * TOLERANCE) if entry.unpacked_bytes else None
    unpack(archive, fresh, unpacked_bytes=bound, report=lambda done, total: report("unpacking", done, total))
    return Arrived(root=fresh, sha256=sha256, forget=lambda: forget(archive))


def part_in(folder: Path) -> tuple[Path, int]:
    """The part of an interrupted download, and its bytes."""
    return folder / ARCHIVE, size_of_part(folder / ARCHIVE)


def _download(
    archive: Path, entry: ModelEntry, *, unverified: bool, report: ReportStep, pause: Pause
) -> Sums | None:
    """Gives the checksums that what arrived must have."""
    still_to_come = max(0, entry.size_bytes - size_of_part(archive))
    check_room(archive.parent, still_to_come + (entry.unpacked_bytes or UNPACKS_TO * entry.size_bytes))
    with client() as http:
        sums = _sums(http, entry, unverified=unverified)
        download(
            http,
            entry.url,
            archive,
            at_most=int(entry.size_bytes * TOLERANCE),
            report=lambda done, total: report("downloading", done, total or entry.size_bytes),
            pause=pause,
        )
    return sums


def _sums(http: httpx.Client, entry: ModelEntry, *, unverified: bool) -> Sums | None:
    """The manifest's checksums, else the vendor's; None only if that was asked for."""
    if entry.sha256 or entry.md5:
        return Sums(sha256=entry.sha256, md5=entry.md5, said_by=OUR_LIST)
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
    raise nobody_says(entry.name, reason)


def _compared(archive: Path, url: str, sums: Sums | None, report: ReportStep) -> str:
    """The SHA-256 of the archive. Raises ModelError, and deletes it, when it is not the one that it must be."""
    sha256, md5 = _digests(archive, report)
    if sums:
        compare(url, archive, sha256, Checksum(kind="SHA-256", wanted=sums.sha256, said_by=sums.said_by))
        compare(url, archive, md5, Checksum(kind="MD5", wanted=sums.md5, said_by=sums.said_by))
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
