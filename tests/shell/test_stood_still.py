"""A server that stands still for some seconds, as on a machine that was suspended: nobody is given up by that."""

import asyncio
import json
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvloop
import websockets

from tests.bench.node import BenchNode, bench_node
from tests.shell.raw_http import RawPeer, raw_peer
from tests.shell.serving import SAMPLES, serving, settings_for
from voiceassist.callers.plan import Manner
from voiceassist.callers.run import place_call
from voiceassist.samples import Sample, load_sample
from voiceassist.samples.placed import placed
from voiceassist.server.limits import EdgeLimits

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
PING = 0x89  # the last frame of its message, and a ping (RFC 6455, 5.2)
STOPPED_S = 2.0
SPEED = 12.0  # the call takes some five seconds


@pytest.mark.parametrize("path", ["/api/wall/socket", "/ingest/stream"])
def test_a_peer_that_answered_while_the_server_stood_still_is_not_dead(tmp_path: Path, path: str) -> None:
    """By uvloop, which serves people: its timers are late all at once, and what came meanwhile is read first."""
    limits = EdgeLimits(ping_every_s=0.05, pong_within_s=0.3)

    async def stand_still() -> bytes:
        async with serving(settings_for(tmp_path), limits) as server, raw_peer(server) as peer:
            await peer.ask("GET", path, UPGRADE)
            assert (await peer.answer()).status == 101
            ping = await _next_ping(peer)
            await peer.send(b"\x8a\x84\0\0\0\0" + ping)
            time.sleep(4 * limits.pong_within_s)  # noqa: ASYNC251 - all of the server stands still
            return await _next_ping(peer)

    assert len(uvloop.run(stand_still())) == 4  # it is asked again, as a peer that is there


async def _next_ping(peer: RawPeer) -> bytes:
    """What the next ping carries; other messages of the server are read past."""
    while True:
        kind, size = await peer.reader.readexactly(2)
        size = int.from_bytes(await peer.reader.readexactly(2)) if size == 126 else size
        payload = await peer.reader.readexactly(size)
        if kind == PING:
            return payload


@pytest.mark.realtime
async def test_a_call_goes_on_after_the_server_was_stopped_for_a_moment() -> None:
    sample = load_sample("friendly")
    with bench_node(engine=f"scripted:{SAMPLES}/{sample.id}.json") as node:
        async with websockets.connect(f"ws://127.0.0.1:{node.port}/api/wall/socket") as wall:
            events = await _call_with_a_stop(node, sample)
            seen = [json.loads(await wall.recv())["type"] for _ in range(2)]
    assert [event["cause"] for event in events if event["type"] == "audio_gap"] == []
    assert sum(event["type"] == "final" for event in events) == len(sample.lines)
    assert (events[-1]["type"], events[-1]["at_ms"]) == ("call_ended", sample.duration_ms)
    assert seen == ["wall_snapshot", "call_started"]


async def _call_with_a_stop(node: BenchNode, sample: Sample) -> Sequence[dict[str, Any]]:
    """The call's events."""
    stream = f"ws://127.0.0.1:{node.port}/ingest/stream"
    call = asyncio.create_task(
        place_call(sample.recording, stream, placed(sample, "c-1"), manner=Manner(speed=SPEED))
    )
    async with httpx.AsyncClient(base_url=node.url, timeout=60) as http:
        while (await http.get("/api/calls/c-1")).status_code != httpx.codes.OK:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
        node.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(STOPPED_S)
        node.process.send_signal(signal.SIGCONT)
        await call
        events: list[dict[str, Any]] = (await http.get("/api/calls/c-1/events")).json()
        return events
