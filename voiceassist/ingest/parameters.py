"""What somebody's phone system passes along with a call as names with values: `customParameters` and the like.

    call_id         the call's id; without it the phone system's own
    agent_id, agent_name, agent_team, customer_id, customer_name, tier, language, consent: as in a stream's start
    customer_track  inbound | outbound: on which track the customer speaks
    tracks          inbound | outbound | both: which tracks come, for phone systems that do not say so
    agent_channel, customer_channel, conference: what the phone system calls the lines, for supervisors who act on
                    them (`phone_control/`): unique ids of Asterisk's channels, Twilio's CallSids and conferences
    leg             agent | customer: who speaks, for phone systems with one track
    key             a key (`voiceassist keys`) with the scope `ingest`

A name counts in every spelling, because some phone systems allow letters only: `agent_id`, `agentId`, `Agent-ID`,
and `X-PH-agentId`, as Plivo spells it. Other names are the phone system's own business; an empty value is none.
Never decides who may call. Next: `media_streams/dialect.py` and `media_streams/vonage.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from voiceassist.actions import Consent
from voiceassist.errors import IngestError
from voiceassist.events import SPEAKERS, Customer, Person, Speaker
from voiceassist.ingest.fields import NO_CUSTOMER, STRICT, CallId, CallLanguage, Id, Name, Team, is_call_id
from voiceassist.ingest.source import CallInfo, PhoneLines, with_clean_names
from voiceassist.ingest_settings import Track

# It becomes a part of addresses that the phone system is asked at.
LineId = Annotated[str, Field(max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:@+-]*$|^$")]
MARKS = str.maketrans("", "", "_- ")
PREFIX = "xph"  # what Plivo puts before every name of its `extraHeaders`


@dataclass(frozen=True, slots=True, kw_only=True)
class CallParameters:
    """The parameters of a call, checked."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    call_id: CallId | None = None
    agent_id: Id = "agent"
    agent_name: Name = "Agent"
    agent_team: Team = ""
    customer_id: Id = NO_CUSTOMER
    customer_name: Name = "Customer"
    tier: Id = "standard"
    language: CallLanguage | None = None
    consent: Consent = "unknown"
    customer_track: Track | None = None
    tracks: Literal["inbound", "outbound", "both"] | None = None
    leg: Speaker | None = None
    agent_channel: LineId = ""
    customer_channel: LineId = ""
    conference: LineId = ""
    key: Annotated[str, Field(max_length=200)] = field(default="", repr=False)


_PARAMETERS: TypeAdapter[CallParameters] = TypeAdapter(CallParameters)
_NAMES: Mapping[str, str] = {part.name.translate(MARKS): part.name for part in fields(CallParameters)}


def parse_parameters(query: Mapping[str, str], told: Mapping[str, object]) -> CallParameters:
    """The parameters of the address and those that the protocol told, which count more. Raises IngestError.

    A key in a query is none: addresses with their queries end in the logs of whatever lies between.
    """
    ours = _ours(query)
    ours.pop("key", None)
    try:
        return _PARAMETERS.validate_python(ours | _ours(told))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise IngestError("bad_field", f"parameter `{name}`: {first['msg']}") from None


def _ours(given: Mapping[str, object]) -> dict[str, str]:
    """Values of names that are ours; a number is as good as its digits."""
    found = ((_name(name), value) for name, value in given.items())
    return {
        name: str(value)
        for name, value in found
        if name and isinstance(value, str | int) and not isinstance(value, bool) and value != ""
    }


def _name(said: str) -> str | None:
    letters = said.lower().translate(MARKS)
    return _NAMES.get(letters) or _NAMES.get(letters.removeprefix(PREFIX))


def call_info(said: CallParameters, source: str, call_id: str, legs: tuple[Speaker, ...] = SPEAKERS) -> CallInfo:
    """The call, by default under the phone system's own id. Raises IngestError for an id that cannot be one."""
    if not is_call_id(said.call_id or call_id):
        raise IngestError(
            "bad_field",
            f"the call id is {call_id[:80]!r}; it must have 1 to 128 letters, digits and . _ : @ + -, the first a"
            " letter or digit. Pass another one along as the parameter `call_id`",
        )
    info = CallInfo(
        call_id=said.call_id or call_id,
        agent=Person(id=said.agent_id, name=said.agent_name, team=said.agent_team),
        customer=Customer(id=said.customer_id, name=said.customer_name, tier=said.tier),
        source=source,
        legs=legs,
        language=said.language,
        consent=said.consent,
        lines=PhoneLines(agent=said.agent_channel, customer=said.customer_channel, conference=said.conference),
    )
    return with_clean_names(info)
