"""A supervisor speaks into an Asterisk's call from the opened call; the agent reads who speaks to them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.pbx import AGENT, CUSTOMER, Pbx, asterisk_call, pbx
from tests.e2e.phone import phone
from tests.e2e.screens import opened, see, tabs
from tests.e2e.server import Server, running_server, scripted

pytestmark = pytest.mark.e2e

FAILED = "The phone system could not do it. Try again; if it comes back, tell whoever runs voiceassist."


@pytest.fixture(scope="module")
def exchange() -> Iterator[Pbx]:
    with pbx() as running:
        yield running


@pytest.fixture(scope="module")
def connected_server(tmp_path_factory: pytest.TempPathFactory, exchange: Pbx) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("telephone")
    config = folder / "settings.toml"
    config.write_text(exchange.config, encoding="utf-8")
    with running_server(folder / "data", scripted("late-return"), config=config) as server:
        yield server


def press(page: Page, deed: str) -> None:
    page.get_by_test_id(f"phone-{deed}").click()


def test_a_supervisor_whispers_barges_in_and_leaves_and_the_agent_knows(
    browser: Browser, connected_server: Server, exchange: Pbx
) -> None:
    exchange.asterisk.dialled()
    with tabs(browser, connected_server) as window, asterisk_call(connected_server, "visited") as call:
        call.speak(1)
        agent, wall = opened(window, "/agent?call=visited"), opened(window, "/supervisor?call=visited")
        wall.emulate_media(color_scheme="light", reduced_motion="reduce")
        see(wall.get_by_test_id("phone-line"), "Your phone is asked for once.")
        see(wall.get_by_test_id("phone-reason"), "Transfer is not possible.")
        assert wall.get_by_test_id("phone-transfer").get_attribute("aria-disabled") == "true"
        assert found_by_axe(wall) == []

        press(wall, "whisper")
        wall.get_by_label("Number or extension").fill("201")
        assert found_by_axe(wall) == []
        wall.keyboard.press("Enter")
        see(wall.get_by_test_id("phone-line"), "Your phone rings: 201")
        exchange.pick_up()
        see(wall.get_by_test_id("phone-line"), "You speak to the agent; the customer does not hear you.")
        see(agent.get_by_test_id("visit"), "Ida speaks to you. The customer does not hear it.")
        assert wall.get_by_test_id("phone-whisper").get_attribute("aria-pressed") == "true"

        press(wall, "barge")
        see(wall.get_by_test_id("phone-line"), "You are in the call: everybody hears you.")
        see(agent.get_by_test_id("visit"), "Ida is in the call")
        assert found_by_axe(agent) == []

        wall.get_by_test_id("phone-leave").click()
        see(wall.get_by_test_id("phone-line"), "Your phone: 201")
        expect(agent.get_by_test_id("visit")).to_have_count(0)
        exchange.until(lambda: set(exchange.asterisk.channels) == {AGENT, CUSTOMER}, "everything removed")

        press(wall, "whisper")  # the number is remembered: no question
        see(wall.get_by_test_id("phone-line"), "Your phone rings: 201")
        wall.close()
        exchange.pick_up()
        see(agent.get_by_test_id("visit"), "Ida speaks to you.")
    exchange.until(lambda: set(exchange.asterisk.channels) == {AGENT, CUSTOMER}, "nobody left after the call")


def test_a_telephone_that_is_not_picked_up_and_a_phone_system_in_trouble_are_told(
    browser: Browser, connected_server: Server, exchange: Pbx
) -> None:
    exchange.asterisk.dialled()
    with tabs(browser, connected_server) as window, asterisk_call(connected_server, "unanswered") as call:
        call.speak(1)
        wall = opened(window, "/supervisor?call=unanswered")
        press(wall, "whisper")
        wall.get_by_label("Number or extension").fill("202")
        wall.get_by_test_id("phone-go").click()
        see(wall.get_by_test_id("phone-line"), "Your phone rings: 202")
        ringing = next(one for one in exchange.asterisk.channels.values() if one.state == "Ring")
        exchange.do(exchange.asterisk.hang_up(ringing.id, cause=17))
        see(wall.get_by_test_id("phone-failed"), "Your phone was not picked up.")

        exchange.asterisk.trouble = "fails"
        press(wall, "hang_up")
        see(wall.get_by_test_id("phone-dialog"), "End the call?")
        wall.get_by_test_id("phone-go").click()
        see(wall.get_by_test_id("phone-failed"), "The phone system could not do it.")
        see(wall.get_by_test_id("opened-status"), "Live")
        exchange.asterisk.trouble = ""
        wall.reload()
        press(wall, "hang_up")
        wall.get_by_test_id("phone-go").click()
        see(wall.get_by_text("The call was ended."))
        exchange.until(lambda: not exchange.asterisk.channels, "both lines hung up")
    review = opened_review(browser, connected_server, "unanswered")
    assert review == [
        "Ida: phone rings, to speak to the agent",
        "Ida: could not whisper: Your phone was not picked up.",
        f"Ida: could not end the call: {FAILED}",
        "Ida: ended the call",
    ]


def opened_review(browser: Browser, server: Server, call_id: str) -> list[str]:
    """What the finished call's page says of it."""
    server.wait_for(call_id, lambda state: state["status"] != "live")
    with tabs(browser, server) as window:
        page = opened(window, f"/review/{call_id}")
        expect(page.get_by_test_id("note-phone").first).to_be_visible()
        return [" ".join(text.split()) for text in page.get_by_test_id("note-phone").all_inner_texts()]


def test_in_a_call_of_another_phone_system_the_buttons_say_why_they_do_nothing(
    browser: Browser, connected_server: Server
) -> None:
    with (
        tabs(browser, connected_server, "es-ES") as window,
        phone(connected_server, "plain", "late-return") as line,
    ):
        line.speak_until(2_000)
        wall = opened(window, "/supervisor?call=plain")
        told = "Desde aquí no se puede actuar en el sistema telefónico de esta llamada."
        expect(wall.get_by_test_id("phone-reason")).to_have_text([told])
        for deed in ("whisper", "barge", "transfer", "hang_up"):
            wall.get_by_test_id(f"phone-{deed}").press("Enter")  # it can be reached, and read, but does nothing
        expect(wall.get_by_test_id("phone-dialog")).to_have_count(0)
