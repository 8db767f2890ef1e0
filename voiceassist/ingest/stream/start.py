"""The start message of our own audio protocol: its fields, checked, with a clear error for every mistake.

Next: `dialect.py` makes a call of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from voiceassist.actions import Consent
from voiceassist.audio.pcm import ENCODINGS, Encoding
from voiceassist.errors import IngestError
from voiceassist.events import SPEAKERS, Customer, Person, Speaker
from voiceassist.ingest.fields import (
    NO_CUSTOMER,
    RATE_RANGE_HZ,
    STRICT,
    CallId,
    CallLanguage,
    Id,
    Name,
    Team,
    new_call_id,
    short,
)
from voiceassist.ingest.source import CallInfo
from voiceassist.wire import Json

STREAM_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAgent:
    """Who answers the call."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    id: Id = "agent"
    name: Name = "Agent"
    team: Team = ""  # decides which playbook the call gets


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCustomer:
    """Who is calling."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    id: Id = NO_CUSTOMER
    name: Name = "Customer"
    tier: Id = "standard"


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
    rate_hz: Annotated[int, Field(ge=RATE_RANGE_HZ[0], le=RATE_RANGE_HZ[1])]  # 8000.0 is a whole number, too
    call_id: CallId | None = None  # None: we choose one
    consent: Consent = "unknown"  # of the customer, to being recorded
    language: CallLanguage | None = None  # None: the server's default


_START: TypeAdapter[StartMessage] = TypeAdapter(StartMessage)
PARTS: Mapping[str, type] = {"": StartMessage, "agent": StartAgent, "customer": StartCustomer}


def start_schema() -> Json:
    """JSON Schema of the start message."""
    return _START.json_schema()


def call_info(start: StartMessage) -> CallInfo:
    """What the start message says of the call."""
    return CallInfo(
        call_id=start.call_id or new_call_id(),
        agent=Person(id=start.agent.id, name=start.agent.name, team=start.agent.team),
        customer=Customer(id=start.customer.id, name=start.customer.name, tier=start.customer.tier),
        source="stream",
        legs=SPEAKERS,  # a leg that this connection does not carry may come on another one
        language=start.language,
        consent=start.consent,
    )


# Said instead of pydantic's words, which name patterns and classes of ours.
FIELD_HELP: Mapping[str, str] = {
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
        wanted = _nearest(first) or FIELD_HELP.get(name) or first["msg"]
        raise IngestError("bad_field", f"start: `{name}`: {wanted}") from None


def _nearest(error: ErrorDetails) -> str:
    """What to do about a field that is not known; empty for other errors."""
    if error["type"] != "unexpected_keyword_argument":
        return ""
    *above, name = (str(part) for part in error["loc"])
    known = [field.name for field in fields(PARTS["".join(above)])]
    nearest = get_close_matches(name.lower(), known, n=1)
    meant = f"; did you mean `{nearest[0]}`?" if nearest else "."
    return f"there is no such field{meant} Known are {', '.join(known)}"


def _check_what_people_get_wrong(message: Json) -> None:
    version, encoding = message.get("version", STREAM_VERSION), message.get("encoding")
    if version != STREAM_VERSION or isinstance(version, bool):
        raise IngestError(
            "unsupported_version", f"start: `version` is {short(version)}; this server speaks {STREAM_VERSION}"
        )
    if encoding not in ENCODINGS:
        raise IngestError(
            "unknown_encoding", f"start: `encoding` is {short(encoding)}; known are {', '.join(ENCODINGS)}"
        )
    _check_rate(message.get("rate_hz"))
    _check_legs(message.get("legs"))


def _check_rate(rate_hz: object) -> None:
    low, high = RATE_RANGE_HZ
    is_number = isinstance(rate_hz, int | float) and not isinstance(rate_hz, bool)
    if not is_number or not low <= rate_hz <= high or rate_hz % 1:  # type: ignore[operator]  # it is a number
        raise IngestError(
            "bad_rate", f"start: `rate_hz` is {short(rate_hz)}; send a whole number from {low} to {high}"
        )


def _check_legs(legs: object) -> None:
    known = isinstance(legs, list) and bool(legs) and all(leg in SPEAKERS for leg in legs)
    if not known or len(set(legs)) < len(legs):  # type: ignore[arg-type,call-overload]  # known says it is a list
        raise IngestError(
            "bad_legs",
            f"start: `legs` is {short(legs)}; name each channel once, in order:"
            ' ["agent", "customer"], or only one of them',
        )
