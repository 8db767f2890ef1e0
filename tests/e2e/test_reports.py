"""Reports in a browser: what they say, people never ranked, promises marked; a call taken elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.busy_wall import BusyWall, busy_wall
from tests.e2e.screens import PATIENCE_MS, resize, see
from tests.shell import store_records as make
from tests.shell.report_stories import card, disclosure, promise
from voiceassist.events import Event, PromptClosed

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

SIZES: tuple[ViewportSize, ...] = (
    {"width": 1440, "height": 900},
    {"width": 1024, "height": 768},
    {"width": 390, "height": 844},
)
LIVE = 6
STORY: list[Event] = [
    make.cue("c1"),
    card("p1", "c1", "Returns after the deadline", ("credit", "exchange")),
    PromptClosed(at_ms=1500, prompt_id="p1", outcome="used", alternative="credit"),
    make.refusal_closed("c1", "recovered"),
    make.cue("c2"),
    card("p2", "c2", "Late fees", ("credit",)),
    make.refusal_closed("c2", "dead_end"),
    make.cue("a1", kind="insult"),
    promise(1),
    disclosure("recording", "due"),
    disclosure("recording", "said"),
]


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyWall]:
    with busy_wall(tmp_path_factory.mktemp("reports") / "data", 3) as wall:
        wall.grow(LIVE)
        for number in range(LIVE):
            wall.happen(f"live-{number}", *STORY)
        yield wall


@pytest.fixture
def window(browser: Browser, wall: BusyWall) -> Iterator[BrowserContext]:
    size: ViewportSize = {"width": 1440, "height": 900}
    options = {"viewport": size, "locale": "en-US", "timezone_id": "Europe/Madrid", "reduced_motion": "reduce"}
    with browser.new_context(base_url=wall.url, **options) as context:  # type: ignore[arg-type]
        errors: list[str] = []
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.set_default_timeout(PATIENCE_MS)
        yield context
        assert errors == []


def shown(window: BrowserContext, report: str = "refusals") -> Page:
    page = window.new_page()
    page.goto(f"/reports?report={report}&period=eight_weeks")
    expect(page.get_by_test_id("report-sentence")).to_be_visible()
    return page


def names(page: Page) -> list[str]:
    return page.get_by_test_id("report-row").locator("th").all_inner_texts()


def test_what_is_refused_is_told_by_topic_with_examples_that_lead_to_the_moment(window: BrowserContext) -> None:
    page = shown(window)
    see(page.get_by_test_id("report-table"), "Late fees")
    page.get_by_test_id("sort-dead_ends").click()
    assert names(page)[0].startswith("Late fees")
    page.get_by_test_id("report-quotes").first.click()
    example = page.get_by_test_id("report-examples").get_by_role("link").first
    see(page.get_by_test_id("report-examples"), "can't")
    example.click()
    page.wait_for_url("**/review/live-*?at=0")


def test_a_row_opens_its_calls_and_the_file_is_a_table(window: BrowserContext) -> None:
    page = shown(window)
    link = page.get_by_test_id("report-row").get_by_role("link", name="Late fees").get_attribute("href")
    assert link
    assert link.startswith("/review?topic=Late+fees&from=")
    with page.expect_download() as waiting:
        page.get_by_test_id("report-csv").click()
    assert "Late fees" in Path(waiting.value.path()).read_text()


def test_people_are_in_the_order_of_their_names_and_cannot_be_sorted(window: BrowserContext) -> None:
    page = shown(window, "abuse_agents")
    see(page.get_by_test_id("report-protect"), "not to rank them")
    found = names(page)
    assert found == sorted(found, key=str.casefold)
    assert page.get_by_test_id("report-table").get_by_role("button").count() == 0


def test_a_promise_is_marked_by_a_person_and_counted(window: BrowserContext) -> None:
    page = shown(window, "promises")
    kept = page.get_by_test_id("promise-outcome").first
    kept.select_option("kept")
    see(page.get_by_test_id("report-table"), "1 of 1")
    page.reload()
    expect(page.get_by_test_id("promise-outcome").first).to_have_value("kept")
    see(page.get_by_test_id("promise").first, "says")


def test_every_report_is_clean_at_every_width_and_on_paper(window: BrowserContext) -> None:
    page = shown(window)
    ids = page.get_by_test_id("report-of").locator("option").evaluate_all("all => all.map(one => one.value)")
    assert len(ids) == 9
    for report in ids:
        page.get_by_test_id("report-of").select_option(report)
        expect(page.get_by_test_id("report-sentence")).to_be_visible()
        for size in SIZES:
            resize(page, size)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (report, size)
        assert found_by_axe(page) == [], report
        resize(page, SIZES[0])
    page.emulate_media(media="print")
    expect(page.get_by_test_id("report-of")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_call_is_taken_elsewhere_by_keyboard_and_its_page_prints(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/review/live-0")
    menu = page.get_by_test_id("export")
    menu.focus()
    menu.press("Enter")
    expect(page.get_by_test_id("export-print")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_test_id("export-vtt").click()
    assert Path(waiting.value.path()).read_text().startswith("WEBVTT")
    with window.expect_page() as opening:
        page.get_by_test_id("export-print").click()
    opened = opening.value
    see(opened.get_by_role("heading", level=1), "live-0")
    opened.evaluate("window.print = () => (document.title = 'printed')")
    opened.get_by_role("button").click()
    assert opened.title() == "printed"
    assert found_by_axe_without_scripts(opened) == []
    page.bring_to_front()
    menu.focus()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("export-menu")).to_be_hidden()


def found_by_axe_without_scripts(page: Page) -> list[str]:
    """The page's own policy keeps axe out, as it keeps everything out: what axe would ask for first."""
    problems = [] if page.evaluate("document.documentElement.lang") else ["no language"]
    return problems + ([] if page.get_by_role("main").count() == 1 else ["no main"])
