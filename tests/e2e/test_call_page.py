"""One finished call, heard and gone through: its waveform, its words one by one, its marks, keys and sides."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.phone import phone
from tests.e2e.screens import hear, opened, resize, see
from tests.e2e.server import Server

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

KEEP_WATCH = """
window.refused = [];  // by the policy of what a page may load
document.addEventListener("securitypolicyviolation", event => window.refused.push(event.violatedDirective));
window.ears = [];  // [channel, ear] of whatever is taken out of a splitter
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, from, ear) {
  if (this instanceof ChannelSplitterNode) window.ears.push([from, ear]);
  return connect.apply(this, arguments);
};
"""
PAINTED = "name => [...(CSS.highlights.get(name) ?? [])].map(String).join('|')"
DRAWN_PIXELS = """() => {
  const root = document.querySelector("[data-testid=position] .drawing > div").shadowRoot;
  return [...root.querySelectorAll(".canvases canvas")].map(canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, i) => i % 4 === 3 && value).length;
  });
}"""
PLACE_OF_WORD = """([row, word]) => {
  const walker = document.createTreeWalker(row.querySelector("p.line"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(word);
    if (at < 0) continue;
    const range = new Range();
    range.setStart(node, at);
    range.setEnd(node, at + word.length);
    const { left, top, width, height } = range.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  }
}"""


@pytest.fixture
def call_id(scripted_server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    with phone(scripted_server, str(request.node.name), "late-return") as line:
        line.speak_until(60_000)
        line.hang_up()
        yield line.call_id


def page_of(window: BrowserContext, call_id: str, query: str = "") -> Page:
    window.add_init_script(KEEP_WATCH)
    page = opened(window, f"/review/{call_id}{query}")
    expect(page.get_by_test_id("position")).to_have_attribute("data-drawn", "true")
    return page


def at_s(page: Page) -> float:
    return float(page.get_by_test_id("audio").evaluate("audio => audio.currentTime"))


def test_a_recording_is_heard_from_any_word_and_gone_through_by_keys_and_on_one_side(
    window: BrowserContext, scripted_server: Server, call_id: str
) -> None:
    state: dict[str, Any] = scripted_server.call(call_id)
    page = page_of(window, call_id)
    assert min(page.evaluate(DRAWN_PIXELS)) > 100, "both sides have a waveform"
    spoken = next(final for final in state["finals"] if len(final["words"]) > 5)
    word = next(word for word in spoken["words"][3:] if len(word["text"]) > 4)
    row = page.get_by_test_id("moment").filter(has_text=spoken["text"]).first
    page.mouse.click(*page.evaluate(PLACE_OF_WORD, [row.element_handle(), word["text"]]))
    hear(page, after_s=word["start_ms"] / 1000)
    page.keyboard.press("k")
    see(page.get_by_role("button", name="Play"))
    expect(row).to_have_attribute("aria-current", "true")

    page.get_by_test_id("entry").first.click()  # goes there, and marks the words that are spoken there
    cue = min(state["cues"], key=lambda view: int(view["cue"]["start_ms"]))["cue"]
    assert abs(at_s(page) - cue["start_ms"] / 1000) < 0.01
    page.wait_for_function(f"({PAINTED})('spoken') !== ''")
    assert page.evaluate(PAINTED, "spoken").lower() == cue["words"].split()[0].lower()

    begin = at_s(page)
    for key, moved_s in (("l", 10), ("j", 0), ("ArrowLeft", -5), ("ArrowRight", 0)):
        page.keyboard.press(key)
        assert abs(at_s(page) - begin - moved_s) < 0.01
    page.get_by_test_id("position").focus()
    page.keyboard.press("Home")
    page.keyboard.press(".")
    assert abs(at_s(page) - begin) < 0.01

    page.get_by_test_id("side").select_option("customer")
    page.get_by_test_id("speed").select_option("1.5")
    assert page.evaluate("window.ears") == [[1, 0], [1, 1]]
    audio = page.get_by_test_id("audio")
    assert audio.evaluate("audio => [audio.playbackRate, audio.preservesPitch]") == [1.5, True]
    page.reload()
    expect(page.get_by_test_id("side")).to_have_value("customer")
    expect(page.get_by_test_id("speed")).to_have_value("1.5")
    assert page.evaluate("window.refused") == [], (
        "the style of the waveform has another hash than headers.py allows"
    )


def test_the_page_is_sound_in_both_themes_and_on_a_narrow_screen_where_the_transcript_is_a_tab(
    window: BrowserContext, call_id: str
) -> None:
    page = page_of(window, call_id, "?tab=moments&q=return")
    see(page.get_by_test_id("find-count"), "1 of ")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert found_by_axe(page) == []
    resize(page, {"width": 390, "height": 844})
    expect(page.get_by_test_id("timeline")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert found_by_axe(page) == []
    page.get_by_role("tab", name="Moments").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Transcript")).to_be_focused()
    expect(page.get_by_test_id("timeline")).to_be_visible()
    assert "tab=transcript" in page.url


@pytest.mark.usefixtures("call_id")
def test_a_screen_that_cannot_be_fetched_says_so_and_loads_again(window: BrowserContext) -> None:
    page = opened(window, "/review")
    see(page.get_by_test_id("call-item").first)
    window.route("**/assets/CallPage-*.js", lambda route: route.abort())
    page.get_by_test_id("call-item").first.get_by_role("link").first.click()
    see(page.get_by_test_id("load-failed"))
    window.unroute("**/assets/CallPage-*.js")
    page.get_by_role("button", name="Try again").click()
    see(page.get_by_test_id("call-head"))
