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


def test_d_shows_the_details_and_w_why_the_card_came_and_both_hide_them_again(agent: Page, line: Phone) -> None:
    line.speak_until(AFTER_THE_REFUSAL_MS)
    card = card_on(agent)
    see(card, "Exchange it while unopened")
    expect(card).not_to_contain_text("Rule")
    expect(card).not_to_contain_text("while the box is unopened")
    agent.keyboard.press("d")
    agent.keyboard.press("w")
    see(card, "while the box is unopened", "Why it is so", "refusal.", "retail@1", "Engine")
    expect(card.get_by_role("button", name="Why")).to_have_attribute("aria-expanded", "true")
    agent.keyboard.press("D")
    agent.keyboard.press("W")
    expect(card).not_to_contain_text("Rule")
    expect(card).not_to_contain_text("while the box is unopened")


def test_how_many_cards_is_chosen_by_keyboard_and_holds_for_the_next_call(
    window: BrowserContext, agent: Page, line: Phone, scripted_server: Server
) -> None:
    volume = agent.get_by_role("group", name="Cards")
    volume.get_by_role("radio", name="Normal").focus()
    agent.keyboard.press("ArrowLeft")
    expect(volume.get_by_role("radio", name="Fewer")).to_be_checked()
    scripted_server.wait_for(line.call_id, lambda state: state["card_volume"] == "fewer")
    with phone(scripted_server, "volume-next", "late-return") as later:
        later.speak_until(1_000)
        opened(window, f"/agent?call={later.call_id}")
        scripted_server.wait_for(later.call_id, lambda state: state["card_volume"] == "fewer")


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


def test_x_marks_the_card_as_not_useful_and_that_can_be_taken_back(
    agent: Page, line: Phone, scripted_server: Server
) -> None:
    line.speak_until(AFTER_THE_REFUSAL_MS)
    see(card_on(agent))
    agent.keyboard.press("x")
    expect(card_on(agent)).to_have_count(0)
    see(agent.get_by_role("status").filter(has_text="Marked as not useful"))
    assert outcome(scripted_server, line.call_id) == ("dismissed", None)
    (mark,) = [event for event in scripted_server.events(line.call_id) if event["type"] == "not_useful_marked"]
    assert (mark["marked"], mark["prompt_id"], mark["kind"]) == (True, "p1", "refusal")
    agent.get_by_test_id("useful").focus()
    agent.keyboard.press("Enter")
    expect(agent.get_by_test_id("useful")).to_have_count(0)
    scripted_server.wait_for(line.call_id, lambda state: not state["prompts"][0]["not_useful_by"])
