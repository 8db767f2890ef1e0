"""A review opens when parts of its call are gone, and says so; a hold and the customer's consent are seen."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.phone import phone
from tests.e2e.screens import opened, see, tabs
from tests.e2e.server import Server, running_server, scripted
from tests.shell import store_records as make
from voiceassist.events import CallPart, Event, PartDeleted
from voiceassist.store.database import DATABASE
from voiceassist.store.store import open_store

pytestmark = pytest.mark.e2e

NIGHT = "2026-11-25T03:00:00+00:00"


async def prepare(folder: Path) -> None:
    """A call on hold whose recording and transcript are gone."""
    store = await open_store(folder / DATABASE)
    words = make.said("my name is zanzibarish")
    said: list[Event] = [words, make.cue("c1"), make.alert("a1", "warning"), make.ended()]
    await store.append(make.call("gone", *said))
    gone: tuple[CallPart, ...] = ("audio", "transcript")
    for number, part in enumerate(gone, start=6):
        event = PartDeleted(at_ms=5000, part=part, by="voiceassist", done_at=NIGHT)
        await store.append([make.record("gone", number, event)])
    await store.holds.set("gone", "case 7", by="root")
    await store.close()


@pytest.mark.parametrize(
    ("locale", "says"),
    [
        ("en-US", ("The transcript was deleted", "It was deleted on", "Legal hold")),
        ("es-ES", ("La transcripción se eliminó", "Se eliminó el", "Retención legal")),
    ],
)
def test_review_says_what_was_deleted_and_that_the_call_is_on_hold(
    browser: Browser, tmp_path: Path, locale: str, says: tuple[str, str, str]
) -> None:
    words, sound, hold = says
    folder = tmp_path / "data"
    with ThreadPoolExecutor(1) as beside:  # Playwright has a loop of its own in this thread
        beside.submit(asyncio.run, prepare(folder)).result()
    with (
        running_server(folder, scripted("late-return")) as server,
        tabs(browser, server, locale) as window,
    ):
        review = opened(window, "/review/gone")
        see(review.get_by_test_id("words-deleted"), words)
        see(review.get_by_test_id("no-recording"), sound)
        see(review.get_by_test_id("hold"), hold)
        see(review.get_by_test_id("hold"), "case 7")
        assert "zanzibarish" not in review.content()
        assert found_by_axe(review) == []


def test_agent_says_that_the_customer_agrees_and_everybody_sees_it(
    window: BrowserContext, scripted_server: Server
) -> None:
    with phone(scripted_server, "agreed", "late-return", consent="announced") as line:
        line.speak_until(2_000)
        agent, wall = opened(window, "/agent?call=agreed"), opened(window, "/supervisor?call=agreed")
        see(agent.get_by_test_id("consent"), "Recording announced")
        agent.get_by_test_id("consent-given").click()
        see(agent.get_by_test_id("consent"), "Consent given")
        see(wall.get_by_test_id("row-consent").first, "Consent given")
        see(wall.get_by_test_id("opened-call").get_by_test_id("consent"), "Consent given")
        expect(agent.get_by_test_id("consent-given")).to_have_count(0)
        line.hang_up()
    see(opened(window, "/review/agreed").get_by_test_id("consent"), "Consent given")
