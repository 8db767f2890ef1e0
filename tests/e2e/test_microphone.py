"""A call through the browser's microphone: Chromium's pretended one, which plays the refusal of a sample call."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.e2e.conftest import BROWSER_ARGS
from tests.e2e.screens import card_on, hear, opened, pane, see, tabs
from tests.e2e.server import Server
from tests.e2e.sounds import refusal

pytestmark = [pytest.mark.e2e, pytest.mark.audio, pytest.mark.timeout(180)]

SILENCE_S = 2.5  # first, while the connection is made: the pretended microphone plays from its opening on
TIMES = 3  # a busy machine drops some of what the browser sends; a person would say it again, too


@pytest.fixture
def window(
    playwright: Playwright, chromium: str, listening_server: Server, tmp_path: Path
) -> Iterator[BrowserContext]:
    """A browser with that microphone."""
    sound = refusal(tmp_path / "refusal.wav", ("agent",), silence_s=SILENCE_S, times=TIMES)
    microphone = f"--use-file-for-fake-audio-capture={sound}%noloop"
    with (
        playwright.chromium.launch(executable_path=chromium, args=[*BROWSER_ARGS, microphone]) as browser,
        tabs(browser, listening_server) as context,
    ):
        yield context


def asks_before_it_goes_away(page: Page) -> bool:
    """Whether a reload would ask the person first."""
    is_refused: bool = page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    return is_refused


def test_words_said_into_the_microphone_are_heard_bring_a_card_and_are_recorded(
    window: BrowserContext, listening_server: Server
) -> None:
    page = opened(window, "/")
    page.get_by_role("radio", name="the agent").check()
    page.get_by_role("button", name="Start listening").click()
    agent = pane(page, "Agent")
    see(card_on(page), "Refusal", "past thirty days", "after the words")
    see(agent.get_by_test_id("final").filter(has_text="thirty days").first, "our policy")
    call_id = page.url.partition("call=")[2]
    assert asks_before_it_goes_away(page)
    page.get_by_role("button", name="Stop", exact=True).click()
    see(agent, "The call has ended.")
    assert not asks_before_it_goes_away(page)
    state = listening_server.call(call_id)
    assert (state["status"], state["end_reason"], state["started"]["source"]) == ("ended", "hangup", "whip")
    assert state["started"]["engine"] == "moonshine"  # never the model for synthesised speech

    review = opened(window, "/review")
    review.get_by_role("searchbox", name="Search what was said").fill("thirty days")
    review.wait_for_url("**/review?q=*")
    review.get_by_role("listitem").locator(f"a[href='/review/{call_id}']").click()
    review.get_by_role("button", name="Listen from").first.click()
    hear(review, after_s=state["finals"][0]["start_ms"] / 1000)
    agent_side, _ = listening_server.recording(call_id).channels
    assert np.abs(agent_side).max() > 1000
