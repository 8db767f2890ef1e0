"""Many calls at once over every protocol, in real time: `python -m tests.bench.bench_mixed_load [CALLS] [ROUNDS]`.

Starts a server in a process of its own, with the scripted recognizer, so that what is measured is everything but
recognition. Each round plays the sample call `friendly` (60 s) CALLS times, protocol after protocol, some
calls with a connection for each leg, beginning a little apart. Prints, for every round: calls that were not whole
(refused, shorter than the recording, or with audio that was lost), the server's memory and processor time, that of
the event loop's thread alone for each second of each call, and how late its event loop woke up. The aim is 20 ms
at the 99th percentile; on two cores, with nothing else to do, fifty calls take 24 ms and eleven take 1 ms.
"""

import asyncio
import json
import logging
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, thread_time
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import httpx
import uvloop

from tests.shell.people import make_key
from tests.shell.serving import serving, settings_for
from voiceassist.bench.latency import percentile
from voiceassist.bench.load.usage import ServerUsage, server_usage
from voiceassist.bench.wave_file import at_telephone_rate
from voiceassist.callers.caller import CallerError
from voiceassist.callers.plan import Manner
from voiceassist.callers.protocols import PROTOCOLS
from voiceassist.callers.run import place_call
from voiceassist.cli.serve import spare_collections
from voiceassist.logs import configure_logs
from voiceassist.samples import Sample, load_sample
from voiceassist.samples.placed import placed

SAMPLE = "friendly"
CALLS, ROUNDS = 50, 2
# Within it each call begins at a moment of its own, by chance but always the same. Evenly apart would be in step:
# all calls would send in the same millisecond of every twenty, as no calls do.
SPREAD_S = 5.0
LOOK_EVERY_S = 0.01  # at the event loop
STORED_WITHIN_S = 60.0
SETTLE_S = 3.0  # after a round, for what is still being stored
SHORT_MS = 100  # by which a call may be shorter than its recording: a frame of resampling
LOST = ("lost", "overflow", "line_lost")
MB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFigures:
    """What came of one round."""

    broken: list[str]  # calls that were not whole, and why
    before: ServerUsage
    after: ServerUsage
    wall_s: float
    lag_ms: list[float]
    loop_cpu_s: float
    heard_s: float  # of all calls


async def serve(data_dir: Path) -> None:
    """The server, until its input ends: its port and a key, then for each line of input how late its loop was."""
    configure_logs("console", level=logging.CRITICAL)
    async with serving(settings_for(data_dir, SAMPLE, demo=False)) as server:
        lags: list[float] = []
        watching = asyncio.create_task(_watch_loop(lags))
        key = await make_key(server, "ingest", "read:calls")
        spare_collections()
        print(server.port, key, flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps([thread_time(), lags]), flush=True)
            lags.clear()
        watching.cancel()


async def _watch_loop(lags: list[float]) -> None:
    while True:
        asleep_s = monotonic()
        await asyncio.sleep(LOOK_EVERY_S)
        lags.append((monotonic() - asleep_s - LOOK_EVERY_S) * 1000)


async def one_round(number: int, calls: int, key: str, sample: Sample, http: httpx.AsyncClient) -> list[str]:
    """All calls of a round at once; gives those that were not whole."""
    broken: list[str] = []
    chance = Random(number)
    begins_s = [chance.uniform(0, SPREAD_S) for _ in range(calls)]

    async def one(place: int) -> None:
        name = list(PROTOCOLS)[place % len(PROTOCOLS)]
        await asyncio.sleep(begins_s[place])
        per_leg = PROTOCOLS[name].legs == "both or one" and place % 2 == 1
        try:
            await place_call(
                sample.recording,
                f"ws://{http.base_url.netloc.decode()}{PROTOCOLS[name].path}",
                placed(sample, _call_id(number, place), key),
                protocol=name,
                manner=Manner(per_leg=per_leg),
            )
        except CallerError as error:
            broken.append(f"{name} {place}: {error}")

    await asyncio.gather(*(one(place) for place in range(calls)))
    await asyncio.sleep(SETTLE_S)
    for place in range(calls):
        name = list(PROTOCOLS)[place % len(PROTOCOLS)]
        broken += [f"{name} {place}: {what}" for what in await _missing(http, _call_id(number, place), sample)]
    return broken


def _call_id(number: int, place: int) -> str:
    """As AudioHook wants them."""
    return str(uuid5(NAMESPACE_OID, f"{number} {place}"))


async def _events(http: httpx.AsyncClient, call_id: str) -> list[dict[str, Any]]:
    """The stored events, once the call has ended: some phone systems hang up and are told nothing."""
    events: list[dict[str, Any]] = []
    until_s = monotonic() + STORED_WITHIN_S
    while monotonic() < until_s:
        answer = await http.get(f"/api/calls/{call_id}/events")
        events = answer.json() if answer.status_code == httpx.codes.OK else []
        if not events or events[-1]["type"] == "call_ended":
            break
        await asyncio.sleep(1)
    return events


async def _missing(http: httpx.AsyncClient, call_id: str, sample: Sample) -> list[str]:
    """What a stored call lacks."""
    events = await _events(http, call_id)
    if not any(event["type"] == "call_ended" for event in events):
        return ["was not stored to its end"]
    lost_ms: Counter[str] = Counter()
    for event in events:
        if event["type"] == "audio_gap" and event["cause"] in LOST:
            lost_ms[f"{event['speaker']} {event['cause']}"] += event["duration_ms"]
    missing = [f"{what}: {ms} ms" for what, ms in lost_ms.items()]
    ended_ms = max(event["at_ms"] for event in events)
    if ended_ms < sample.duration_ms - SHORT_MS:
        missing.append(f"ended at {ended_ms} of {sample.duration_ms} ms")
    finals = sum(event["type"] == "final" for event in events)
    if finals != len(sample.lines):
        missing.append(f"{finals} lines of {len(sample.lines)}")
    return missing


async def measure(calls: int, rounds: int, process: "subprocess.Popen[str]", folder: Path) -> None:
    """All rounds, printed."""
    assert process.stdin is not None
    assert process.stdout is not None
    port, key = process.stdout.readline().split()
    url, headers = f"127.0.0.1:{port}", {"Authorization": f"Bearer {key}"}
    sample = at_telephone_rate(load_sample(SAMPLE), folder)
    async with httpx.AsyncClient(base_url=f"http://{url}", headers=headers, timeout=60) as http:
        for number in range(rounds + 1):  # the first one, of a call each, loads what is loaded once
            cpu_before_s, _ = await asyncio.to_thread(_loop_of, process)
            before, began_s = await server_usage(http), monotonic()
            at_once = calls if number else len(PROTOCOLS)
            broken = await one_round(number, at_once, key, sample, http)
            after, (cpu_after_s, lags) = await server_usage(http), await asyncio.to_thread(_loop_of, process)
            figures = RoundFigures(
                broken=broken,
                before=before,
                after=after,
                wall_s=monotonic() - began_s,
                lag_ms=lags,
                loop_cpu_s=cpu_after_s - cpu_before_s,
                heard_s=at_once * sample.duration_ms / 1000,
            )
            _print(f"round {number}" if number else "warm-up", figures)


def _loop_of(process: "subprocess.Popen[str]") -> tuple[float, list[float]]:
    """Processor seconds of its thread so far, and how late it woke up since it was asked last."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    cpu_s, lags = json.loads(process.stdout.readline())
    return float(cpu_s), list[float](lags)


def _print(name: str, figures: RoundFigures) -> None:
    cpu = (figures.after.cpu_s - figures.before.cpu_s) / figures.wall_s
    p50, p99 = percentile(figures.lag_ms, 50), percentile(figures.lag_ms, 99)
    grown = (figures.after.memory_bytes - figures.before.memory_bytes) / MB
    print(
        f"{name}: {len(figures.broken)} faults; memory {figures.after.memory_bytes / MB:.0f} MB ({grown:+.0f}); "
        f"{cpu:.2f} cores; loop {1000 * figures.loop_cpu_s / figures.heard_s:.1f} ms of CPU per call and second; "
        f"lag p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {max(figures.lag_ms):.0f} ms"
    )
    for fault in figures.broken:
        print(f"  {fault}")


def main(calls: int = CALLS, rounds: int = ROUNDS) -> None:
    """Server and callers, each in a process."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.bench_mixed_load", "--serve", f"{folder}/data"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            uvloop.run(measure(calls, rounds, process, Path(folder)))
        finally:
            with suppress(OSError):
                process.send_signal(signal.SIGTERM)
            process.wait(30)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        uvloop.run(serve(Path(sys.argv[2])))
    else:
        main(*map(int, sys.argv[1:]))
