"""The agent's screen through one call: nothing jumps, what must be said is ticked off, and a wrap-up follows.

One page, looked at in four sizes; the last is 200 % zoom of a window of 1440 by 900.
"""

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.e2e.phone import phone
from tests.e2e.screens import PATIENCE_MS, card_on, opened, resize, see
from tests.e2e.server import Server

pytestmark = pytest.mark.e2e

SIZES: tuple[ViewportSize, ...] = (
    {"width": 1440, "height": 900},
    {"width": 1024, "height": 768},
    {"width": 390, "height": 844},
    {"width": 720, "height": 450},
)
STILL = ("help", "fine", "mute", "card-volume", "transcript")  # what never moves
Boxes = dict[str, list[float]]

# Where things are, without waiting: a box for each of these test ids.
PLACES = """ids => Object.fromEntries(ids.map(id => {
  const {x, y, width, height} = document.querySelector(`[data-testid=${id}]`).getBoundingClientRect();
  return [id, [x, y, width, height].map(Math.round)];
}))"""


def places(page: Page, *ids: str) -> list[Boxes]:
    """Where things are, in each size."""
    found = []
    for size in SIZES:
        resize(page, size)
        found.append(page.evaluate(PLACES, list(ids or STILL)))
    return found


def test_nothing_jumps_from_the_first_word_to_the_wrap_up(window: BrowserContext, scripted_server: Server) -> None:
    window.grant_permissions(["clipboard-read", "clipboard-write"])
    with phone(scripted_server, "still", "late-return") as line:
        line.speak_until(2_000)
        page = opened(window, "/agent?call=still")
        see(page.get_by_test_id("due"), "Still to say: Notice of recording")
        first = places(page)
        line.speak_until(9_000)
        see(page.get_by_test_id("disclosures").get_by_text("said at 0:0"))
        assert places(page) == first, "an empty card slot that tells more, and a tick"
        line.speak_until(23_400)
        see(card_on(page))
        assert places(page) == first, "with a card"
        assert_in_reach(page)
        page.get_by_role("button", name="Help", exact=True).click()
        see(page.get_by_test_id("notices"), "Supervisors were told at")
        page.get_by_role("button", name="Mute").click()
        see(page.get_by_text("Cards are muted for this call."))
        assert places(page) == first, "with a notice, after the card, muted"
        line.hang_up()
    assert_wrapped_up(page, [boxes["transcript"] for boxes in first])
    page.get_by_role("textbox", name="Note about this call").fill("Typed, not saved.")
    page.get_by_role("link", name="Supervisor", exact=True).click()
    kept = scripted_server.wait_for("still", lambda state: len(state["notes"]) > 1)["notes"]
    assert [note["text"] for note in kept] == ["Ask the warehouse.", "Typed, not saved."]


def assert_in_reach(page: Page) -> None:
    """The sentence to say and every button are in the window without scrolling, in each size."""
    for size, boxes in zip(SIZES, places(page, "card-say", "card-used", *STILL), strict=True):
        for name in ("card-say", "card-used", "help", "fine", "mute", "card-volume"):
            _, top, _, height = boxes[name]
            assert top >= 0, (size, name)
            assert top + height <= size["height"], (size, name)
        say_ends = boxes["card-say"][1] + boxes["card-say"][3]
        assert say_ends <= boxes["card-used"][1], (size, "the card's buttons cover no word of it")


def assert_wrapped_up(page: Page, transcript: list[list[float]]) -> None:
    """After the call: what was refused and said, a note, and all of it as text; the transcript is where it was."""
    wrap = page.get_by_test_id("wrap-up")
    see(wrap, "our policy doesn't allow", "no offer followed", "Notice of recording", "said at 0:0")
    assert [boxes["transcript"] for boxes in places(page, "transcript")] == transcript
    page.get_by_role("textbox", name="Note about this call").fill("Ask the warehouse.")
    page.get_by_role("button", name="Save note").click()
    see(wrap.get_by_test_id("wrap-notes"), "Ida", "Ask the warehouse.")
    expect(page.get_by_role("textbox", name="Note about this call")).to_have_value("", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Copy as text").click()
    see(page.get_by_text("Copied."))
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Ida: Ask the warehouse." in copied
    assert "Mr Brown" in copied
