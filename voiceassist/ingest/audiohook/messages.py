"""What a Genesys AudioHook client says in words, version 2 of the protocol: every message, checked.

Never knows which message may come when, or which number is next: `dialect.py` does.
Where Genesys may add fields, unknown ones are let through.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, StrictBool, TypeAdapter, ValidationError

from voiceassist.errors import IngestError
from voiceassist.ingest.audiohook.duration import seconds_of
from voiceassist.ingest.fields import short
from voiceassist.wire import Json

TEXT_CHARS = 65_535  # of a message either way; the reference's own number
NULL_ID = "00000000-0000-0000-0000-000000000000"  # of the conversation and participant of a connection probe


def _seconds(value: object) -> Fraction:
    if not isinstance(value, str):
        raise ValueError("should be a duration such as PT1.2S")  # noqa: TRY004 - pydantic takes ValueErrors only
    return seconds_of(value)


Seconds = Annotated[Fraction, BeforeValidator(_seconds)]
Uuid = Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$")]
Number = Annotated[int, Field(ge=0, strict=True)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}-[A-Za-z]{2,3}$")]
CloseReason = Literal["end", "error", "disconnect", "reconnect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What every message of a client has."""

    version: Literal["2"]
    id: Uuid  # of the session
    type: str
    seq: Number
    serverseq: Number  # the last of ours that they saw
    position: Seconds  # how much of the stream they have sent, or left out
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Whose session it is: the customer."""

    id: Uuid
    ani: str  # the number that they call from
    aniName: str  # noqa: N815 - Genesys's name
    dnis: str  # the number that they called


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """The client opens a session."""

    organizationId: Uuid  # noqa: N815 - Genesys's names, here and below
    conversationId: Uuid  # noqa: N815
    participant: Participant
    media: tuple[dict[str, Any], ...]  # one of them is chosen
    language: Language | None = None
    supportedLanguages: StrictBool = False  # noqa: N815 - whether they ask for ours
    customConfig: dict[str, Any] = field(default_factory=dict)  # noqa: N815 - of the integration
    inputVariables: dict[str, Any] = field(default_factory=dict)  # noqa: N815 - of an Architect flow

    @property
    def is_probe(self) -> bool:
        """Whether Genesys only tries the connection: there is no call. The participant is null then, too."""
        return self.conversationId == NULL_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded:
    """Audio that they have left out: `discarded`, and `resumed` after a pause."""

    start: Seconds
    discarded: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """The conversation goes on in another language."""

    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientClose:
    """The client is done."""

    reason: CloseReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientError:
    """Something that we did was wrong, or something failed on their side."""

    code: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """No parameters that we look at."""


Parameters = Open | Discarded | Update | ClientClose | ClientError | Nothing

T = TypeVar("T")
_ENVELOPE: TypeAdapter[Envelope] = TypeAdapter(Envelope)
PARAMETERS: Mapping[str, TypeAdapter[Any]] = {
    "open": TypeAdapter(Open),
    "ping": TypeAdapter(Nothing),
    "paused": TypeAdapter(Nothing),
    "resumed": TypeAdapter(Discarded),
    "discarded": TypeAdapter(Discarded),
    "update": TypeAdapter(Update),
    "error": TypeAdapter(ClientError),
    "close": TypeAdapter(ClientClose),
    "dtmf": TypeAdapter(Nothing),
}


def parse_envelope(text: str) -> Envelope:
    """A message without a look at its parameters. Raises IngestError."""
    if len(text) > TEXT_CHARS:
        raise IngestError("frame_too_large", f"a text message has {len(text)} characters, more than {TEXT_CHARS}")
    try:
        message = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise IngestError("bad_json", "a text message is not valid JSON") from None
    envelope: Envelope = _checked(_ENVELOPE, message, "a message")
    return envelope


def parse_parameters(envelope: Envelope) -> Parameters:
    """The parameters of a message. Raises IngestError, also for a type that there is not."""
    adapter: TypeAdapter[Parameters] | None = PARAMETERS.get(envelope.type)
    if adapter is None:
        raise IngestError("unknown_type", f"{short(envelope.type)} is not a client's message of AudioHook 2")
    return _checked(adapter, envelope.parameters, short(envelope.type))


def _checked(adapter: TypeAdapter[T], values: object, what: str) -> T:
    try:
        return adapter.validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise IngestError("bad_field", f"{what}: `{name or 'message'}`: {first['msg']}") from None


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")
