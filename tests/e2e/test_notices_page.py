"""Admins see how the channels do, test each, and deal with what was not delivered: in a browser, with keys."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import found_by_axe
from tests.e2e.screens import opened, resize, see, see_all_of_the_width, tabs
from tests.e2e.server import running_server, scripted, until
from tests.notices.told import SECRET, delivery
from voiceassist.store.database import DATABASE
from voiceassist.store.notices import StoredNotice
from voiceassist.store.store import open_store

pytestmark = pytest.mark.e2e

SETTINGS = """
[[notify]]
name = "desk"
kind = "slack"
url = "http://127.0.0.1:{port}/services/T0/B0/s3kret"

[[notify]]
name = "down"
kind = "webhook"
url = "http://127.0.0.1:9/"
secret = "{secret}"
levels = ["critical"]
after_s = 120
quiet_hours = "22:00-07:00"
"""
SAYS = {
    "en-US": ("Slack, to 127.0.0.1", "only after 120 s without anybody · quiet 22:00-07:00", "The test arrived",
              "The test failed", "given up after 9 tries", "Undo", "Nothing was given up"),
    "es-ES": ("Canal de Slack, a 127.0.0.1", "solo tras 120 s sin que nadie la atienda", "La prueba llegó",
              "La prueba falló", "abandonada tras 9 intentos", "Deshacer", "No se ha dado nada por perdido"),
}  # fmt: skip


@contextmanager
def room(said: list[bytes]) -> Iterator[int]:
    """A chat that takes messages; its port."""

    class Room(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Room) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


async def prepare(folder: Path) -> None:
    """Two alerts that were given up."""
    store = await open_store(folder / DATABASE)
    letters = [replace(delivery(id_), tries=9, reason="HTTP 403: no_team", died_s=9.0) for id_ in ("m1", "m2")]
    await store.notices.write([StoredNotice(id=one.id, call_id="c-1", body=asdict(one)) for one in letters], [])
    await store.close()


@pytest.mark.parametrize("locale", list(SAYS))
def test_channels_are_tested_and_dead_letters_are_dealt_with(
    browser: Browser, tmp_path: Path, locale: str
) -> None:
    place, rules, well, badly, tries, undo, none = SAYS[locale]
    folder, config, said = tmp_path / "data", tmp_path / "voiceassist.toml", list[bytes]()
    with ThreadPoolExecutor(1) as beside:  # Playwright has a loop of its own in this thread
        beside.submit(asyncio.run, prepare(folder)).result()
    with room(said) as port:
        config.write_text(SETTINGS.format(port=port, secret=SECRET))
        with (
            running_server(folder, scripted("late-return"), config=config) as server,
            tabs(browser, server, locale) as window,
        ):
            page = opened(window, "/admin/notices")
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
            desk, down = (page.locator(f"[data-channel={name}]") for name in ("desk", "down"))
            see(desk, place)
            see(down, rules)
            assert "s3kret" not in page.content()
            assert SECRET not in page.content()
            letters = page.get_by_test_id("dead-letter")
            see(letters.first, tries, "HTTP 403: no_team")
            assert found_by_axe(page) == []
            for width in (390, 1024, 1440):
                resize(page, {"width": width, "height": 900})
                see_all_of_the_width(page)
            before = page.get_by_test_id("dead-letters").bounding_box()

            for channel, outcome in ((desk, well), (down, badly)):
                button = channel.get_by_test_id("test-channel")
                button.focus()
                page.keyboard.press("Enter")
                see(channel.get_by_test_id("tested"), outcome)
                expect(button).to_be_focused()
            assert page.get_by_test_id("dead-letters").bounding_box() == before
            assert b"voiceassist" in said[0]

            letters.first.get_by_test_id("discard").click()
            expect(letters).to_have_count(1)
            page.get_by_role("button", name=undo).click()
            expect(letters).to_have_count(2)
            page.get_by_test_id("again-all").click()
            see(page.get_by_test_id("dead-none"), none)
            until(lambda: True if len(said) == 3 else None, "the alerts that were sent again")
