"""A machine that is full says so on the wall and on the start page, and takes calls again when one has ended."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.phone import phone
from tests.e2e.screens import opened, see, tabs
from tests.e2e.server import running_server, scripted

pytestmark = pytest.mark.e2e


def test_supervisors_and_the_demo_are_told_that_the_machine_is_full_and_when_it_is_not(
    browser: Browser, tmp_path: Path
) -> None:
    with (
        running_server(tmp_path / "data", scripted("late-return"), max_calls=1) as server,
        tabs(browser, server) as window,
    ):
        wall = opened(window, "/supervisor")
        see(wall.get_by_test_id("wall-capacity"), "0 of 1 call at once")
        tools = wall.get_by_test_id("wall-filter").bounding_box()
        with phone(server, "only", "late-return") as line:
            line.speak_until(1_000)
            start = opened(window, "/")
            start.get_by_role("button", name=re.compile("^Play")).first.click()
            see(
                start.get_by_text(
                    "This machine carries as many calls as it can now. Try again when one has ended."
                )
            )
            see(
                wall.get_by_test_id("wall-full"),
                "This machine is full: new calls are refused (1 refused in the last hour)",
            )
            see(wall.get_by_test_id("wall-capacity"), "1 of 1 call at once")
            see(wall.get_by_role("status").filter(has_text="This machine is full."))
            assert wall.get_by_test_id("wall-filter").bounding_box() == tools
            line.hang_up()
        expect(wall.get_by_test_id("wall-full")).to_have_count(0, timeout=15_000)  # it asks every few seconds
        see(wall.get_by_test_id("wall-capacity"), "0 of 1 call at once")
