"""`voiceassist send`: how the server may be named, and what is told when it does not take the call."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.shell.serving import serving, settings_for
from voiceassist.callers.caller import CallerError
from voiceassist.callers.request import ingest_url
from voiceassist.callers.run import place_call
from voiceassist.cli import app
from voiceassist.samples import load_sample
from voiceassist.samples.placed import placed

SAMPLE = load_sample("friendly")


@pytest.mark.parametrize(
    ("to", "url"),
    [
        ("http://127.0.0.1:9000", "ws://127.0.0.1:9000/ingest/stream"),
        ("http://localhost:9000/", "ws://localhost:9000/ingest/stream"),
        ("https://calls.example", "wss://calls.example/ingest/stream"),
        ("127.0.0.1:8710", "ws://127.0.0.1:8710/ingest/stream"),
        ("ws://127.0.0.1:8710/ingest/stream", "ws://127.0.0.1:8710/ingest/stream"),
        ("wss://proxy.example/va/ingest/stream", "wss://proxy.example/va/ingest/stream"),
    ],
)
def test_server_may_be_named_as_a_page_or_as_a_socket(to: str, url: str) -> None:
    assert ingest_url(to, "/ingest/stream") == url


@pytest.mark.parametrize("to", ["ftp://calls.example", "http://", "file:///tmp/x"])
def test_what_is_no_address_of_a_server_is_told_with_an_example(to: str) -> None:
    with pytest.raises(CallerError, match=r"http://127\.0\.0\.1:8710"):
        ingest_url(to, "/ingest/stream")


async def test_server_that_wants_its_token_is_told_with_the_option_that_gives_it(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, ingest_token="s3cret")) as server:
        url = server.socket_url("/ingest/stream")
        with pytest.raises(CallerError, match="--token"):
            await place_call(SAMPLE.recording, url, placed(SAMPLE, "c-1"))
        with pytest.raises(CallerError, match="this key is none, or it was revoked"):
            await place_call(SAMPLE.recording, url, placed(SAMPLE, "c-1", "va_revoked"))
        with pytest.raises(CallerError, match=r"HTTP 40\d"):
            await place_call(SAMPLE.recording, server.socket_url("/nothing"), placed(SAMPLE, "c-1"))


def test_server_that_is_not_there_is_told_in_one_line() -> None:
    with pytest.raises(CallerError, match=r"cannot be reached.*is voiceassist running there"):
        asyncio.run(place_call(SAMPLE.recording, "ws://127.0.0.1:1/ingest/stream", placed(SAMPLE, "c-1")))


def test_help_names_both_ways() -> None:
    assert "http://" in CliRunner().invoke(app, ["send", "--help"]).stdout


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--pause", "5"], "FROM:TO, as in 10:15"),
        (["--pause", "15:10"], "ends before it begins"),
        (["--drop", "x:1"], "AT:FOR, as in 20:3"),
        (["--dtmf", "5:agent:x"], "AT:LEG:KEY with one of 0123456789"),
        (["--legs", "bob"], "agent,customer, or only one of them"),
        (["--set", "a"], "NAME=VALUE"),
        (["--set", "a=b"], "its options are encoding"),
        (["--protocol", "x"], "the protocols are stream"),
    ],
)
def test_an_option_that_means_nothing_is_told_with_one_that_does(option: list[str], told: str) -> None:
    failed = CliRunner().invoke(app, ["call", "late-return", *option]).exception
    assert isinstance(failed, CallerError)
    assert told in str(failed)
