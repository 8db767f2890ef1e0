"""Keys that tests encrypt recordings with; made up, and never anybody's."""

from base64 import b64encode

from voiceassist.config import load_settings
from voiceassist.store.recording_keys import RecordingKey, recording_keys

FIRST, SECOND, THIRD = (b64encode(bytes([number]) * 32).decode() for number in (1, 2, 3))


def keys(*texts: str) -> tuple[RecordingKey, ...]:
    return recording_keys(load_settings(environment={}, recording_keys=texts))
