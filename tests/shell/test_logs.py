"""The log tells what went wrong, and never what was said."""

import logging
from typing import Any, Literal

import pytest

from voiceassist.logs import _renderers

SAID = "my card number is four nine two one"


def failure() -> RuntimeError:
    """As it looks where transcripts are local variables."""
    transcript = SAID
    try:
        _decode(transcript)
    except RuntimeError as error:
        return error
    raise AssertionError


def _decode(transcript: str) -> None:
    raise RuntimeError(f"the model returned code {len(transcript)}")


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_traceback_in_the_log_names_the_cause_and_no_local_variable(
    log_format: Literal["console", "json"],
) -> None:
    rendered: Any = {"event": "call failed", "exc_info": failure()}
    for renderer in _renderers(log_format):
        rendered = renderer(logging.getLogger(), "error", rendered)
    assert "the model returned code 35" in str(rendered)
    assert "test_logs.py" in str(rendered)
    assert SAID not in str(rendered)
