"""What a person is made of in the bodies of requests and answers. Knows no route."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from voiceassist.people.directory import Directory, moment
from voiceassist.people.secrets import PASSWORD_CHARS
from voiceassist.server.auth import PEOPLE, PersonRole
from voiceassist.server.bodies import all_visible
from voiceassist.store.people import StoredPerson

SHORTEST, LONGEST = PASSWORD_CHARS
LOGIN_CHARS = 64
CODE_CHARS = 20  # of the second step: six digits, and the spaces that apps put between them
TEAMS = 50  # of one person


Login = Annotated[str, StringConstraints(to_lower=True, strip_whitespace=True, pattern=r"^[a-zA-Z0-9._@-]{1,64}$")]
PersonName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(all_visible)
]
Team = PersonName
NewPassword = Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST)]
GivenPassword = Annotated[str, Field(max_length=LONGEST)]
Roles = Annotated[list[PersonRole], Field(max_length=len(PEOPLE))]
Teams = Annotated[list[Team], Field(max_length=TEAMS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """Somebody who may sign in, for admins."""

    login: str
    name: str
    roles: tuple[PersonRole, ...]
    teams: tuple[str, ...]  # "*": every team
    disabled: bool
    totp: bool  # a two-step code is asked for
    last_seen_at: str | None  # ISO 8601


def person_view(person: StoredPerson, directory: Directory) -> PersonView:
    """As admins see them."""
    seen = [directory.seen_us(session) for session in directory.sessions_of(person.login)]
    last_us = max([person.seen_us or 0, *seen])
    return PersonView(
        login=person.login,
        name=person.name,
        roles=roles_of(person),
        teams=person.teams,
        disabled=person.disabled,
        totp=bool(person.totp),
        last_seen_at=moment(last_us) if last_us else None,
    )


def roles_of(person: StoredPerson) -> tuple[PersonRole, ...]:
    """Those that this version knows, in one order."""
    return tuple(role for role in PEOPLE if role in person.roles)
