"""A server that dies or is stopped in mid-call: nothing that was on a screen is lost, and pages say how it is."""

import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.phone import phone
from tests.e2e.screens import PATIENCE_MS, card_on, hear, opened, pane, see, spoken_lines, tabs
from tests.e2e.server import Server, running_server, scripted

pytestmark = pytest.mark.e2e

# Of the recording, when the process is killed: what waits until it is decided which words are masked.
LOST_AT_MOST_MS = 8_000
STOPPED_WITHIN_S = 20


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def doomed_server(data_dir: Path) -> Iterator[Server]:
    """A server for one test alone, which will end it."""
    with running_server(data_dir, scripted("late-return")) as server:
        yield server


@pytest.fixture
def window(browser: Browser, doomed_server: Server) -> Iterator[BrowserContext]:
    with tabs(browser, doomed_server) as context:
        yield context


def test_killed_server_comes_back_and_pages_show_the_interrupted_call(
    window: BrowserContext, doomed_server: Server, data_dir: Path
) -> None:
    call_id = doomed_server.play_sample("late-return")
    agent = opened(window, f"/agent?call={call_id}")
    supervisor = opened(window, f"/supervisor?call={call_id}")
    for page in (agent, supervisor):
        see(page.get_by_test_id("final").nth(1), "How can I help you?")
    said = spoken_lines(agent)
    ran_ms, gone_ms = kill_in_call(doomed_server, call_id)
    for page in (agent, supervisor):
        see(page.get_by_text("Reconnecting").first)
    with running_server(data_dir, scripted("late-return"), port=doomed_server.port) as server:
        see(agent.get_by_text("The call has ended."))
        see(supervisor.get_by_role("region", name="Opened call"), "Interrupted: voiceassist stopped in mid-call")
        see(supervisor.get_by_text("0 live calls"))
        for page in (agent, supervisor):
            expect(page.get_by_text("Reconnecting")).to_have_count(0, timeout=PATIENCE_MS)
            assert spoken_lines(page) == said
        assert ran_ms - LOST_AT_MOST_MS <= server.recording(call_id).duration_ms <= gone_ms
        assert server.events(call_id)[-1]["reason"] == "interrupted"
        assert_reviewable(opened(window, f"/review/{call_id}"), said)


def kill_in_call(server: Server, call_id: str) -> tuple[int, int]:
    """For how many milliseconds the call had run when the server was killed, and when it was gone."""
    started_at = datetime.fromisoformat(server.call(call_id)["started"]["started_at"])
    killed_at = datetime.now(UTC)
    server.stop(signal.SIGKILL)
    gone_at = datetime.now(UTC)
    return _ms(killed_at - started_at), _ms(gone_at - started_at)


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)


def assert_reviewable(page: Page, said: list[tuple[str, str]]) -> None:
    """The call is told to be interrupted, its lines are there, and it plays."""
    see(page.get_by_role("status").filter(has_text="This call was interrupted"))
    for _, words in said:
        see(page.get_by_test_id("timeline").get_by_text(words))
    page.get_by_role("button", name="Listen from").first.click()
    hear(page, after_s=1.5)


def test_phone_system_that_connects_again_after_a_kill_goes_on_with_its_call(
    doomed_server: Server, data_dir: Path
) -> None:
    with phone(doomed_server, "k9", "late-return") as line:
        line.speak_until(10_000)
        said = doomed_server.wait_for("k9", lambda state: bool(state["finals"]))["finals"]
        doomed_server.stop(signal.SIGKILL)
    with running_server(data_dir, scripted("late-return"), port=doomed_server.port) as server:
        with phone(server, "k9", "late-return") as line:
            assert (line.call_id, line.continues) == ("k9~2", "k9")
            line.speak_until(10_000)
            goes_on = server.wait_for("k9~2", lambda state: bool(state["finals"]))
            assert (goes_on["status"], goes_on["started"]["continues"]) == ("live", "k9")
            line.hang_up()
        broke_off = server.call("k9")
        assert (broke_off["status"], broke_off["end_reason"]) == ("ended", "interrupted")
        assert broke_off["finals"][: len(said)] == said
        assert server.call("k9~2")["end_reason"] == "hangup"


def test_sigterm_in_mid_call_stores_every_call_as_ended_by_shutdown(
    window: BrowserContext, doomed_server: Server, data_dir: Path
) -> None:
    played = doomed_server.play_sample("friendly")
    with phone(doomed_server, "by-phone", "late-return") as line:
        line.speak_until(23_400)
        agent = opened(window, "/agent?call=by-phone")
        see(card_on(agent))
        said = said_into_the_microphone(opened(window, "/"))
        began_s = time.monotonic()
        assert doomed_server.stop(signal.SIGTERM) == 0
        assert time.monotonic() - began_s < STOPPED_WITHIN_S
    with running_server(data_dir, scripted("late-return"), port=doomed_server.port) as server:
        for call_id in (played, said, "by-phone"):
            state = server.call(call_id)
            assert (state["status"], state["end_reason"]) == ("ended", "shutdown")
        see(agent.get_by_text("The call has ended."))
        see(opened(window, "/review/by-phone").get_by_text("Ended because voiceassist was stopped"))
        assert 23_000 <= server.recording("by-phone").duration_ms <= 25_000


def said_into_the_microphone(start: Page) -> str:
    """The id of a call from the start page's microphone, which goes on."""
    start.get_by_role("button", name="Start listening").click()
    see(pane(start, "Agent").get_by_text("Live", exact=True))
    return start.url.partition("call=")[2]
