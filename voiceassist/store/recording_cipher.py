"""Encrypts a recording chunk by chunk, and opens its chunks: AES-256-GCM. Never touches a file.

    head    MAGIC | id of a listed key (8 bytes) | salt (32) | nonce (12) | tag (16)
    chunk   size of its audio (4, big-endian) | nonce (12) | encrypted audio | tag (16)

A recording has a key of its own: HKDF-SHA-256 of a listed key, of a random salt, and of the recording's name,
which stands for its call's id (`recording_path`: no two ids share one). So no chunk opens in another recording,
and no recording under another call's name. Each tag also covers the chunk's number and whether it is the end:
chunks that were swapped, left out or put in do not open. The last chunk has no audio and is the end: a recording
without one is being written, or was cut off, by a crash or by somebody, and whoever opens it is told.

No nonce is used twice. Every encryption draws 96 new random bits, also when a page is silenced in place: the chunk
keeps its number and size, and gets another nonce and tag. A key is one recording's, some 36,000 chunks in an hour;
NIST SP 800-38D (section 8.3) allows 2^32 with random nonces. No counter has to survive a crash.

What this cannot notice: whoever may write the disk and copied a chunk before it was silenced can put it back,
since it was valid once; and can put an unencrypted file in the place of the recording.
Next: `recordings.py` writes what it makes; `encrypted_recording.py` reads it.
"""

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from voiceassist.errors import RecordingError
from voiceassist.store.recording_keys import KEY_BYTES, KEY_ID_BYTES, RecordingKey, derived

MAGIC = b"VAREC\0\0\1"  # the last byte is the version; an Ogg file begins with "OggS"
SALT_BYTES, NONCE_BYTES, TAG_BYTES, SIZE_BYTES = 32, 12, 16, 4
NAMED_BYTES = len(MAGIC) + KEY_ID_BYTES + SALT_BYTES  # of the head, without its nonce and tag
HEAD_BYTES = NAMED_BYTES + NONCE_BYTES + TAG_BYTES
SEALED_BYTES = NONCE_BYTES + TAG_BYTES  # by which an encrypted chunk is longer than its audio, without its size
PURPOSE = b"voiceassist recording "


class RecordingCipher:
    """The key of one recording."""

    def __init__(self, key: RecordingKey, salt: bytes, name: str) -> None:
        self.key_id = key.id
        self._salt = salt
        self._aead = AESGCM(derived(key.secret, KEY_BYTES, salt=salt, purpose=PURPOSE + name.encode()))

    def head(self) -> bytes:
        """What the file begins with."""
        named = MAGIC + self.key_id + self._salt
        return named + self._sealed(b"", named)

    def check_head(self, head: bytes) -> None:
        """Raises InvalidTag when it was changed, or is another call's."""
        self._opened(head[NAMED_BYTES:], head[:NAMED_BYTES])

    def chunk(self, number: int, audio: bytes) -> bytes:
        """A chunk as the file has it, counted from 0."""
        return len(audio).to_bytes(SIZE_BYTES) + self._sealed(audio, _place(number))

    def end(self, chunks: int) -> bytes:
        """What follows the last chunk of a whole recording."""
        return bytes(SIZE_BYTES) + self._sealed(b"", _place(chunks, is_end=True))

    def audio(self, number: int, sealed: bytes) -> bytes:
        """What is in a chunk, given without its size. Raises InvalidTag."""
        return self._opened(sealed, _place(number))

    def check_end(self, chunks: int, sealed: bytes) -> None:
        """Raises InvalidTag when this is not the end of so many chunks."""
        self._opened(sealed, _place(chunks, is_end=True))

    def _sealed(self, audio: bytes, beside: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, audio, beside)

    def _opened(self, sealed: bytes, beside: bytes) -> bytes:
        if len(sealed) < SEALED_BYTES:
            raise InvalidTag
        return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], beside)


def new_cipher(keys: Sequence[RecordingKey], name: str) -> RecordingCipher | None:
    """For a recording that begins, with the newest key; None: it is not encrypted."""
    return RecordingCipher(keys[0], os.urandom(SALT_BYTES), name) if keys else None


def cipher_of(head: bytes, keys: Sequence[RecordingKey], name: str) -> RecordingCipher:
    """For a recording that has this head. Raises RecordingError, which says why it cannot be opened."""
    key_id, salt = head[len(MAGIC) : NAMED_BYTES - SALT_BYTES], head[NAMED_BYTES - SALT_BYTES : NAMED_BYTES]
    if len(head) < HEAD_BYTES:
        raise RecordingError("is encrypted and ends before its first chunk")
    key = next((key for key in keys if key.id == key_id), None)
    if key is None:
        raise RecordingError(
            f"is encrypted with the key {key_id.hex()}, which is not in the settings: list it after the newest in "
            "`recording_keys`, or in the file that `recording_key_file` names"
        )
    cipher = RecordingCipher(key, salt, name)
    try:
        cipher.check_head(head)
    except InvalidTag:
        raise RecordingError("was changed at its beginning, or is the recording of another call") from None
    return cipher


def _place(number: int, *, is_end: bool = False) -> bytes:
    return number.to_bytes(8) + bytes([is_end])
