"""What a WHIP publisher says of itself in the query of its POST.

    call_id         joins that call's other leg, or opens it; without it a new call
    leg             agent | customer: this track is that person
    legs            agent,customer: one stereo track, channels in that order (either leg or legs, not both)
    agent_id, agent_name, agent_team, customer_id, customer_name, tier, consent, language: as in a stream's start
                    message; those of the publisher that opens the call count, and a `language` that its engine
                    does not hear is refused

Never carries a token: that is the Authorization header. Next: `dialect.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from voiceassist.actions import Consent
from voiceassist.errors import IngestError
from voiceassist.events import SPEAKERS, Customer, Person, Speaker
from voiceassist.ingest.fields import NO_CUSTOMER, STRICT, CallId, CallLanguage, Id, Name, Team, new_call_id
from voiceassist.ingest.source import CallInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The query of a WHIP publish."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    call_id: CallId | None = None
    leg: Speaker | None = None
    legs: Literal["agent,customer", "customer,agent"] | None = None
    agent_id: Id = "agent"
    agent_name: Name = "Agent"
    agent_team: Team = ""
    customer_id: Id = NO_CUSTOMER
    customer_name: Name = "Customer"
    tier: Id = "standard"
    language: CallLanguage | None = None
    consent: Consent = "unknown"


_PUBLICATION: TypeAdapter[Publication] = TypeAdapter(Publication)


def parse_publication(query: Mapping[str, str], agent: Person | None = None) -> Publication:
    """The query, checked, with an agent who is known already; raises IngestError that names the parameter."""
    try:
        publication = _PUBLICATION.validate_python(dict(query))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise IngestError("bad_field", f"query parameter `{name}`: {first['msg']}") from None
    if (publication.leg is None) == (publication.legs is None):
        raise IngestError(
            "bad_legs", "say whose voice it is: `leg=agent`, `leg=customer`, or `legs=agent,customer` for stereo"
        )
    if agent is None:
        return publication
    return replace(publication, agent_id=agent.id, agent_name=agent.name, agent_team=agent.team)


def legs_of(publication: Publication) -> tuple[Speaker, ...]:
    """Whose voices the track carries, in the order of its channels."""
    if publication.leg:
        return (publication.leg,)
    return SPEAKERS if publication.legs == "agent,customer" else SPEAKERS[::-1]


def call_info(publication: Publication) -> CallInfo:
    """The call that this publisher opens: a single leg may be joined by the other."""
    legs = legs_of(publication)
    return CallInfo(
        call_id=publication.call_id or new_call_id(),
        agent=Person(id=publication.agent_id, name=publication.agent_name, team=publication.agent_team),
        customer=Customer(id=publication.customer_id, name=publication.customer_name, tier=publication.tier),
        source="whip",
        legs=legs if len(legs) > 1 else SPEAKERS,
        language=publication.language,
        consent=publication.consent,
    )
