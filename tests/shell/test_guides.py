"""`voiceassist guide`: every phone system has a page with the parts that people look for."""

import pytest
from typer.testing import CliRunner

from voiceassist.cli import app
from voiceassist.cli.guide import guide_text, titles
from voiceassist.errors import ConfigError


def test_without_a_name_all_guides_are_listed() -> None:
    said = CliRunner().invoke(app, ["guide"]).stdout
    assert said.startswith("# Connecting a phone system")
    assert all(f"`{name}`: {title}" in said for name, title in titles().items())


@pytest.mark.parametrize("name", titles())
def test_every_guide_says_how_to_test_it_what_goes_wrong_and_what_was_verified(name: str) -> None:
    text = CliRunner().invoke(app, ["guide", name]).stdout
    for part in ("## What goes wrong", "## What was verified", "voiceassist call", "key"):
        assert part in text, (name, part)


def test_an_unknown_name_is_told_with_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match="did you mean twilio"):
        guide_text("twillio")
