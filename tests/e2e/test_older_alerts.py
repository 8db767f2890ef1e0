"""More finished calls with unresolved alerts than the wall keeps: the rest is counted, and comes on demand."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screens import PATIENCE_MS, opened, see, tabs
from tests.e2e.server import running_server, scripted
from tests.shell import store_records as make
from voiceassist.events import Customer, Event
from voiceassist.hub import FINISHED_ROWS
from voiceassist.store.database import DATABASE
from voiceassist.store.store import open_store

pytestmark = pytest.mark.e2e

OLDER = 3
BEGAN = datetime(2026, 11, 21, 10, tzinfo=UTC)


async def store_calls(data_dir: Path) -> None:
    store = await open_store(data_dir / DATABASE)
    for number in range(FINISHED_ROWS + OLDER):
        started = make.started((BEGAN + timedelta(minutes=number)).isoformat())
        started = replace(started, customer=Customer(id=f"{number}", name=f"Customer No. {number}."))
        events: tuple[Event, ...] = (started, make.alert("a1", "warning"), make.ended())
        await store.append(
            [make.record(f"call-{number}", seq, event) for seq, event in enumerate(events, start=1)]
        )
    await store.close()


def test_alerts_that_are_too_old_for_the_wall_are_counted_and_come_when_asked_for(
    browser: Browser, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(1) as thread:  # this one has the browser's event loop
        thread.submit(asyncio.run, store_calls(tmp_path / "data")).result()
    with running_server(tmp_path / "data", scripted("late-return")) as server, tabs(browser, server) as window:
        page = opened(window, "/supervisor")
        more = page.get_by_test_id("wall-older")
        see(more, f"({OLDER} calls)")
        page.get_by_test_id("wall-filter").fill("Customer No. 0.")
        expect(page.get_by_test_id("wall-row")).to_have_count(0, timeout=PATIENCE_MS)
        more.click()
        see(page.get_by_test_id("wall-row"), "Customer No. 0.")
        expect(more).to_have_count(0, timeout=PATIENCE_MS)
