"""A call of a thousand lines stays right on every page: where one reads, what is found, what the keys do."""

import asyncio
import re
import wave
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.builders import final
from tests.e2e.screens import PATIENCE_MS, see
from tests.long_call import LINE_MS, LongCall
from tests.shell.serving import serving, settings_for
from voiceassist.events import CrossTalkChanged, LanguageDoubtChanged, LineSoundChanged, Record
from voiceassist.hub import Hub

pytestmark = pytest.mark.e2e

LINES = 1_000
LOWEST_RATE_HZ = 3_000  # that Chromium plays
LAID_OUT_AT_MOST = 250  # lines: two blocks at the end, and those that are near the window

REVIEWED_AT_MOST = 450  # lines: the two first blocks, those near the window, and one beside each

# Lines whose place the browser has worked out; the others it skips until they come near.
LAID_OUT = "items => items.filter(item => item.checkVisibility({contentVisibilityAuto: true})).length"
FIRST_IN_VIEW = """box => {
  const top = box.getBoundingClientRect().top;
  const first = [...box.querySelectorAll("[role=listitem]")].find(item => item.getBoundingClientRect().top > top);
  window.reading = first;
  return first.getBoundingClientRect().top;
}"""
TO_THE_END = "box => box.scrollHeight - box.scrollTop - box.clientHeight"
PAINTED = "name => [...(CSS.highlights.get(name) ?? [])].map(String).join('|')"


@dataclass(frozen=True, kw_only=True)
class LongCalls:
    """A server with a live call, "live", and a finished one, "stored".

    It has a thread and an event loop of its own: this thread's belongs to the browser.
    """

    url: str
    live: LongCall
    hub: Hub
    loop: asyncio.AbstractEventLoop
    stopping: asyncio.Event

    def publish(self, record: Record) -> None:
        """Tells the screens of one more record of the live call."""
        self.loop.call_soon_threadsafe(self.hub.publish, record)

    def stop(self) -> None:
        """Ends the server."""
        self.loop.call_soon_threadsafe(self.stopping.set)


def silence(recording: Path) -> None:
    """A small recording as long as the stored call."""
    recording.parent.mkdir(exist_ok=True)
    with wave.open(str(recording), "wb") as file:
        file.setparams((1, 1, LOWEST_RATE_HZ, 0, "NONE", ""))
        file.writeframes(b"\x80" * (LINES * LINE_MS * LOWEST_RATE_HZ // 1000))


async def serve(directory: Path, ready: "Future[LongCalls]") -> None:
    async with serving(settings_for(directory)) as server:
        stored, live, runtime = LongCall("stored", LINES), LongCall("live", LINES), server.runtime
        await runtime.store.append([*stored.records(), stored.ended()])
        silence(runtime.recording_path("stored"))
        for record in live.records():
            runtime.hub.publish(record)
        calls = LongCalls(
            url=f"http://127.0.0.1:{server.port}", live=live, hub=runtime.hub,
            loop=asyncio.get_running_loop(), stopping=asyncio.Event(),
        )  # fmt: skip
        ready.set_result(calls)
        await calls.stopping.wait()


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongCalls]:
    ready: Future[LongCalls] = Future()
    with ThreadPoolExecutor(1) as thread:
        served = thread.submit(asyncio.run, serve(tmp_path_factory.mktemp("long"), ready))
        either: list[Future[Any]] = [served, ready]
        wait(either, return_when="FIRST_COMPLETED")
        if served.done():
            served.result()  # raises what kept it from starting
        yield ready.result()
        ready.result().stop()
        served.result()


@pytest.fixture
def page(browser: Browser, calls: LongCalls) -> Iterator[Page]:
    size: ViewportSize = {"width": 1440, "height": 900}
    with browser.new_context(base_url=calls.url, viewport=size, locale="en-US") as context:
        errors: list[str] = []
        context.on("weberror", lambda error: errors.append(str(error.error)))
        yield context.new_page()
        assert errors == []


def opened(page: Page, path: str, item: str, count: int = LINES) -> Locator:
    """The lines of a page, when all of them are in it."""
    page.goto(path)
    lines = page.get_by_test_id(item)
    expect(lines).to_have_count(count, timeout=PATIENCE_MS)
    return lines


def say(calls: LongCalls, lines: Locator) -> None:
    """One line more, with a partial ahead of it, and waits until it is on the page."""
    calls.publish(calls.live.next_partial(3))
    calls.publish(calls.live.next_final())
    expect(lines).to_have_count(calls.live.lines)


@pytest.mark.parametrize("path", ["/agent?call=live", "/supervisor?call=live"])
def test_all_lines_are_in_the_page_and_only_those_near_the_window_are_laid_out(
    page: Page, calls: LongCalls, path: str
) -> None:
    lines = opened(page, path, "final", calls.live.lines)
    assert page.get_by_role("listitem").and_(lines).count() == calls.live.lines  # as screen readers count them
    assert lines.evaluate_all(LAID_OUT) < LAID_OUT_AT_MOST


def reviewed(page: Page, line: int) -> Locator:
    """The page of the stored call, opened at a line; its row."""
    page.goto(f"/review/stored?at={line * LINE_MS}")
    row = page.locator(f"[data-testid=moment][aria-posinset='{line + 1}']")
    expect(row).to_be_in_viewport(ratio=1, timeout=PATIENCE_MS)
    return row


def test_the_review_opens_at_a_line_and_makes_only_those_near_it(page: Page) -> None:
    row = reviewed(page, 700)
    assert row.get_attribute("aria-current") == "true"
    assert row.get_attribute("aria-setsize") == str(LINES)  # as screen readers count them
    assert page.get_by_test_id("moment").count() < REVIEWED_AT_MOST


@pytest.mark.parametrize("path", ["/agent?call=live", "/supervisor?call=live"])
def test_the_end_is_followed_until_somebody_reads_further_up(page: Page, calls: LongCalls, path: str) -> None:
    lines = opened(page, path, "final", calls.live.lines)
    box = page.get_by_test_id("transcript")
    for _ in range(60):  # more than a block
        say(calls, lines)
    assert box.evaluate(TO_THE_END) < 2
    box.hover()
    page.mouse.wheel(0, -6_000)
    button = page.get_by_role("button", name="Back to now")
    expect(button).to_be_visible(timeout=PATIENCE_MS)
    top = box.evaluate(FIRST_IN_VIEW)
    for _ in range(60):
        say(calls, lines)
    assert abs(page.evaluate("window.reading.getBoundingClientRect().top") - top) < 2
    button.click()
    assert box.evaluate(TO_THE_END) < 2


def test_the_search_of_the_call_finds_lines_that_are_not_drawn_and_goes_from_one_to_the_next(page: Page) -> None:
    reviewed(page, 0)
    page.keyboard.press("/")
    box = page.get_by_test_id("find")
    expect(box).to_be_focused()
    page.keyboard.type("coffee MACHINE")
    expect(page.get_by_test_id("find-count")).to_have_text(re.compile(r"^1 of \d+$"))
    count = int(page.get_by_test_id("find-count").inner_text().split()[-1])
    assert page.evaluate(PAINTED, "found-now") == "coffee machine"
    page.keyboard.press("Shift+Enter")
    see(page.get_by_test_id("find-count"), f"{count} of {count}")
    last = page.get_by_test_id("moment").filter(has_text="coffee machine").last
    expect(last).to_be_in_viewport(ratio=1, timeout=PATIENCE_MS)
    assert int(last.get_attribute("aria-posinset") or 0) > LINES - 50
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("find-count")).to_have_text("")
    page.goto("/review/stored?q=coffee+machine")  # as the list of calls leads here
    see(page.get_by_test_id("find-count"), f"1 of {count}")


def test_keys_go_on_from_line_to_line_across_blocks(page: Page) -> None:
    page.route("**/recording", lambda route: route.abort())  # where a player is depends on how it loads
    reviewed(page, 0)
    for _ in range(120):
        page.keyboard.press("ArrowDown")
    current = page.locator("[data-testid=moment][aria-current=true]")
    expect(current).to_have_count(1)
    expect(current).to_be_in_viewport(ratio=1)
    assert current.get_attribute("aria-posinset") == "121"


def test_the_tab_key_goes_on_into_lines_that_were_not_drawn(page: Page) -> None:
    reviewed(page, 300).get_by_test_id("listen").focus()
    for _ in range(260):  # more than all blocks that are made
        page.keyboard.press("Tab")
    focused = page.locator("[data-testid=moment]:has(:focus)")
    expect(focused).to_be_in_viewport(ratio=1)
    assert int(focused.get_attribute("aria-posinset") or 0) > 420


@pytest.mark.parametrize("path", ["/agent?call=live", "/supervisor?call=live"])
def test_what_the_line_carries_besides_talk_is_told(page: Page, calls: LongCalls, path: str) -> None:
    opened(page, path, "final", calls.live.lines)
    now_ms = calls.live.lines * LINE_MS
    said = final("customer", "I will calculate", at=now_ms, utterance=calls.live.lines)
    unsure = replace(said, words=tuple(replace(word, confidence=0.42) for word in said.words[2:]))
    changes = (
        LineSoundChanged(at_ms=now_ms, speaker="agent", sound="music", since_ms=now_ms - 42_000),
        LineSoundChanged(at_ms=now_ms, speaker="customer", sound="music", since_ms=now_ms - 42_000),  # a switch's
        LineSoundChanged(at_ms=now_ms, speaker="agent", sound="none", since_ms=now_ms),
        LineSoundChanged(at_ms=now_ms, speaker="customer", sound="none", since_ms=now_ms),
        CrossTalkChanged(at_ms=now_ms, speaker="customer", level_db=-25, delay_ms=120),
        LanguageDoubtChanged(at_ms=now_ms, speaker="customer", doubted=True),
    )
    for event in (*changes, unsure):
        calls.publish(calls.live.more(event))
    calls.live.lines += 1
    see(page.get_by_test_id("sound").last, "Hold music 0:4")
    see(page.get_by_test_id("line-facts"), "Echo of the agent")
    see(page.get_by_test_id("language-doubt"), "may not be English")
    expect(page.get_by_test_id("unsure").last).to_have_attribute("title", "heard with 42%")
