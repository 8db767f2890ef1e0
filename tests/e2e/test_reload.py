"""Pages that are reloaded while people talk, and a call's truth afterwards."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.phone import playing
from tests.e2e.screens import lines_of, opened, see, see_lines, words_of
from tests.e2e.server import Server
from voiceassist.samples import load_sample

pytestmark = pytest.mark.e2e

SPEED = 5.0  # times real time: the sample of 51 s takes ten
LINES = load_sample("late-return").lines


def reload_when(page: Page, line: str) -> None:
    """Reloads as soon as the line is said, and waits until it is back."""
    see(page.get_by_test_id("final").filter(has_text=line))
    page.reload()
    see(page.get_by_test_id("final").filter(has_text=line))


def test_pages_reloaded_in_mid_call_miss_no_word(window: BrowserContext, scripted_server: Server) -> None:
    with playing(scripted_server, "reloaded", "late-return", SPEED):
        agent = opened(window, "/agent?call=reloaded")
        supervisor = opened(window, "/supervisor?call=reloaded")
        for line in (LINES[1], LINES[6], LINES[11]):
            reload_when(agent, line.text)
            reload_when(supervisor, line.text)
    expected = lines_of(scripted_server.call("reloaded"))
    assert words_of(expected) == " ".join(line.text for line in LINES)
    for page in (agent, supervisor):
        see_lines(page, expected)


def test_start_page_shows_all_samples_and_a_reload_in_mid_call_keeps_it_on_its_call(
    window: BrowserContext,
) -> None:
    start = opened(window, "/")
    samples = start.get_by_test_id("samples").get_by_role("listitem")
    expect(samples).to_have_count(6)
    for sample in samples.all():
        expect(sample).to_be_in_viewport(ratio=1)  # of 1440 by 900, without scrolling
    start.get_by_role("button", name="A return after the deadline").click()
    see(start.get_by_test_id("final").first, "Welcome to the Kitchen House.")
    start.reload()
    see(start.get_by_test_id("final").first, "Welcome to the Kitchen House.")
    see(start.get_by_text("Now playing"))
