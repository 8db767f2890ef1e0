"""Checks what the provider signed, and reads from it who somebody is and what their groups let them do. No I/O.

Next: `store/people.py` finds or makes the person.
"""

import re
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from voiceassist.core.words.visible import hidden_in
from voiceassist.errors import ProviderError
from voiceassist.oidc_settings import ROLES, OidcSettings

# Of these only one side can sign. `none` and HS256, which confuse a public key with a secret, are not among them.
ALGORITHMS = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
]  # fmt: skip
LEEWAY_S = 60  # between two clocks
LOGIN = re.compile(r"[a-z0-9._@-]{1,64}")
NAME_CHARS = 200
SUBJECT_CHARS = 255  # OpenID Connect Core 1.0, section 2

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedPerson:
    """Who the provider says somebody is."""

    subject: str  # with the issuer: the same for ever, whatever their login is
    login: str
    name: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]


def checked_claims(settings: OidcSettings, id_token: str, keys: Json, nonce: str, now_s: int) -> Json:
    """What the token says, if this provider signed it lately, for us and this sign-in. Raises ProviderError."""
    rules: dict[str, Any] = {
        "iss": {"essential": True, "value": settings.issuer},
        "aud": {"essential": True, "value": settings.client_id},
        "nonce": {"essential": True, "value": nonce},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
    }
    try:
        signing = [key for key in keys["keys"] if key.get("use", "sig") == "sig"]
        token = jwt.decode(id_token, KeySet.import_key_set({"keys": signing}), algorithms=ALGORITHMS)
        jwt.JWTClaimsRegistry(now=now_s, leeway=LEEWAY_S, **rules).validate(token.claims)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderError("oidc_failed", f"the provider's token does not hold: {error}") from None
    claims = token.claims
    if claims.get("azp", settings.client_id) != settings.client_id:
        raise ProviderError("oidc_failed", "the provider's token was made for another program (`azp`)")
    return claims


def proved_person(settings: OidcSettings, claims: Json) -> ProvedPerson:
    """Whom the claims tell of. Raises ProviderError."""
    subject, login = claims["sub"], str(_claim(claims, settings.login_claim) or "").lower()
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_CHARS:
        raise ProviderError("oidc_failed", "the provider's token names nobody (`sub`)")
    if not LOGIN.fullmatch(login):
        told = f"`{settings.login_claim}` is {login[:64]!r}, and a login is 1 to 64 of a-z, 0-9 and . _ @ -"
        raise ProviderError("oidc_bad_login", told)
    groups = _groups(claims, settings.groups_claim)
    roles = {role for group in groups for role in settings.roles.get(group, ())}
    return ProvedPerson(
        subject=f"{settings.issuer} {subject}",
        login=login,
        name=_name(claims, login),
        roles=tuple(role for role in ROLES if role in roles),
        teams=tuple(sorted({team for group in groups for team in settings.teams.get(group, ())})),
    )


def _groups(claims: Json, name: str) -> list[str]:
    found = _claim(claims, name)
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, str)]


def _claim(claims: Json, name: str) -> Any:  # noqa: ANN401 - JSON
    """A claim of this very name, else what its parts lead to."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _name(claims: Json, login: str) -> str:
    name = claims.get("name")
    usable = isinstance(name, str) and 0 < len(name.strip()) <= NAME_CHARS and not hidden_in(name)
    return str(name).strip() if usable else login
