"""Signing in with a real OpenID provider in a real browser: there and back, refused, and out again."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.screens import see, tabs
from tests.e2e.server import Server, running_server, scripted
from tests.shell.oidc_provider import TestProvider, running_provider
from voiceassist.people.secrets import new_token

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

SETTINGS = """
[oidc]
issuer = "{issuer}"
client_id = "voiceassist"
name = "Test Login"
[oidc.roles]
"agents" = ["agent"]
"it" = ["admin"]
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[TestProvider]:
    with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
def server_with_provider(provider: TestProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Ira of IT is its first person."""
    folder = tmp_path_factory.mktemp("provider")
    config = folder / "voiceassist.toml"
    config.write_text(SETTINGS.format(issuer=provider.issuer))
    with running_server(folder / "data", scripted("late-return"), config=config) as server:
        back, out = f"{server.url}/sign-in/callback", f"{server.url}/sign-in"
        groups = {"ira": ["it"], "ana": ["agents"], "out": ["choir"]}
        provider.behave(redirect_uris=[back], signed_out_uris=[out], groups=groups)
        yield server


@pytest.fixture(params=["en-US", "es-ES"])
def window(
    browser: Browser, server_with_provider: Server, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    with tabs(browser, server_with_provider, request.param) as context:
        yield context


def go_through(page: Page, login: str) -> None:
    """At the provider: signs in, and agrees where it asks."""
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(new_token())
    page.locator("[name=password]").press("Enter")
    page.get_by_role("button", name="Continue").click()


def test_people_sign_in_with_the_provider_and_out_again(window: BrowserContext) -> None:
    page = window.new_page()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto("/api/oidc/start")
    go_through(page, "ira")
    see(page.get_by_test_id("account-menu"), "Ira")
    window.clear_cookies()

    page.goto("/account")
    see(page.get_by_test_id("provider"), "Test Login")
    assert found_by_axe(page) == []
    page.get_by_test_id("provider").focus()
    page.keyboard.press("Enter")
    go_through(page, "ana")
    see(page.get_by_test_id("account-page"), "Ana Test")
    expect(page.get_by_test_id("change-password")).to_have_count(0)
    expect(page.get_by_test_id("second-step")).to_have_count(0)
    page.get_by_test_id("account-menu").click()
    page.get_by_test_id("sign-out").click()
    expect(page).to_have_url(re.compile(r"/session/end"))
    page.get_by_role("button", name="Yes").click()
    see(page.get_by_test_id("sign-in-page"))

    page.get_by_test_id("provider").click()
    go_through(page, "out")
    see(page.get_by_test_id("provider-problem"))
    assert found_by_axe(page) == []
