"""The levels of a live call go to the screens that have it open, on a socket of their own."""

import json
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from tests.shell.people import add_person, browser_of, cookie_of
from tests.shell.serving import Serving, begin, calling, hang_up, serving, settings_for
from tests.shell.test_listening import speaking, until
from voiceassist.listening.meters import LevelLane

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(120)]


async def next_levels(screen: ClientConnection) -> dict[str, Any]:
    """The next message that tells levels."""
    while True:
        message: dict[str, Any] = json.loads(await screen.recv())
        if message["type"] == "levels":
            return message


def opened(running: Serving, call_id: str, **headers: str) -> Any:
    return websockets.connect(running.socket_url(f"/api/calls/{call_id}/levels"), additional_headers=headers)


async def test_levels_of_both_legs_follow_each_other_without_holes_and_end_with_the_call(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as running, speaking(running) as phone:
        async with opened(running, "c1") as screen, opened(running, "c1") as other:
            assert json.loads(await screen.recv())["type"] == "levels_opened"
            told = [await next_levels(screen) for _ in range(4)]
            assert await next_levels(other)
            for speaker in ("agent", "customer"):
                legs = [leg for message in told for leg in message["legs"] if leg["speaker"] == speaker]
                for leg, after in pairwise(legs):
                    assert after["from_ms"] == leg["from_ms"] + 100 * len(leg["levels"])
                assert all(
                    40 < level < 50 for leg in legs[1:] for level in leg["levels"]
                )  # a quarter of full scale
            await hang_up(phone)
            with suppress(websockets.ConnectionClosed):
                async for _ in screen:
                    pass
            assert screen.close_code == 4004
        assert not running.runtime.meters.calls


async def test_pause_is_flat_and_nothing_is_computed_for_nobody(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as running, speaking(running):
        assert not running.runtime.live["c1"].tap._told
        async with opened(running, "c1") as screen:
            await next_levels(screen)
            await running.http.post("/api/calls/c1/recording", json={"paused": True})
            while any(level for leg in (await next_levels(screen))["legs"] for level in leg["levels"]):
                pass
            assert not any(level for leg in (await next_levels(screen))["legs"] for level in leg["levels"])
        await until(lambda: not running.runtime.meters.calls)
        assert not running.runtime.live["c1"].tap._told


async def test_call_that_is_not_live_or_not_theirs_has_no_levels(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as running:
        await add_person(running, "eve", "supervisor", teams=("sales",))
        key = {"Authorization": f"Bearer {running.runtime.directory.own_token}"}
        async with calling(running, "c1", headers=key) as phone, browser_of(running, "eve") as browser:
            await begin(running, "c1", phone)
            for call_id in ("c1", "nobody"):
                async with opened(running, call_id, **cookie_of(browser)) as screen:
                    assert json.loads(await screen.recv())["code"] == "unknown_call"


async def test_slow_screen_gets_the_newest_levels_only() -> None:
    lane = LevelLane()
    for number in range(1_000):
        lane.put(str(number))
    assert await lane.take() == "999"
    lane.close()
    assert await lane.take() is None
