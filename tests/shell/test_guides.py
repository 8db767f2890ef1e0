"""`voiceassist guide`: every phone system has a page with the parts that people look for."""

import pytest
from typer.testing import CliRunner

from voiceassist.callers.protocols import PROTOCOLS
from voiceassist.cli import app
from voiceassist.cli.guide import guide_text, titles
from voiceassist.errors import ConfigError

NAMED_OTHERWISE = {"audiohook": "genesys"}  # people know the product, not its protocol


def test_without_a_name_all_guides_are_listed() -> None:
    said = CliRunner().invoke(app, ["guide"]).stdout
    assert said.startswith("# Connecting a phone system")
    assert all(f"`{name}`: {title}" in said for name, title in titles().items())


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_protocol_has_a_guide_with_how_to_test_it_and_what_goes_wrong(protocol: str) -> None:
    text = CliRunner().invoke(app, ["guide", NAMED_OTHERWISE.get(protocol, protocol)]).stdout
    assert "va_…" in text or "key" in text
    for part in ("## What goes wrong", "## What was verified", "voiceassist call"):
        assert part in text, (protocol, part)


def test_an_unknown_name_is_told_with_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match="did you mean twilio"):
        guide_text("twillio")
