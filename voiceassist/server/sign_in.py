"""Signing in and out, one's own sessions and password, and the links that set a first password.

An answer never tells whether a login exists: an unknown one takes as long, counts as often and is refused in the
same words. A session's token is made anew with every sign-in. Never decides who may call what. Next: the directory
knows the session from then on.
"""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body, HTTPException
from fastapi.responses import Response
from pydantic import Field
from starlette.requests import HTTPConnection

from voiceassist.errors import ConflictError, UnknownNameError
from voiceassist.people.directory import LONGEST_US, S_US, Directory, moment
from voiceassist.people.provider import sign_out_url
from voiceassist.people.secrets import hash_password, is_password, token_hash
from voiceassist.runtime import runtime_of
from voiceassist.server.attempts import attempt, attempt_succeeded, check_second_step
from voiceassist.server.auth import COOKIE, PEOPLE, PersonRole, allow, principal_of
from voiceassist.server.bodies import RequestBody, StrictFields
from voiceassist.server.peer import address_of
from voiceassist.server.person_fields import CODE_CHARS, GivenPassword, Login, NewPassword, PersonName, roles_of
from voiceassist.server.refusals import tell_failed
from voiceassist.store.people import StoredPerson

router = APIRouter(prefix="/api", tags=["sign-in"])


class SignIn(RequestBody):
    """Who wants in."""

    login: str
    password: GivenPassword
    code: Annotated[str, Field(max_length=CODE_CHARS)] = ""  # of the second step


class Setup(RequestBody):
    """The first admin, with the link that `voiceassist serve --setup` printed."""

    token: str
    login: Login
    name: PersonName
    password: NewPassword


class Reset(RequestBody):
    """A password, with the link that an admin gave."""

    token: str
    password: NewPassword


class PasswordChange(StrictFields):
    """Both passwords."""

    old: GivenPassword
    new: NewPassword


class MeChange(RequestBody):
    """What one may change of oneself."""

    password: PasswordChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who is signed in."""

    login: str
    name: str
    roles: tuple[PersonRole, ...]
    teams: tuple[str, ...]  # "*": every team
    password: bool  # there is one here
    totp: bool  # a code is asked for after it


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """Whether a sign-in is needed, and whose this is."""

    open: bool  # nobody needs to sign in
    person: Me | None
    local: bool  # there are passwords here
    oidc: str | None  # name of the provider that people may sign in with
    setup: bool  # there is no admin yet, and a link that makes one


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """One browser in which somebody is signed in."""

    id: str
    created_at: str  # ISO 8601
    seen_at: str
    expires_at: str
    agent: str  # the browser, as it calls itself
    address: str
    current: bool  # the one that asks


@router.get("/session", dependencies=[allow("anyone")])
async def get_session(connection: HTTPConnection) -> SessionView:
    """Who is signed in here, and how one can sign in."""
    directory = _directory(connection)
    person = directory.everybody.people.get(principal_of(connection).login)
    me = _me(person) if person else None
    setup = not directory.is_open and not directory.has_admin
    is_open = principal_of(connection).is_local_person
    oidc = runtime_of(connection).settings.oidc
    return SessionView(open=is_open, person=me, local=True, oidc=oidc.name if oidc.issuer else None, setup=setup)


def _me(person: StoredPerson) -> Me:
    return Me(
        login=person.login,
        name=person.name,
        roles=roles_of(person),
        teams=person.teams,
        password=bool(person.password),
        totp=bool(person.totp),
    )


@router.post("/session", status_code=204, response_class=Response, dependencies=[allow("anyone")])
async def sign_in(connection: HTTPConnection, wanted: Annotated[SignIn, Body()]) -> Response:
    """Signs in: the answer has the cookie. An earlier session of this browser ends."""
    login = wanted.login.strip().lower()
    attempt(connection, login)
    person = await _proved(connection, login, wanted.password)
    await check_second_step(connection, person, wanted.code)
    attempt_succeeded(connection, login)
    return await with_session(connection, login)


@router.delete("/session", status_code=204, response_class=Response, dependencies=[allow("anyone")])
async def sign_out(connection: HTTPConnection) -> Response:
    """Signs out here. `Location`, if there is one: where to go on to sign out at the provider, too."""
    directory, principal, response = _directory(connection), principal_of(connection), _without_session()
    if principal.session_id is None:
        return response
    id_token = directory.id_token_of(principal.session_id)
    await directory.end_sessions(principal.login, principal.session_id)
    provider = runtime_of(connection).provider
    if id_token and provider and (url := await sign_out_url(provider, id_token, own_url(connection, "/sign-in"))):
        response.headers["Location"] = url
    return response


@router.get("/sessions", dependencies=[allow(*PEOPLE)])
async def own_sessions(connection: HTTPConnection) -> tuple[OwnSession, ...]:
    """Where one is signed in, the newest first."""
    directory, principal = _directory(connection), principal_of(connection)
    return tuple(
        OwnSession(
            id=one.id,
            created_at=moment(one.created_us),
            seen_at=moment(directory.seen_us(one)),
            expires_at=moment(one.expires_us),
            agent=one.agent,
            address=one.address,
            current=one.id == principal.session_id,
        )
        for one in directory.sessions_of(principal.login)
    )


@router.delete("/sessions", status_code=204, response_class=Response, dependencies=[allow(*PEOPLE)])
async def end_own_sessions(connection: HTTPConnection) -> Response:
    """Signs out everywhere."""
    await _directory(connection).end_sessions(principal_of(connection).login)
    return _without_session()


@router.delete("/sessions/{session_id}", status_code=204, response_class=Response, dependencies=[allow(*PEOPLE)])
async def end_own_session(connection: HTTPConnection, session_id: str) -> Response:
    """Signs out in one browser of one's own."""
    login = principal_of(connection).login
    if not await _directory(connection).end_sessions(login, session_id, why="ended"):
        raise UnknownNameError("unknown_session", "you have no such session; it may have ended")
    return Response(status_code=204)


@router.post("/setup", status_code=204, response_class=Response, dependencies=[allow("anyone")])
async def set_up(connection: HTTPConnection, wanted: Annotated[Setup, Body()]) -> Response:
    """Makes the first admin, and signs them in."""
    directory = _directory(connection)
    admin = StoredPerson(
        login=wanted.login,
        name=wanted.name,
        roles=("admin",),
        teams=(),
        password=await _hashed(directory, wanted.password),
        created_us=directory.now_us(),
    )
    await directory.people.add_first(token_hash(wanted.token), admin)
    return await with_session(connection, admin.login)


@router.post("/reset", status_code=204, response_class=Response, dependencies=[allow("anyone")])
async def reset(connection: HTTPConnection, wanted: Annotated[Reset, Body()]) -> Response:
    """Sets a password with an admin's link, takes the second step off, signs out everywhere, and in here."""
    directory = _directory(connection)
    password = await _hashed(directory, wanted.password)
    person = await directory.people.use_link(token_hash(wanted.token), directory.now_us(), password)
    return await with_session(connection, person.login)


@router.patch("/me", status_code=204, response_class=Response, dependencies=[allow(*PEOPLE)])
async def change_me(connection: HTTPConnection, wanted: Annotated[MeChange, Body()]) -> Response:
    """Sets another password, signs out everywhere else, and in here anew."""
    directory, login = _directory(connection), principal_of(connection).login
    if not login:
        raise ConflictError("not_signed_in", "this server is open, and nobody is signed in")
    attempt(connection, login)
    await _proved(connection, login, wanted.password.old)
    attempt_succeeded(connection, login)
    await directory.people.change(login, password=await _hashed(directory, wanted.password.new))
    return await with_session(connection, login)


async def _proved(connection: HTTPConnection, login: str, password: str) -> StoredPerson:
    """The person whose password it is. Raises HTTPException, in the same words for whatever was wrong."""
    directory = _directory(connection)
    person = directory.everybody.people.get(login)
    async with directory.hashing:
        is_right = await asyncio.to_thread(is_password, person.password if person else "", password)
    if person is None or not is_right or person.disabled:
        tell_failed(connection, login, "bad_sign_in")
        raise HTTPException(401, {"code": "bad_sign_in", "message": "login and password do not fit together"})
    return person


async def _hashed(directory: Directory, password: str) -> str:
    async with directory.hashing:
        return await asyncio.to_thread(hash_password, password)


def own_url(connection: HTTPConnection, path: str) -> str:
    """An address of this server, as browsers find it."""
    base = runtime_of(connection).settings.oidc.public_url or str(connection.base_url)
    return base.rstrip("/") + path


async def with_session(
    connection: HTTPConnection, login: str, response: Response | None = None, *, id_token: str = ""
) -> Response:
    """Signed in, with a new token in the answer; what this browser had before ends."""
    directory, before = _directory(connection), principal_of(connection)
    if before.session_id is not None:
        await directory.people.end_sessions(before.login, before.session_id, why="signed_in_again")
    agent = connection.headers.get("user-agent", "")
    address = address_of(connection)
    token = await directory.open_session(login, agent=agent, address=address, id_token=id_token)
    response = response or Response(status_code=204)
    response.set_cookie(
        COOKIE,
        token,
        max_age=LONGEST_US // S_US,
        httponly=True,
        samesite="lax",
        secure=connection.url.is_secure,
    )
    return response


def _without_session() -> Response:
    response = Response(status_code=204)
    response.delete_cookie(COOKIE)
    return response


def _directory(connection: HTTPConnection) -> Directory:
    return runtime_of(connection).directory
