"""What every phone system is to us when we play one: a caller without I/O, one for each connection of a call.

A caller says what its protocol says. It never touches a socket, a clock or a file: audio comes with its place in
the recording, and `run.py` sends what the caller gives, in that order. How a caller is added:

    1. `callers/NAME.py`: a class with the methods of `Caller`, made with (PlacedCall, CallerLine)
    2. a row in `protocols.py`: its path, its rates, how many legs a connection carries, its options

    we   → opening(url)              → query, headers and subprotocols of the connection's request
           begin()                   → messages, at once after connecting
           audio(frame), press(...), pause(), resume()
                                     → messages, only while `may_send`
           end()                     → messages; then we wait until `is_over`, or the server closes
    peer → receive(message)          → replies, in the order in which they must go out

`receive` raises CallerError when the server refuses the call or says what the protocol does not allow.
Next: `plan.py` says what is sent when, `run.py` sends it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from voiceassist.audio.pcm import Pcm
from voiceassist.errors import VoiceassistError
from voiceassist.events import Customer, Person, Speaker

Message = str | bytes  # text or binary message of a websocket


class CallerError(VoiceassistError):
    """The server could not be reached, did not take the call or ended it; says what it said and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCall:
    """What the phone system knows of the call that it places; the same for all its connections."""

    call_id: str
    agent: Person
    customer: Customer
    language: str | None = None  # BCP 47; None: the server's default
    key: str | None = None  # with the scope ingest
    options: Mapping[str, str] = field(default_factory=dict)  # of the protocol, as `protocols.py` names them


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerLine:
    """What one connection carries."""

    legs: tuple[Speaker, ...]  # in the order of a frame's channels
    rate_hz: int  # of every frame
    number: int = 1  # of this line's connections, counted from 1: a later one goes on where an earlier one died
    begins_ms: int = 0  # in the recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the request says that opens a connection."""

    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    subprotocols: tuple[str, ...] = ()
    sends_key: bool = True  # as `Authorization: Bearer`; False: this protocol has another place for it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A piece of the recording, of one connection's legs."""

    number: int  # in the recording, counted from 0: a lost frame leaves a hole
    at_ms: int  # where it begins in the recording
    send_ms: float  # when it goes out, counted like `at_ms`
    channels: tuple[Pcm, ...]  # one per leg, equally long


class Caller(Protocol):
    """One connection."""

    @property
    def may_send(self) -> bool:
        """Whether the server listens now; audio of other times is not sent."""

    @property
    def is_over(self) -> bool:
        """Whether the server has said all that it had to, after `end`."""

    def opening(self, url: str) -> Opening:
        """The request; `url` is the whole address without a query, `wss://host/path`, as a signature needs it."""

    def begin(self) -> Sequence[Message]:
        """What is said first."""

    def audio(self, frame: Frame) -> Sequence[Message]:
        """A frame."""

    def press(self, speaker: Speaker, key: str) -> Sequence[Message]:
        """Somebody presses a key of their telephone; nothing, where the protocol has no words for it."""

    def pause(self) -> Sequence[Message]:
        """No audio comes from now on; nothing, where the protocol has no words for it."""

    def resume(self) -> Sequence[Message]:
        """Audio comes again."""

    def end(self) -> Sequence[Message]:
        """The recording is over."""

    def receive(self, message: Message) -> Sequence[Message]:
        """What the server said. Raises CallerError."""

    def told(self) -> Sequence[str]:
        """What the server said that a person should read; each given once."""


def made_up_id(call: PlacedCall, what: str) -> bytes:
    """32 bytes for an id that the phone system would choose; the same call always gets the same."""
    return hashlib.sha256(f"{call.call_id} {what}".encode()).digest()


def as_object(message: Message) -> dict[str, Any]:
    """A text message with a JSON object. Raises CallerError for anything else."""
    try:
        said = json.loads(message) if isinstance(message, str) else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise CallerError(f"the server said {message[:80]!r}, and a JSON object was to come")
    return said
