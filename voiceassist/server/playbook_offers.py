"""Which new calls get a playbook, over HTTP: making one the default, withdrawing one and offering it again.

Every decision is kept with who made it. Never decides what may be offered: `playbook_registry.py` does.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.requests import HTTPConnection

from voiceassist.runtime import Runtime, runtime_of
from voiceassist.server.auth import SCREENS, allow, principal_of
from voiceassist.server.bodies import RequestBody
from voiceassist.store.playbooks import ChoiceAction, PlaybookChoice

router = APIRouter(prefix="/api/playbooks/{name}", tags=["playbooks"])

ChoiceNote = Annotated[str, Field(max_length=2_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """What somebody decided about a whole playbook."""

    at: str  # ISO 8601 with zone
    by: str
    action: ChoiceAction
    name: str
    language: str  # of calls; empty where it is about the playbook alone
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultView:
    """What calls in a language get where their team has no playbook of its own, and who says so."""

    language: str
    name: str
    setting: str  # the playbook that the server's settings name
    choice: ChoiceView | None  # by which another one goes before that; null: the setting counts


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """Which new calls get a playbook."""

    withdrawn: ChoiceView | None  # by which no new call gets it
    default_for: tuple[str, ...]  # languages of calls
    could_be_default_for: tuple[str, ...]  # further ones that it could be made the default of
    defaults: tuple[DefaultView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityView:
    """What people decided about a playbook, the newest first."""

    activity: tuple[ChoiceView, ...]


class Withdrawal(RequestBody):
    """A playbook that no new call is to get, or that is to be offered again."""

    note: ChoiceNote = ""


class DefaultWanted(RequestBody):
    """A playbook that teams without one of their own are to get."""

    language: Annotated[str | None, Field(max_length=35, description="Of calls; null: all that it serves.")] = None
    note: ChoiceNote = ""


@router.post("/withdraw", dependencies=[allow("admin")])
async def withdraw(connection: HTTPConnection, name: str, wanted: Annotated[Withdrawal, Body()]) -> ChoiceView:
    """No new call gets this playbook; its history and its draft stay."""
    choice = await runtime_of(connection).withdraw_playbook(
        name, note=wanted.note, by=principal_of(connection).name
    )
    return choice_view(choice)


@router.post("/offer", dependencies=[allow("admin")])
async def offer_again(connection: HTTPConnection, name: str, wanted: Annotated[Withdrawal, Body()]) -> ChoiceView:
    """Takes a withdrawal back."""
    choice = await runtime_of(connection).offer_playbook(name, note=wanted.note, by=principal_of(connection).name)
    return choice_view(choice)


@router.post("/default", dependencies=[allow("admin")])
async def make_default(
    connection: HTTPConnection, name: str, wanted: Annotated[DefaultWanted, Body()]
) -> ActivityView:
    """Teams without a playbook of their own get this one from now on; the settings' own playbook: as they say."""
    choices = await runtime_of(connection).make_default_playbook(
        name, wanted.language, note=wanted.note, by=principal_of(connection).name
    )
    return ActivityView(activity=tuple(map(choice_view, choices)))


@router.get("/activity", dependencies=[allow(*SCREENS)])
async def activity(connection: HTTPConnection, name: str) -> ActivityView:
    """What people decided about the playbook as a whole."""
    decided = await runtime_of(connection).store.playbooks.choices(name)
    return ActivityView(activity=tuple(map(choice_view, decided)))


@router.get("/offer", dependencies=[allow(*SCREENS)])
async def get_offer(connection: HTTPConnection, name: str) -> OfferView:
    """Which new calls get the playbook, and which could."""
    return await offer_view(runtime_of(connection), name)


def choice_view(choice: PlaybookChoice) -> ChoiceView:
    """A decision as pages show it."""
    return ChoiceView(
        at=choice.at,
        by=choice.by,
        action=choice.action,
        name=choice.name,
        language=choice.language,
        note=choice.note,
    )


def default_views(runtime: Runtime) -> tuple[DefaultView, ...]:
    """The default of every language of this server."""
    return tuple(
        DefaultView(
            language=one.language,
            name=one.name,
            setting=one.setting,
            choice=choice_view(one.choice) if one.choice else None,
        )
        for one in runtime.registry.defaults()
    )


async def offer_view(runtime: Runtime, name: str) -> OfferView:
    """Which new calls get a playbook, and which could."""
    defaults = default_views(runtime)
    offered = runtime.registry.offered
    current = offered.current.get(name)
    mine = tuple(one.language for one in defaults if one.name == name)
    served = offered.served_by(current.language) if current and not current.teams else ()
    withdrawn = None
    if name in offered.withdrawn:
        decided = await runtime.store.playbooks.choices(name)
        withdrawn = next((choice_view(one) for one in decided if one.action == "withdrawn"), None)
    could_be = () if withdrawn else tuple(tag for tag in served if tag not in mine)
    return OfferView(withdrawn=withdrawn, default_for=mine, could_be_default_for=could_be, defaults=defaults)
