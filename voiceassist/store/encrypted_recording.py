"""Reads an encrypted recording as the audio file that is in it, from any byte on, also while it is written.

A recording is as long as it was when it was opened. Only what its tag proves is ever given: a chunk that was
changed, moved or damaged raises RecordingError, and what comes before it can be read. A recording without its end
is read to its last sound chunk: of a server that was killed, or a disk that lost power, that is what is left.
A page that is silenced just now is read again; a machine that loses power in that very moment may leave a chunk
that does not open. Everything here blocks: call it in a thread.
Next: `server/growing_file.py` sends it; `export.py` copies it.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader, FileIO, RawIOBase
from os import fstat, pread, stat_result
from pathlib import Path
from time import sleep
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag

from voiceassist.errors import RecordingError
from voiceassist.store.recording_cipher import (
    HEAD_BYTES,
    MAGIC,
    SEALED_BYTES,
    SIZE_BYTES,
    RecordingCipher,
    cipher_of,
)
from voiceassist.store.recording_keys import RecordingKey

LONGEST_CHUNK = 1 << 17  # of audio; a page has 65,307 bytes at most (RFC 3533, section 6)
# A page of less than a kilobyte that is being silenced is whole again at once, unless its thread lost its turn.
READS, READ_AGAIN_AFTER_S = 5, 0.01
# Few large reads: with each small one a thread gives way to those that recognize speech, 36,000 times an hour.
BUFFER_BYTES, SCANNED_BYTES = 1 << 16, 1 << 18


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EncryptedRecording:
    """What is in an encrypted recording, and where."""

    path: Path
    cipher: RecordingCipher
    places: "array[int]"  # of chunks in the file, behind their sizes
    starts: "array[int]"  # of their audio; one more, where all of it ends
    is_whole: bool  # False: it is being written, or was cut off
    stored: stat_result  # of the encrypted file

    @property
    def size(self) -> int:
        """Bytes of the audio file."""
        return self.starts[-1]

    @property
    def stat(self) -> stat_result:
        """Of the audio file, if it were one."""
        return stat_result((*self.stored[:6], self.size, *self.stored[7:10]), {"st_mtime": self.stored.st_mtime})

    def open(self) -> BinaryIO:
        """The audio file. Raises OSError; reading raises RecordingError where a chunk cannot be opened."""
        return BufferedReader(_Audio(self), BUFFER_BYTES)

    def pieces(self) -> Iterator[bytes | None]:
        """The audio chunk by chunk; None where one cannot be opened. Raises OSError."""
        with FileIO(self.path) as file:
            for number in range(len(self.places)):
                try:
                    yield _read(self, file, number, number + 1)
                except RecordingError:
                    yield None


def read_encrypted(path: Path, keys: Sequence[RecordingKey]) -> EncryptedRecording | None:
    """What is there by now; None: it is not encrypted. Raises OSError, and RecordingError when no key opens it."""
    with path.open("rb", SCANNED_BYTES) as file:
        head = file.read(HEAD_BYTES)
        if not head.startswith(MAGIC):
            return None
        try:
            return _indexed(path, file, cipher_of(head, keys, path.stem))
        except RecordingError as error:
            raise RecordingError(f"{path} {error}") from None


def open_audio(path: Path, keys: Sequence[RecordingKey]) -> BinaryIO:
    """A recording as an audio file, whether it is encrypted or not. Raises as `read_encrypted`."""
    encrypted = read_encrypted(path, keys)
    return encrypted.open() if encrypted else path.open("rb")


def _indexed(path: Path, file: BinaryIO, cipher: RecordingCipher) -> EncryptedRecording:
    places, starts, is_whole = array("Q"), array("Q", [0]), False
    stored = fstat(file.fileno())
    at, there = HEAD_BYTES, stored.st_size
    while (place := at + SIZE_BYTES) <= there:
        file.seek(at)
        size = int.from_bytes(file.read(SIZE_BYTES))
        if size > LONGEST_CHUNK:
            raise RecordingError(f"was changed or damaged: chunk {len(places)} cannot be {size} bytes long")
        at = place + SEALED_BYTES + size
        if at > there:
            break
        if not size:
            is_whole = _is_end(file, cipher, len(places), place)
            break
        places.append(place)
        starts.append(starts[-1] + size)
    if is_whole and at < there:
        raise RecordingError("was changed: something follows its end")
    found = EncryptedRecording(
        path=path, cipher=cipher, places=places, starts=starts, is_whole=is_whole, stored=stored
    )
    if places and not is_whole:
        _leave_out_if_torn(found, file)
    return found


def _is_end(file: BinaryIO, cipher: RecordingCipher, chunks: int, place: int) -> bool:
    """Whether this is the end, and not what a disk had there when it lost power."""
    try:
        cipher.check_end(chunks, pread(file.fileno(), SEALED_BYTES, place))
    except InvalidTag:
        return False
    return True


def _leave_out_if_torn(found: EncryptedRecording, file: BinaryIO) -> None:
    """A disk that lost power may have half of the last chunk, and zeros behind it."""
    try:
        _read(found, file, len(found.places) - 1, len(found.places))
    except RecordingError:
        found.places.pop()
        found.starts.pop()


def _read(of: EncryptedRecording, file: BinaryIO | FileIO, first: int, after: int) -> bytes:
    """The audio of chunks from the first on, up to one that does not open. Raises RecordingError for the first."""
    begin = of.places[first]
    data = pread(file.fileno(), of.places[after - 1] + _sealed_bytes(of, after - 1) - begin, begin)
    found = []
    for number in range(first, after):
        at = of.places[number] - begin
        try:
            found.append(of.cipher.audio(number, data[at : at + _sealed_bytes(of, number)]))
        except InvalidTag:
            if found:
                break
            found.append(_read_again(of, file, number))
    return b"".join(found)


def _sealed_bytes(of: EncryptedRecording, number: int) -> int:
    return of.starts[number + 1] - of.starts[number] + SEALED_BYTES


def _read_again(of: EncryptedRecording, file: BinaryIO | FileIO, number: int) -> bytes:
    for _ in range(READS - 1):
        sleep(READ_AGAIN_AFTER_S)
        with suppress(InvalidTag):
            return of.cipher.audio(number, pread(file.fileno(), _sealed_bytes(of, number), of.places[number]))
    raise RecordingError(f"{of.path} was changed or damaged: chunk {number} of {len(of.places)} does not open")


class _Audio(RawIOBase):
    """The audio as a file that can be read from anywhere."""

    def __init__(self, recording: EncryptedRecording) -> None:
        super().__init__()
        self._recording = recording
        self._file = FileIO(recording.path)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, self._recording.size)[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - Python 3.11 has no name for a buffer
        """As much as there is room for."""
        into, starts = memoryview(buffer).cast("B"), self._recording.starts
        end = min(self._at + len(into), self._recording.size)
        if self._at >= end:
            return 0
        first = bisect_right(starts, self._at) - 1
        audio = _read(self._recording, self._file, first, bisect_left(starts, end))
        part = audio[self._at - starts[first] : end - starts[first]]
        into[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()
