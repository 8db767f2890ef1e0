"""The settings of a provider, and whom its claims tell of."""

from typing import Any

import pytest

from voiceassist.config import load_settings
from voiceassist.errors import ConfigError, ProviderError
from voiceassist.oidc_settings import OidcSettings
from voiceassist.people.provider_token import proved_person

OIDC: dict[str, Any] = {
    "issuer": "https://login.example",
    "client_id": "voiceassist",
    "roles": {"agents": ["agent"], "it": ["admin"]},
    "teams": {"agents": ["returns"]},
}
CLAIMS = {"sub": "17", "preferred_username": "Ana", "name": "Ana Ode", "groups": ["agents"]}


def settings(**changes: Any) -> OidcSettings:
    return load_settings(environment={}, oidc=OIDC | changes).oidc


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"issuer": "http://login.example"}, "oidc.issuer"),
        ({"issuer": "login.example"}, "oidc.issuer"),
        ({"public_url": "http://calls.example"}, "oidc.public_url"),
        ({"client_id": ""}, "oidc.client_id"),
        ({"scopes": "profile"}, "oidc.scopes"),
        ({"roles": {}}, "oidc.roles"),
        ({"roles": {"agents": ["boss"]}}, "there is no role 'boss'"),
        ({"isuer": "https://x"}, "did you mean `oidc.issuer`"),
    ],
)
def test_setting_that_cannot_work_is_named(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told.replace("?", r"\?")):
        settings(**changes)


def test_secret_comes_from_the_environment_and_is_never_shown() -> None:
    environment = {"VOICEASSIST_OIDC__CLIENT_SECRET": "s3cret"}
    loaded = load_settings(environment=environment, oidc=OIDC)
    assert loaded.oidc.client_secret == "s3cret"
    assert loaded.described()["oidc"]["client_secret"] == "set"
    assert "s3cret" not in f"{loaded!r}{loaded.described()}"


def test_groups_give_roles_and_teams() -> None:
    person = proved_person(settings(), CLAIMS | {"groups": ["it", "agents", "choir", 7]})
    assert (person.login, person.name) == ("ana", "Ana Ode")
    assert (person.roles, person.teams) == (("agent", "admin"), ("returns",))
    assert person.subject == "https://login.example 17"


@pytest.mark.parametrize(
    ("claim", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["agents"]}}),
        ("https://example.org/groups", {"https://example.org/groups": ["agents"]}),
        ("group", {"group": "agents"}),
    ],
)
def test_groups_are_found_where_the_settings_say(claim: str, claims: dict[str, Any]) -> None:
    assert proved_person(settings(groups_claim=claim), CLAIMS | claims).roles == ("agent",)


@pytest.mark.parametrize("groups", [None, "", [], {}, {"agents": True}, 7, True, [["agents"]]])
def test_what_are_no_groups_gives_nothing(groups: Any) -> None:
    assert proved_person(settings(), CLAIMS | {"groups": groups}).roles == ()


@pytest.mark.parametrize("name", [None, "", " ", 7, "A\u202ena", "x" * 201])
def test_name_that_cannot_be_shown_is_the_login(name: Any) -> None:
    assert proved_person(settings(), CLAIMS | {"name": name}).name == "ana"


@pytest.mark.parametrize("login", [None, "", "señora", "a b", "x" * 65, ["ana"]])
def test_login_that_cannot_be_one_is_refused(login: Any) -> None:
    with pytest.raises(ProviderError):
        proved_person(settings(), CLAIMS | {"preferred_username": login})
