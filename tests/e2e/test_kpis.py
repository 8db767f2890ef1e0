"""Key figures in a browser: they say what the calls behind them say, follow live calls, and nothing jumps."""

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.busy_wall import BusyWall, busy_wall
from tests.e2e.screens import PATIENCE_MS, resize, see
from tests.shell import store_records as make
from voiceassist.events import Event, PromiseHeard, PromptClosed

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

FINISHED = 12
LIVE = 6
SIZES = {"1440": (1440, 900), "1024": (1024, 768), "390": (390, 844)}
REFUSED: list[Event] = [
    make.cue("c1"),
    make.prompt("p1"),
    PromptClosed(at_ms=1500, prompt_id="p1", outcome="used", alternative=None),
    make.refusal_closed("c1", "recovered"),
    make.cue("c2"),
    make.refusal_closed("c2", "dead_end"),
]


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyWall]:
    """Calls that are over, and some that go on, each with a refusal that was recovered and one that was not."""
    with busy_wall(tmp_path_factory.mktemp("kpis") / "data", FINISHED) as wall:
        wall.grow(LIVE)
        for number in range(LIVE):
            wall.happen(f"live-{number}", *REFUSED)
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


def shown(window: BrowserContext, path: str = "/kpis?period=eight_weeks") -> Page:
    page = window.new_page()
    page.goto(path)
    see(page.get_by_test_id("figures"), "Dead ends")
    return page


def value_of(page: Page, kpi: str) -> str:
    return page.locator(f"[data-kpi={kpi}]").get_by_test_id("figure-value").inner_text()


def is_wider(page: Page) -> bool:
    wider: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return wider


def test_a_figure_opens_the_calls_that_it_counts_and_each_says_how_many_of_them_it_has(
    window: BrowserContext,
) -> None:
    page = shown(window)
    counted = int(value_of(page, "dead_ends"))
    assert counted >= LIVE
    page.locator("[data-kpi=dead_ends]").get_by_test_id("figure-value").click()
    see(page.get_by_test_id("behind"), "Dead ends,")
    see(page.get_by_test_id("result-count"), "calls")
    told = page.get_by_test_id("counted").all_inner_texts()
    assert sum(int(text.removeprefix("Dead ends: ")) for text in told) == counted
    page.go_back()
    page.locator("[data-kpi=recovered]").get_by_test_id("figure-whole").click()
    expect(page.get_by_test_id("call-item")).to_have_count(LIVE, timeout=PATIENCE_MS)
    page.get_by_test_id("behind-off").click()
    expect(page.get_by_test_id("call-item")).to_have_count(LIVE + FINISHED, timeout=PATIENCE_MS)


def test_what_happens_in_a_live_call_is_counted_while_one_looks_and_nothing_moves(
    window: BrowserContext, wall: BusyWall
) -> None:
    page = shown(window)
    before, place = int(value_of(page, "vague_promises")), page.locator("[data-kpi=missed]").bounding_box()
    wall.happen("live-0", replace(make.cue("c7"), kind="vague_commitment"))
    figure = page.locator("[data-kpi=vague_promises]").get_by_test_id("figure-value")
    expect(figure).to_have_text(str(before + 1), timeout=PATIENCE_MS)
    assert page.locator("[data-kpi=missed]").bounding_box() == place


def test_a_figure_says_what_it_is_beside_it_for_keyboard_and_screen_reader(window: BrowserContext) -> None:
    page = shown(window)
    button = page.get_by_role("button", name="What is “Recovered with help”?")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    see(page.get_by_text("It shows no cause: people help where it is hard."))
    page.keyboard.press("Escape")
    expect(page.get_by_text("It shows no cause: people help where it is hard.")).to_be_hidden()
    expect(button).to_be_focused()


def test_teams_are_compared_by_name_until_somebody_sorts_them_and_a_team_shows_its_agents(
    window: BrowserContext,
) -> None:
    page = shown(window, "/kpis?period=this_week")
    rows = page.get_by_test_id("compared-row")
    expect(rows.locator("th")).to_have_text(["billing", "returns"], timeout=PATIENCE_MS)
    page.get_by_test_id("sort-calls").press("Enter")
    expect(page.get_by_role("columnheader").filter(has=page.get_by_test_id("sort-calls"))).to_have_attribute(
        "aria-sort", "descending"
    )
    page.get_by_role("link", name="returns", exact=True).click()
    see(page.get_by_role("heading", name="Agents of returns"))
    expect(rows.locator("th")).to_have_text(
        ["Anna Reed", "Chidinma Oluwaseun-Fitzgerald", "Emil Sand"], timeout=PATIENCE_MS
    )
    assert "team=returns" in page.url
    page.get_by_test_id("kpi-team").select_option("billing")
    expect(rows.locator("th")).to_have_text(["Ben Cole", "Dora Petrova", "Fay Wong"], timeout=PATIENCE_MS)


def test_the_trend_is_drawn_and_is_a_table_too(window: BrowserContext) -> None:
    page = shown(window)
    trend = page.get_by_test_id("trend")
    see(trend.locator("canvas"))
    page.get_by_test_id("trend-of").select_option("dead_ends")
    expect(trend.get_by_role("img")).to_have_attribute("aria-label", re.compile("^Dead ends, week by week"))
    page.get_by_test_id("trend-as-table").press("Enter")
    expect(trend.get_by_role("row")).to_have_count(9)
    sums = [int(text) for text in trend.locator("tbody td:nth-of-type(1)").all_inner_texts()]
    assert sum(sums) == int(value_of(page, "dead_ends"))


def test_the_file_is_that_of_what_is_shown(window: BrowserContext) -> None:
    page = shown(window, "/kpis?period=today&team=returns")
    with page.expect_download() as begun:
        page.get_by_test_id("kpi-csv").click()
    head, whole, *_ = begun.value.path().read_text(encoding="utf-8").splitlines()
    assert dict(zip(head.split(","), whole.split(","), strict=True))["calls_part"] == value_of(page, "calls")


def test_today_stands_on_one_line_above_the_wall_and_stays_folded_where_one_folded_it(
    window: BrowserContext,
) -> None:
    page = window.new_page()
    page.goto("/supervisor")
    today = page.get_by_test_id("today")
    see(today, "Calls", "Dead ends")
    box = today.bounding_box()
    assert box
    assert box["height"] <= 36
    fold = page.get_by_test_id("today-fold")
    fold.press("Enter")
    expect(page.get_by_test_id("today-value")).to_have_count(0)
    assert today.bounding_box() == box
    page.reload()
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    see(today, "Dead ends")
    page.get_by_test_id("today-all").click()
    see(page.get_by_role("heading", name="Key figures"))


def test_an_agent_sees_their_own_day_and_nobody_elses(window: BrowserContext, wall: BusyWall) -> None:
    promise = PromiseHeard(
        at_ms=4000, utterance=1, words="I will call by Friday", when="by Friday", start_ms=3000, end_ms=4000
    )
    wall.happen("live-1", promise)
    wall.happen("live-1", make.ended(at_ms=90_000))
    page = window.new_page()
    page.goto("/agent")
    page.get_by_test_id("agent").filter(has_text="Ben Cole").click()
    day = page.get_by_test_id("my-day")
    see(day, "Your day", "“I will call by Friday”")
    mine = httpx.get(f"{wall.url}/api/kpis/day", params={"agent": "agent-1", "zone": "Europe/Madrid"}, timeout=60)
    assert day.get_by_test_id("my-calls").inner_text() == str(mine.json()["values"]["calls"]["part"])
    expect(day.get_by_test_id("my-recovered")).to_have_text("1 of 2")
    expect(day.get_by_test_id("my-open")).to_have_text("1 still open")
    day.get_by_role("checkbox", name="Kept: I will call by Friday").press("Space")
    expect(day.get_by_test_id("my-open")).to_have_text("0 still open")
    page.reload()
    expect(day.get_by_test_id("my-open")).to_have_text("0 still open", timeout=PATIENCE_MS)
    expect(page.get_by_text("Anna Reed")).to_have_count(0)
    assert found_by_axe(page) == []
    day.get_by_role("link").first.click()
    see(page.get_by_role("heading", name="Timeline"))


@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_the_window_and_axe_finds_nothing(window: BrowserContext, size: str) -> None:
    width, height = SIZES[size]
    for path in ("/kpis", "/kpis?team=returns", "/supervisor"):
        page = window.new_page()
        resize(page, {"width": width, "height": height})
        page.goto(path)
        see(page.get_by_test_id("today" if path == "/supervisor" else "compared"), "Calls")
        assert not is_wider(page)
        assert found_by_axe(page) == []
        page.close()


def test_a_server_that_does_not_answer_is_told_and_asked_again_and_old_figures_stay(
    window: BrowserContext,
) -> None:
    page = window.new_page()
    page.route("**/api/kpis?**", lambda route: route.abort())
    page.goto("/kpis")
    see(page.get_by_test_id("kpi-error"), "cannot be reached")
    assert found_by_axe(page) == []
    page.unroute("**/api/kpis?**")
    page.get_by_role("button", name="Try again").click()
    see(page.get_by_test_id("figures"), "Dead ends")
    page.route("**/api/kpis?**", _busy)
    see(page.get_by_test_id("kpi-outdated"))
    see(page.get_by_test_id("figures"), "Dead ends")


def _busy(route: Route) -> None:
    route.fulfill(status=503, json={"type": "error", "code": "store_failed", "message": "disk"})


def test_a_time_without_calls_says_so(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/kpis?team=nobody")
    see(page.get_by_test_id("kpi-none"), "No calls in this time")


def test_everything_is_there_in_spanish_too(window: BrowserContext) -> None:
    page = window.new_page()
    page.add_init_script("localStorage.setItem('language', 'es')")
    page.goto("/kpis")
    see(page.get_by_test_id("figures"), "Sin salida", "Recuperadas con ayuda")
    assert found_by_axe(page) == []
