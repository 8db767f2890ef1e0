"""Authors see per rule what people said of it, and open the calls in which they did."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.screens import opened, resize, see, see_all_of_the_width, tabs
from tests.e2e.server import running_server, scripted
from tests.shell import store_records as make
from tests.shell.test_rule_feedback import closed, cue, useless
from voiceassist.store.database import DATABASE
from voiceassist.store.store import open_store

pytestmark = pytest.mark.e2e


async def prepare(folder: Path) -> None:
    """A call of today in which a card was of no use, and one in which it was used."""
    store = await open_store(folder / DATABASE)
    today = datetime.now(UTC).isoformat()
    card, dismissed = make.prompt("p1"), closed("p1", "dismissed")
    useless_one = make.call("useless-one", cue("c1"), card, dismissed, useless(), make.ended(), started_at=today)
    used_one = make.call("used-one", cue("c1"), card, closed("p1", "used"), make.ended(), started_at=today)
    await store.append(useless_one)
    await store.append(used_one)
    await store.close()


@pytest.mark.parametrize(
    ("locale", "says"),
    [
        (
            "en-US",
            ("What people said of the rules", "1 card not useful, version 1", "marked as not useful by Ada"),
        ),
        ("es-ES", ("Qué dijo la gente de las reglas", "1 tarjeta que no sirve", "Ada la marcó como inútil")),
    ],
)
def test_a_rules_page_says_how_often_it_fired_and_what_people_said_and_leads_to_the_calls(
    browser: Browser, tmp_path: Path, locale: str, says: tuple[str, str, str]
) -> None:
    title, said, in_review = says
    folder = tmp_path / "data"
    with ThreadPoolExecutor(1) as beside:  # Playwright has a loop of its own in this thread
        beside.submit(asyncio.run, prepare(folder)).result()
    with (
        running_server(folder, scripted("late-return")) as server,
        tabs(browser, server, locale) as window,
    ):
        page = opened(window, "/playbook/retail/cues/refusal")
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        rule = page.get_by_test_id("feedback-rule")
        see(page.get_by_test_id("rule-feedback"), title)
        assert rule.get_by_role("cell").all_inner_texts() == ["2", "1", "1", "1", "0"]
        rule.get_by_role("group").locator("summary").press("Enter")
        see(rule, said)
        assert found_by_axe(page) == []
        for width in (390, 1024, 1440):
            resize(page, {"width": width, "height": 900})
            see_all_of_the_width(page)
        rule.get_by_role("link").press("Enter")
        see(page.get_by_test_id("not-useful"), in_review)
        other = opened(window, "/playbook/retail/cues/threat")
        see(other.get_by_test_id("feedback-none"))
        expect(other.get_by_test_id("feedback-rule")).to_have_count(0)
