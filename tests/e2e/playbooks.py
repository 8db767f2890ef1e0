"""The playbook page as a person works on it, and the playbooks of a server as the tests need them."""

import re
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.screens import PATIENCE_MS, opened, see
from tests.e2e.server import ANSWER_WITHIN_S, Json, Server

POLICY = "/playbook/retail/policies/return_window"
LONGEST_TAB_WALK = 120  # more focusable things than any of these pages has


def playbook(server: Server, name: str = "retail") -> Json:
    """What the server has."""
    found: Json = server.get(f"/api/playbooks/{name}")
    return found


def send(server: Server, method: str, path: str, **body: Any) -> Json:
    """One request beside the page."""
    answer = httpx.request(
        method, f"{server.url}/api/playbooks/{path}", json=body or None, timeout=ANSWER_WITHIN_S
    )
    answer.raise_for_status()
    given: Json = answer.json()
    return given


def discard_draft(server: Server, name: str) -> None:
    """Throws away the draft that there is, if there is one."""
    if draft := send(server, "GET", name)["draft"]:
        send(server, "DELETE", f"{name}/draft?revision={draft['revision']}")


def publish_say(server: Server, say: str, note: str) -> int:
    """Somebody publishes another sentence; gives the version's number."""
    edit = {"op": "set", "path": ["policies", "return_window", "say"], "value": say}
    draft = send(server, "PATCH", "retail/draft", revision=0, edits=[edit])
    published = send(server, "POST", "retail/publish", revision=draft["revision"], note=note)
    return int(published["number"])


def policy_page(window: BrowserContext, path: str = POLICY) -> Page:
    """A new tab with the playbook, ready to be edited."""
    page = opened(window, path)
    see(page.get_by_test_id("saving"), "Saved")
    return page


def say_field(page: Page) -> Locator:
    """The sentence that the agent is to say."""
    return page.get_by_role("textbox", name="Say", exact=True)


def see_saved(page: Page, badge: str) -> None:
    """Waits until the server has the draft, and says how it stands."""
    see(page.get_by_test_id("draft-badge"), badge)
    expect(page.get_by_test_id("saving")).to_have_attribute("data-saving", "saved", timeout=PATIENCE_MS)


def go_to(page: Page, section: str) -> None:
    """A section, from the contents."""
    page.get_by_role("navigation", name="Contents").get_by_role("link", name=re.compile(f"^{section}")).click()


def tab_to(page: Page, wanted: Locator) -> None:
    """Goes to something as people without a mouse do."""
    for _ in range(LONGEST_TAB_WALK):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached with the Tab key")


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    wider: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wider
