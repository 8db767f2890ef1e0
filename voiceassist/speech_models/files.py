"""Reading the files of a model: which there are, their bytes and checksums.

Never writes. A file that cannot be read is named in a ModelError, so that nobody takes it for a full disk.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voiceassist.errors import ModelError

CHUNK_BYTES = 1 << 20


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Within the block every OSError is one of reading: a ModelError that names the file, else `path`."""
    try:
        yield
    except OSError as error:
        raise ModelError(f"{error.filename or path} cannot be read: {error.strerror or error}") from error


def chunks_of(path: Path) -> Iterator[bytes]:
    """What is in a file, piece by piece. Raises ModelError."""
    with reading(path), path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def files_in(folder: Path) -> list[Path]:
    """Every file below the folder, in order of their paths."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def size_of(folder: Path) -> int:
    """Bytes of all files below the folder."""
    return sum(path.stat().st_size for path in files_in(folder))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises ModelError."""
    with reading(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
