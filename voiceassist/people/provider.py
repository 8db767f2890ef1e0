"""Asks the provider of sign-ins (OpenID Connect): where its pages are, and who a code stands for.

Everything is asked anew for each sign-in, so that keys which were changed or taken back count at once; people sign
in once a shift. Never opens a session here, and never follows a redirect; nothing of a call waits for it.
Next: `provider_token.py` checks what was signed; `server/oidc.py` has the routes.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from voiceassist.errors import ProviderError
from voiceassist.oidc_settings import OidcSettings, is_safe_url
from voiceassist.people.provider_token import checked_claims

# Overflow rule: who is not answered by then is told so, also one who waits behind AT_ONCE others.
ANSWER_WITHIN_S = 10.0
SIGN_OUT_WITHIN_S = 3.0  # somebody who leaves has left here already
AT_ONCE = 16
ANSWER_BYTES = 256 << 10  # of one answer; discovery, keys and tokens have some kB
HINT_CHARS = 4_000  # a longer one makes addresses that proxies refuse

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Made by `app.py`, which closes its connections."""

    settings: OidcSettings
    http: httpx.AsyncClient
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequest:
    """What is sent along to the provider, and has to come back."""

    redirect_uri: str
    state: str
    nonce: str
    verifier: str = field(repr=False)  # of PKCE


@asynccontextmanager
async def asking_provider(settings: OidcSettings) -> AsyncIterator[Provider | None]:
    """None where the settings name no provider."""
    if settings.issuer is None:
        yield None
        return
    async with httpx.AsyncClient(timeout=ANSWER_WITHIN_S, headers={"Accept-Encoding": "identity"}) as http:
        yield Provider(settings=settings, http=http)


async def sign_in_url(provider: Provider, request: SignInRequest, challenge: str) -> str:
    """Where the browser goes to sign in. Raises ProviderError."""
    async with _in_time(provider, ANSWER_WITHIN_S):
        found = await _discovered(provider)
    query = {
        "response_type": "code",
        "client_id": provider.settings.client_id,
        "redirect_uri": request.redirect_uri,
        "scope": provider.settings.scopes,
        "state": request.state,
        "nonce": request.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return _with_query(_address(found, "authorization_endpoint"), query)


async def claims_of(provider: Provider, request: SignInRequest, code: str, now_s: int) -> tuple[Json, str]:
    """Who the code stands for, checked, and the token that says so. Raises ProviderError."""
    async with _in_time(provider, ANSWER_WITHIN_S):
        found = await _discovered(provider)
        tokens = await _exchanged(provider, found, request, code)
        keys = await _json(provider, "GET", _address(found, "jwks_uri"))
        id_token = tokens.get("id_token")
        if not isinstance(id_token, str):
            raise ProviderError("oidc_failed", "the provider's answer has no `id_token`")
        claims = checked_claims(provider.settings, id_token, keys, request.nonce, now_s)
        return await _completed(provider, found, tokens, claims), id_token


async def sign_out_url(provider: Provider, id_token: str, return_to: str) -> str | None:
    """Where the browser goes to sign out there, too; None: nowhere, or the provider does not answer."""
    try:
        async with _in_time(provider, SIGN_OUT_WITHIN_S):
            found = await _discovered(provider)
        if "end_session_endpoint" not in found:
            return None
        address = _address(found, "end_session_endpoint")
    except ProviderError:
        return None
    query = {"client_id": provider.settings.client_id, "post_logout_redirect_uri": return_to}
    return _with_query(address, query | ({"id_token_hint": id_token} if len(id_token) <= HINT_CHARS else {}))


@asynccontextmanager
async def _in_time(provider: Provider, within_s: float) -> AsyncIterator[None]:
    """Every way in which asking fails becomes a ProviderError."""
    try:
        async with asyncio.timeout(within_s), provider.slots:
            yield
    except TimeoutError:
        raise ProviderError("oidc_unreachable", f"the provider did not answer within {within_s:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        told = f"the provider cannot be reached: {type(error).__name__} {error}"
        raise ProviderError("oidc_unreachable", told) from None


async def _discovered(provider: Provider) -> Json:
    issuer = provider.settings.issuer or ""
    found = await _json(provider, "GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        told = f"the provider calls itself {found.get('issuer')!r}, and `oidc.issuer` says {issuer!r}"
        raise ProviderError("oidc_failed", told)
    return found


async def _exchanged(provider: Provider, found: Json, request: SignInRequest, code: str) -> Json:
    settings = provider.settings
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": request.redirect_uri,
        "code_verifier": request.verifier,
    }
    headers: dict[str, str] = {}
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if settings.client_secret is None:
        form["client_id"] = settings.client_id
    elif "client_secret_basic" in methods:
        pair = httpx.BasicAuth(*(quote(part, safe="") for part in (settings.client_id, settings.client_secret)))
        headers["Authorization"] = pair._auth_header  # noqa: SLF001 - RFC 6749 2.3.1 wants both quoted first
    else:
        form |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
    return await _json(provider, "POST", _address(found, "token_endpoint"), data=form, headers=headers)


async def _completed(provider: Provider, found: Json, tokens: Json, claims: Json) -> Json:
    """With what the provider says beside the token only, where the token lacks something."""
    settings = provider.settings
    wanted = {settings.groups_claim.partition(".")[0], settings.login_claim, "name"}
    if wanted <= claims.keys() or "userinfo_endpoint" not in found:
        return claims
    headers = {"Authorization": f"Bearer {tokens.get('access_token')}"}
    more = await _json(provider, "GET", _address(found, "userinfo_endpoint"), headers=headers)
    if more.get("sub") != claims["sub"]:
        raise ProviderError("oidc_failed", "the provider's userinfo is of somebody else than its token")
    return more | claims


async def _json(provider: Provider, method: str, url: str, **given: Any) -> Json:  # noqa: ANN401 - httpx's own
    async with provider.http.stream(method, url, **given) as response:
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > ANSWER_BYTES:
                raise ProviderError("oidc_failed", f"{url} answers with more than {ANSWER_BYTES:,} bytes")
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not response.is_success or not isinstance(answer, dict):
        error = answer.get("error") if isinstance(answer, dict) else "no JSON"
        code = "oidc_unreachable" if response.is_server_error else "oidc_failed"
        raise ProviderError(code, f"{url} answers {response.status_code} ({error})")
    return answer


def _address(found: Json, name: str) -> str:
    url = found.get(name)
    if not isinstance(url, str) or not is_safe_url(url):
        raise ProviderError("oidc_failed", f"the provider's {name} is {url!r}, which is no https:// address")
    return url


def _with_query(url: str, query: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
