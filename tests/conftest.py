"""What every test shares: one hypothesis profile, and the way to the browser."""

import os
import shutil

import pytest
from hypothesis import settings

from tests.children import hear_ctrl_c

hear_ctrl_c()

# A machine under load is slow, not wrong: no test fails because an example took long.
settings.register_profile("voiceassist", deadline=None)
settings.load_profile("voiceassist")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium or Chrome; a CHROMIUM in the environment comes first."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    for name in names:
        if name and (path := shutil.which(name)):
            return path
    pytest.fail("no browser found: install one (Debian: apt-get install chromium), or set CHROMIUM to its path")
