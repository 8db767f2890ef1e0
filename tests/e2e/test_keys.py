"""The agent's keys on a card: each does what it says, at once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.phone import Phone, phone
from tests.e2e.screens import card_on, cards_seen, opened, see
from tests.e2e.server import Server

pytestmark = pytest.mark.e2e

BEFORE_THE_REFUSAL_MS = 18_000
AFTER_THE_REFUSAL_MS = 23_400


@pytest.fixture
def line(scripted_server: Server, request: pytest.FixtureRequest) -> Iterator[Phone]:
    """A call shortly before its refusal."""
    with phone(scripted_server, str(request.node.name), "late-return") as one:
        one.speak_until(BEFORE_THE_REFUSAL_MS)
        yield one


@pytest.fixture
def agent(window: BrowserContext, line: Phone) -> Page:
    page = opened(window, f"/agent?call={line.call_id}")
    see(page.get_by_text("Nothing to add."))
    return page


def outcome(server: Server, call_id: str) -> tuple[str, str | None]:
    """What became of the only card."""
    (view,) = server.wait_for(call_id, lambda state: bool(state["prompts"][0]["outcome"]))["prompts"]
    return view["outcome"], view["alternative"]


def test_key_1_uses_the_first_alternative_and_the_card_goes_away(
    agent: Page, line: Phone, scripted_server: Server
) -> None:
    line.speak_until(AFTER_THE_REFUSAL_MS)
    see(card_on(agent), "Store credit for the full price")
    agent.keyboard.press("1")
    expect(card_on(agent)).to_have_count(0)
    see(agent.get_by_role("status").filter(has_text="used: Store credit for the full price"))
    first = scripted_server.call(line.call_id)["prompts"][0]["prompt"]["alternatives"][0]
    assert outcome(scripted_server, line.call_id) == ("used", first["id"])


def test_escape_dismisses_the_card(agent: Page, line: Phone, scripted_server: Server) -> None:
    line.speak_until(AFTER_THE_REFUSAL_MS)
    see(card_on(agent))
    agent.keyboard.press("Escape")
    expect(card_on(agent)).to_have_count(0)
    see(agent.get_by_role("status").filter(has_text="dismissed"))
    assert outcome(scripted_server, line.call_id) == ("dismissed", None)


def test_mute_takes_the_card_away_until_unmute(agent: Page, line: Phone, scripted_server: Server) -> None:
    line.speak_until(AFTER_THE_REFUSAL_MS)
    see(card_on(agent))
    agent.get_by_role("button", name="Mute", exact=True).click()
    expect(card_on(agent)).to_have_count(0)
    see(agent.get_by_text("Cards are muted for this call."))
    assert outcome(scripted_server, line.call_id) == ("muted", None)
    agent.get_by_role("button", name="Unmute", exact=True).click()
    see(agent.get_by_text("Nothing to add."))


def test_muted_call_shows_no_card_for_its_refusal(agent: Page, line: Phone, scripted_server: Server) -> None:
    agent.get_by_role("button", name="Mute", exact=True).click()
    see(agent.get_by_text("Cards are muted for this call."))
    line.speak_until(AFTER_THE_REFUSAL_MS)
    see(agent.get_by_test_id("final").filter(has_text="our policy doesn't allow"))
    assert cards_seen(agent) == []
    assert scripted_server.call(line.call_id)["prompts"] == []
