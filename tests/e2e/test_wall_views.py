"""The wall by teams and agents, narrowed by its address, on a big screen, and through a network that is gone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.busy_wall import BusyWall, busy_wall
from tests.e2e.screens import PATIENCE_MS, resize, see
from tests.e2e.test_wall import rows, window_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

CALLS = 60


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyWall]:
    with busy_wall(tmp_path_factory.mktemp("views") / "data", 0) as wall:
        wall.grow(CALLS)
        wall.alert("live-1", "critical")  # of billing
        wall.alert("live-2", "warning")  # of returns
        yield wall


@pytest.fixture
def page(browser: Browser, wall: BusyWall) -> Iterator[Page]:
    with window_of(browser, wall) as window:
        yield window.new_page()


def test_a_filter_is_an_address_that_can_be_named_and_says_what_it_hides(page: Page) -> None:
    page.goto("/supervisor?team=returns")
    see(page.get_by_test_id("wall-count"), f"{CALLS // 2} live calls")
    see(page.get_by_test_id("elsewhere"), "Outside this filter: 1 critical")
    page.get_by_test_id("filter-open").click()
    page.get_by_test_id("filter-levels-warning").check()
    page.get_by_test_id("saved-name").fill("Warnings of returns")
    page.get_by_test_id("saved-add").click()
    see(page.get_by_test_id("saved-wall"), "Warnings of returns")
    page.get_by_role("button", name="Close").click()
    expect(page).to_have_url(re.compile(r"\?team=returns&level=warning$"))
    expect(rows(page)).to_have_count(1, timeout=PATIENCE_MS)
    page.reload()
    expect(rows(page)).to_have_attribute("data-call-id", "live-2", timeout=PATIENCE_MS)
    page.get_by_test_id("show-everything").click()
    see(page.get_by_test_id("wall-count"), f"{CALLS} live calls")
    page.get_by_test_id("filter-open").click()
    page.get_by_role("link", name="Warnings of returns").click()
    expect(page).to_have_url(re.compile(r"\?team=returns&level=warning$"))
    page.get_by_test_id("filter-open").click()
    page.get_by_test_id("saved-forget").click()
    expect(page.get_by_test_id("saved-wall")).to_have_count(0)


def test_teams_and_agents_say_who_talks_and_what_is_open(page: Page) -> None:
    page.goto("/supervisor")
    page.get_by_test_id("view-teams").click()
    see(page.get_by_test_id("team-line").first, "billing", f"{CALLS // 2}", "1 Critical")
    page.get_by_test_id("view-agents").click()
    see(page.get_by_test_id("agent-line").first, "Ben Cole", "On a call", "1 Critical")
    page.get_by_test_id("agent-line").first.get_by_role("button", name="Ben Cole", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?agent=agent-1$"))
    see(page.get_by_test_id("wall-count"), f"{CALLS // 6} live calls")


def test_a_big_screen_has_no_controls_and_comes_and_goes_with_a_key(page: Page) -> None:
    resize(page, {"width": 1920, "height": 1080})
    page.goto("/supervisor")
    see(page.get_by_test_id("wall-count"), f"{CALLS} live calls")
    page.keyboard.press("b")
    see(page.get_by_test_id("board-live"), f"{CALLS}")
    expect(page.get_by_role("banner")).to_have_count(0)
    expect(page.get_by_test_id("board-line").first).to_have_attribute("data-call-id", "live-1")
    assert "better watch your back" not in page.inner_text("body")
    assert found_by_axe(page) == []
    page.keyboard.press("Escape")
    see(page.get_by_test_id("wall-count"), f"{CALLS} live calls")


def test_a_network_that_was_gone_loses_and_doubles_nothing(page: Page, wall: BusyWall) -> None:
    page.goto("/supervisor?wall=1")
    see(page.get_by_test_id("board-live"), f"{CALLS}")
    page.context.set_offline(True)
    see(page.get_by_test_id("board-stale"), "Not current: the connection was lost")
    wall.grow(CALLS + 3)
    wall.end("live-5")
    wall.alert(f"live-{CALLS}", "critical")
    page.context.set_offline(False)
    see(page.get_by_test_id("board-live"), f"{CALLS + 2}")
    see(page.get_by_test_id("board-critical"), "2")
    expect(page.get_by_test_id("board-stale")).to_be_empty()
    ids = page.get_by_test_id("board-line").evaluate_all("lines => lines.map(line => line.dataset.callId)")
    assert sorted(ids) == sorted(set(ids))
    assert f"live-{CALLS}" in ids
