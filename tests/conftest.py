"""What every test shares: one hypothesis profile, who goes first, and the way to the browser.

Order: tests that wait for a clock (real calls in real time, a broker that goes away) come first, then those that
recognise speech. `make test` runs the former beside all others; a worker steps back as soon as it has come to
tests that only compute, so that calls which go on elsewhere are heard in time.
"""

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from tests.children import hear_ctrl_c

hear_ctrl_c()

# A machine under load is slow, not wrong: no test fails because an example took long.
settings.register_profile("voiceassist", deadline=None)
settings.load_profile("voiceassist")

IN_REAL_TIME = ("e2e", "realtime")
UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access")  # loggers that it configures unless it is told not to
NICENESS = 10  # of workers that only compute, and of what they start


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A run in real time reads no file without such a test: reading all takes a worker ten seconds."""
    if config.option.markexpr != " or ".join(IN_REAL_TIME) or not collection_path.match("test_*.py"):
        return None
    text = collection_path.read_text("utf-8")
    return not any(f"pytest.mark.{name}" in text for name in IN_REAL_TIME) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: (not _is_in_real_time(item), not _hears(item)))  # stable: files stay together


def pytest_runtest_setup(item: pytest.Item) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ and not _is_in_real_time(item):
        os.nice(NICENESS - os.nice(0))


def _is_in_real_time(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in IN_REAL_TIME)


def _hears(item: pytest.Item) -> bool:
    return item.get_closest_marker("audio") is not None


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A command or a server within a test says for its process what is logged: not for the tests after it."""
    before, level = structlog.get_config(), logging.getLogger().level
    uvicorn = [(one, one.handlers[:], one.level, one.propagate) for one in map(logging.getLogger, UVICORN)]
    yield
    structlog.configure(**before)
    logging.getLogger().setLevel(level)
    for logger, handlers, own_level, propagates in uvicorn:
        logger.handlers, logger.propagate = handlers, propagates
        logger.setLevel(own_level)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium or Chrome; a CHROMIUM in the environment comes first."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    for name in names:
        if name and (path := shutil.which(name)):
            return path
    pytest.fail("no browser found: install one (Debian: apt-get install chromium), or set CHROMIUM to its path")
