"""The keys that recordings are encrypted with, as the settings list them: the newest first.

New recordings get the first; the others only open what was encrypted with them. Without a key recordings are
written as they are. No key stands in a log, an error or a dump: what is shown is a key's id, which is derived from
it and tells nothing of it.
Next: `recording_cipher.py` makes the key of one recording from them.
"""

from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from voiceassist.config import Settings
from voiceassist.errors import ConfigError

KEY_BYTES = 32  # AES-256
KEY_ID_BYTES = 8
MAKE_ONE = "32 random bytes in base64, as `openssl rand -base64 32` prints them"


@dataclass(frozen=True, slots=True)
class RecordingKey:
    """One key."""

    id: bytes
    secret: bytes = field(repr=False)


def recording_keys(settings: Settings) -> tuple[RecordingKey, ...]:
    """All keys, the newest first; none: recordings are not encrypted. Raises ConfigError."""
    file = settings.recording_key_file
    if file and settings.recording_keys:
        raise ConfigError("settings `recording_keys` and `recording_key_file`: set one of them, not both")
    if file is None:
        where = "setting `recording_keys`: key {}"
        return _keys((where.format(number), text) for number, text in enumerate(settings.recording_keys, 1))
    keys = _keys((f"setting `recording_key_file`: {file}, line {number}", text) for number, text in _lines(file))
    if not keys:
        raise ConfigError(f"setting `recording_key_file`: {file} has no key in it: write {MAKE_ONE} there")
    return keys


def derived(secret: bytes, length: int, *, salt: bytes, purpose: bytes) -> bytes:
    """A key, or an id, that is made from a secret (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=purpose).derive(secret)


def _keys(texts: Iterable[tuple[str, str]]) -> tuple[RecordingKey, ...]:
    return tuple(_key(where, text.strip()) for where, text in texts)


def _key(where: str, text: str) -> RecordingKey:
    try:
        secret = b64decode(text, validate=True)
    except (NoBase64, ValueError):  # the text itself is never told
        raise ConfigError(f"{where} is no base64: a key is {MAKE_ONE}") from None
    if len(secret) != KEY_BYTES:
        raise ConfigError(f"{where} has {len(secret)} bytes: a key is {MAKE_ONE}")
    return RecordingKey(derived(secret, KEY_ID_BYTES, salt=b"", purpose=b"voiceassist recording key id"), secret)


def _lines(file: Path) -> list[tuple[int, str]]:
    """Those with a key, and their numbers; a line that begins with # is a comment."""
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except OSError as error:
        told = f"{file} cannot be read: {error.strerror or 'unknown error'}"
        raise ConfigError(f"setting `recording_key_file`: {told}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"setting `recording_key_file`: {file} is no text: each line is {MAKE_ONE}") from None
    stripped = [(number, line.strip()) for number, line in enumerate(lines, 1)]
    return [(number, line) for number, line in stripped if line and not line.startswith("#")]
