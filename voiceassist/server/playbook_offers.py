"""Which new calls get a playbook, over HTTP: making one the default, withdrawing one and offering it again.

Every decision is kept with who made it. Never decides what may be offered: `playbook_registry.py` does.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.requests import HTTPConnection

from voiceassist.playbook_registry import DefaultPlaybook
from voiceassist.runtime import Runtime, runtime_of
from voiceassist.server.auth import SCREENS, allow, principal_of
from voiceassist.server.bodies import RequestBody
from voiceassist.store.playbooks import PlaybookChoice

router = APIRouter(prefix="/api/playbooks/{name}", tags=["playbooks"])

ChoiceNote = Annotated[str, Field(max_length=2_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """Which new calls get a playbook."""

    withdrawn: PlaybookChoice | None  # by which no new call gets it
    default_for: tuple[str, ...]  # languages of calls
    could_be_default_for: tuple[str, ...]  # further ones that it could be made the default of
    defaults: tuple[DefaultPlaybook, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityView:
    """What people decided about a playbook, the newest first."""

    activity: tuple[PlaybookChoice, ...]


class Withdrawal(RequestBody):
    """A playbook that no new call is to get, or that is to be offered again."""

    note: ChoiceNote = ""


class DefaultWanted(RequestBody):
    """A playbook that teams without one of their own are to get."""

    language: Annotated[str | None, Field(max_length=35, description="Of calls; null: all that it serves.")] = None
    note: ChoiceNote = ""


@router.post("/withdraw", dependencies=[allow("author", "playbooks")])
async def withdraw(connection: HTTPConnection, name: str, wanted: Annotated[Withdrawal, Body()]) -> PlaybookChoice:
    """No new call gets this playbook; its history and its draft stay."""
    return await runtime_of(connection).withdraw_playbook(name, note=wanted.note, by=principal_of(connection).name)


@router.post("/offer", dependencies=[allow("author", "playbooks")])
async def offer_again(
    connection: HTTPConnection, name: str, wanted: Annotated[Withdrawal, Body()]
) -> PlaybookChoice:
    """Takes a withdrawal back."""
    return await runtime_of(connection).offer_playbook(name, note=wanted.note, by=principal_of(connection).name)


@router.post("/default", dependencies=[allow("author", "playbooks")])
async def make_default(
    connection: HTTPConnection, name: str, wanted: Annotated[DefaultWanted, Body()]
) -> ActivityView:
    """Teams without a playbook of their own get this one from now on; the settings' own playbook: as they say."""
    choices = await runtime_of(connection).make_default_playbook(
        name, wanted.language, note=wanted.note, by=principal_of(connection).name
    )
    return ActivityView(activity=choices)


@router.get("/activity", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def activity(connection: HTTPConnection, name: str) -> ActivityView:
    """What people decided about the playbook as a whole."""
    decided = await runtime_of(connection).store.playbooks.choices(name)
    return ActivityView(activity=tuple(decided))


@router.get("/offer", dependencies=[allow(*SCREENS, "author", "playbooks")])
async def get_offer(connection: HTTPConnection, name: str) -> OfferView:
    """Which new calls get the playbook, and which could."""
    return await offer_view(runtime_of(connection), name)


async def offer_view(runtime: Runtime, name: str) -> OfferView:
    """Which new calls get a playbook, and which could."""
    defaults = runtime.registry.defaults()
    offered = runtime.registry.offered
    current = offered.current.get(name)
    mine = tuple(one.language for one in defaults if one.name == name)
    served = offered.served_by(current.language) if current and not current.teams else ()
    withdrawn = None
    if name in offered.withdrawn:
        decided = await runtime.store.playbooks.choices(name)
        withdrawn = next((one for one in decided if one.action == "withdrawn"), None)
    could_be = () if withdrawn else tuple(tag for tag in served if tag not in mine)
    return OfferView(withdrawn=withdrawn, default_for=mine, could_be_default_for=could_be, defaults=defaults)
