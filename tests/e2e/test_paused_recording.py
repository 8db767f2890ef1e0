"""A paused recording is seen wherever the call is: by the agent who paused it, on the wall, and in review."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.phone import phone
from tests.e2e.screens import opened, see
from tests.e2e.server import Server

pytestmark = pytest.mark.e2e


def test_agent_pauses_by_button_and_key_and_everybody_sees_it(
    window: BrowserContext, scripted_server: Server
) -> None:
    with phone(scripted_server, "paused", "late-return") as line:
        line.speak_until(2_000)
        agent, wall = opened(window, "/agent?call=paused"), opened(window, "/supervisor?call=paused")
        agent.get_by_role("button", name="Pause the recording").click()
        see(agent.get_by_test_id("recording-paused"), "Recording paused by Ida")
        see(wall.get_by_test_id("row-paused"), "paused")
        see(wall.get_by_test_id("opened-call").get_by_test_id("recording-paused"), "Recording paused by Ida")
        line.speak_until(6_000)
        agent.keyboard.press("p")
        expect(agent.get_by_test_id("recording-paused")).to_have_count(0)
        expect(wall.get_by_test_id("row-paused")).to_have_count(0)
        see(agent.get_by_text("Recording goes on."))
        agent.keyboard.press("p")
        see(agent.get_by_test_id("recording-paused"))
        wall.get_by_test_id("resume-recording").click()
        expect(agent.get_by_test_id("recording-paused")).to_have_count(0)
        line.speak_until(9_000)
        line.hang_up()
    review = opened(window, "/review/paused")
    see(review.get_by_text("Ida paused the recording: nothing was kept from here on").first)
    expect(review.get_by_test_id("paused-span")).to_have_count(2)
