"""A call of six hours, as fast as it is taken: `python -m tests.bench.bench_six_hours [HOURS] [--json FILE]`.

Starts a server in a process of its own whose recognizer knows a script: the sample calls, over and over. The
audio is noise, which the recording must encode, over `/ingest/stream`; nothing is played in real time, so that
the six hours take some minutes. Prints for every hour of the call: memory, how late the event loop woke up, the
write-ahead log. At the end: lines heard of those in the script, the snapshot's size and how long a page waits
for it, for the call of the review and for the recording, and whether the recording is as long as the call.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import httpx
import numpy as np
import soundfile
import websockets

from tests.bench.node import MB, BenchNode, NodeUsage, bench_node
from tests.shell.serving import RATE_HZ, start_message
from voiceassist.bench.latency import percentile
from voiceassist.samples import list_samples

HOUR_S = 3_600
PIECE_S = 1.0  # of audio in one message
NOISE = 300  # of 32,768: a quiet room
WITHIN_S = 600.0  # for what is still being stored and encoded
CALL = "six-hours"
RESULT = (
    "{finals} of {lines} lines heard; {recorded_s:.0f} s recorded ({recording_mb:.0f} MB); ended: {ended}",
    "snapshot {snapshot_mb:.1f} MB in {snapshot_s:.2f} s; call of the review {call_mb:.1f} MB in {call_s:.2f} s",
    "list in {list_s:.2f} s; recording fetched in {recording_fetched_s:.2f} s; {memory_after_mb:.0f} MB",
)


def script(hours: float) -> Iterator[dict[str, Any]]:
    """Lines of the sample calls, one call after the other."""
    at_ms, samples = 0, list_samples()
    while at_ms < hours * HOUR_S * 1000:
        for sample in samples:
            for line in sample.lines:
                words = [
                    {"text": word.text, "start_ms": at_ms + word.start_ms, "end_ms": at_ms + word.end_ms}
                    for word in line.words
                ]
                span = {"start_ms": at_ms + line.start_ms, "end_ms": at_ms + line.end_ms}
                yield {"speaker": line.speaker, "words": words, **span}
            at_ms += sample.duration_ms


async def measured(node: BenchNode, hours: float, lines: int) -> dict[str, Any]:
    """The call, and what is left of it."""
    began_s, by_hour = monotonic(), list[dict[str, float]]()
    async with websockets.connect(f"ws://127.0.0.1:{node.port}/ingest/stream", ping_timeout=None) as phone:
        await phone.send(json.dumps(start_message(CALL)))
        await phone.recv()
        random = np.random.default_rng(1)
        for hour in range(round(hours)):
            for _ in range(round(HOUR_S / PIECE_S)):
                piece = random.integers(-NOISE, NOISE, size=2 * round(RATE_HZ * PIECE_S), dtype=np.int16)
                await phone.send(piece.tobytes())
            by_hour.append(_hour(hour + 1, monotonic() - began_s, await node.usage()))
        await phone.send(json.dumps({"type": "stop"}))
        async with asyncio.timeout(WITHIN_S):
            await phone.recv()
    took_s = monotonic() - began_s
    async with httpx.AsyncClient(base_url=node.url, timeout=WITHIN_S) as http:
        return {"took_s": took_s, "lines": lines, "by_hour": by_hour, **await _left(node, http)}


def _hour(hour: int, took_s: float, usage: NodeUsage) -> dict[str, float]:
    figures = {
        "hour": hour,
        "took_s": took_s,
        "memory_mb": usage.memory_bytes / MB,
        "loop_lag_p99_ms": percentile(list(usage.lag_ms), 99),
        "loop_lag_max_ms": max(usage.lag_ms),
        "wal_mb": usage.wal_bytes / MB,
    }
    print(
        "hour {hour}: after {took_s:.0f} s, {memory_mb:.0f} MB, event loop late p99 {loop_lag_p99_ms:.0f}, "
        "max {loop_lag_max_ms:.0f} ms, write-ahead log {wal_mb:.1f} MB".format(**figures),
        flush=True,
    )
    return figures


async def _left(node: BenchNode, http: httpx.AsyncClient) -> dict[str, Any]:
    """Of the call that is over."""
    events, _ = await _asked(http, f"/api/calls/{CALL}/events")
    call, call_s = await _asked(http, f"/api/calls/{CALL}")
    list_, list_s = await _asked(http, "/api/calls")
    recording, recording_s = await _asked(http, f"/api/calls/{CALL}/recording")
    snapshot, snapshot_s = await _snapshot(node)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "call.ogg"
        file.write_bytes(recording)
        recorded_s = soundfile.info(file).duration
    return {
        "finals": sum(event["type"] == "final" for event in json.loads(events)),
        "ended": next(event["reason"] for event in json.loads(events) if event["type"] == "call_ended"),
        "recorded_s": recorded_s,
        "recording_mb": len(recording) / MB,
        "recording_fetched_s": recording_s,
        "call_mb": len(call) / MB,
        "call_s": call_s,
        "list_kb": len(list_) / 1024,
        "list_s": list_s,
        "snapshot_mb": snapshot / MB,
        "snapshot_s": snapshot_s,
        "memory_after_mb": (await node.usage()).memory_bytes / MB,
    }


async def _asked(http: httpx.AsyncClient, path: str) -> tuple[bytes, float]:
    began_s = monotonic()
    answer = (await http.get(path)).raise_for_status()
    return answer.content, monotonic() - began_s


async def _snapshot(node: BenchNode) -> tuple[int, float]:
    """Its size, and how long a screen waits for it."""
    began_s = monotonic()
    async with websockets.connect(f"ws://127.0.0.1:{node.port}/api/calls/{CALL}/socket", max_size=None) as screen:
        return len(await screen.recv()), monotonic() - began_s


def run(hours: float) -> dict[str, Any]:
    """One server from start to stop."""
    lines = list(script(hours))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "script.json"
        file.write_text(json.dumps({"lines": lines}), encoding="utf-8")
        with bench_node(engine=f"scripted:{file}") as node:
            return asyncio.run(measured(node, hours, len(lines)))


def main() -> None:
    """As the docstring says."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("hours", type=float, nargs="?", default=6.0)
    given.add_argument("--json", type=Path)
    asked = given.parse_args()
    figures = run(asked.hours)
    print("\n".join(RESULT).format(**figures))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
