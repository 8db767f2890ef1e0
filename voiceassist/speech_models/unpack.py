"""Unpacks the zip of a model into an empty folder, and trusts nothing that the zip says.

Everything is checked before the first file is written; only plain files come out. Never installs: `staging.py`
moves the finished folder. The errors name the archive and the entry.
"""

import stat
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from voiceassist.errors import ModelError
from voiceassist.speech_models.progress import ReportBytes
from voiceassist.speech_models.sizes import shown

MOST_ENTRIES = 1_000  # official models have 15 to 30
MOST_GROWTH = 5  # official models unpack to 1.5 to 2 times the zip
SMALL_BYTES = 16 << 20  # below which growth does not matter
MOST_RATIO = 200  # of one file; zeros reach 1,000, the text files of official models 10
CHUNK_BYTES = 1 << 20
BAD_CHARACTERS = frozenset('\\:*?"<>|')  # a path separator, a drive or a wildcard on some system
ENCRYPTED = 0x1  # of the general purpose flags (APPNOTE.TXT 4.4.4)


def unpack(archive: Path, into: Path, *, unpacked_bytes: int | None, report: ReportBytes) -> None:
    """Unpacks `archive` into the folder `into`. Raises ModelError for any zip that is damaged or means harm.

    `unpacked_bytes`: what the files should add up to, if known; else the archive's own size sets the bound.
    """
    try:
        with zipfile.ZipFile(archive) as zipped:
            entries = zipped.infolist()
            _check(archive, entries, _bound(archive, unpacked_bytes))
            _write_all(zipped, entries, into, report)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise ModelError(f"{archive}: not a zip file, or a damaged one: {error}") from error
    except OSError as error:
        raise ModelError(f"{archive} cannot be unpacked into {into}: {error.strerror or error}") from error


def _bound(archive: Path, unpacked_bytes: int | None) -> int:
    return unpacked_bytes or max(SMALL_BYTES, MOST_GROWTH * archive.stat().st_size)


def _check(archive: Path, entries: Sequence[zipfile.ZipInfo], at_most: int) -> None:
    if any(entry.header_offset < 0 for entry in entries):
        raise zipfile.BadZipFile("its beginning is missing")
    if len(entries) > MOST_ENTRIES:
        raise _refused(archive, f"{len(entries)} entries, and no model has more than {MOST_ENTRIES}")
    for entry in entries:
        if reason := _bad_entry(entry):
            raise _refused(archive, f"{entry.filename!r} is {reason}")
    total = sum(entry.file_size for entry in entries)
    if total > at_most:
        raise _refused(archive, f"it would unpack to {shown(total)}, where {shown(at_most)} is the most to expect")
    if collision := _collision(entries):
        raise _refused(archive, f"{collision!r} is there twice, or differs from another name in case only")


def _refused(archive: Path, reason: str) -> ModelError:
    return ModelError(f"{archive} is refused, it is not the zip of a model: {reason}")


def _bad_entry(entry: zipfile.ZipInfo) -> str | None:
    """Why this entry is not written."""
    mode = entry.external_attr >> 16  # how Unix zips say what a file is
    if _is_bad_name(entry.orig_filename):
        return "not a plain path inside the folder"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "a link or a device, not a file"
    if entry.flag_bits & ENCRYPTED:
        return "encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "compressed in a way that models are not"
    if entry.file_size > MOST_RATIO * max(entry.compress_size, 1) and entry.file_size > SMALL_BYTES:
        return f"compressed {entry.file_size // max(entry.compress_size, 1)} times, as zip bombs are"
    return None


def _is_bad_name(name: str) -> bool:
    parts = name.removesuffix("/").split("/")
    return any(part in ("", ".", "..") or part != part.strip(" ") or _is_bad_part(part) for part in parts)


def _is_bad_part(part: str) -> bool:
    return part.endswith(".") or any(letter in BAD_CHARACTERS or not letter.isprintable() for letter in part)


def _collision(entries: Sequence[zipfile.ZipInfo]) -> str | None:
    """A name that some file system takes for another one: same letters, or a file where a folder must be."""
    paths = [_path(entry) for entry in entries]
    spelled: dict[str, PurePosixPath] = {}
    for one in (one for path in paths for one in (path, *path.parents)):
        if spelled.setdefault(_folded(one), one) != one:
            return str(one)
    folders = {parent for path in paths for parent in path.parents}
    files = [path for entry, path in zip(entries, paths, strict=True) if not entry.is_dir()]
    twice = (path for path, count in Counter(paths).items() if count > 1)
    return next((str(path) for path in (*twice, *folders.intersection(files))), None)


def _path(entry: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(entry.filename)


def _folded(path: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", str(path)).casefold()


def _write_all(
    zipped: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], into: Path, report: ReportBytes
) -> None:
    total = sum(entry.file_size for entry in entries)
    done = 0
    report(done, total)
    for entry in entries:
        place = into / _path(entry)
        if entry.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        with zipped.open(entry) as source, place.open("xb") as file:
            while chunk := source.read(CHUNK_BYTES):  # never more than the size that was checked
                file.write(chunk)
                done += len(chunk)
                report(done, total)
