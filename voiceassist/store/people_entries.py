"""What the audit says of people and their sessions. Makes entries, and never has a secret in one.

`by`: who did it; None: the person themselves. Next: `people.py` records them in the transaction of what they tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from voiceassist.store.audit import SERVER, NewEntry

if TYPE_CHECKING:
    from voiceassist.store.people import StoredPerson, StoredSession

EndedBy = Literal[
    "signed_out", "signed_in_again", "password", "disabled", "expired", "too_many", "ended", "no_role"
]
TOLD = ("name", "roles", "teams", "disabled")  # of a person, with their values
SECRET = ("password", "totp", "subject")  # of these only whether there is one


def person_added(person: "StoredPerson", by: str | None) -> NewEntry:
    """Somebody may sign in from now on."""
    detail = {"login": person.login, "name": person.name, "roles": person.roles, "teams": person.teams}
    return NewEntry(who=by or person.login, what="person.added", detail=detail)


def person_changed(before: "StoredPerson", after: "StoredPerson", by: str | None) -> Sequence[NewEntry]:
    """What of somebody is different; none: nothing is."""
    old, new = asdict(before), asdict(after)
    changed = [name for name in TOLD if old[name] != new[name]]
    secrets = {name: "set" if new[name] else "none" for name in SECRET if old[name] != new[name]}
    if not changed and not secrets:
        return ()
    values: Mapping[str, Any] = {name: new[name] for name in changed}
    detail = {"login": after.login, **values, "before": {name: old[name] for name in changed}, **secrets}
    return (NewEntry(who=by or after.login, what="person.changed", detail=detail),)


def link_made(login: str, by: str | None) -> NewEntry:
    """Somebody can set a password with a link; without a login, the first admin can be made with one."""
    return NewEntry(who=by or SERVER, what="person.reset" if login else "person.setup", detail={"login": login})


def session_opened(session: "StoredSession") -> NewEntry:
    """Somebody signed in."""
    detail = {"session": session.id, "address": session.address, "agent": session.agent}
    provider = {"by": "oidc"} if session.id_token else {}
    return NewEntry(who=session.login, what="session.opened", detail=detail | provider)


def sessions_ended(login: str, ids: Sequence[str], why: EndedBy, by: str | None) -> Sequence[NewEntry]:
    """Sessions of one person ended together; none: there were none."""
    detail = {"login": login, "sessions": list(ids), "why": why}
    return (NewEntry(who=by or login, what="session.ended", detail=detail),) if ids else ()
