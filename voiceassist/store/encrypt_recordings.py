"""Encrypts recordings that are stored already with the newest key: plain ones, and those with an older key.

No server may run. A recording is written anew beside the old file, read back and compared, and only then takes its
place: whatever happens in between, one of the two is whole. One that has no end gets none. The space of the old
file is free then; the disk may still have its bytes until it writes there.
Blocks. Next: `cli/calls/encrypt.py` goes through all of them.
"""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from shutil import copymode
from typing import BinaryIO

from voiceassist.errors import RecordingError
from voiceassist.store.encrypted_recording import open_audio, read_encrypted
from voiceassist.store.recording_cipher import RecordingCipher, new_cipher
from voiceassist.store.recording_keys import RecordingKey
from voiceassist.store.recording_peaks import forget_kept
from voiceassist.store.recordings import BEING_ENCRYPTED

CHUNK_BYTES = 1 << 14  # who seeks in it reads no more than that in vain


def encrypt_recording(path: Path, keys: Sequence[RecordingKey]) -> bool:
    """Whether it was written anew; False: it has the newest key. Raises OSError, and RecordingError: it stays."""
    old = read_encrypted(path, keys)
    cipher = new_cipher(keys, path.stem)
    if cipher is None or (old and old.cipher.key_id == cipher.key_id):
        return False
    new = path.with_suffix(BEING_ENCRYPTED)
    try:
        with open_audio(path, keys) as audio, new.open("wb") as file:
            _write(audio, file, cipher, is_whole=old is None or old.is_whole)
        if _digest(new, keys) != _digest(path, keys):
            raise RecordingError(f"{path} could not be read back after it was encrypted; it stays as it is")
        copymode(path, new)
        new.replace(path)
        forget_kept(path)  # how loud somebody spoke is not kept in the clear
    finally:
        new.unlink(missing_ok=True)
    return True


def _write(audio: BinaryIO, file: BinaryIO, cipher: RecordingCipher, *, is_whole: bool) -> None:
    file.write(cipher.head())
    chunks = 0
    while part := audio.read(CHUNK_BYTES):
        file.write(cipher.chunk(chunks, part))
        chunks += 1
    if is_whole:
        file.write(cipher.end(chunks))
    file.flush()
    os.fsync(file.fileno())


def _digest(path: Path, keys: Sequence[RecordingKey]) -> bytes:
    digest = sha256()
    with open_audio(path, keys) as audio:
        while part := audio.read(CHUNK_BYTES):
            digest.update(part)
    return digest.digest()
