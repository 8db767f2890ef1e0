"""Signing in with a provider (OpenID Connect): off to its page, back with a code, and whom that makes of somebody.

Who has no role there is refused, and loses the roles they had here. Whatever goes wrong, the sign-in page says it
in its own words: nothing that the provider or an address says is shown. Next: `people/provider.py` asks the
provider; `store/people.py` finds or makes the person; `sign_in.py` opens the session.
"""

from contextlib import suppress
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.requests import HTTPConnection

from voiceassist.errors import ConflictError, ProviderError, UnknownNameError
from voiceassist.people.begun_sign_ins import WITHIN_US, BegunSignIn, BegunSignIns, challenge_of, own_page
from voiceassist.people.directory import S_US, Directory
from voiceassist.people.provider import Provider, claims_of, sign_in_url
from voiceassist.people.provider_token import ProvedPerson, proved_person
from voiceassist.runtime import runtime_of
from voiceassist.server.auth import allow
from voiceassist.server.refusals import tell_failed
from voiceassist.server.sign_in import own_url, with_session
from voiceassist.store.audit import SERVER
from voiceassist.store.people import StoredPerson

log = structlog.get_logger()

router = APIRouter(include_in_schema=False)

COOKIE = "voiceassist_oidc"
CALLBACK = "/sign-in/callback"  # no path of the API: there, a link from another site is refused


@router.get("/api/oidc/start", dependencies=[allow("anyone")])
async def start(connection: HTTPConnection, next: str = "/") -> Response:  # noqa: A002 - as in the address
    """Sends the browser to the provider."""
    provider, directory = _provider(connection), _directory(connection)
    begun, browser = _begun(connection).begin(own_url(connection, CALLBACK), own_page(next), directory.now_us())
    try:
        url = await sign_in_url(provider, begun.request, challenge_of(begun.request.verifier))
    except ProviderError as error:
        return _refused(connection, error, begun)
    response = RedirectResponse(url, 303)
    # Lax: it has to come along when the provider sends the browser back.
    response.set_cookie(
        COOKIE,
        browser,
        max_age=WITHIN_US // S_US,
        path=CALLBACK,
        httponly=True,
        samesite="lax",
        secure=connection.url.is_secure,
    )
    return response


@router.get(CALLBACK, dependencies=[allow("anyone")])
async def finish(connection: HTTPConnection, state: str = "") -> Response:
    """The provider sent the browser back: signs in, or says why not."""
    cookie, now_us = connection.cookies.get(COOKIE, ""), _directory(connection).now_us()
    begun = _begun(connection).take(state, cookie, now_us)
    if begun is None:
        told = "it began in another browser, too long ago, or was finished before"
        return _refused(connection, ProviderError("oidc_expired", told), begun)
    try:
        person, id_token = await _signed_in(connection, begun, now_us)
    except ProviderError as error:
        return _refused(connection, error, begun)
    response = await with_session(connection, person.login, RedirectResponse(begun.next, 303), id_token=id_token)
    response.delete_cookie(COOKIE, path=CALLBACK)
    return response


async def _signed_in(connection: HTTPConnection, begun: BegunSignIn, now_us: int) -> tuple[StoredPerson, str]:
    """Who came back, and the token that says so. Raises ProviderError."""
    provider, said = _provider(connection), connection.query_params
    if said.get("iss", provider.settings.issuer) != provider.settings.issuer:  # RFC 9207
        raise ProviderError("oidc_failed", f"the answer comes from {said['iss']!r}")
    if "code" not in said:
        code = "oidc_cancelled" if said.get("error") == "access_denied" else "oidc_failed"
        raise ProviderError(code, f"the provider gave no code, and the error {said.get('error')!r}")
    claims, id_token = await claims_of(provider, begun.request, said["code"], now_us // S_US)
    proved = proved_person(provider.settings, claims)
    return await _person(_directory(connection), provider, proved), id_token


async def _person(directory: Directory, provider: Provider, proved: ProvedPerson) -> StoredPerson:
    """Found or made, with the roles and teams that their groups give. Raises ProviderError."""
    if not proved.roles:
        await _take_roles(directory, proved.subject)
        told = f"no group of {proved.login} has a role in `oidc.roles`"
        raise ProviderError("oidc_no_role", told, proved.login)
    person = StoredPerson(
        login=proved.login,
        name=proved.name,
        roles=proved.roles,
        teams=proved.teams,
        subject=proved.subject,
        created_us=directory.now_us(),
    )
    try:
        found = await directory.people.provided(person, adopts=provider.settings.trust_logins)
    except ConflictError as error:
        raise ProviderError(f"oidc_{error.code}", str(error), proved.login) from None
    if found.disabled:
        raise ProviderError("oidc_disabled", f"{found.login} is disabled here", found.login)
    return found


async def _take_roles(directory: Directory, subject: str) -> None:
    """Of somebody who is in no group any more; their sessions end. The only admin keeps their roles."""
    for person in directory.everybody.people.values():
        if person.subject == subject:
            with suppress(ConflictError):
                await directory.people.change(person.login, by=SERVER, roles=(), teams=())
            await directory.end_sessions(person.login, why="no_role", by=SERVER)


def _refused(connection: HTTPConnection, error: ProviderError, begun: BegunSignIn | None) -> Response:
    """To the sign-in page, which says what is wrong."""
    log.warning("sign-in with the provider failed", code=error.code, problem=str(error))
    tell_failed(connection, error.login, error.code)
    query = {"problem": error.code} | ({"next": begun.next} if begun and begun.next != "/" else {})
    response = RedirectResponse(f"/sign-in?{urlencode(query)}", 303)
    if begun is not None:  # else one that another tab has begun goes on
        response.delete_cookie(COOKIE, path=CALLBACK)
    return response


def _provider(connection: HTTPConnection) -> Provider:
    provider = runtime_of(connection).provider
    if provider is None:
        raise UnknownNameError("no_provider", "this server has no `oidc` settings")
    return provider


def _begun(connection: HTTPConnection) -> BegunSignIns:
    begun = connection.app.state.begun_sign_ins
    assert isinstance(begun, BegunSignIns)
    return begun


def _directory(connection: HTTPConnection) -> Directory:
    return runtime_of(connection).directory
