"""What a person sees on the pages, found by role and name wherever it has one."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.e2e.server import Json, Server, until

PATIENCE_MS = 60_000  # most of a sample call; nothing below waits when what it looks for is there

# Cards come and go: every page keeps a list of the headlines that were on it since it was loaded.
KEEP_CARDS_SEEN = """
window.cardsSeen = [];
new MutationObserver(() => {
  for (const card of document.querySelectorAll("article[aria-label=Card]")) {
    const headline = card.querySelector("h2")?.textContent ?? "";
    if (window.cardsSeen.at(-1) !== headline) window.cardsSeen.push(headline);
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""

# Speaker and words of every fixed line, without the labels that explain marked words.
SPOKEN_LINES = """
items => items.map(item => {
  const words = item.querySelector("p").cloneNode(true);
  for (const label of words.querySelectorAll("[data-testid=cue-label]")) label.remove();
  return [item.dataset.speaker, words.textContent.replace(/\\s+/g, " ").trim()];
})
"""


@contextmanager
def tabs(browser: Browser, server: Server, locale: str = "en-US") -> Iterator[BrowserContext]:
    """A window of the browser on this server. Nothing may go wrong in a page unseen."""
    size: ViewportSize = {"width": 1440, "height": 900}
    with browser.new_context(base_url=server.url, viewport=size, locale=locale) as context:
        errors: list[str] = []
        context.add_init_script(KEEP_CARDS_SEEN)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.set_default_timeout(PATIENCE_MS)
        yield context
        assert errors == [], errors


def resize(page: Page, size: ViewportSize) -> None:
    """Makes the window that large, and waits until the page is drawn in it."""
    page.set_viewport_size(size)
    page.evaluate("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def opened(context: BrowserContext, path: str) -> Page:
    """A new tab with this address."""
    page = context.new_page()
    page.goto(path)
    return page


def card_on(page: Page) -> Locator:
    """The one card."""
    return page.get_by_role("article", name="Card", exact=True)


def pane(page: Page, of: str) -> Locator:
    """The "Agent" or "Supervisor" screen of a page."""
    return page.get_by_role("region", name=re.compile(f"{of}.s screen"))


def cards_seen(page: Page) -> list[str]:
    """Headlines of all cards since the page was loaded."""
    seen: list[str] = page.evaluate("window.cardsSeen")
    return seen


def see(what: Locator, *texts: Any) -> None:
    """Waits until it is visible and says all of this."""
    expect(what).to_be_visible(timeout=PATIENCE_MS)
    for text in texts:
        expect(what).to_contain_text(text, timeout=PATIENCE_MS)


def spoken_lines(place: Page | Locator) -> list[tuple[str, str]]:
    """Who said what, in the order on the screen, of what is fixed."""
    return [(speaker, words) for speaker, words in place.get_by_test_id("final").evaluate_all(SPOKEN_LINES)]


def see_all_of_the_width(page: Page) -> None:
    """Waits until nothing is wider than the page: a page that gets another width is laid out a moment later."""
    fits = "document.documentElement.scrollWidth <= window.innerWidth"
    until(lambda: page.evaluate(fits) or None, "all of the page's width", within_s=10)


def see_lines(place: Page | Locator, expected: list[tuple[str, str]]) -> None:
    """Waits for as many lines, and finds exactly these."""
    expect(place.get_by_test_id("final")).to_have_count(len(expected), timeout=PATIENCE_MS)
    assert spoken_lines(place) == expected


def lines_of(state: Json) -> list[tuple[str, str]]:
    """The same, as the server has it."""
    finals = sorted(state["finals"], key=lambda final: int(final["start_ms"]))
    return [(final["speaker"], " ".join(final["text"].split())) for final in finals]


def words_of(lines: Sequence[tuple[str, str]]) -> str:
    """Everything that was said."""
    return " ".join(words for _, words in lines)


def heard_s(page: Page) -> float:
    """How far the recording has been played, in seconds."""
    return float(page.get_by_test_id("audio").evaluate("audio => audio.currentTime"))


def hear(page: Page, *, after_s: float) -> None:
    """Waits until the recording plays, beyond this second."""
    until(lambda: heard_s(page) > after_s or None, f"the recording at {after_s:g} s")
