"""axe-core on every page and in its main states, light and dark: nothing may be found.

Beside it what axe cannot see: where the keyboard is after something went away, and what an error says.
"""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.phone import phone
from tests.e2e.screens import card_on, opened, see
from tests.e2e.server import Server

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

AFTER_THE_REFUSAL_MS = 23_400

# Address, and what is seen when the page is all there. {ended} is a call that is over.
PAGES = {
    "/": "Play a sample call",
    "/role": "What do you do here?",
    "/microphone": "Start listening",
    "/agent": "Who are you?",
    "/agent?agent=nobody": "No call yet",
    "/agent?call=not-yet": "Waiting for call not-yet from the phone system",
    "/agent?call={ended}": "The call has ended.",
    "/supervisor": "Live calls",
    "/supervisor?call=not-yet": "Waiting for call not-yet from the phone system",
    "/review": "Calls",
    "/review?q=xylophone": "Nothing found",
    "/review?kpi=calls&since=2020-01-01T00:00:00Z&until=2040-01-01T00:00:00Z": "Show all calls",
    "/review/{ended}": "Timeline",
    "/follow-up": "To follow up",
    "/kpis": "Teams compared",
    "/reports": "What we say no to",
    "/kpis?period=last_week": "No calls in this time",
    "/review/not-yet": "Waiting for call not-yet from the phone system",
    "/playbook": "retail",
    "/playbook/retail": "Policies",
    "/playbook/retail/cues": "Cues",
    "/setup?token=x": "Make the first admin",
    "/reset?token=x": "Set your password",
    "/reset": "This address is not whole",
    "/account": "Nobody is signed in",
    "/admin": "Nobody was added yet",
    "/admin/keys": "No keys yet",
    "/admin/notices": "Alerts do not leave this machine",
    "/admin/data": "everything is kept for ever",
    "/admin/audit": "was started",
    "/admin/audit?who=nobody": "Nothing found",
    "/nowhere": "There is no such page",
}


@pytest.fixture
def page(window: BrowserContext) -> Page:
    """A page whose colours change at once, so that none is measured on its way."""
    page = window.new_page()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return page


@pytest.fixture
def live_call(scripted_server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """A call with a card that has just come, and an alert."""
    with phone(scripted_server, str(request.node.name), "late-return") as line:
        line.speak_until(AFTER_THE_REFUSAL_MS)
        scripted_server.wait_for(line.call_id, lambda state: bool(state["prompts"]))
        actions = f"{scripted_server.url}/api/calls/{line.call_id}/actions"
        assert httpx.post(actions, json={"type": "ask_help"}, timeout=30).status_code == 202
        yield line.call_id


def test_axe_finds_nothing_on_any_page(page: Page, scripted_server: Server) -> None:
    with phone(scripted_server, "over-for-axe", "late-return") as over:
        over.speak_until(AFTER_THE_REFUSAL_MS)
        over.hang_up()
    found: dict[str, list[str]] = {}
    for path, sign in PAGES.items():
        page.goto(path.format(ended=over.call_id))
        see(page.get_by_role("main"), sign)
        found[path] = found_by_axe(page)
    page.get_by_role("button", name="Keys").click()
    see(page.get_by_role("dialog", name="Keys"))
    found["the dialog of the keys"] = found_by_axe(page)
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_axe_finds_nothing_while_a_call_goes_on_with_a_card_and_an_alert(page: Page, live_call: str) -> None:
    found: dict[str, list[str]] = {}
    page.goto(f"/?call={live_call}&title=A sample")
    see(card_on(page))
    see(page.get_by_test_id("alert"), "The agent asks for help.")
    assert found_by_axe(page) == []
    for path in (f"/agent?call={live_call}", f"/supervisor?call={live_call}"):
        page.goto(path)
        see(page.get_by_test_id("final").first)
        found[path] = found_by_axe(page)
    assert {path: problems for path, problems in found.items() if problems} == {}


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.tagName.toLowerCase()"))


def test_focus_stays_on_the_screen_when_what_had_it_goes_away(page: Page, live_call: str) -> None:
    page.goto(f"/agent?call={live_call}")
    card_on(page).get_by_role("button", name="Dismiss").focus()
    page.keyboard.press("Enter")
    expect(card_on(page)).to_have_count(0)
    assert page.evaluate("document.querySelector('[data-screen]').contains(document.activeElement)")
    page.get_by_role("button", name="Keys").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Keys")).to_be_focused()
    page.goto("/agent")
    page.get_by_role("textbox").fill("nobody")
    page.keyboard.press("Enter")
    see(page.get_by_test_id("agent-empty"))
    assert focused(page) != "body"


def test_error_is_told_in_peoples_words_in_the_pages_language_and_no_count_stands_beside_it(
    window: BrowserContext,
) -> None:
    def fail(route: Route) -> None:
        told = {"type": "error", "code": "store_failed", "message": "/data/x.db: disk I/O error"}
        route.fulfill(status=503, json=told)

    window.route("**/api/calls?*", fail)
    page = opened(window, "/review")
    see(page.get_by_role("alert"), "The call could not be read or saved. Tell whoever runs voiceassist.")
    expect(page.get_by_test_id("result-count")).to_have_text("")
    expect(page.locator("body")).not_to_contain_text("disk I/O")
    page.get_by_role("combobox", name="Language").select_option("es")
    page.get_by_role("button", name="Reintentar").click()
    see(page.get_by_role("alert"), "No se pudo leer o guardar la llamada.")
