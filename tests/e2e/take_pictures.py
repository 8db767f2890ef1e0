"""Takes the pictures of the README: `make pictures`, or `python -m tests.e2e.take_pictures`.

Look at them before you commit them.
Starts a demo of its own, plays sample calls in real time with the engines that the demo has, and waits for the
moments that the README tells of. Never changes a page for a picture.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import BROWSER_ARGS
from tests.e2e.screens import card_on, see, tabs
from tests.e2e.server import Server, running_server

ROOT = Path(__file__).parents[2]
CALL = ROOT / "screenshot.png"
PLAYBOOK = ROOT / "screenshot-playbook.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HEAD_START_MS = 15_000  # the insult of the other call comes before this one's card, and its end after it
SENTENCE = "I'm afraid that's outside our return window"


def main() -> None:
    """Both pictures."""
    with demo_page() as (server, page):
        take_call(server, page)
        take_playbook(page)


@contextmanager
def demo_page() -> Iterator[tuple[Server, Page]]:
    """A demo, and an empty page of a browser on it."""
    browser_path = next(path for name in BROWSERS if (path := shutil.which(name)))
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "data", "auto") as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=browser_path, args=BROWSER_ARGS) as browser,
        tabs(browser, server) as window,
    ):
        yield server, window.new_page()


def take_call(server: Server, page: Page) -> None:
    """A call with its card on the left; on the right the wall, where another live call has an alert."""
    abuse = server.play_sample("abuse-ladder")
    server.wait_for(abuse, lambda state: bool(state["at_ms"] >= HEAD_START_MS))
    page.goto("/")
    page.get_by_test_id("play-late-return").click()
    see(card_on(page))
    see(page.get_by_test_id("delays"), "card")
    page.screenshot(path=CALL)


def take_playbook(page: Page) -> None:
    """A policy that is edited, and a sentence that is tried on it."""
    page.goto("/playbook/retail/policies/return_window")
    page.get_by_role("textbox", name="Sentence").fill(SENTENCE)
    see(card_on(page))
    page.screenshot(path=PLAYBOOK)


if __name__ == "__main__":
    main()
