"""What every protocol of live audio is to us: a dialect without I/O, and the events that it gives.

A dialect turns what its peer says into the events below, and what we say into messages. It never touches a
socket, a clock or a task, so a test feeds it by hand. It knows neither the call's session nor other connections.
Next: `call_socket.py` and `whip/sessions.py` own the connections, `joins.py` opens the call, `feed/feed.py`
takes its events.

    peer → receive(message) → Started, then Audio, Gap, Identified, Paused, Resumed, Pressed, Doubted in any
                              order, Ended
    we   → tell(news)       → to_send() → messages and a Close, in the order in which they must go out

`receive` raises IngestError for a message that the protocol does not allow: tell it as Refused, send, and stop.
After every `receive` and every `tell` send what `to_send` has: some protocols must answer each message.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from voiceassist.audio.pcm import Pcm
from voiceassist.errors import IngestError
from voiceassist.events import AudioGap, Customer, EndReason, Final, Partial, Person, Speaker
from voiceassist.ingest.source import CallInfo

Legs = tuple[Speaker, ...]  # legs that arrive interleaved, on one clock
Tracks = tuple[Legs, ...]  # everything that one connection carries


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The peer opens a call, or joins one with its own legs."""

    info: CallInfo  # with the call id that the peer uses
    rate_hz: int
    tracks: Tracks
    # Who sends it, where the protocol itself says so; otherwise the opening request did.
    signed_by: str = ""  # whose signature was checked: "twilio AC17…"
    forged: str = ""  # why a signature that must be there does not hold: nobody else's word counts then
    key: str = field(default="", repr=False)  # a key (`voiceassist keys`) that came with it
    is_probe: bool = False  # the peer only tries whether it would be taken: there is no call


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Audio:
    """Samples of one track: one array per leg, of equal length."""

    legs: Legs
    channels: Sequence[Pcm]
    timestamp: int | None = None  # samples on the peer's own clock, where the protocol has one
    is_made_up: bool = False  # it was lost, and something that sounds like it stands in its place


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The peer says that it lost this much of one track."""

    legs: Legs
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The peer says later than in its start who is speaking, or says it again."""

    agent: Person | None = None
    customer: Customer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The peer sends nothing on purpose: silence takes its place, and the call is not idle."""

    sign_within_s: float | None = None  # it says something else at least so often; otherwise it has vanished


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The peer sends again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Somebody pressed a key of their telephone (DTMF)."""

    speaker: Speaker
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The peer says that it is done."""

    reason: EndReason
    is_patient: bool = True  # False: it gives up unless it is told Finished within seconds, stored or not


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """The protocol itself shows that something is not as the peer announced it, or wants it; the call goes on."""

    code: str
    message: str


PeerEvent = Started | Audio | Gap | Identified | Paused | Resumed | Pressed | Doubted | Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The call is taken, under the id in `info`."""

    info: CallInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something looks wrong; the call goes on."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """The server stops: what was sent is heard still, and the connection is closed in a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The whole call was recognised and stored; or a peer that is not patient cannot be kept waiting for that."""

    call_id: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The call is refused or over: the peer's mistake or our failure."""

    error: IngestError


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What is in the call's record, for a dialect whose peer wants to have it."""

    event: Partial | Final | AudioGap


News = Accepted | Warned | Recorded | Stopping | Finished | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The connection is to be closed; nothing follows."""

    code: int  # of a websocket
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What follows is to be said so much later."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Linger:
    """The peer has something to say still: it is read for so long, then the connection is closed."""

    within_s: float


ToSend = str | bytes | Wait | Linger | Close
Message_contra = TypeVar("Message_contra", contravariant=True)


class Dialect(Protocol[Message_contra]):
    """One connection's protocol; the type is what its transport brings."""

    def receive(self, message: Message_contra) -> Sequence[PeerEvent]:
        """What the peer said. Raises IngestError."""

    def closed(self, code: int) -> EndReason:
        """Why the peer's audio ended, when it closes its connection and has not said so; `code` of a websocket."""

    def tell(self, news: News) -> None:
        """Says something to the peer, if the protocol has words for it."""

    def to_send(self) -> Sequence[ToSend]:
        """What is to be sent now; given once."""
