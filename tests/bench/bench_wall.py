"""What many wall screens cost: `python -m tests.bench.bench_wall [SCREENS...] [--calls N] [--only records|rows]`.

Starts a server in a process of its own with 1,000 live calls that are records, not audio: every leg says
something every seven seconds, twice a second there is an alert. For each number of screens it opens as many real
sockets from this process, once as programs read the wall (`records`: every record of every call, what each screen
got before there were rows) and once as the pages do (`rows`: 30 calls in view). Prints for each: from an alert to
a screen (p50, p95) and to the last of all screens (p95), the server's processor time and what of it one screen
costs, bytes per screen, and how late the event loop woke up. Screens do not read what JSON says: they look for the
alert's own mark.
"""

import argparse
import asyncio
import json
import logging
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time
from typing import Literal, cast

import uvloop

from tests.builders import final, started
from tests.shell import store_records as make
from tests.shell.serving import serving, settings_for
from voiceassist.bench.latency import percentile
from voiceassist.events import Event, Person, Record
from voiceassist.logs import configure_logs
from voiceassist.runtime import Runtime

Mode = Literal["records", "rows"]
CALLS = 1_000
SCREENS = (10, 100, 500)
IN_VIEW = 30  # rows of a screen of 1,080 pixels, and those drawn beyond its edges
FINAL_EVERY_S = 3.5  # in each call: every seven seconds on each leg
ALERT_EVERY_S = 0.5  # anywhere
RUN_S, SETTLE_S = 10.0, 3.0
LOOK_EVERY_S = 0.01  # at the event loop
TEXT = "what i can do is offer you store credit for the full amount"
MARK, MARK_END = b"@@", b"##"  # around the moment of an alert, on the machine's monotonic clock


# ---- the server ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Talk:
    """Everything that is said, in the server's own loop."""

    runtime: Runtime
    seqs: list[int]
    lags: list[float] = field(default_factory=list)

    def happen(self, call: int, event: Event) -> None:
        self.seqs[call] += 1
        self.runtime.publish(Record(call_id=f"call-{call:04}", seq=self.seqs[call], event=event))

    async def talk(self) -> None:
        """Finals, evenly over time; none waits for the screens, as audio does not."""
        pause_s, due_s, utterance = FINAL_EVERY_S / len(self.seqs), monotonic(), 0
        while True:
            due_s += pause_s
            utterance += 1
            self.happen(
                random.randrange(len(self.seqs)),
                final("agent" if utterance % 2 else "customer", TEXT, utterance=utterance),
            )
            await asyncio.sleep(max(0, due_s - monotonic()))

    async def alert(self) -> None:
        """Alerts; each says when it came."""
        while True:
            call, seq = random.randrange(len(self.seqs)), self.seqs[random.randrange(len(self.seqs))]
            quote = f"{MARK.decode()}{monotonic():.6f}{MARK_END.decode()}"
            self.happen(call, replace(make.alert(f"a{seq}", "critical"), quote=quote))
            await asyncio.sleep(ALERT_EVERY_S)

    async def watch_loop(self) -> None:
        while True:
            asleep_s = monotonic()
            await asyncio.sleep(LOOK_EVERY_S)
            self.lags.append((monotonic() - asleep_s - LOOK_EVERY_S) * 1000)


async def serve(data_dir: Path, calls: int) -> None:
    """Until its input ends: its port, then for each line of input its processor time and how late its loop was."""
    configure_logs("console", level=logging.CRITICAL)
    async with serving(settings_for(data_dir, demo=False)) as server:
        talk = Talk(server.runtime, [0] * calls)
        for call in range(calls):
            person = Person(id=f"agent-{call}", name=f"Agent {call}", team=f"team-{call % 10}")
            talk.happen(call, replace(started(), agent=person))
        tasks = [asyncio.create_task(work) for work in (talk.talk(), talk.alert(), talk.watch_loop())]
        print(server.port, flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps([process_time(), talk.lags]), flush=True)
            talk.lags.clear()
        for task in tasks:
            task.cancel()


# ---- the screens -----------------------------------------------------------------------------------------


class Screen(asyncio.Protocol):
    """A websocket that reads as little as it can, so that what is measured is the server."""

    def __init__(self, port: int, mode: Mode, heard: "Heard") -> None:
        self.mode, self.heard, self.port = mode, heard, port
        self.is_open = asyncio.Event()
        self.received = 0
        self._tail = b""
        self._seen: set[bytes] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is of no class of asyncio's
        query = "?rows=true" if self.mode == "rows" else ""
        head = (
            f"GET /api/wall/socket{query} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        self.transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
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
        first = random.randrange(CALLS - IN_VIEW)
        words_of = [f"call-{call:04}" for call in range(first, first + IN_VIEW)]
        return masked(json.dumps({"type": "show_wall", "words_of": words_of}).encode())


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
        came_s = float(mark)
        if came_s >= self.since_s:
            self.delays_ms[mark].append((now_s - came_s) * 1000)


@contextmanager
def server_process(calls: int) -> Iterator["subprocess.Popen[str]"]:
    with TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "tests.bench.bench_wall",
            "--serve",
            f"{folder}/data",
            "--calls",
            f"{calls}",
        ]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            process.stdin.close() if process.stdin else None
            process.wait(60)


def usage_of(process: "subprocess.Popen[str]") -> tuple[float, list[float]]:
    """Processor seconds, and how late the loop was since this was asked last, ms."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    cpu_s, lags = json.loads(process.stdout.readline())
    return cpu_s, lags


async def measure(mode: Mode, count: int, calls: int) -> None:
    """One server, one number of screens; printed."""
    with server_process(calls) as process:
        assert process.stdout is not None
        port, heard, loop = int(process.stdout.readline()), Heard(), asyncio.get_running_loop()
        await asyncio.sleep(SETTLE_S)
        idle_s = await _cpu_of(process, SETTLE_S)
        screens = [Screen(port, mode, heard) for _ in range(count)]
        for screen in screens:
            await loop.create_connection(partial(_as_it_is, screen), "127.0.0.1", port)
            await screen.is_open.wait()
        await asyncio.sleep(SETTLE_S)
        before, began_s = [screen.received for screen in screens], monotonic()
        cpu_s, _ = await asyncio.to_thread(usage_of, process)
        heard.since_s = monotonic()
        await asyncio.sleep(RUN_S)
        after_s, lags = await asyncio.to_thread(usage_of, process)
        took_s, received = monotonic() - began_s, [screen.received for screen in screens]
        await asyncio.sleep(SETTLE_S)  # for alerts that are on their way
        per_s = sum(a - b for a, b in zip(received, before, strict=True)) / count / took_s
        cores = (after_s - cpu_s) / took_s
        print(f"{mode:7} {count:4} screens: {_delays(heard, count)}")
        print(f"    {cores:.2f} cores ({idle_s:.2f} without screens), ", end="")
        print(f"{(cores - idle_s) / count * 1000:.2f} ms/s and {per_s / 1024:.1f} kB/s per screen; ", end="")
        print(f"loop lag p50 {percentile(lags, 50):.1f}, p95 {percentile(lags, 95):.1f}, max {max(lags):.0f} ms")
        for screen in screens:
            screen.transport.abort()


def _as_it_is(screen: Screen) -> Screen:
    return screen


async def _cpu_of(process: "subprocess.Popen[str]", during_s: float) -> float:
    """Cores that the server uses without a screen."""
    before_s, _ = await asyncio.to_thread(usage_of, process)
    await asyncio.sleep(during_s)
    after_s, _ = await asyncio.to_thread(usage_of, process)
    return (after_s - before_s) / during_s


def _delays(heard: Heard, count: int) -> str:
    """From the alerts to a screen and to the last one; those that did not come to all are counted apart."""
    each = [delay for delays in heard.delays_ms.values() for delay in delays] or [float("inf")]
    last = [max(delays) for delays in heard.delays_ms.values() if len(delays) == count]
    p50, p95, to_all = percentile(each, 50), percentile(each, 95), percentile(last or [float("inf")], 95)
    came = f"{len(last)} of {len(heard.delays_ms)} alerts came to all"
    return f"alert to a screen p50 {p50:.1f}, p95 {p95:.1f} ms; to all p95 {to_all:.1f} ms; {came}"


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("screens", type=int, nargs="*", default=SCREENS)
    given.add_argument("--calls", type=int, default=CALLS)
    given.add_argument("--only", choices=("records", "rows"))
    given.add_argument("--serve", type=Path)
    asked = given.parse_args()
    if asked.serve:
        uvloop.run(serve(asked.serve, asked.calls))
    else:
        modes: tuple[Mode, ...] = (asked.only,) if asked.only else ("records", "rows")
        for number in asked.screens:
            for one in modes:
                uvloop.run(measure(one, number, asked.calls))
