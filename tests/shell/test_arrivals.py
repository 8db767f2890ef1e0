"""Screens that are opened before their call, or whose call broke off and comes back."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import websockets

from tests.shell.serving import Serving, begin, calling, hang_up, serving, settings_for, silence, start_message
from voiceassist.server.limits import EdgeLimits
from voiceassist.wire import WIRE_VERSION

SOON = "/api/calls/c-1/socket?wait=true"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(settings_for(tmp_path), EdgeLimits(awaiting_screens=1)) as running:
        yield running


def screen_of(server: Serving, path: str = SOON) -> websockets.connect:
    return websockets.connect(server.socket_url(path))


async def said(screen: websockets.ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await asyncio.wait_for(screen.recv(), 30))
    return message


async def break_off(server: Serving, call_id: str) -> None:
    async with calling(server, call_id) as phone:
        await begin(server, call_id, phone)
        server.runtime.joins.feeds[call_id].end("interrupted")  # as if we had failed
    while call_id in server.runtime.joins.feeds:  # noqa: ASYNC110 - until the server has noticed
        await asyncio.sleep(0.01)


async def test_screen_that_is_opened_before_its_call_waits_and_joins_it_at_its_start(server: Serving) -> None:
    async with screen_of(server) as screen:
        assert await said(screen) == {
            "type": "awaited", "version": WIRE_VERSION, "boot": server.runtime.boot, "call_id": "c-1",
        }  # fmt: skip
        async with calling(server, "c-1") as phone:
            await phone.send(silence(1))
            snapshot = await said(screen)
            assert (snapshot["type"], snapshot["state"]["call_id"]) == ("snapshot", "c-1")
            await hang_up(phone)
        while (record := await said(screen))["type"] != "call_ended":
            assert record["call_id"] == "c-1"


async def test_screen_that_waits_is_kept_alive_by_pings(server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceassist.server.sockets.PING_S", 0.05)
    async with screen_of(server) as screen:
        assert [(await said(screen))["type"] for _ in range(3)] == ["awaited", "ping", "ping"]


async def test_one_screen_more_than_may_wait_is_told_so_and_the_place_of_one_that_left_is_free(
    server: Serving,
) -> None:
    async with screen_of(server) as first:
        assert (await said(first))["type"] == "awaited"
        async with screen_of(server) as second:
            assert (await said(second))["code"] == "too_many_awaiting"
            with pytest.raises(websockets.ConnectionClosed):
                await second.recv()
    while server.runtime.hub.clients:  # noqa: ASYNC110 - until the server has noticed
        await asyncio.sleep(0.01)
    async with screen_of(server) as third:
        assert (await said(third))["type"] == "awaited"


async def test_call_that_does_not_come_in_time_is_told_to_be_unknown(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path), EdgeLimits(await_call_s=0)) as server, screen_of(server) as screen:
        assert [(await said(screen))["type"], (await said(screen))["code"]] == ["awaited", "unknown_call"]
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await screen.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4004


async def test_id_that_no_call_can_have_is_not_waited_for(server: Serving) -> None:
    async with screen_of(server, "/api/calls/%20/socket?wait=true") as screen:
        assert (await said(screen))["code"] == "unknown_call"


async def test_screens_of_a_call_that_broke_off_learn_where_it_goes_on(server: Serving) -> None:
    await break_off(server, "c-1")
    async with screen_of(server) as watching:
        assert (await said(watching))["state"]["end_reason"] == "interrupted"
        async with websockets.connect(server.socket_url("/ingest/stream")) as again:
            await again.send(json.dumps(start_message("c-1")))
            assert json.loads(await again.recv())["call_id"] == "c-1~2"
            await again.send(silence(1))
            assert await said(watching) == {"type": "continued", "call_id": "c-1~2"}
            async with screen_of(server) as opened_later:
                assert [(await said(opened_later))["type"] for _ in range(2)] == ["snapshot", "continued"]
            await hang_up(again)
    async with screen_of(server) as afterwards:
        assert (await said(afterwards))["type"] == "snapshot"
        assert server.runtime.hub.continuation_of("c-1") is None
