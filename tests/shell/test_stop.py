"""The server stops: every part gets some time, and none can hold up the others."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests.fakes.sources import GivenSource, info
from tests.shell.serving import settings_for
from voiceassist.app import running
from voiceassist.backtests.jobs import Backtests
from voiceassist.errors import IngestError
from voiceassist.ingest.whip.sessions import WhipSessions
from voiceassist.live.live_call import LiveCall


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as lines:
        yield lines


async def test_part_that_hangs_and_part_that_breaks_are_told_and_the_rest_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: list[EventDict]
) -> None:
    async def hang(_: object) -> None:
        await asyncio.Event().wait()

    async def break_down(_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("voiceassist.app.PART_WITHIN_S", 0.01)
    monkeypatch.setattr(Backtests, "close", hang)
    monkeypatch.setattr(WhipSessions, "close", break_down)
    async with running(settings_for(tmp_path)) as runtime:
        beside = runtime.spawn(asyncio.Event().wait())
    told = {line["part"]: line["event"] for line in logged if "part" in line}
    assert told["backtests"] == "stopping without waiting any longer"
    assert told["whip"] == "stopping failed"
    assert beside.cancelled()


async def test_call_that_never_ends_does_not_hold_up_the_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: list[EventDict]
) -> None:
    monkeypatch.setattr("voiceassist.app.CALLS_WITHIN_S", 0.01)
    monkeypatch.setattr("voiceassist.app.PART_WITHIN_S", 0.01)
    async with running(settings_for(tmp_path)) as runtime:
        live = runtime.live["call-1"] = LiveCall(info=info())
    assert live.is_stopping
    (told,) = [line for line in logged if line.get("part") == "calls"]
    assert told["unfinished"] == 1


async def test_call_of_a_connection_that_never_ends_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def hang(*_: object) -> bool:
        begun.set()
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr("voiceassist.app.CALLS_WITHIN_S", 0.0)
    monkeypatch.setattr("voiceassist.runtime.run_call", hang)
    async with running(settings_for(tmp_path)) as runtime:
        source = GivenSource(pieces=())
        connection = asyncio.create_task(runtime.run_call(source))  # as a request's: none of the runtime's own
        await begun.wait()
    assert connection.cancelled()
    assert runtime.live == {}


async def test_no_call_is_taken_any_more(tmp_path: Path) -> None:
    async with running(settings_for(tmp_path)) as runtime:
        runtime.stop_calls()
        with pytest.raises(IngestError, match="is stopping"):
            runtime.claim("c-1")
