"""So many wall screens on a server with many live calls: how soon an alert is on all of them, and what that costs.

Screens are real sockets of this process that read as little as they can, so that what is measured is the server:
they look for an alert's own mark. `rows` is what the pages ask for, 30 calls in view; `records` what programs may
ask for, every record of every call. Next: `bench_fanout.py` prints it.
"""

import asyncio
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Literal, cast

from tests.bench.talking import CALLS, MARK, MARK_END, TalkingNode, TalkingUsage, call_id, talking_node
from voiceassist.bench.latency import percentile

Mode = Literal["records", "rows"]
Figures = dict[str, float | int | str | None]
IN_VIEW = 30  # rows of a screen of 1,080 pixels, and those drawn beyond its edges
RUN_S, SETTLE_S = 10.0, 3.0
OPEN_AT_ONCE = 50
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


class Screen(asyncio.Protocol):
    """One websocket."""

    def __init__(self, port: int, mode: Mode, heard: "Heard") -> None:
        self.mode, self.heard, self.port = mode, heard, port
        self.is_open = asyncio.Event()
        self.received = 0
        self._tail = b""
        self._seen: set[bytes] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the wall."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is of no class of asyncio's
        self.transport.write(handshake("/api/wall/socket" + "?rows=true" * (self.mode == "rows"), self.port))

    def data_received(self, data: bytes) -> None:
        """Looks for alerts."""
        now_s = monotonic()
        self.received += len(data)
        if not self.is_open.is_set() and self.mode == "rows":
            self.transport.write(self._show())
        self.is_open.set()
        text = self._tail + data
        for piece in text.split(MARK)[1:]:
            mark, end, _ = piece.partition(MARK_END)
            if end and mark not in self._seen:
                self._seen.add(mark)
                self.heard.alert(mark, now_s)
        self._tail = text[-64:]

    def _show(self) -> bytes:
        first = random.randrange(max(1, CALLS - IN_VIEW))
        words_of = [call_id(call) for call in range(first, first + IN_VIEW)]
        return masked(json.dumps({"type": "show_wall", "words_of": words_of}).encode())


def handshake(path: str, port: int) -> bytes:
    """A websocket's request."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    ).encode()


def masked(text: bytes) -> bytes:
    """A frame of a client (RFC 6455, 5.2), whose mask changes nothing."""
    assert 126 <= len(text) < 1 << 16
    return b"\x81\xfe" + len(text).to_bytes(2) + bytes(4) + text


@dataclass(slots=True)
class Heard:
    """When each alert came to the screens. Alerts of before the measurement are left out."""

    since_s: float = float("inf")
    delays_ms: defaultdict[bytes, list[float]] = field(default_factory=lambda: defaultdict(list))

    def alert(self, mark: bytes, now_s: float) -> None:
        """An alert came to one screen."""
        came_s = float(mark)
        if came_s >= self.since_s:
            self.delays_ms[mark].append((now_s - came_s) * 1000)


async def measured(mode: Mode, count: int, calls: int) -> Figures:
    """One server, one number of screens."""
    with talking_node(calls) as node:
        await asyncio.sleep(SETTLE_S)
        idle_cores = await _cores_of(node, SETTLE_S)
        empty = await node.usage()
        heard = Heard()
        screens = await _opened(node.port, mode, count, heard)
        await asyncio.sleep(SETTLE_S)
        received, began_s, before = sum(one.received for one in screens), monotonic(), await node.usage()
        heard.since_s = monotonic()
        await asyncio.sleep(RUN_S)
        after, took_s = await node.usage(), monotonic() - began_s
        sent = sum(one.received for one in screens) - received
        await asyncio.sleep(SETTLE_S)  # for alerts that are on their way
        for screen in screens:
            screen.transport.abort()
        cores = (after.cpu_s - before.cpu_s) / took_s
        return {
            "screens": count,
            "mode": mode,
            **_delays(heard, count),
            "cores": cores,
            "cores_without_screens": idle_cores,
            "ms_per_s_of_a_screen": (cores - idle_cores) / count * 1000,
            "kb_per_s_of_a_screen": sent / count / took_s / 1024,
            "memory_kb_of_a_screen": (after.memory_bytes - empty.memory_bytes) / count / 1024,
            **lag_figures(after),
        }


async def _opened(port: int, mode: Mode, count: int, heard: Heard) -> list[Screen]:
    screens, loop, room = [Screen(port, mode, heard) for _ in range(count)], asyncio.get_running_loop(), 0

    async def connect(screen: Screen) -> None:
        await loop.create_connection(partial(_as_it_is, screen), "127.0.0.1", port)
        await screen.is_open.wait()

    for room in range(0, count, OPEN_AT_ONCE):
        await asyncio.gather(*map(connect, screens[room : room + OPEN_AT_ONCE]))
    return screens


def _as_it_is(screen: Screen) -> Screen:
    return screen


async def _cores_of(node: TalkingNode, during_s: float) -> float:
    before = await node.usage()
    await asyncio.sleep(during_s)
    return ((await node.usage()).cpu_s - before.cpu_s) / during_s


def _delays(heard: Heard, count: int) -> Figures:
    """From the alerts to a screen and to the last one; those that did not come to all are counted apart."""
    each = [delay for delays in heard.delays_ms.values() for delay in delays]
    last = [max(delays) for delays in heard.delays_ms.values() if len(delays) == count]
    return {
        "alerts": len(heard.delays_ms),
        "alerts_on_all": len(last),
        "to_a_screen_p50_ms": _percentile(each, 50),
        "to_a_screen_p95_ms": _percentile(each, 95),
        "to_all_p50_ms": _percentile(last, 50),
        "to_all_p95_ms": _percentile(last, 95),
    }


def _percentile(values: Sequence[float], percent: float) -> float | None:
    return percentile(list(values), percent) if values else None


def lag_figures(usage: TalkingUsage) -> dict[str, float]:
    """How late the event loop woke up."""
    lags = list(usage.lag_ms)
    return {f"loop_lag_p{percent}_ms": percentile(lags, percent) for percent in (50, 99)} | {
        "loop_lag_max_ms": max(lags)
    }
