"""Who may sign in: people, their sessions, and one-time links for a password.

Secrets are stored as hashes only. What changes stands in the audit, in the same transaction. A new password, or
disabling a person, ends that person's sessions, and no change leaves the server without an admin. Never hashes and
never decides who may do what.
Next: `people/directory.py` keeps it all in memory; `cli/users` changes it beside a server.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Delete, RowMapping, delete, func, insert, select, update

from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.store.audit import SERVER, record
from voiceassist.store.database import Database
from voiceassist.store.people_entries import (
    EndedBy,
    link_made,
    person_added,
    person_changed,
    session_opened,
    sessions_ended,
)
from voiceassist.store.schema import password_links, people, sessions

T = TypeVar("T")
ADMIN = "admin"
SESSIONS_OF_ONE = 50  # overflow rule: with one more, the one that was used longest ago ends


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPerson:
    """Somebody who may sign in. All times here are microseconds since 1970 UTC."""

    login: str
    name: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]  # "*": every team
    password: str = field(default="", repr=False)  # argon2id; empty: none yet
    totp: str = field(default="", repr=False)  # secret of the two-step code; empty: none
    totp_step: int = 0  # of the last code that was taken
    disabled: bool = False
    created_us: int
    seen_us: int | None = None
    subject: str = ""  # who they are at the provider of sign-ins, with its issuer; empty: nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """Somebody who has signed in, in one browser."""

    id: str
    token_hash: str = field(repr=False)
    login: str
    created_us: int
    seen_us: int
    expires_us: int  # whatever happens
    agent: str  # the browser, as it calls itself
    address: str
    id_token: str = field(default="", repr=False)  # of the provider; empty: signed in here


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordLink:
    """May set a person's password once; without a login: may make the first admin."""

    token_hash: str = field(repr=False)
    login: str
    expires_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Everybody:
    """All that are there at one moment."""

    people: Mapping[str, StoredPerson] = field(default_factory=dict)  # by login
    sessions: Mapping[str, StoredSession] = field(default_factory=dict)  # by the hash of their token


class People:
    """The tables of one open database. Every method raises StoreError when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def everybody(self) -> Everybody:
        """All of them."""
        return await self._database.read(_everybody)

    async def add(self, person: StoredPerson, *, by: str | None = None) -> None:
        """Raises ConflictError when the login is taken. `by` whom, as the audit names them; None: that person."""
        await self._write(lambda connection: _add(connection, person, by))

    async def change(self, login: str, *, by: str | None = None, **values: Any) -> StoredPerson:  # noqa: ANN401 - fields of a StoredPerson
        """Changes some fields. Raises UnknownNameError, and ConflictError when no admin would be left."""
        return await self._write(lambda connection: _change(connection, login, values, by))

    async def provided(self, person: StoredPerson, *, adopts: bool) -> StoredPerson:
        """Somebody whom the provider knows by their `subject`, found or added, with the roles it gives now.

        `adopts`: who has the login here, and is nobody there yet, is the same person. Raises ConflictError.
        """
        return await self._write(lambda connection: _provided(connection, person, adopts=adopts))

    async def use_step(self, login: str, totp: str, step: int) -> bool:
        """Uses the code of a step. False: it was used already, is older than one used, or of another secret."""
        used = update(people).where(people.c.login == login, people.c.totp == totp, people.c.totp_step < step)
        return await self._write(lambda connection: connection.execute(used.values(totp_step=step)).rowcount == 1)

    async def open_session(self, session: StoredSession) -> None:
        """Somebody signs in."""
        await self._write(lambda connection: _open_session(connection, session))

    async def end_sessions(
        self, login: str, session_id: str | None = None, *, why: EndedBy = "signed_out", by: str | None = None
    ) -> int:
        """Ends one session of a person, or all; returns how many there were."""
        ended = _all_of(login)
        ended = ended.where(sessions.c.id == session_id) if session_id is not None else ended
        return await self._write(lambda connection: _end(connection, ended, why, by))

    async def end_old_sessions(self, created_us: int, seen_us: int) -> None:
        """Forgets sessions that expired before `created_us`, or that nobody used since `seen_us`."""
        old = delete(sessions).where((sessions.c.expires_us < created_us) | (sessions.c.seen_us < seen_us))
        await self._write(lambda connection: _end(connection, old, "expired", SERVER))

    async def saw(self, seen: Mapping[str, tuple[str, int]]) -> None:
        """When sessions were used last, by their ids, with whose they are."""
        await self._write(lambda connection: _saw(connection, seen))

    async def add_link(self, link: PasswordLink, *, by: str | None = None) -> None:
        """Takes the place of the person's earlier ones."""
        await self._write(lambda connection: _add_link(connection, link, by))

    async def use_link(self, token_hash: str, now_us: int, password: str) -> StoredPerson:
        """Sets the password of the person that the link is for, and takes their second step off.

        Raises UnknownNameError when it is used or old.
        """

        def use(connection: Connection) -> StoredPerson:
            login = _used(connection, token_hash, now_us)
            if not login:
                raise _no_link()
            return _change(connection, login, {"password": password, "totp": "", "totp_step": 0}, None)

        return await self._write(use)

    async def add_first(self, token_hash: str, admin: StoredPerson) -> None:
        """The first admin, by the setup link. Raises UnknownNameError when it is used, old, or of a person."""

        def add(connection: Connection) -> None:
            if _used(connection, token_hash, admin.created_us) or _count_admins(connection):
                raise _no_link()
            _add(connection, admin, None)

        await self._write(add)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await self._database.write(work)


def _everybody(connection: Connection) -> Everybody:
    all_people = map(_person, connection.execute(select(people).order_by(people.c.login)).mappings())
    all_sessions = (StoredSession(**row) for row in connection.execute(select(sessions)).mappings())
    return Everybody(
        people={person.login: person for person in all_people},
        sessions={session.token_hash: session for session in all_sessions},
    )


def _person(row: RowMapping) -> StoredPerson:
    values = dict(row)
    values |= {"roles": tuple(row["roles"].split()), "teams": tuple(json.loads(row["teams"]))}
    return StoredPerson(**values | {"disabled": bool(row["disabled"])})


def _row(values: Mapping[str, Any]) -> dict[str, Any]:
    row = dict(values)
    if "roles" in row:
        row["roles"] = " ".join(row["roles"])
    if "teams" in row:
        row["teams"] = json.dumps(row["teams"])
    return row


def _add(connection: Connection, person: StoredPerson, by: str | None) -> None:
    if connection.scalar(select(people.c.login).where(people.c.login == person.login)):
        raise ConflictError("login_taken", f"there is a person {person.login!r} already; choose another login")
    if not _count_admins(connection) and ADMIN not in person.roles:
        raise ConflictError("no_admin", "there is no admin yet, so the first person must be one")
    connection.execute(insert(people), _row(asdict(person)))
    record(connection, person_added(person, by))


def _change(connection: Connection, login: str, values: Mapping[str, Any], by: str | None) -> StoredPerson:
    admins = _count_admins(connection)
    which = people.c.login == login
    before = connection.execute(select(people).where(which)).mappings().first()
    if before is None:
        raise UnknownNameError("unknown_person", f"there is no person {login!r}")
    changed = update(people).where(which).values(**_row(values)).returning(people)
    person = _person(connection.execute(changed).mappings().one())
    if admins and not _count_admins(connection):
        told = f"{login!r} is the only admin who may sign in; make somebody else an admin first"
        raise ConflictError("last_admin", told)
    record(connection, *person_changed(_person(before), person, by))
    if "password" in values or values.get("disabled"):
        _end(connection, _all_of(login), "password" if "password" in values else "disabled", by)
    return person


def _provided(connection: Connection, person: StoredPerson, *, adopts: bool) -> StoredPerson:
    known = people.c.subject == person.subject
    if adopts:
        known |= (people.c.login == person.login) & (people.c.subject == "")
    login = connection.scalar(select(people.c.login).where(known).order_by(people.c.subject.desc()).limit(1))
    if login is None:
        _add(connection, person, SERVER)
        return person
    given = {"name": person.name, "roles": person.roles, "teams": person.teams, "subject": person.subject}
    return _change(connection, login, given, SERVER)


def _all_of(login: str) -> Delete:
    return delete(sessions).where(sessions.c.login == login)


def _end(connection: Connection, ended: Delete, why: EndedBy, by: str | None) -> int:
    """Ends the sessions; returns how many there were."""
    ids: dict[str, list[str]] = {}  # by login
    for row in connection.execute(ended.returning(sessions.c.login, sessions.c.id)):
        ids.setdefault(row.login, []).append(row.id)
    record(connection, *(entry for login in ids for entry in sessions_ended(login, ids[login], why, by)))
    return sum(map(len, ids.values()))


def _count_admins(connection: Connection) -> int:
    found = connection.scalars(select(people.c.roles).where(people.c.disabled == 0))
    return sum(ADMIN in roles.split() for roles in found)


def _open_session(connection: Connection, session: StoredSession) -> None:
    connection.execute(insert(sessions), asdict(session))
    of_person = select(sessions.c.id).where(sessions.c.login == session.login)
    kept = of_person.order_by(sessions.c.seen_us.desc(), sessions.c.created_us.desc()).limit(SESSIONS_OF_ONE)
    record(connection, session_opened(session))
    _end(connection, _all_of(session.login).where(sessions.c.id.not_in(kept)), "too_many", SERVER)


def _saw(connection: Connection, seen: Mapping[str, tuple[str, int]]) -> None:
    for session_id, (login, at_us) in seen.items():
        connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_us=at_us))
        later = func.max(func.coalesce(people.c.seen_us, 0), at_us)
        connection.execute(update(people).where(people.c.login == login).values(seen_us=later))


def _add_link(connection: Connection, link: PasswordLink, by: str | None) -> None:
    if link.login and not connection.scalar(select(people.c.login).where(people.c.login == link.login)):
        raise UnknownNameError("unknown_person", f"there is no person {link.login!r}")
    connection.execute(delete(password_links).where(password_links.c.login == link.login))
    connection.execute(insert(password_links), asdict(link))
    record(connection, link_made(link.login, by))


def _used(connection: Connection, token_hash: str, now_us: int) -> str:
    """Whose link it is; it is gone now. Raises UnknownNameError."""
    gone = delete(password_links).where(password_links.c.token_hash == token_hash)
    row = connection.execute(gone.returning(password_links)).mappings().first()
    if row is None or row["expires_us"] < now_us:
        raise _no_link()
    return str(row["login"])


def _no_link() -> UnknownNameError:
    told = "this link was used already, or it is too old; ask an admin for a new one"
    return UnknownNameError("unknown_link", told)
