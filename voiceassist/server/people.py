"""People, for admins: who may sign in, with which roles, for which teams.

Never sees or sets a password: a new person, and one who forgot theirs, gets a link that works once. Never deletes
anybody: the history names them. Next: `sign_in.py` takes the link.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.requests import HTTPConnection

from voiceassist.people.directory import Directory
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow, principal_of
from voiceassist.server.bodies import RequestBody
from voiceassist.server.person_fields import Login, PersonName, PersonView, Roles, Teams, person_view
from voiceassist.store.people import StoredPerson

router = APIRouter(prefix="/api/people", tags=["people"])


class NewPerson(RequestBody):
    """Somebody who is to sign in."""

    login: Login
    name: PersonName
    roles: Roles
    teams: Annotated[Teams, Field(default_factory=list)]


class PersonChange(RequestBody):
    """What is to be different; what is left out stays."""

    name: PersonName | None = None
    roles: Roles | None = None
    teams: Teams | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded:
    """A person and the link with which they set their password, once, within a day."""

    person: PersonView
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetLink:
    """A link with which a person sets their password, once, within a day."""

    link: str


@router.get("", dependencies=[allow("admin")])
async def list_people(connection: HTTPConnection) -> tuple[PersonView, ...]:
    """Everybody, by login."""
    directory = _directory(connection)
    return tuple(person_view(person, directory) for person in directory.everybody.people.values())


@router.post("", status_code=201, dependencies=[allow("admin")])
async def add_person(connection: HTTPConnection, wanted: Annotated[NewPerson, Body()]) -> PersonAdded:
    """Adds somebody; the first one must be an admin, and ends the open server."""
    directory = _directory(connection)
    person = StoredPerson(
        login=wanted.login,
        name=wanted.name,
        roles=tuple(wanted.roles),
        teams=tuple(wanted.teams),
        created_us=directory.now_us(),
    )
    await directory.people.add(person, by=principal_of(connection).signed)
    link = await _link(connection, person.login)
    await directory.look()
    return PersonAdded(person=person_view(person, directory), link=link)


@router.patch("/{login}", dependencies=[allow("admin")])
async def change_person(
    connection: HTTPConnection, login: str, wanted: Annotated[PersonChange, Body()]
) -> PersonView:
    """Changes somebody, here and now; a disabled person is signed out everywhere."""
    directory = _directory(connection)
    values = {name: value for name, value in wanted.model_dump().items() if value is not None}
    person = await directory.people.change(login, by=principal_of(connection).signed, **values)
    await directory.look()
    return person_view(person, directory)


@router.post("/{login}/reset", dependencies=[allow("admin")])
async def reset_person(connection: HTTPConnection, login: str) -> ResetLink:
    """A link for a new password, which turns the second step off; until it is used the old ones hold."""
    return ResetLink(link=await _link(connection, login))


async def _link(connection: HTTPConnection, login: str) -> str:
    token = await _directory(connection).new_link(login, by=principal_of(connection).signed)
    return f"{connection.base_url}reset?token={token}"


def _directory(connection: HTTPConnection) -> Directory:
    return runtime_of(connection).directory
