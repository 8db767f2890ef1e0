"""Settings of the provider that people may sign in with (OpenID Connect), and what makes them wrong.

Never asks the provider anything. Next: `config.py` reads them; `people/provider.py` talks to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from voiceassist.errors import ConfigError

ROLES = ("agent", "supervisor", "reviewer", "author", "admin")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """The provider; no issuer means none."""

    issuer: str | None = None  # exactly as the provider's own discovery document says it
    client_id: str = ""  # as which this server is registered there
    client_secret: str | None = field(default=None, repr=False)  # None: a public client, which PKCE alone protects
    name: str = "single sign-on"  # on the button
    public_url: str | None = None  # under which browsers find this server; None: as each asks for it
    scopes: str = "openid profile email"
    groups_claim: str = "groups"  # a name, or with dots a path: realm_access.roles
    login_claim: str = "preferred_username"
    trust_logins: bool = False  # somebody who was added here before is the provider's of the same login
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by group; who has none is refused
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by group; "*": every team


def check_oidc(settings: OidcSettings) -> None:
    """Raises ConfigError for what cannot work."""
    if settings.issuer is None:
        return
    for key, url in (("issuer", settings.issuer), ("public_url", settings.public_url)):
        if url is not None and not is_safe_url(url):
            raise ConfigError(
                f"setting `oidc.{key}`: {url!r} must begin with https:// (http:// on this machine only)"
            )
    if not settings.client_id:
        raise ConfigError("setting `oidc.client_id`: the provider needs to know this server by one")
    if "openid" not in settings.scopes.split():
        raise ConfigError(f"setting `oidc.scopes`: {settings.scopes!r} must have `openid` in it")
    if not settings.roles:
        raise ConfigError(
            'setting `oidc.roles`: no group has a role, so nobody could sign in: "GROUP" = ["agent"]'
        )
    for group, roles in settings.roles.items():
        if unknown := [role for role in roles if role not in ROLES]:
            told = f"there is no role {unknown[0]!r}; there are {', '.join(ROLES)}"
            raise ConfigError(f"setting `oidc.roles.{group}`: {told}")


def is_safe_url(url: str) -> bool:
    """Whether nobody on the way can read along: TLS, or this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )
