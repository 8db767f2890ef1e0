"""Who is asking, and who may call what. The only place that decides either.

`authenticate` makes a `Principal` of a connection before its body is read; `gate.py` puts it into the ASGI scope.
Every route declares its roles with `allow(...)`, and asks `principal_of` whose name goes into the history.

While nobody was added and only this machine reaches the server, whoever reaches the screens is the person of the
settings. From then on people sign in, and programs have a key. A key does not replace the look at the `Origin`.
"""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Literal

from fastapi import HTTPException
from fastapi import params as fastapi_params
from starlette.requests import HTTPConnection

from voiceassist.config import Settings
from voiceassist.people.directory import Directory
from voiceassist.people.key_ring import PREFIX, SCOPES
from voiceassist.runtime import runtime_of
from voiceassist.server.peer import is_local
from voiceassist.server.refusals import tell_refused

Role = Literal[
    "anyone", "agent", "supervisor", "reviewer", "author", "admin", "ingest", "read:calls", "events", "playbooks"
]
PersonRole = Literal["agent", "supervisor", "reviewer", "author", "admin"]  # that somebody can be given
PEOPLE: tuple[PersonRole, ...] = ("agent", "supervisor", "reviewer", "author", "admin")
SCREENS: tuple[Role, ...] = ("agent", "supervisor", "reviewer")
PERSON: frozenset[Role] = frozenset({"anyone", *PEOPLE})
PHONE_SYSTEM: frozenset[Role] = frozenset({"anyone", "ingest"})  # by a token of the server
NOBODY: frozenset[Role] = frozenset({"anyone"})
COOKIE = "voiceassist_session"
SCOPE_KEY = "voiceassist.principal"
INGEST = "/ingest/"  # the addresses at which phone systems call
ONLY_LOCAL = (
    "nobody can sign in yet, so only this machine is let in, and not through a proxy: make an admin with "
    "`voiceassist users add`"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who stands behind a connection."""

    name: str  # of the person or key, as the history shows it
    roles: frozenset[Role]
    teams: frozenset[str] = frozenset()  # "*": every team
    login: str = ""  # empty: nobody signed in
    session_id: str | None = None
    key_id: str | None = None
    is_local_person: bool = False  # of an open server: who may do and see everything

    @property
    def is_known(self) -> bool:
        """Whether somebody or something has proved who it is, or need not."""
        return self.roles != NOBODY

    @property
    def signed(self) -> str:
        """Whom the audit names."""
        return self.login or self.name


class Allow:
    """A route's declaration of who may call it; FastAPI runs it before the route."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    async def __call__(self, connection: HTTPConnection) -> None:
        """Answers 401 or 403 when the caller may not."""
        if not self.roles & principal_of(connection).roles:
            status, message = _why_not(self.roles, connection)
            call_id = connection.path_params.get("call_id", "")
            tell_refused(connection, principal_of(connection).signed, f"http_{status}", call_id)
            raise _refused(connection, status, message)


def allow(*roles: Role) -> fastapi_params.Depends:
    """Declares who may call a route."""
    return fastapi_params.Depends(Allow(*roles))


def principal_of(connection: HTTPConnection) -> Principal:
    """Who is asking."""
    principal = connection.scope[SCOPE_KEY]
    assert isinstance(principal, Principal)
    return principal


class RefusedSocketError(Exception):
    """A socket that may not be opened; `http.py` answers its handshake with this status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def authenticate(connection: HTTPConnection, settings: Settings, directory: Directory) -> Principal:
    """Who is asking."""
    secret = _secret(connection)
    if secret.startswith(PREFIX):
        return key_holder(secret, directory)
    has_token = any(_is_same(secret, token) for token in (settings.ingest_token, directory.own_token))
    if directory.is_open and is_local(connection):
        return _local_person(settings, is_phone_system=has_token or settings.ingest_token is None)
    if has_token:
        return Principal(name="phone system", roles=PHONE_SYSTEM)
    return _signed_in(connection, directory)


def rights_last(connection: HTTPConnection) -> Callable[[], bool]:
    """Whether whoever opened this connection may still do what they could, asked again and again.

    Who proved nothing, because the server was open, may end what began then, also when somebody is added since.
    """
    return rights_of(principal_of(connection), runtime_of(connection).directory)


def rights_of(principal: Principal, directory: Directory) -> Callable[[], bool]:
    """Whether a principal may still do what it could, asked again and again."""
    if principal.session_id is None and principal.key_id is None:
        return lambda: True
    before = directory.rights(principal.session_id, principal.key_id)
    return lambda: before is not None and directory.rights(principal.session_id, principal.key_id) == before


def key_holder(secret: str, directory: Directory) -> Principal:
    """Who has this secret; nobody, when it is no key, or no longer one."""
    key = directory.key_of(secret)
    if key is None:
        return Principal(name="", roles=NOBODY)
    roles = NOBODY | {scope for scope in SCOPES if scope in key.scopes}
    return Principal(name=f"key {key.name}", roles=roles, key_id=key.id)


def _local_person(settings: Settings, *, is_phone_system: bool) -> Principal:
    roles: frozenset[Role] = PERSON | {"ingest"} if is_phone_system else PERSON
    return Principal(name=settings.person, roles=roles, is_local_person=True)


def _signed_in(connection: HTTPConnection, directory: Directory) -> Principal:
    found = directory.signed_in(connection.cookies.get(COOKIE, ""))
    if found is None:
        return Principal(name="", roles=NOBODY)
    person, session = found
    return Principal(
        name=person.name,
        roles=NOBODY | {role for role in PEOPLE if role in person.roles},
        teams=frozenset(person.teams),
        login=person.login,
        session_id=session.id,
    )


def _why_not(roles: frozenset[Role], connection: HTTPConnection) -> tuple[int, str]:
    principal = principal_of(connection)
    people, scopes = (" or ".join(sorted(roles.intersection(some))) for some in (PEOPLE, SCOPES))
    key = f"a key with the scope `{scopes}`" if scopes else ""
    if principal.key_id is not None:
        return 403, f"this needs {key}" if key else "this is for people, not for keys"
    if principal.is_known and people:
        return 403, f"this needs to be done as {people}"
    if _secret(connection).startswith(PREFIX):
        return 401, "this key is none, or it was revoked, or it has expired: ask an admin for another one"
    by_key = f"{key}, sent as a Bearer token" if key else ""
    if people and runtime_of(connection).directory.is_open:
        return 401, ONLY_LOCAL
    if people:
        return 401, f"sign in first{', or use ' if key else ''}{by_key}"
    return 401, f"this needs {by_key}"


def _refused(connection: HTTPConnection, status: int, message: str) -> Exception:
    if connection.scope["type"] == "websocket":
        return RefusedSocketError(status, message)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None  # noqa: PLR2004 - HTTP's own number
    return HTTPException(status, message, headers=headers)


def _secret(connection: HTTPConnection) -> str:
    """The secret that came with a request; empty: none. Phone systems that send no header have it in the path."""
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    match scheme.lower():
        case "bearer":
            return given.strip()
        case "basic":
            return _password(given.strip())
    path = connection.scope["path"]
    last = path.rpartition("/")[2] if path.startswith(INGEST) else ""
    return last if last.startswith(PREFIX) else ""


def _password(given: str) -> str:
    """The password of HTTP's Basic authentication (RFC 7617); empty: what was given is none."""
    try:
        return b64decode(given, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _is_same(given: str, token: str | None) -> bool:
    return bool(token) and compare_digest(given.encode(), (token or "").encode())
