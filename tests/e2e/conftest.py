"""Servers and browsers for the end-to-end tests; on a failure, pictures of all pages and the servers' logs.

Playwright keeps an event loop of its own, so everything of it ends with this folder's last test.
"""

import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.e2e.screens import tabs
from tests.e2e.server import Server, running_server, scripted

BROWSER_ARGS = (
    "--no-sandbox",  # containers rarely allow it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
    "--use-fake-ui-for-media-stream",  # the microphone is allowed …
    "--use-fake-device-for-media-stream",  # … and pretended
)
EVIDENCE = Path("test-results") / "e2e"


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    with playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGS) as browser:
        yield browser


@pytest.fixture(scope="package")
def listening_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """As people start it: it really listens, to sample calls with one engine and to people with another."""
    with running_server(tmp_path_factory.mktemp("listening") / "data", "auto", typed=True) as server:
        yield server


@pytest.fixture(scope="package")
def scripted_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """It hears the late return whatever is said: quick, and always the same."""
    with running_server(tmp_path_factory.mktemp("scripted") / "data", scripted("late-return")) as server:
        yield server


@pytest.fixture
def window(browser: Browser, scripted_server: Server) -> Iterator[BrowserContext]:
    """An empty window of the browser on the scripted server."""
    with tabs(browser, scripted_server) as context:
        yield context


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call" and call.excinfo:  # later the pages are closed
        place = item.config.rootpath / EVIDENCE / re.sub(r"\W+", "-", item.name)
        place.mkdir(parents=True, exist_ok=True)
        kept = [*_keep_pictures(item, place), *_keep_logs(item, place)]
        report.sections.append(("what it looked like", "\n".join(map(str, kept))))
    return report


def _keep_pictures(item: pytest.Function, place: Path) -> Iterator[Path]:
    windows = [value for value in item.funcargs.values() if isinstance(value, BrowserContext)]
    for number, page in enumerate(page for window in windows for page in window.pages):
        picture = place / f"{number}.png"
        page.screenshot(path=picture)
        yield picture


def _keep_logs(item: pytest.Function, place: Path) -> Iterator[Path]:
    servers = [value for value in item.funcargs.values() if isinstance(value, Server)]
    for number, server in enumerate(servers):
        yield Path(shutil.copy(server.log, place / f"server-{number}.log"))
