"""A playbook of one's own from an empty page to a live call: its kind of cue on every screen, the default, ids."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.e2e.phone import phone
from tests.e2e.playbooks import playbook, say_field
from tests.e2e.screens import PATIENCE_MS, opened, resize, see, tabs
from tests.e2e.server import Server, running_server, scripted, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

SAID = "But I was in the hospital for most of that time."
AFTER_IT_MS = 29_000
SIZES: tuple[ViewportSize, ...] = (
    {"width": 1440, "height": 900},
    {"width": 1024, "height": 768},
    {"width": 720, "height": 450},  # 1440 at 200 %
    {"width": 390, "height": 844},
)
TOO_WIDE = (
    "[...document.querySelectorAll('main *')].some(one => one.getBoundingClientRect().right > innerWidth + 1)"
)
TEAL = re.compile(r"\btone-teal\b")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: its default is changed here."""
    with running_server(tmp_path_factory.mktemp("own") / "data", scripted("late-return")) as server:
        yield server


@pytest.fixture(scope="module")
def window(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    with tabs(browser, server) as context:
        yield context


def test_a_kind_of_ones_own_is_made_by_example_published_as_the_default_and_seen_in_a_call(
    window: BrowserContext, server: Server
) -> None:
    page = opened(window, "/playbook")
    page.get_by_test_id("new-title").fill("Night shift")
    page.get_by_role("button", name="Create").click()
    see(page.get_by_test_id("draft-badge"), "draft")
    expect(page.get_by_test_id("draft-badge")).not_to_contain_text("change")
    page.get_by_role("link", name="Cues").click()
    page.get_by_placeholder("A new kind of cue that the customer says").fill("Hardship")
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Teal").check()
    page.get_by_placeholder("I\u2019d really like").fill(f"{SAID}\nI really lost my job\nThat was quick, thanks.")
    see(page.get_by_test_id("tried-phrase").nth(2), "also found in 1 everyday sentence")
    see(page.get_by_test_id("tried-phrase").nth(1), "i [really] lost my job", "not found in everyday talk")
    page.get_by_test_id("take-phrases").click()
    say_field(page).fill("I am sorry to hear that. Let me see what I can do.")
    expect(page.get_by_test_id("problems")).to_have_count(0, timeout=PATIENCE_MS)
    publish(page)
    page.get_by_role("link", name="General").click()
    see(page.get_by_test_id("offer-state"), "it is not the default")
    page.get_by_role("button", name="Make it the default for calls in English").click()
    see(page.get_by_test_id("offering"), "Chosen for calls in English", "which name \u201cretail\u201d")
    expect(page.get_by_test_id("withdraw")).to_be_disabled()
    see_it_in_a_call(window, server)


def see_it_in_a_call(window: BrowserContext, server: Server) -> None:
    agent = opened(window, "/agent?call=hardship")
    with phone(server, "hardship", "late-return") as talking:
        talking.speak_until(AFTER_IT_MS)
        agent.reload()
        mark = agent.locator("[data-testid=cue-mark][data-kind=hardship]").first
        expect(mark).to_have_class(TEAL, timeout=PATIENCE_MS)
        see(agent.get_by_test_id("cue-label").filter(has_text="Hardship").first)
        wall = opened(window, "/supervisor")
        wall.get_by_test_id("wall-row").first.click()
        expect(wall.locator("[data-testid=cue-mark][data-kind=hardship]").first).to_have_class(
            TEAL, timeout=PATIENCE_MS
        )
    until(lambda: server.call("hardship")["status"] == "ended" or None, "the call's end")
    review = opened(window, "/review/hardship")
    see(review.locator("[data-testid=note-cue][data-kind=hardship]").first, "Hardship")


def test_what_is_not_offered_any_more_says_so_and_comes_back(window: BrowserContext) -> None:
    page = opened(window, "/playbook/retail/general")
    page.get_by_test_id("offer-note").fill("Too long")
    page.get_by_test_id("withdraw").click()
    see(page.get_by_test_id("offer-state"), "No new call gets it")
    page.get_by_role("link", name="History").click()
    see(page.get_by_test_id("activity"), "Withdrawn: Too long", "Ida")
    page.get_by_role("link", name="General").click()
    page.get_by_test_id("offer-again").click()
    see(page.get_by_test_id("offer-state"), "it is not the default")


def test_what_was_typed_last_is_saved_although_the_window_closes(window: BrowserContext, server: Server) -> None:
    page = opened(window, "/playbook/retail/policies/discount")
    see(page.get_by_test_id("saving"), "Saved")
    say_field(page).fill("Typed in the last moment.")
    page.close(run_before_unload=True)

    def saved() -> bool | None:
        draft = playbook(server)["draft"]
        return True if draft and "in the last moment" in draft["text"] else None

    until(saved, "the last edit")


def test_an_id_is_changed_with_its_examples_in_one_step_and_the_page_goes_along(
    window: BrowserContext, server: Server
) -> None:
    page = opened(window, "/playbook/retail/policies/return_window")
    see(page.get_by_test_id("saving"), "Saved")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Rename return_window").click()
    page.get_by_test_id("rename-to").fill("general")
    see(page.get_by_text("That name is taken"))
    page.get_by_test_id("rename-to").fill("late_return")
    page.keyboard.press("Enter")
    page.wait_for_url("**/policies/late_return")
    until(lambda: "late_return" in (playbook(server)["draft"] or {"text": ""})["text"] or None, "the new id")
    draft = playbook(server)["draft"]
    assert "return_window" not in draft["text"]
    assert "late_return" in {example.get("topic") for example in draft["document"]["examples"]}
    page.get_by_test_id("playbook").get_by_test_id("undo").click()
    page.wait_for_url("**/policies/return_window")
    see(page.get_by_test_id("section-title"), "Return after the deadline")


def test_problems_are_told_in_spanish_where_the_page_is(browser: Browser, server: Server) -> None:
    with tabs(browser, server, locale="es-ES") as context:
        page = opened(context, "/playbook/retail/policies/discount")
        see(page.get_by_test_id("saving"), "Guardado")
        page.locator("textarea.speech").first.fill("")
        see(page.get_by_test_id("field-problem"), "est\u00e1 vac\u00edo; escriba algo o qu\u00edtelo")
        page.get_by_test_id("undo").click()
        expect(page.get_by_test_id("field-problem")).to_have_count(0, timeout=PATIENCE_MS)


def test_new_parts_do_not_scroll_sideways_at_any_size(window: BrowserContext) -> None:
    page = window.new_page()
    for address in ("/playbook", "/playbook/night_shift/cues/hardship", "/playbook/night_shift/general"):
        page.goto(address)
        see(page.get_by_role("heading").first)
        for size in SIZES:
            resize(page, size)
            until(lambda: not page.evaluate(TOO_WIDE) or None, f"{address} within {size}")


def publish(page: Page) -> None:
    page.get_by_test_id("to-publish").click()
    page.get_by_test_id("publish-note").fill("The first one")
    page.get_by_test_id("publish").click()
    see(page.get_by_test_id("version").first, "The first one", "current")
