"""Who is speaking, as it becomes known after a call was announced: from a lookup, a program or a person.

Pure: two people and what is said of them give two people. Never decides who may say it.
Next: `runtime.py` hands them to the call; `live/lookup.py` reads an answer, `server/identity.py` a request.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from pydantic import ConfigDict

from voiceassist.core.screen.wall import WallRow
from voiceassist.core.words.visible import visible
from voiceassist.events import Customer, Person
from voiceassist.ingest.fields import STRICT, Id, Name, Team
from voiceassist.ingest.source import CallInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChange:
    """What is known of the agent; null: nothing new."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    id: Id | None = None
    name: Name | None = None
    team: Team | None = None  # decides who may see the call; which playbook it has was decided at its start


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChange:
    """What is known of the customer; null: nothing new."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    id: Id | None = None
    name: Name | None = None
    tier: Id | None = None  # decides which alternatives cards offer from now on


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityChange:
    """What is known of both; null: nothing new."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    agent: AgentChange | None = None
    customer: CustomerChange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who speaks in a call."""

    agent: Person
    customer: Customer


def identified(known: Identity, change: IdentityChange) -> Identity:
    """With what is new. Of a name in which one sees nothing, the id is left."""
    return Identity(
        agent=_agent(known.agent, change.agent) if change.agent else known.agent,
        customer=_customer(known.customer, change.customer) if change.customer else known.customer,
    )


def said_by_peer(agent: Person | None, customer: Customer | None) -> IdentityChange:
    """What a phone system says later than in its start."""
    return IdentityChange(
        agent=AgentChange(id=agent.id, name=agent.name, team=agent.team) if agent else None,
        customer=CustomerChange(id=customer.id, name=customer.name, tier=customer.tier) if customer else None,
    )


def named(info: CallInfo, who: Identity) -> CallInfo:
    """The call, of these people."""
    return replace(info, agent=who.agent, customer=who.customer)


def identity_of(call: CallInfo | WallRow) -> Identity:
    """Who speaks, as far as it is known."""
    return Identity(agent=call.agent, customer=call.customer)


def _agent(known: Person, change: AgentChange) -> Person:
    id_, team = _new(known.id, change.id), _new(known.team, change.team)
    return replace(known, id=id_, name=_name(known.name, change.name, id_), team=team)


def _customer(known: Customer, change: CustomerChange) -> Customer:
    id_, tier = _new(known.id, change.id), _new(known.tier, change.tier)
    return replace(known, id=id_, name=_name(known.name, change.name, id_), tier=tier)


def _new(known: str, change: str | None) -> str:
    return known if change is None else change


def _name(known: str, change: str | None, id_: str) -> str:
    return known if change is None else visible(change) or id_
