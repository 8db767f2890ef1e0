"""A supervisor writes, the agent sees and answers: people signed in, in browsers of their own, over lost lines."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.people import at_the_door, hire, sign_in
from tests.e2e.phone import Phone, phone, staying
from tests.e2e.playbooks import playbook, send
from tests.e2e.screens import PATIENCE_MS, card_on, opened, see, tabs
from tests.e2e.server import Json, Server, running_server, scripted

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

PEOPLE: tuple[Json, ...] = (
    {"login": "ida", "name": "Ida", "roles": ["admin"], "teams": []},
    {"login": "ana", "name": "Ana", "roles": ["agent"], "teams": []},
    {"login": "sue", "name": "Sue", "roles": ["supervisor"], "teams": ["returns"]},
    {"login": "sam", "name": "Sam", "roles": ["supervisor"], "teams": ["returns"]},
)
BEFORE_CARD_MS, CARD_MS = 9_000, 23_400
HIDE = """state => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with an agent and two supervisors of her team."""
    data = tmp_path_factory.mktemp("coaching") / "data"
    with running_server(data, scripted("late-return"), token="s3cret") as server:
        with call_of_ana(server, "first"):
            hire(server, *PEOPLE)
        yield server


@contextmanager
def call_of_ana(server: Server, call_id: str) -> Iterator[Phone]:
    agent = {"id": "ana", "name": "Ana", "team": "returns"}
    with phone(server, call_id, "late-return", agent=agent) as line:
        line.speak_until(BEFORE_CARD_MS)
        yield line


@contextmanager
def screens(browser: Browser, server: Server, call_id: str, *logins: str) -> Iterator[list[Page]]:
    """The call on each person's screen; agents have theirs."""
    with ExitStack() as windows:
        pages = []
        for login in logins:
            place = f"/agent?call={call_id}" if login == "ana" else f"/supervisor?call={call_id}"
            page = windows.enter_context(at_the_door(browser, server, place))
            sign_in(page, login)
            see(page.get_by_test_id("coaching" if login == "ana" else "coaching-box"))
            pages.append(page)
        yield pages


def write(page: Page, text: str) -> None:
    """As a supervisor does it, with the keyboard only."""
    field = page.get_by_role("combobox", name="Write to the agent")
    field.fill(text)
    field.press("Enter")
    expect(field).to_have_value("")


def sent(page: Page, text: str) -> Locator:
    """A message in the supervisor's list."""
    return page.get_by_test_id("coaching-sent").filter(has_text=text)


def message(page: Page) -> Locator:
    """The one line on the agent's screen."""
    return page.get_by_test_id("coaching-message")


def test_supervisor_writes_and_agent_sees_and_answers_with_the_keyboard(browser: Browser, staffed: Server) -> None:
    with (
        call_of_ana(staffed, "coached") as line,
        staying([line]),
        screens(browser, staffed, "coached", "sue", "ana", "sam") as (sue, ana, sam),
    ):
        sue.bring_to_front()
        sue.keyboard.press("c")
        sue.keyboard.type("goal")
        see(sue.get_by_role("option", name=re.compile("Ask what they want to achieve")))
        sue.keyboard.press("ArrowDown")
        sue.keyboard.press("Enter")
        sue.keyboard.press("Enter")
        see(sent(sue, "Ask what they want to achieve"), "Sue", "sent", "delivered")
        see(message(ana), "Sue", "Ask what they want to achieve")
        see(ana.get_by_test_id("coaching-live"), "Message from Sue: Ask what they want to achieve")
        see(sent(sam, "Ask what they want to achieve"), "Sue", "seen")
        ana.keyboard.press("y")
        see(sent(sue, "Ask what they want to achieve"), "seen", "answered", "Good, thanks")
        expect(message(ana)).to_have_count(0, timeout=PATIENCE_MS)  # it leaves by itself
        write(sue, "Shall I join?")
        see(message(ana), "Shall I join?")
        ana.keyboard.press("n")
        see(sent(sam, "Shall I join?"), "Need you")
        see(sue.get_by_test_id("alerts"), "The agent asks for help.")
        write(sam, "I am on my way.")
        see(message(ana), "Sam", "I am on my way.")
        ana.keyboard.press("m")
        ana.keyboard.type("thank you, room two")
        ana.keyboard.press("Enter")
        see(sent(sue, "I am on my way."), "thank you, room two")
        assert found_by_axe(ana) == []
        assert found_by_axe(sue) == []
        ana.keyboard.press("Escape")
        expect(ana.get_by_test_id("coaching-open")).to_be_focused()
        tell_times(events_of(sue, "coached"))


def test_message_waits_while_a_card_shows_and_then_comes(browser: Browser, staffed: Server) -> None:
    with call_of_ana(staffed, "quiet") as line, screens(browser, staffed, "quiet", "sue", "ana") as (sue, ana):
        line.speak_until(CARD_MS)
        see(card_on(ana))
        places = ana.evaluate(
            "document.querySelector('[data-testid=transcript]').getBoundingClientRect().toJSON()"
        )
        write(sue, "Offer the store credit.")
        see(sent(sue, "Offer the store credit."), "delivered")
        expect(message(ana)).to_have_count(0)
        expect(sent(sue, "Offer the store credit.")).not_to_contain_text("seen")
        ana.keyboard.press("Escape")
        expect(card_on(ana)).to_have_count(0, timeout=PATIENCE_MS)
        see(message(ana), "Offer the store credit.")
        assert places == ana.evaluate(
            "document.querySelector('[data-testid=transcript]').getBoundingClientRect().toJSON()"
        )
        see(sent(sue, "Offer the store credit."), "seen")


def test_message_is_not_seen_in_a_tab_behind_another(browser: Browser, staffed: Server) -> None:
    with (
        call_of_ana(staffed, "behind") as line,
        staying([line]),
        screens(browser, staffed, "behind", "sue", "ana") as (sue, ana),
    ):
        hide(ana, hidden=True)
        write(sue, "Look at the order.")
        see(sent(sue, "Look at the order."), "delivered")
        see(message(ana))
        ana.wait_for_timeout(1_500)
        expect(sent(sue, "Look at the order.")).not_to_contain_text("seen")
        hide(ana, hidden=False)
        see(sent(sue, "Look at the order."), "seen")


def hide(page: Page, *, hidden: bool) -> None:
    """As the browser says it of a tab that another one covers."""
    state = "hidden" if hidden else "visible"
    page.evaluate(HIDE, state)


def test_message_is_taken_back_before_it_is_seen_and_not_afterwards(browser: Browser, staffed: Server) -> None:
    with (
        call_of_ana(staffed, "taken") as line,
        staying([line]),
        screens(browser, staffed, "taken", "sue", "ana") as (sue, ana),
    ):
        hide(ana, hidden=True)
        write(sue, "Wrong call, sorry.")
        sue.get_by_role("button", name="Take back").click()
        expect(sent(sue, "Wrong call")).to_have_count(0, timeout=PATIENCE_MS)
        expect(message(ana)).to_have_count(0, timeout=PATIENCE_MS)
        hide(ana, hidden=False)
        write(sue, "This one is right.")
        see(sent(sue, "This one is right."), "seen")
        expect(sue.get_by_role("button", name="Take back")).to_have_count(0)


def test_wifi_that_dies_for_twenty_seconds_on_either_side_loses_and_doubles_nothing(
    browser: Browser, staffed: Server
) -> None:
    with (
        call_of_ana(staffed, "wifi") as line,
        staying([line]),
        screens(browser, staffed, "wifi", "sue", "ana") as (sue, ana),
    ):
        sue.context.set_offline(True)
        write(sue, "One, written offline.")
        write(sue, "Two, written offline.")
        see(sue.get_by_test_id("coaching-unsent").first, "waiting for the connection")
        sue.wait_for_timeout(20_000)
        sue.context.set_offline(False)
        see(sent(sue, "One, written offline."), "seen")
        see(sent(sue, "Two, written offline."), "seen")
        expect(sue.get_by_test_id("coaching-unsent")).to_have_count(0, timeout=PATIENCE_MS)
        ana.context.set_offline(True)
        write(sue, "Three, to an agent who is offline.")
        ana.keyboard.press("m")
        ana.keyboard.type("answered offline")
        ana.keyboard.press("Enter")
        ana.wait_for_timeout(20_000)
        expect(sent(sue, "Three")).not_to_contain_text("delivered")
        ana.context.set_offline(False)
        see(sent(sue, "Three"), "delivered", "seen")
        see(sent(sue, "Two, written offline."), "answered offline")
        events = events_of(sue, "wifi")
    texts = [event["text"] for event in events if event["type"] == "coaching_sent"]
    assert texts == ["One, written offline.", "Two, written offline.", "Three, to an agent who is offline."]
    steps = [(event["coaching_id"], event["stage"]) for event in events if event["type"] == "coaching_seen"]
    assert len(steps) == len(set(steps))
    assert [event["text"] for event in events if event["type"] == "coaching_answered"] == ["answered offline"]


def events_of(page: Page, call_id: str) -> list[Json]:
    """What is stored of a call's coaching."""
    events: list[Json] = page.request.get(f"/api/calls/{call_id}/events").json()
    return [event for event in events if event["type"].startswith("coaching")]


def tell_times(events: list[Json]) -> None:
    """Prints how long after it was sent each message was delivered, seen and answered; `pytest -s` shows it."""
    sent = {event["coaching_id"]: event for event in events if event["type"] == "coaching_sent"}
    for event in events:
        first = sent[event["coaching_id"]]
        later = datetime.fromisoformat(event["done_at"]) - datetime.fromisoformat(first["done_at"])
        what = event.get("stage", event["type"].removeprefix("coaching_"))
        print(f"{first['text'][:24]:24} {what:9} {later.total_seconds():7.3f} s")  # noqa: T201 - for whoever measures


def test_call_that_is_over_takes_no_message_and_keeps_those_there_were(browser: Browser, staffed: Server) -> None:
    with call_of_ana(staffed, "over") as line, screens(browser, staffed, "over", "sue", "ana") as (sue, ana):
        write(sue, "You did well.")
        see(sent(sue, "You did well."), "seen")
        line.hang_up()
        expect(sue.get_by_role("combobox", name="Write to the agent")).to_be_disabled(timeout=PATIENCE_MS)
        see(ana.get_by_test_id("wrap-messages"), "Sue", "You did well.")
        ana.context.grant_permissions(["clipboard-read", "clipboard-write"])
        ana.get_by_role("button", name="Copy as text").click()
        see(ana.get_by_text("Copied."))
        assert "You did well." not in ana.evaluate("navigator.clipboard.readText()")
        ana.get_by_role("checkbox", name="Copy messages, too").check()
        ana.get_by_role("button", name="Copy as text").click()
        ana.wait_for_function("async () => (await navigator.clipboard.readText()).includes('Sue: You did well.')")
        ana.goto("/review/over")
        see(ana.get_by_test_id("note-coaching"), "Sue", "You did well.", "seen")


def test_help_shows_who_comes_and_that_they_helped(browser: Browser, staffed: Server) -> None:
    with (
        call_of_ana(staffed, "help") as line,
        staying([line]),
        screens(browser, staffed, "help", "sue", "ana") as (sue, ana),
    ):
        ana.keyboard.press("h")
        state = ana.get_by_test_id("help-state")
        see(state, "Supervisors were told at")
        sue.get_by_test_id("alerts").get_by_role("button", name="Acknowledge").click()
        see(state, "Sue is coming")
        sue.get_by_test_id("alerts").get_by_role("button", name="Resolve").click()
        see(state, "Sue: helped")


def test_a_message_of_the_playbook_is_written_on_its_page_and_offered_in_the_next_call(
    browser: Browser, tmp_path: Path
) -> None:
    with running_server(tmp_path / "data", scripted("late-return")) as server, tabs(browser, server) as window:
        page = opened(window, "/playbook/retail/coaching")
        page.get_by_role("textbox", name="What the agent is to read").fill("Tell them about the repair.")
        page.get_by_role("button", name="New message").click()
        field = page.get_by_role("textbox", name="Message 10")
        expect(field).to_be_focused()
        field.fill("x" * 301)
        see(page.get_by_text("has more than 300 characters"))
        field.fill("Tell them about the repair service.")
        expect(page.get_by_test_id("draft-badge")).to_have_text("draft, 1 change", timeout=PATIENCE_MS)
        draft = playbook(server)["draft"]
        send(server, "POST", "retail/publish", revision=draft["revision"], note="a message")
        with phone(server, "offered", "late-return") as line:
            line.speak_until(2_000)
            supervisor = opened(window, "/supervisor?call=offered")
            supervisor.get_by_role("combobox", name="Write to the agent").fill("repair")
            see(supervisor.get_by_role("option", name="Tell them about the repair service."))
