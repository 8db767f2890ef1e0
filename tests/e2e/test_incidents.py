"""Incidents as supervisors live with them: one that rises, two who act at once, what calls leave that are over."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.busy_wall import BusyWall, busy_wall
from tests.e2e.screens import KEEP_CARDS_SEEN, PATIENCE_MS, resize, see
from tests.shell import store_records as make
from voiceassist.core.call.incidents import repeated
from voiceassist.events import Alert, AlertLevel, Cue, Speaker
from voiceassist.server.auth import COOKIE

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

FINISHED = 130  # more than a page of the queue
SIZES = ((1440, 900), (1024, 768), (390, 844))
THRICE = "\N{MULTIPLICATION SIGN}3"

# A slow network, whose messages come late: while `window.held` is a list they wait in it.
SLOW = """
window.held = null;
const listen = WebSocket.prototype.addEventListener;
WebSocket.prototype.addEventListener = function (type, heard, ...more) {
  if (type !== "message") return listen.call(this, type, heard, ...more);
  return listen.call(this, type, event => {
    if (window.held) window.held.push(() => heard(event)); else heard(event);
  }, ...more);
};
const late = { set(heard) { this.addEventListener("message", heard); } };
Object.defineProperty(WebSocket.prototype, "onmessage", late);
window.release = () => { const all = window.held; window.held = null; for (const run of all) run(); };
"""


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyWall]:
    with busy_wall(tmp_path_factory.mktemp("incidents") / "data", FINISHED) as wall:
        yield wall


@pytest.fixture(scope="module")
def cookies(wall: BusyWall) -> dict[str, str]:
    """Two supervisors who have signed in."""
    return {name: wall.sign_in(name, "supervisor") for name in ("sue", "tom")}


@contextmanager
def at_work(browser: Browser, wall: BusyWall, cookie: str, locale: str = "en-US") -> Iterator[Page]:
    """A supervisor's page in a browser of their own, in which nothing goes wrong unseen."""
    size: ViewportSize = {"width": 1440, "height": 900}
    with browser.new_context(base_url=wall.url, viewport=size, locale=locale) as context:
        errors: list[str] = []
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.add_init_script(KEEP_CARDS_SEEN)
        context.add_init_script(SLOW)
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": COOKIE, "value": cookie, "url": wall.url}])
        yield context.new_page()
        assert errors == []


def told(number: int, kind: str, level: AlertLevel, quote: str) -> Alert:
    """An alert of the call's one incident, with a cue of its own."""
    first = make.alert(f"a{number}", level)
    why = replace(first.why, cue_id=f"c{number}", rule=f"{kind}.plain", words=quote)
    at_ms, reason = 20_000 + number * 1_000, f"The customer uses {kind} words."
    return replace(first, at_ms=at_ms, kind=kind, reason=reason, quote=quote, why=why, incident="a1")


def cue_of(alert: Alert) -> Cue:
    speaker: Speaker = "customer"
    return replace(make.cue(alert.why.cue_id, kind=alert.kind), speaker=speaker, words=alert.quote)


INSULT = told(1, "insult", "warning", "you useless idiot")
THREAT = told(2, "threat", "critical", "I will find you")
AGAIN = told(3, "insult", "warning", "such an idiot")


def item(page: Page) -> Locator:
    return page.get_by_test_id("opened-call").get_by_test_id("alert")


def test_an_incident_rises_is_taken_on_by_one_of_two_and_tells_its_story(
    browser: Browser, wall: BusyWall, cookies: dict[str, str]
) -> None:
    wall.grow(1)
    with at_work(browser, wall, cookies["sue"]) as sue, at_work(browser, wall, cookies["tom"]) as tom:
        for page in (sue, tom):
            page.goto("/supervisor?call=live-0")
            see(page.get_by_test_id("opened-call"))
        wall.happen("live-0", cue_of(INSULT), INSULT)
        see(item(tom), "The customer uses insult words.")
        see(item(sue), "you useless idiot")

        tom.evaluate("window.held = []")
        item(sue).get_by_test_id("alert-acknowledge").click()
        see(item(sue), "Acknowledged by Sue")
        item(tom).get_by_test_id("alert-acknowledge").click()  # Tom's page does not know of Sue yet
        see(tom.get_by_test_id("toasts"), "Somebody was faster: Sue took it on")
        tom.evaluate("window.release()")
        see(item(tom), "Acknowledged by Sue")
        expect(item(tom).get_by_test_id("alert-acknowledge")).to_have_count(0)

        wall.happen("live-0", cue_of(THREAT), THREAT, cue_of(AGAIN), repeated(AGAIN, "a1"))
        for page in (sue, tom):
            see(item(page), "The customer uses threat words.", THRICE, "Rose", "Acknowledged by Sue")
            see(page.get_by_test_id("wall-row"), THRICE, "Rose", "Sue")
        see(tom.get_by_test_id("spoken-alert"), "The customer uses threat words.")

        item(sue).get_by_test_id("hand-over").click()
        item(sue).get_by_test_id("hand-to").select_option("Tom")
        see(item(tom), "Acknowledged by Tom", "Sue handed it to Tom")
        expect(item(tom).get_by_test_id("incident-risen")).to_have_count(0)
        item(tom).get_by_test_id("alert-reason").select_option("false_alarm")
        item(tom).get_by_test_id("alert-note").fill("They quote a film.")
        item(tom).get_by_test_id("alert-resolve").click()
        see(item(sue), "Resolved by Tom", "False alarm", "They quote a film.")
        tom.get_by_test_id("toasts").get_by_test_id("undo").last.click()
        see(item(sue), "Acknowledged by Tom")

        item(sue).get_by_test_id("incident-story").locator("summary").click()
        happened = item(sue).get_by_test_id("incident-happened").get_by_role("listitem")
        expect(happened).to_have_count(3)
        see(happened.nth(2), "such an idiot", "again", "insult.plain")
        steps = item(sue).get_by_test_id("incident-history").get_by_role("listitem")
        expect(steps).to_have_count(4)
        see(steps.nth(2), "Tom resolved it (false alarm)", "They quote a film.")

        wall.end("live-0")
        see(tom.get_by_test_id("wall-row"), "Ended", THRICE)  # two minutes more
        sue.goto("/review/live-0")
        note = sue.get_by_test_id("note-alert")
        see(note, THRICE, "Tom is on it")
        note.get_by_test_id("incident-story").locator("summary").click()
        see(note.get_by_test_id("incident-history"), "Sue took it on", "handed it to Tom")
        assert found_by_axe(sue) == []


def items(page: Page) -> Locator:
    return page.get_by_test_id("queue-item")


def test_what_is_left_is_filtered_by_the_address_and_handled_many_at_a_time_and_undone(
    browser: Browser, wall: BusyWall, cookies: dict[str, str]
) -> None:
    with at_work(browser, wall, cookies["sue"]) as page:
        page.goto("/follow-up")
        count = page.get_by_test_id("queue-count")
        expect(count).to_have_text(re.compile(r"\d+ alerts"))
        expect(items(page).nth(99)).to_be_attached()
        items(page).nth(99).scroll_into_view_if_needed()
        expect(items(page).nth(120)).to_be_attached()  # the next page came by itself
        page.get_by_test_id("queue-kind").select_option("escalation")
        expect(page).to_have_url(re.compile(r"kind=escalation"))
        see(count, "43 alerts")
        page.reload()
        see(count, "43 alerts")
        page.get_by_test_id("queue-team").select_option("returns")
        page.get_by_test_id("queue-text").fill("chidinma")
        see(count, "22 alerts")
        page.get_by_test_id("select-all").check()
        see(count, "22 selected")
        page.get_by_test_id("bulk-reason").select_option("no_action")
        page.get_by_test_id("bulk-note").fill("Seen in the team meeting.")
        page.get_by_test_id("bulk-resolve").click()
        see(page.get_by_test_id("queue-none"), "Nothing matches")
        page.get_by_test_id("toasts").get_by_test_id("undo").last.click()
        see(count, "22 alerts")
        page.get_by_test_id("queue-none").wait_for(state="detached")


def test_the_queue_is_worked_by_keyboard_alone_and_never_moves_what_is_read(
    browser: Browser, wall: BusyWall, cookies: dict[str, str]
) -> None:
    with at_work(browser, wall, cookies["tom"]) as page, at_work(browser, wall, cookies["sue"]) as other:
        page.goto("/follow-up?level=critical&owner=-")
        other.goto("/follow-up?level=critical&owner=-")
        first, second = (items(page).nth(at) for at in (0, 1))
        keys = [one.get_attribute("data-key") for one in (first, second)]
        see(first)
        page.keyboard.press("ArrowDown")
        expect(first.get_by_role("checkbox")).to_be_focused()
        page.keyboard.press("a")
        see(page.get_by_test_id("toasts"), "Acknowledged: 1 alert")
        expect(items(page).first).to_have_attribute("data-key", str(keys[1]))  # nobody's is what is asked for
        expect(items(page).first.get_by_role("checkbox")).to_be_focused()
        page.keyboard.press("u")
        expect(items(page).first).to_have_attribute("data-key", str(keys[0]))

        page.keyboard.press("Home")
        expect(first.get_by_role("checkbox")).to_be_focused()
        page.keyboard.press("r")
        see(page.get_by_test_id("toasts"), "Resolved: 1 alert")
        see(other.get_by_test_id("queue-count"))
        stale = other.locator(f"[data-key='{keys[0]}']")
        if stale.count():  # their page has not looked yet: they are told who was faster
            stale.get_by_test_id("queue-acknowledge").click()
            see(other.get_by_test_id("toasts"), "Tom resolved it")
        expect(other.locator(f"[data-key='{keys[0]}']")).to_have_count(0)

        page.keyboard.press("Enter")
        see(page.get_by_test_id("opened-call"))
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("opened-call")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-US"), ("dark", "es-ES")])
def test_the_queue_fits_every_screen_and_axe_finds_nothing(
    browser: Browser, wall: BusyWall, cookies: dict[str, str], scheme: str, locale: str
) -> None:
    with at_work(browser, wall, cookies["sue"], locale) as page:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        page.goto("/follow-up?kind=insult&age=24&call=over-1")  # as many as are in view: axe knows no others
        see(items(page).first)
        see(item(page).first)
        page.get_by_test_id("select-all").check()
        item(page).get_by_test_id("incident-story").locator("summary").click()
        for width, height in SIZES:
            resize(page, {"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert found_by_axe(page) == []
