"""Every error that voiceassist raises on purpose, drawn as a tree.

    VoiceassistError
    ├── PeerError              somebody else's mistake: told to that peer, never fatal to us
    │   ├── IngestError        bytes or messages that a phone system should not have sent
    │   ├── WebRtcError        an offer, a candidate or a request that WebRTC cannot go on with
    │   ├── ListeningError     nobody can listen in like this, or not now
    │   ├── ActionError        a person's action that the call's state does not allow
    │   ├── ConflictError      a change that does not fit what is there by now: says who was faster, or what to do
    │   └── UnknownNameError   something named that is not there
    ├── ConfigError            a setting that cannot work: names the key and the value
    ├── PlaybookError          a playbook that cannot be used: names file, line and field
    ├── DatasetError           a file of labelled turns that cannot be read: names file and line
    ├── RecordingError         an audio file that cannot be read or written: names the file
    ├── StoreError             a call cannot be written or read: names the file and the cause
    │   └── UnstorableError    and trying again will not help: its id or numbers are taken, or it is no text
    ├── EngineError            a recognizer failed: carries the native cause
    ├── ModelError             a speech model cannot be found, fetched, installed or removed: says what to do
    ├── PhoneError             a phone system did not do what a supervisor asked: screens have words for its code
    ├── ProviderError          nobody can be signed in with the provider: its code picks what a person is told
    └── IllegalTransition      a bug of ours: the core was asked for a step its table lacks

A message says what was wrong, where, and what to do. Nothing here knows how it is shown.
"""

from collections.abc import Callable, Mapping
from typing import Any


class VoiceassistError(Exception):
    """Root of the tree: anything below it has a message fit for a person."""

    def __reduce__(self) -> tuple[Callable[..., "VoiceassistError"], tuple[Any, ...]]:
        """So that an error can come from another process, whatever its `__init__` takes."""
        return _restored, (type(self), self.args, vars(self))


def _restored(cls: type[VoiceassistError], args: tuple[Any, ...], fields: dict[str, Any]) -> VoiceassistError:
    error = cls.__new__(cls, *args)
    vars(error).update(fields)
    return error


class PeerError(VoiceassistError):
    """The other side did something wrong; `code` is a stable identifier for its program."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class IngestError(PeerError):
    """A phone system sent what the protocol does not allow."""


class WebRtcError(PeerError):
    """A WebRTC peer offered or asked for what we cannot answer."""


class ListeningError(PeerError):
    """Somebody asked to listen in to a call in a way, or at a time, that there is not."""


class ActionError(PeerError):
    """A person asked for something that this call cannot do (any more)."""

    def __init__(self, code: str, message: str, done: Mapping[str, str] | None = None) -> None:
        """`done`: what somebody else did before, where that is why: for a screen to say in its own words."""
        super().__init__(code, message)
        self.done = done or {}


class ConflictError(PeerError):
    """A change does not fit what is there by now."""


class UnknownNameError(PeerError):
    """Something was named that is not there."""


class ConfigError(VoiceassistError):
    """A setting cannot be used."""


class PlaybookError(VoiceassistError):
    """A playbook cannot be used."""


class DatasetError(VoiceassistError):
    """A file of labelled turns cannot be used; the message names file and line."""


class RecordingError(VoiceassistError):
    """An audio file cannot be read or written."""


class StoreError(VoiceassistError):
    """A call cannot be written to the database or read from it."""


class UnstorableError(StoreError):
    """Records break a rule of the database, so they can never be stored."""


class EngineError(VoiceassistError):
    """A recognizer failed; the message carries the native cause."""


class ModelError(VoiceassistError):
    """A speech model cannot be found, fetched, installed, checked or removed; the message says what to do."""


class ProviderError(VoiceassistError):
    """The provider of sign-ins cannot be reached, or what it says does not hold; the sign-in page knows `code`."""

    def __init__(self, code: str, message: str, login: str = "") -> None:
        super().__init__(message)
        self.code, self.login = code, login  # whose sign-in it was; empty: not known yet


class PhoneError(VoiceassistError):
    """A phone system did not do what a supervisor asked for; screens know `code`, the message is for logs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class IllegalTransition(VoiceassistError):  # noqa: N818 - the field's own term (h11, finite automata)
    """The core was asked for a step that its state table does not have."""
