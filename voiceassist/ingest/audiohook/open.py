"""What an AudioHook client's `open` means for us: the media that we take, and whose call it is.

Never answers. Next: `dialect.py`.

    conversationId                    the call id, or the session's id is (setting `audiohook.call_per`)
    participant.ani, .aniName         the customer's id and name
    language                          the call's language
    inputVariables, customConfig      may name more, as the query of WHIP does: agent_id, agent_name, agent_team,
                                      customer_id, customer_name, tier; the former count more
"""

import json
import locale
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from voiceassist.audio.pcm import Encoding
from voiceassist.core.words.visible import visible
from voiceassist.errors import IngestError
from voiceassist.events import SPEAKERS, Customer, Person, Speaker
from voiceassist.ingest.audiohook.messages import Open
from voiceassist.ingest.dialect import Legs
from voiceassist.ingest.fields import NO_CUSTOMER, Id, Name, Team, short
from voiceassist.ingest.source import CallInfo, with_clean_names
from voiceassist.wire import Json

RATE_HZ = 8000  # the only one of version 2
# The reference reads L16 in the order of the machine it runs on, and Genesys sends little-endian.
FORMATS: Mapping[str, Encoding] = {"PCMU": "mulaw", "L16": "s16le"}
LEGS: Mapping[str, Speaker] = {"external": "customer", "internal": "agent"}
CHANNELS: Mapping[Speaker, str] = {leg: channel for channel, leg in LEGS.items()}
NAME_CHARS = 200  # as `fields.Name` has it; Genesys cannot be asked for a shorter one
OFFER_CHARS = 1000  # of one offer; Genesys's have 80
NUMBER_SCHEMES = ("tel:", "sip:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """The offer that we take."""

    offer: Json  # as it was offered
    encoding: Encoding
    legs: Legs  # in the order of the channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom `inputVariables` and `customConfig` may name."""

    agent_id: Id = "agent"
    agent_name: Name = "Agent"
    agent_team: Team = ""
    customer_id: Id = NO_CUSTOMER
    customer_name: Name = "Customer"
    tier: Id = "standard"


NAMES = tuple(Named.__dataclass_fields__)
_NAMED: TypeAdapter[Named] = TypeAdapter(Named)


def choose_media(offered: Sequence[Json]) -> Media:
    """The first offer with both legs, else the first that we understand. Raises IngestError for none."""
    media = [found for offer in offered if (found := _media_of(offer))]
    if not media:
        formats = " or ".join(FORMATS)
        raise IngestError(
            "bad_media", f"no media offered that can be used: offer audio in {formats} at {RATE_HZ} Hz"
        )
    return max(media, key=lambda one: len(one.legs))  # the first of equals


def _media_of(offer: Json) -> Media | None:
    encoding, channels = FORMATS.get(str(offer.get("format"))), offer.get("channels")
    if offer.get("type") != "audio" or encoding is None or offer.get("rate") != RATE_HZ:
        return None
    if not isinstance(channels, list) or not channels or not _can_be_said_again(offer):
        return None
    legs = tuple(LEGS[channel] for channel in channels if isinstance(channel, str) and channel in LEGS)
    if not len(channels) == len(legs) == len(set(legs)):
        return None
    return Media(offer=offer, encoding=encoding, legs=legs)


def _can_be_said_again(offer: Json) -> bool:
    """Whether `opened` can have it as it is."""
    try:
        return len(json.dumps(offer, allow_nan=False)) <= OFFER_CHARS
    except ValueError:  # a number that Python reads as infinite
        return False


def call_info(said: Open, call_id: str) -> CallInfo:
    """What `open` says of the call of that id. Raises IngestError for a name that cannot be one."""
    named = _named(said)
    info = CallInfo(
        call_id=call_id,
        agent=Person(id=named.agent_id, name=named.agent_name, team=named.agent_team),
        customer=Customer(id=named.customer_id, name=named.customer_name, tier=named.tier),
        source="audiohook",
        legs=SPEAKERS,  # a leg that this session does not carry may come in another one
        language=said.language,
    )
    return with_clean_names(info)


def _named(said: Open) -> Named:
    caller = {"customer_id": _number(said.participant.ani), "customer_name": _short(said.participant.aniName)}
    values: dict[str, Any] = {name: value for name, value in caller.items() if value}
    for where, variables in (("customConfig", said.customConfig), ("inputVariables", said.inputVariables)):
        for name in NAMES:
            if (value := variables.get(name)) not in (None, ""):
                values[name] = _checked(f"{where}.{name}", name, value)
    return _NAMED.validate_python(values)


def _checked(where: str, name: str, value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    try:
        _NAMED.validate_python({name: text})
    except ValidationError as error:
        told = error.errors()[0]["msg"]
        raise IngestError("bad_field", f"open: `{where}` is {short(value)}: {told}") from None
    assert isinstance(text, str)
    return text


def _number(ani: str) -> str:
    number = visible(ani)
    for scheme in NUMBER_SCHEMES:
        number = number.removeprefix(scheme)
    return number[:NAME_CHARS]


def _short(name: str) -> str:
    return visible(name)[:NAME_CHARS]


def supported_languages(tags: Sequence[str]) -> list[str]:
    """Our languages as AudioHook writes them ("en-US"): where ours has no region, every region is understood."""
    return sorted({spelt for tag in tags for spelt in _with_regions(tag)})


def _with_regions(tag: str) -> Iterator[str]:
    language, _, region = tag.partition("-")
    if region:
        yield f"{language.lower()}-{region.upper()}"
        return
    for alias in locale.locale_alias:  # the standard library's table of languages and their regions
        spoken, _, where = alias.partition("_")
        if spoken == language.lower() and len(where) == 2 and where.isalpha():  # noqa: PLR2004 - ISO 3166
            yield f"{spoken}-{where.upper()}"
