"""A reviewer asks why, follows a refusal to its end, rewrites the summary, sends it, and prints the policies."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from standardwebhooks.webhooks import Webhook

from tests.e2e.axe import found_by_axe
from tests.e2e.screens import opened, resize, see, see_all_of_the_width, tabs
from tests.e2e.server import Server, running_server, scripted
from tests.notices.told import SECRET
from tests.summary.calls import RETURN, records_of
from voiceassist.store.database import DATABASE
from voiceassist.store.store import open_store

pytestmark = pytest.mark.e2e

REFUSED = "i'm sorry we can't do that our policy is thirty days"
Arrived = SimpleQueue[Any]  # what came, verified


@contextmanager
def crm() -> Iterator[tuple[str, Arrived]]:
    """A receiver on this machine: its address, and what came."""
    arrived = Arrived()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            arrived.put(Webhook(SECRET).verify(body, {key.lower(): value for key, value in self.headers.items()}))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/calls", arrived
        finally:
            server.shutdown()
            thread.join()


async def prepare(folder: Path) -> None:
    store = await open_store(folder / DATABASE)
    await store.append(records_of(*RETURN))
    await store.close()


@pytest.fixture
def arrived_at(tmp_path: Path) -> Iterator[tuple[Server, Arrived]]:
    """A server with one finished call, that sends summaries to a receiver."""
    folder, config = tmp_path / "data", tmp_path / "voiceassist.toml"
    with ThreadPoolExecutor(1) as beside:  # Playwright has a loop of its own in this thread
        beside.submit(asyncio.run, prepare(folder)).result()
    with crm() as (url, arrived):
        config.write_text(f'[summary]\nwebhook = "{url}"\nsecret = "{SECRET}"\n', encoding="utf-8")
        with running_server(folder, scripted("late-return"), config=config) as server:
            yield server, arrived


def test_why_leads_to_the_rule_with_the_sentence_and_back_come_the_refusal_the_summary_and_the_policies(
    browser: Browser, arrived_at: tuple[Server, Arrived]
) -> None:
    server, arrived = arrived_at
    with tabs(browser, server) as window:
        window.grant_permissions(["clipboard-read", "clipboard-write"])
        call = opened(window, "/review/c-1")
        ask_why(window, call)
        follow_the_refusal(call)
        rewrite_copy_and_send(call, arrived)
        print_the_policies(window)


def ask_why(window: BrowserContext, call: Page) -> None:
    note = call.get_by_test_id("note-cue").filter(has_text="sorry we can't").first
    note.get_by_text("Why", exact=True).click()
    panel = note.get_by_test_id("why-panel")
    see(panel, "refusal.inability", "retail@1", "after the words")
    expect(panel.locator("mark")).to_have_text("sorry we can't")
    panel.get_by_test_id("why-not-this").click()
    see(panel, "A false alarm, says you.")
    call.get_by_role("button", name="Undo").last.click()
    expect(panel.get_by_text("A false alarm, says you.")).to_have_count(0)
    with window.expect_page() as other:
        panel.get_by_test_id("why-open").click(modifiers=["Control"])
    playbook = other.value
    see(playbook.get_by_test_id("try").first)
    expect(playbook.get_by_test_id("try-text").first).to_have_value(REFUSED)
    expect(playbook.locator('[data-rule="refusal.inability"] input')).to_be_focused()
    see(playbook.get_by_test_id("answer").first, "Refusal")
    playbook.close()


def follow_the_refusal(call: Page) -> None:
    call.get_by_role("tab", name="Refusals").click()
    story = call.get_by_test_id("refusal")
    see(story, "Recovered", "after 5.8 s", "i would like to return the coffee machine", REFUSED)
    see(story, "Store credit for the full price", "costs us", "what i can do is offer you a store credit")
    see(call.get_by_test_id("refusals-promises"), "Anna Reed, by friday", "someone will call you back")
    see(call.get_by_test_id("refusals-disclosures"), "Notice of recording")
    story.get_by_text(REFUSED).click()
    expect(call.locator('[data-testid="moment"][aria-current="true"]')).to_contain_text(REFUSED)


def rewrite_copy_and_send(call: Page, arrived: Arrived) -> None:
    call.get_by_role("tab", name="Summary").click()
    see(call.get_by_test_id("summary-how"), "not by a language model")
    see(call.get_by_test_id("summary-reason"), "return the coffee machine")
    call.get_by_test_id("summary-copy-markdown").click()
    copied = call.evaluate("navigator.clipboard.readText()")
    assert "## Why they called" in copied
    call.get_by_test_id("summary-edit").click()
    call.get_by_test_id("summary-text").first.fill("Wants to return a coffee machine after six weeks.")
    call.get_by_test_id("summary-add-end").click()
    call.keyboard.type("Content in the end.")
    call.get_by_test_id("summary-keep").click()
    see(call.get_by_test_id("summary-by"), "Edited by Ida")
    see(call.get_by_test_id("summary-end"), "Content in the end.")
    call.get_by_test_id("summary-send").click()
    sent = arrived.get(timeout=30)
    assert sent["type"] == "call.summary"
    assert sent["data"]["lines"][0]["text"] == "Wants to return a coffee machine after six weeks."
    see(call.get_by_test_id("summary-sending"), "Arrived at 127.0.0.1")
    assert found_by_axe(call) == []
    call.get_by_test_id("summary-reset").click()
    see(call.get_by_test_id("summary-reason"), "“hi i would like to return the coffee machine")
    call.get_by_role("button", name="Undo").last.click()
    see(call.get_by_test_id("summary-by"), "Edited by Ida")
    resize(call, {"width": 390, "height": 844})
    see_all_of_the_width(call)


def print_the_policies(window: BrowserContext) -> None:
    page = opened(window, "/playbook/retail/policies-page")
    see(page.get_by_test_id("plain-policy").first, "What is not possible", "What that does for you")
    expect(page.get_by_test_id("policy-sentence").first.locator("small")).to_be_visible()
    expect(page.get_by_test_id("coerces")).to_have_count(0)
    assert found_by_axe(page) == []
    page.emulate_media(media="print")
    expect(page.get_by_test_id("print")).to_be_hidden()
    expect(page.get_by_test_id("plain-policy").first).to_be_visible()
    assert page.pdf()[:5] == b"%PDF-"
