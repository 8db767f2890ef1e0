"""Finding a call among hundreds in a browser: three clicks, a search that shows its lines, filters to take off."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import create_engine

from tests.e2e.axe import found_by_axe
from tests.e2e.screens import resize, see, see_all_of_the_width, tabs
from tests.e2e.server import Server, running_server, scripted
from tests.made_calls import Made, fill, made_calls
from voiceassist.events import CallStarted, Prompt, Record, RefusalClosed
from voiceassist.store.database import DATABASE, migrate

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

TODAY = datetime.now(UTC).astimezone().replace(hour=12)  # the browser's clock is this machine's
MONDAY = TODAY.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=TODAY.weekday())
MADE = Made(calls=400, agents=8, newest=TODAY, span=timedelta(days=28))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Four weeks of calls of eight agents."""
    folder = tmp_path_factory.mktemp("find") / "data"
    folder.mkdir()
    engine = create_engine(f"sqlite:///{folder / DATABASE}")
    with engine.begin() as connection:
        migrate(connection)
        fill(connection, MADE)
    engine.dispose()
    with running_server(folder, scripted("late-return")) as running:
        yield running


@pytest.fixture
def window(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    with tabs(browser, server) as context:
        yield context


def shown(window: BrowserContext, path: str = "/review") -> Page:
    page = window.new_page()
    page.goto(path)
    page.get_by_test_id("facet-outcome").or_(page.get_by_test_id("review-none")).first.wait_for()
    return page


def last_weeks_dead_ends_about_late_fees() -> dict[str, set[str]]:
    """Calls by their agent's name."""
    found: dict[str, set[str]] = {}
    for records in made_calls(MADE):
        begun = records[0].event
        assert isinstance(begun, CallStarted)
        at = datetime.fromisoformat(begun.started_at)
        if MONDAY - timedelta(weeks=1) <= at < MONDAY and _is_dead_end(records, "Late fees"):
            found.setdefault(begun.agent.name, set()).add(records[0].call_id)
    return found


def _is_dead_end(records: list[Record], topic: str) -> bool:
    about = {
        told.event.why.cue_id
        for told in records
        if isinstance(told.event, Prompt) and told.event.headline == topic
    }
    closed = [told.event for told in records if isinstance(told.event, RefusalClosed)]
    return any(one.cue_id in about and one.outcome == "dead_end" for one in closed)


def test_dead_ends_about_a_topic_by_an_agent_last_week_are_three_clicks_away(window: BrowserContext) -> None:
    expected = last_weeks_dead_ends_about_late_fees()
    agent = max(sorted(expected), key=lambda name: len(expected[name]))
    page = shown(window)
    page.get_by_test_id("facet-when").get_by_text("Last week").click()
    page.get_by_test_id("facet-topic").get_by_test_id("dead-ends-about").filter(has_text="Late fees").click()
    page.get_by_test_id("facet-agent").get_by_text(agent, exact=True).click()
    expect(page.get_by_test_id("call-item")).to_have_count(len(expected[agent]))
    ids = {item.get_attribute("data-call-id") for item in page.get_by_test_id("call-item").all()}
    assert ids == expected[agent]
    assert page.get_by_test_id("chip").count() == 4
    page.go_back()
    expect(page.get_by_test_id("chip")).to_have_count(3)


def test_a_hit_opens_the_call_at_its_line(window: BrowserContext) -> None:
    page = shown(window)
    page.get_by_test_id("search").fill('customer: "late" agent: fee')
    page.get_by_test_id("found-line").first.wait_for()
    line = page.get_by_test_id("found-line").filter(has_text="Customer").first
    see(line.locator("mark"), "late")
    (at,) = parse_qs(urlsplit(str(line.get_attribute("href"))).query)["at"]
    assert int(at) > 0
    line.click()
    page.wait_for_url(f"**/review/call-*?at={at}*")


def test_what_makes_no_sense_is_told_and_an_empty_list_says_what_to_take_off(window: BrowserContext) -> None:
    page = shown(window, "/review?q=fee+near&agent=agent3&tier=nobodys")
    see(page.get_by_test_id("doubt"), "“near” needs something on both sides")
    none = page.get_by_test_id("review-none")
    see(none, "“fee near”", "agent3", "Nobodys")
    none.get_by_test_id("chip").filter(has_text="Nobodys").click()
    page.get_by_test_id("call-item").first.wait_for()
    page.get_by_test_id("clear").click()
    expect(page.get_by_test_id("chip")).to_have_count(0)
    expect(page.get_by_test_id("search")).to_have_value("")


def test_a_saved_search_is_there_after_a_reload_and_can_be_forgotten(
    window: BrowserContext,
) -> None:
    page = shown(window, "/review?when=last_week&outcome=dead_end")
    saved = page.get_by_test_id("saved-searches")
    saved.locator("summary").click()
    page.get_by_test_id("search-name").fill("Dead ends")
    page.keyboard.press("Enter")
    page.goto("/review")
    saved.locator("summary").click()
    saved.get_by_role("link", name="Dead ends").click()
    page.wait_for_url("**/review?outcome=dead_end&when=last_week")
    saved.get_by_role("button", name="Forget Dead ends").click()
    expect(saved.get_by_role("link")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(saved.get_by_role("link")).to_have_count(1)


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (390, 844)])
def test_the_page_fits_and_can_be_used_by_everybody(window: BrowserContext, size: tuple[int, int]) -> None:
    page = shown(window, "/review?q=fee&level=critical")
    resize(page, {"width": size[0], "height": size[1]})
    if size[0] < 960:
        page.get_by_test_id("filters").click()
    page.get_by_test_id("facet-length").wait_for()
    see_all_of_the_width(page)
    assert found_by_axe(page) == []
