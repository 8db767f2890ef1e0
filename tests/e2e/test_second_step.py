"""The second step of signing in, as a person sees it: set up in the account, asked for at the door, turned off."""

import time
from collections.abc import Iterator

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.screens import see, tabs
from tests.e2e.server import Server, running_server, scripted, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

PASSWORD = "a long enough one"
STEP_S = 30


@pytest.fixture(scope="module")
def server_with_ana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With an admin who has a password."""
    with running_server(tmp_path_factory.mktemp("steps") / "data", scripted("late-return")) as server:
        ana = {"login": "ana", "name": "Ana", "roles": ["admin"]}
        link = httpx.post(f"{server.url}/api/people", json=ana).json()["link"]
        wanted = {"token": link.partition("token=")[2], "password": PASSWORD}
        assert httpx.post(f"{server.url}/api/reset", json=wanted).status_code == 204
        yield server


@pytest.fixture(params=["en-US", "es-ES"])
def window(browser: Browser, server_with_ana: Server, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    with tabs(browser, server_with_ana, request.param) as context:
        yield context


def codes_of(secret: str) -> list[str]:
    """Three codes that count one after the other now: the last one, the present one and the next one."""
    now_s = until(lambda: now if (now := time.time()) % STEP_S < STEP_S / 2 else None, "half a step's time left")
    return [pyotp.TOTP(secret).at(int(now_s) + beside) for beside in (-STEP_S, 0, STEP_S)]


def press_through(page: Page, *typed: str) -> None:
    """Types at the place that has the focus, and sends the form."""
    for text in typed:
        page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_second_step_is_set_up_asked_for_and_turned_off_by_keyboard(window: BrowserContext) -> None:
    page = window.new_page()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto("/account")
    page.get_by_test_id("login").focus()
    page.keyboard.type("ana")
    page.keyboard.press("Tab")
    press_through(page, PASSWORD)
    see(page.get_by_test_id("second-step"))
    page.get_by_test_id("totp-begin").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#second-step")).to_be_focused()
    see(page.get_by_test_id("totp-picture"))
    assert found_by_axe(page) == []
    secret = page.get_by_test_id("totp-secret").input_value()
    last, present, following = codes_of(secret)
    page.get_by_test_id("totp-code").focus()
    press_through(page, "0")
    see(page.get_by_test_id("totp-on-problem"))
    page.get_by_test_id("totp-code").fill("")
    page.get_by_test_id("totp-code").focus()
    press_through(page, last)
    see(page.get_by_test_id("totp-off"))
    expect(page.locator("#second-step")).to_be_focused()
    assert found_by_axe(page) == []

    page.get_by_test_id("end-all").click()
    page.get_by_test_id("login").fill("ana")
    page.get_by_test_id("password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("code")).to_be_focused()
    assert found_by_axe(page) == []
    press_through(page, present)
    see(page.get_by_test_id("account-menu"))

    page.goto("/account")
    page.get_by_test_id("totp-code").focus()
    press_through(page, present)
    see(page.get_by_test_id("totp-off-problem"))
    assert found_by_axe(page) == []
    page.get_by_test_id("totp-code").fill(following)
    page.keyboard.press("Enter")
    see(page.get_by_test_id("totp-begin"))
    expect(page.locator("#second-step")).to_be_focused()
