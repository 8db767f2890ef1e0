"""The second step of one's own sign-in: shown, turned on with a first code, turned off with another.

A code counts as an attempt like a password, and works once. Never tells a secret again once it is on; an admin
cannot see it, and takes it off with a link for a new password. Next: `sign_in.py` asks for the code.
"""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import Response
from pydantic import Field
from starlette.requests import HTTPConnection

from voiceassist.errors import ConflictError
from voiceassist.people.totp import BegunSetups, Picture, picture_of, uri_of
from voiceassist.runtime import runtime_of
from voiceassist.server.attempts import attempt, attempt_succeeded, step_of_right, use_code
from voiceassist.server.auth import PEOPLE, allow, principal_of
from voiceassist.server.bodies import RequestBody
from voiceassist.server.person_fields import CODE_CHARS
from voiceassist.store.people import StoredPerson

router = APIRouter(prefix="/api/me/totp", tags=["sign-in"])


class TotpCode(RequestBody):
    """What the app shows now."""

    code: Annotated[str, Field(max_length=CODE_CHARS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpBegun:
    """What an authenticator app needs; told once."""

    secret: str = field(repr=False)  # to type
    uri: str = field(repr=False)  # the same, as a link
    picture: Picture = field(repr=False)  # the link as a QR code


@router.post("", dependencies=[allow(*PEOPLE)])
async def begin_totp(connection: HTTPConnection) -> TotpBegun:
    """Begins: shows a secret, for ten minutes. Nothing changes until a code of it comes back."""
    person, session_id = _me(connection)
    if person.totp:
        raise ConflictError("totp_on", "your second step is on already; turn it off first")
    if not person.password:
        raise ConflictError("no_password", "you do not sign in with a password here, so there is no second step")
    secret = _begun(connection).begin(session_id, runtime_of(connection).directory.now_us())
    uri = uri_of(secret, person.login)
    return TotpBegun(secret=secret, uri=uri, picture=picture_of(uri))


@router.put("", status_code=204, response_class=Response, dependencies=[allow(*PEOPLE)])
async def turn_totp_on(connection: HTTPConnection, wanted: Annotated[TotpCode, Body()]) -> Response:
    """Turns it on: the first code proves that the app has the secret."""
    person, session_id = _me(connection)
    directory, begun = runtime_of(connection).directory, _begun(connection)
    secret = begun.secret_of(session_id, directory.now_us())
    if person.totp or secret is None:
        raise ConflictError("totp_not_begun", "begin again: the secret that was shown does not hold any more")
    attempt(connection, person.login)
    step = step_of_right(connection, person.login, secret, wanted.code)
    await directory.people.change(person.login, totp=secret, totp_step=step)
    begun.done(session_id)
    attempt_succeeded(connection, person.login)
    await directory.look()
    return Response(status_code=204)


@router.delete("", status_code=204, response_class=Response, dependencies=[allow(*PEOPLE)])
async def turn_totp_off(connection: HTTPConnection, wanted: Annotated[TotpCode, Body()]) -> Response:
    """Turns it off, with a code that was not used yet."""
    person, _ = _me(connection)
    if not person.totp:
        raise ConflictError("totp_off", "your second step is off already")
    attempt(connection, person.login)
    directory = runtime_of(connection).directory
    await use_code(connection, person, wanted.code)
    await directory.people.change(person.login, totp="", totp_step=0)
    attempt_succeeded(connection, person.login)
    await directory.look()
    return Response(status_code=204)


def _me(connection: HTTPConnection) -> tuple[StoredPerson, str]:
    """Who is signed in, and in which session. Raises ConflictError on an open server."""
    principal = principal_of(connection)
    person = runtime_of(connection).directory.everybody.people.get(principal.login)
    if person is None or principal.session_id is None:
        raise ConflictError("not_signed_in", "this server is open, and nobody is signed in")
    return person, principal.session_id


def _begun(connection: HTTPConnection) -> BegunSetups:
    begun = connection.app.state.totp_setups
    assert isinstance(begun, BegunSetups)
    return begun
