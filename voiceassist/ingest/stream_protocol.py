"""Our own audio protocol, version 1, without the socket: messages in, calls and samples out.

Never reads a clock and never sends: `stream.py` does, and documents the protocol for people who write clients.
Everything a peer can do wrong is an IngestError, whose code has its close code in the table below.

    state      start                text "stop"   binary         anything else
    waiting    → live (Started)     no_start      no_start       error
    live       already_started      → over        samples        error
    over       nothing is accepted any more: the socket is being closed
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from voiceassist.audio.pcm import ENCODINGS, Encoding, FrameDecoder, Pcm
from voiceassist.errors import IngestError
from voiceassist.events import SPEAKERS, Customer, Person, Speaker
from voiceassist.ingest.fields import NO_CUSTOMER, STRICT, CallId, Language, Name, Team, new_call_id
from voiceassist.ingest.source import CallInfo
from voiceassist.wire import Json

STREAM_VERSION = 1

# RFC 6455 section 7.4: 1009 and 1011 are the protocol's own, 4000-4999 are for private use. Ours resemble HTTP.
CLOSE_CODES: Mapping[str, int] = {
    "bad_json": 4400,
    "not_an_object": 4400,
    "unknown_type": 4400,
    "bad_field": 4400,
    "unsupported_version": 4400,
    "unknown_encoding": 4400,
    "bad_rate": 4400,
    "bad_legs": 4400,
    "bad_language": 4400,
    "no_start": 4400,
    "already_started": 4400,
    "start_timeout": 4408,
    "idle": 4408,
    "call_live": 4409,
    "call_known": 4409,
    "frame_too_large": 1009,
    "call_failed": 1011,
    "shutdown": 1012,
}

RATE_RANGE_HZ = (8_000, 48_000)  # telephone to studio; recognizers need 8 or 16 kHz


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAgent:
    """Who answers the call."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    id: Name = "agent"
    name: Name = "Agent"
    team: Team = ""  # decides which playbook the call gets


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCustomer:
    """Who is calling."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    id: Name = NO_CUSTOMER
    name: Name = "Customer"
    tier: Name = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartMessage:
    """The first message of every stream."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    type: Literal["start"]
    version: Literal[1] = 1
    agent: StartAgent = field(default_factory=StartAgent)
    customer: StartCustomer = field(default_factory=StartCustomer)
    legs: Annotated[
        tuple[Speaker, ...],
        Field(min_length=1, max_length=2, json_schema_extra={"uniqueItems": True}),
    ]  # in the order of the channels
    encoding: Encoding
    rate_hz: Annotated[int, Field(ge=RATE_RANGE_HZ[0], le=RATE_RANGE_HZ[1], strict=True)]
    call_id: CallId | None = None  # None: we choose one
    language: Language | None = None  # None: the server's default


_START: TypeAdapter[StartMessage] = TypeAdapter(StartMessage)


def start_schema() -> Json:
    """JSON Schema of the start message."""
    return _START.json_schema()


class StreamProtocol:
    """One connection. Every method raises IngestError; then tell the peer, close, and feed nothing more."""

    def __init__(self, claim: Callable[[str], bool], message_bytes: int) -> None:
        """`claim` takes a call id for this connection: False when that call is live already."""
        self._claim = claim
        self._message_bytes = message_bytes
        self._decoder: FrameDecoder | None = None
        self._samples = 0
        self.rate_hz = 0  # known once started

    @property
    def duration_ms(self) -> int:
        """How much audio was received."""
        return self._samples * 1000 // self.rate_hz if self.rate_hz else 0

    @property
    def leftover_bytes(self) -> int:
        """Bytes after the last whole frame."""
        return self._decoder.leftover_bytes if self._decoder else 0

    def receive_text(self, text: str) -> CallInfo | None:
        """The call that starts, or None: the peer said stop."""
        if len(text) > self._message_bytes:
            raise self._too_large(len(text), "characters")
        message = _object(text)
        match message.get("type"):
            case "start":
                return self._start(message)
            case "stop":
                self._started("`stop`")
                return None
        raise IngestError("unknown_type", f"`type` is {_short(message.get('type'))}; send `start`, audio, `stop`")

    def receive_bytes(self, data: bytes) -> tuple[Pcm, ...]:
        """New samples: one array per leg, of equal length."""
        decoder = self._started("audio")
        if len(data) > self._message_bytes:
            raise self._too_large(len(data), "bytes")
        channels = decoder.feed(data)
        self._samples += len(channels[0])
        return channels

    def _started(self, what: str) -> FrameDecoder:
        if self._decoder is None:
            raise IngestError("no_start", f"{what} came before `start`; send the start message first")
        return self._decoder

    def _start(self, message: Json) -> CallInfo:
        if self._decoder is not None:
            raise IngestError("already_started", "this connection carries a call already; open another connection")
        start = parse_start(message)
        info = call_info(start)
        if not self._claim(info.call_id):
            raise IngestError(
                "call_live", f"call {info.call_id!r} is live already; end it first or choose another `call_id`"
            )
        self._decoder = FrameDecoder(start.encoding, len(start.legs))
        self.rate_hz = start.rate_hz
        return info

    def _too_large(self, size: int, unit: str) -> IngestError:
        return IngestError(
            "frame_too_large",
            f"a message of {size} {unit} is too large; send at most {self._message_bytes} at once",
        )


def call_info(start: StartMessage) -> CallInfo:
    """What the start message says of the call."""
    return CallInfo(
        call_id=start.call_id or new_call_id(),
        agent=Person(id=start.agent.id, name=start.agent.name, team=start.agent.team),
        customer=Customer(id=start.customer.id, name=start.customer.name, tier=start.customer.tier),
        source="stream",
        legs=start.legs,
        language=start.language,
    )


# Said instead of pydantic's words, which name patterns and classes of ours.
FIELD_HELP = {
    "call_id": "send 1 to 128 letters, digits and . _ : @ + -, the first a letter or digit",
    "agent": 'send an object: {"id": "7", "name": "Ana", "team": "returns"}',
    "customer": 'send an object: {"id": "42", "name": "Mr Brown", "tier": "gold"}',
}


def parse_start(message: Json) -> StartMessage:
    """The start message, checked; raises IngestError that names the field."""
    _check_what_people_get_wrong(message)
    try:
        return _START.validate_python(message)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        wanted = FIELD_HELP.get(name) or first["msg"]
        raise IngestError("bad_field", f"start: `{name}`: {wanted}") from None


def _check_what_people_get_wrong(message: Json) -> None:
    version, encoding = message.get("version", STREAM_VERSION), message.get("encoding")
    if version != STREAM_VERSION or isinstance(version, bool):
        raise IngestError(
            "unsupported_version", f"start: `version` is {_short(version)}; this server speaks {STREAM_VERSION}"
        )
    if encoding not in ENCODINGS:
        raise IngestError(
            "unknown_encoding", f"start: `encoding` is {_short(encoding)}; known are {', '.join(ENCODINGS)}"
        )
    _check_rate(message.get("rate_hz"))
    _check_legs(message.get("legs"))


def _check_rate(rate_hz: object) -> None:
    low, high = RATE_RANGE_HZ
    if not isinstance(rate_hz, int) or isinstance(rate_hz, bool) or not low <= rate_hz <= high:
        raise IngestError(
            "bad_rate", f"start: `rate_hz` is {_short(rate_hz)}; send a whole number from {low} to {high}"
        )


def _check_legs(legs: object) -> None:
    known = isinstance(legs, list) and bool(legs) and all(leg in SPEAKERS for leg in legs)
    if not known or len(set(legs)) < len(legs):  # type: ignore[arg-type,call-overload]  # known says it is a list
        raise IngestError(
            "bad_legs",
            f"start: `legs` is {_short(legs)}; name each channel once, in order:"
            ' ["agent", "customer"], or only one of them',
        )


def _object(text: str) -> Json:
    try:
        message = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise IngestError("bad_json", f"a text message must be JSON: {error}") from None
    if not isinstance(message, dict):
        raise IngestError("not_an_object", f"a text message must be a JSON object, not {_short(message)}")
    return message


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _short(value: object) -> str:
    return "missing" if value is None else repr(value)[:80]
