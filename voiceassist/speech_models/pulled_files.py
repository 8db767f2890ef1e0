"""Fetches a model that is published file by file, as Moonshine's are: downloads and checksums.

A file that arrived stays until the model is installed, so that the next pull asks only for the others. Never
installs.
"""

from functools import partial
from pathlib import Path
from shutil import copyfile, rmtree

from voiceassist.speech_models.arrived import OUR_LIST, TOLERANCE, Arrived, Checksum, compare, nobody_says
from voiceassist.speech_models.download import Pause, client, download, size_of_part
from voiceassist.speech_models.files import sha256_of
from voiceassist.speech_models.manifest import ModelEntry
from voiceassist.speech_models.progress import ReportStep
from voiceassist.speech_models.sizes import check_room
from voiceassist.speech_models.staging import UNPACKED

ARRIVED = "files"  # in the workshop: what has come so far


def fetch(folder: Path, entry: ModelEntry, *, unverified: bool, report: ReportStep, pause: Pause) -> Arrived:
    """Downloads into `folder`, which may have some already. Raises ModelError."""
    unknown = [file.name for file in entry.files if not file.sha256]
    if unknown and not unverified:
        raise nobody_says(entry.name, f"{OUR_LIST} has none of {' and '.join(unknown)}")
    arrived = folder / ARRIVED
    arrived.mkdir(exist_ok=True)
    check_room(arrived, max(0, entry.size_bytes - _size_of(arrived, entry)))
    _download(arrived, entry, report, pause)
    _compare(arrived, entry, report)
    return Arrived(root=_taken(arrived, entry), sha256=None, forget=lambda: rmtree(arrived))


def part_in(folder: Path) -> tuple[Path, int] | None:
    """The file that an interrupted download stopped in, and the bytes of all that came; None if nothing did."""
    parts = [path.with_suffix("") for path in (folder / ARRIVED).glob("*.json")]
    parts = sorted((path for path in parts if path.exists()), key=lambda path: path.stat().st_mtime_ns)
    return (parts[-1], sum(map(size_of_part, parts))) if parts else None


def _size_of(arrived: Path, entry: ModelEntry) -> int:
    return sum(size_of_part(arrived / file.name) for file in entry.files)


def _download(arrived: Path, entry: ModelEntry, report: ReportStep, pause: Pause) -> None:
    done_before = 0
    with client() as http:
        for file in entry.files:
            download(
                http,
                f"{entry.url}/{file.name}",
                arrived / file.name,
                at_most=int(file.size_bytes * TOLERANCE),
                report=partial(_report_all, report, done_before, entry.size_bytes),
                pause=pause,
            )
            done_before += size_of_part(arrived / file.name)


def _report_all(report: ReportStep, done_before: int, total: int, done: int, _of_file: int) -> None:
    """One bar for all files."""
    report("downloading", done_before + done, total)


def _compare(arrived: Path, entry: ModelEntry, report: ReportStep) -> None:
    """Every file; the one that is wrong is deleted, so that it alone is fetched again."""
    done, total = 0, _size_of(arrived, entry)
    for file in entry.files:
        path = arrived / file.name
        url, checksum = f"{entry.url}/{file.name}", Checksum(kind="SHA-256", wanted=file.sha256)
        compare(url, path, sha256_of(path), checksum)
        done += path.stat().st_size
        report("checking", done, total)


def _taken(arrived: Path, entry: ModelEntry) -> Path:
    """A folder with the model's files and nothing else; they stay where they arrived, too."""
    fresh = arrived.with_name(UNPACKED)
    fresh.mkdir()
    for file in entry.files:
        _linked(arrived / file.name, fresh / file.name)
    return fresh


def _linked(path: Path, name: Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    try:
        name.hardlink_to(path)
    except OSError:
        copyfile(path, name)
