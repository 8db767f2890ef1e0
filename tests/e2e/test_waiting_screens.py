"""Screens that are opened before their call, as a softphone does, and a call that breaks off and comes back."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.phone import phone
from tests.e2e.screens import opened, see
from tests.e2e.server import Server

pytestmark = pytest.mark.e2e

AFTER_THE_GREETING_MS = 6_000
GREETING = "Welcome to the Kitchen House."


def wait_for(window: BrowserContext, path: str, call_id: str) -> Page:
    page = opened(window, path)
    see(page.get_by_role("heading", name=f"Waiting for call {call_id} from the phone system"))
    return page


def test_screens_opened_before_their_call_join_it_and_see_its_line_lost_back_and_the_call_go_on(
    window: BrowserContext, scripted_server: Server
) -> None:
    agent = wait_for(window, "/agent?call=popped", "popped")
    supervisor = wait_for(window, "/supervisor?call=popped", "popped")
    review = wait_for(window, "/review/popped", "popped")
    with phone(scripted_server, "popped", "late-return", breaks_off=True) as line:
        line.speak_until(AFTER_THE_GREETING_MS)
        for page in (agent, supervisor):
            see(page.get_by_test_id("final").first, GREETING)
        see(review.get_by_text("This call is still live."))
    for notice in (agent.get_by_test_id("line"), supervisor.get_by_test_id("opened-line")):
        see(
            notice.first,
            re.compile(r"^Line lost: the (agent|customer), \d+:\d\d\. The call waits until \d+:\d\d\.$"),
        )
    with phone(scripted_server, "popped", "late-return") as again:
        assert again.call_id == "popped"
        again.speak_until(AFTER_THE_GREETING_MS)
        for page, testid in ((agent, "line"), (supervisor, "opened-line")):
            expect(page.get_by_test_id(testid)).to_have_count(0)
        see(agent.get_by_test_id("live"))
        again.hang_up()
    see(review.get_by_text("The line of the customer is lost: the call waits for it.").first)
    see(review.get_by_text("The line of the customer is back.").first)


def tabs_of(page: Page) -> list[str]:
    return [tab.inner_text() for tab in page.get_by_role("navigation").get_by_role("link").all()]


def test_server_for_work_asks_for_a_role_once_and_opens_on_its_page(
    window: BrowserContext, scripted_server: Server
) -> None:
    status = scripted_server.get("/api/status") | {"demo": False}
    window.route("**/api/status", lambda route: route.fulfill(json=status))
    page = opened(window, "/")
    see(page.get_by_role("heading", name="What do you do here?"))
    page.get_by_role("button", name="Supervisor").click()
    page.wait_for_url("**/supervisor")
    assert tabs_of(page) == ["Supervisor", "Review"]
    page.goto("/")
    page.wait_for_url("**/supervisor")
    page.get_by_role("link", name="Role: Supervisor").click()
    page.get_by_role("button", name="Author").click()
    page.wait_for_url("**/playbook")


def test_agents_page_asks_who_one_is_and_then_follows_that_ones_calls(
    window: BrowserContext, scripted_server: Server
) -> None:
    with phone(scripted_server, "of-somebody", "friendly") as line:
        line.speak_until(AFTER_THE_GREETING_MS)
        page = opened(window, "/agent")
        see(page.get_by_role("heading", name="Who are you?"))
        expect(page.get_by_test_id("agent-screen")).to_have_count(0)
        page.get_by_role("list", name="Agents of the last calls").get_by_role("button").first.click()
        see(page.get_by_test_id("agent-screen"))
        line.hang_up()
    page.goto("/agent")
    page.wait_for_url("**/agent?agent=*")  # it is remembered
    page.goto("/role")
    page.get_by_role("button", name="Somebody else").click()
    see(page.get_by_role("heading", name="Who are you?"))
    page.get_by_role("textbox").fill("nobody-yet")
    page.keyboard.press("Enter")
    see(page.get_by_test_id("agent-empty"))
    assert tabs_of(page) == ["Agent", "Review", "Start"]
