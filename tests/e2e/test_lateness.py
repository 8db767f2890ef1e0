"""Late words and a lost line are told on every live page, and nothing that can be pressed moves for it.

The pages are real; what their sockets say is given by the test, record by record.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, WebSocketRoute, expect

from tests.builders import drive, final, live_call, started
from tests.e2e.axe import found_by_axe
from tests.e2e.screens import PATIENCE_MS, resize, see, tabs
from tests.e2e.server import Server
from voiceassist import wire
from voiceassist.core.screen.state import replay
from voiceassist.core.screen.wall import is_for_wall, row_of
from voiceassist.events import Event, LatenessChanged, LineChanged, LineState, Prompt, PromptClosed, Record

pytestmark = pytest.mark.e2e

SIZES: tuple[ViewportSize, ...] = (
    {"width": 1440, "height": 900},
    {"width": 1024, "height": 768},
    {"width": 390, "height": 844},
    {"width": 720, "height": 450},  # 1440x900 at 200 %
)
CONTROLS = "button, input, select, textarea, a[href]"
PLACES = """items => items.filter(item => item.checkVisibility()).map(item => {
  const {x, y, width, height} = item.getBoundingClientRect();
  return [item.outerHTML.slice(0, 80), ...[x, y, width, height].map(Math.round)];
})"""
SPOKEN = (
    final("customer", "can I bring this coffee machine back and get my money", at=1_000),
    final("agent", "let me look that up for you", at=6_000),
)
LOST = "The line of the customer is lost: the call waits for it."
REFUSAL = "I'm sorry but we don't do that"


@dataclass(kw_only=True)
class GivenCall:
    """A live call whose records the test gives to the page."""

    page: Page
    records: list[Record] = field(default_factory=list)
    sockets: list[tuple[WebSocketRoute, bool]] = field(default_factory=list)  # and whether it is the wall's

    def happen(self, *events: Event) -> None:
        """Tells every socket of the page."""
        for event in events:
            record = Record(call_id="late", seq=len(self.records) + 1, event=event)
            self.records.append(record)
            for socket, is_wall in self.sockets:
                if is_for_wall(event) or not is_wall:
                    socket.send(wire.encode_line(record))

    def route(self) -> None:
        """Answers in the server's place."""
        self.page.route_web_socket(re.compile(r"/api/calls/late/socket"), self._open_call)
        self.page.route_web_socket(re.compile(r"/api/wall/socket"), self._open_wall)

    def _open_call(self, socket: WebSocketRoute) -> None:
        self.sockets.append((socket, False))
        socket.send(json.dumps(wire.to_json(wire.Snapshot(boot="b", state=replay(self.records)))))

    def _open_wall(self, socket: WebSocketRoute) -> None:
        self.sockets.append((socket, True))
        rows = (row_of(self.records), replace(row_of(self.records), call_id="in-time"))
        socket.send(json.dumps(wire.to_json(wire.WallSnapshot(boot="b", rows=rows))))

    def places(self) -> list[list[object]]:
        """Where everything is that can be pressed."""
        found: list[list[object]] = self.page.locator(CONTROLS).evaluate_all(PLACES)
        return found


@pytest.fixture
def call(browser: Browser, scripted_server: Server) -> Iterator[GivenCall]:
    with tabs(browser, scripted_server) as context:
        given = GivenCall(page=context.new_page())
        given.page.emulate_media(reduced_motion="reduce")  # so that no colour is measured on its way
        given.happen(started(), *SPOKEN)
        given.route()
        yield given


def late(at_ms: int, behind_ms: int) -> LatenessChanged:
    return LatenessChanged(at_ms=at_ms, behind_ms=behind_ms)


def test_the_agent_is_told_and_a_late_card_is_a_quiet_note_and_no_control_moves(call: GivenCall) -> None:
    page, heard = call.page, live_call()
    page.goto("/agent?call=late")
    expect(page.get_by_test_id("final")).to_have_count(2, timeout=PATIENCE_MS)
    drive(heard, SPOKEN)
    told = page.get_by_test_id("lateness-told")
    for number, size in enumerate(SIZES):
        resize(page, size)
        before, at_ms = call.places(), 30_000 + number * 60_000
        call.happen(late(at_ms, 12_000), line(at_ms, "lost"))
        see(page.get_by_test_id("line"), "Line lost: the customer, 0:00. The call waits until")
        expect(page.get_by_test_id("line-told")).to_have_text(LOST)
        see(page.get_by_test_id("lateness"), "Words arrive 12 s late: this machine is busy.")
        expect(told).to_have_text("Words arrive late: this machine is busy.")
        said = final("agent", REFUSAL, at=at_ms - 14_000, utterance=2 + number, delay=12_000)
        cards = [event for event in heard.handle(said) if isinstance(event, Prompt) and event.kind == "refusal"]
        call.happen(*cards)
        see(page.get_by_test_id("late-note"), re.compile(r"\d+ s ago: “.+”\. You could still"))
        expect(page.get_by_test_id("card")).to_have_count(0)
        expect(page.get_by_test_id("card-live")).to_be_empty()
        assert call.places() == before, size
        assert number > 0 or found_by_axe(page) == []
        call.happen(late(at_ms + 9_000, 0), line(at_ms + 9_000, "back"), *(gone(card) for card in cards))
        expect(page.get_by_test_id("line")).to_have_count(0)
        expect(page.get_by_test_id("line-told")).to_have_text("All lines are there again.")
        expect(page.get_by_test_id("lateness")).to_have_count(0)
        expect(told).to_have_text("Words arrive in time again.")
        expect(page.get_by_test_id("late-note")).to_have_count(0)


def line(at_ms: int, state: LineState) -> LineChanged:
    until_ms = at_ms + 20_000 if state == "lost" else None
    return LineChanged(at_ms=at_ms, speaker="customer", state=state, until_ms=until_ms)


def gone(card: Prompt) -> Event:
    """It goes by itself."""
    return PromptClosed(at_ms=card.at_ms + 9_000, prompt_id=card.prompt_id, outcome="stale")


def test_the_wall_says_the_worst_and_marks_the_row_and_no_control_moves(call: GivenCall) -> None:
    page = call.page
    page.goto("/supervisor?call=late")
    expect(page.get_by_test_id("final")).to_have_count(2, timeout=PATIENCE_MS)
    expect(page.get_by_test_id("wall-row").first).to_be_visible()
    for number, size in enumerate(SIZES):
        resize(page, size)
        before, at_ms = call.places(), 30_000 + number * 60_000
        call.happen(late(at_ms, 12_000), line(at_ms, "lost"))
        see(page.get_by_test_id("row-line"), LOST)
        see(page.get_by_test_id("opened-line"), "Line lost: the customer")
        notice = page.get_by_test_id("wall-lateness")
        see(notice, "12 s late in 1 of 2 calls")
        assert notice.evaluate("line => line.getBoundingClientRect().height") < 24
        expect(page.get_by_test_id("row-late")).to_have_count(1)
        see(page.get_by_test_id("opened-lateness"), "Words arrive 12 s late")
        assert call.places() == before, size
        assert number > 0 or found_by_axe(page) == []
        call.happen(late(at_ms + 9_000, 0))
        expect(notice).to_have_count(0)
        expect(page.get_by_test_id("row-late")).to_have_count(0)
    expect(page.get_by_test_id("wall-lateness-told")).to_have_text("Words arrive in time again.")
