"""An agent in an abusive call: fine, and not any more; and the moment that is offered after it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.phone import phone
from tests.e2e.screens import opened, see, tabs
from tests.e2e.server import Server, running_server, scripted

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def abused_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("abused") / "data", scripted("abuse-ladder")) as server:
        yield server


def box(page: Page, testid: str) -> dict[str, int]:
    found = page.get_by_test_id(testid).bounding_box()
    assert found is not None
    return {name: round(found[name]) for name in ("x", "y", "width", "height")}


def test_an_agent_says_that_they_are_fine_and_takes_it_back(browser: Browser, abused_server: Server) -> None:
    with tabs(browser, abused_server) as window, phone(abused_server, "fine", "abuse-ladder") as line:
        line.speak_until(3_000)
        agent, wall = opened(window, "/agent?call=fine"), opened(window, "/supervisor?call=fine")
        agent.emulate_media(color_scheme="light", reduced_motion="reduce")
        transcript = box(agent, "fine")
        agent.get_by_test_id("fine").click()
        see(agent.get_by_test_id("is-fine"), "more of the same brings no cards")
        see(wall.get_by_test_id("row-fine"))
        see(wall.get_by_test_id("opened-fine"), "The agent said: I")
        assert found_by_axe(agent) == []
        assert box(agent, "fine") == transcript  # nothing moves
        agent.get_by_test_id("fine-undo").click()
        expect(agent.get_by_test_id("is-fine")).to_have_count(0)
        expect(wall.get_by_test_id("row-fine")).to_have_count(0)


def test_after_an_abusive_call_a_note_and_a_break_are_offered_once(
    browser: Browser, abused_server: Server
) -> None:
    with tabs(browser, abused_server) as window:
        with phone(abused_server, "abused", "abuse-ladder") as line:
            line.speak_until(3_000)
            agent = opened(window, "/agent?call=abused")
            agent.emulate_media(color_scheme="light", reduced_motion="reduce")
            see(agent.get_by_test_id("fine"))
            line.speak_until(10**6)
            line.hang_up()
        recovery = agent.get_by_test_id("recovery")
        see(recovery, "After this call", "nobody has taken it on yet.")
        assert found_by_axe(agent) == []
        wall = opened(window, "/supervisor?call=abused")
        wall.get_by_test_id("alerts").get_by_role("button", name="Acknowledge").first.click()
        see(recovery, "Your supervisor knows: Ida took this call")
        recovery.get_by_test_id("note").fill("He shouted from the first minute.")
        recovery.get_by_test_id("break").click()
        see(agent.get_by_test_id("has-break"), "You have a break")
        see(wall.get_by_test_id("opened-call"), "The agent takes a break after a call.")
        agent.get_by_test_id("note").press("Escape")
        see(agent.get_by_test_id("wrap-up"), "He shouted from the first minute.")
        expect(agent.get_by_test_id("wrap-up")).to_be_focused()
        agent.get_by_test_id("has-break").get_by_test_id("break").click()
        expect(agent.get_by_test_id("has-break")).to_have_count(0)
        agent.reload()
        see(agent.get_by_test_id("wrap-up"))
        expect(agent.get_by_test_id("recovery")).to_have_count(0)
