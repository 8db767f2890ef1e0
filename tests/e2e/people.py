"""People of a running server, and what they do on the sign-in page."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import Browser, Page

from tests.e2e.screens import opened, see, tabs
from tests.e2e.server import ANSWER_WITHIN_S, Json, Server
from tests.plain_http import NO_TLS

PASSWORD = "a long enough one"


def hire(server: Server, *people: Json) -> None:
    """Adds people, the first of them an admin who adds the others; each sets PASSWORD with their link."""
    with httpx.Client(base_url=server.url, timeout=ANSWER_WITHIN_S, verify=NO_TLS) as admin:
        for person in people:
            link = admin.post("/api/people", json=person).raise_for_status().json()["link"]
            token = parse_qs(urlsplit(link).query)["token"][0]
            wanted = {"token": token, "password": PASSWORD}
            if person is people[0]:
                admin.post("/api/reset", json=wanted).raise_for_status()
            else:
                httpx.post(f"{server.url}/api/reset", json=wanted, timeout=ANSWER_WITHIN_S).raise_for_status()


@contextmanager
def at_the_door(browser: Browser, server: Server, path: str = "/") -> Iterator[Page]:
    """A page in a window of its own, which was led to the sign-in page. Its colours change at once, for axe."""
    with tabs(browser, server) as window:
        page = opened(window, path)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        see(page.get_by_test_id("sign-in-page"))
        yield page


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """As a person does it, with the keyboard only."""
    page.get_by_label("Login", exact=True).fill(login)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")
