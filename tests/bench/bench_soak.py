"""Calls come and go for a long time: `python -m tests.bench.bench_soak [MINUTES] [SHARE] [--json FILE]`.

    MINUTES           how long (default 30; 2 are a quick look)
    SHARE             of the calls that the server takes (default 0.7)
    --engine, --max-calls, --admits, --cores   as `bench_overload` has them

Starts a server in a process of its own, learns how many calls it takes (one call of each recording), and
has SHARE of that many callers place calls over several protocols all the time. A page follows each call. Prints a
line for every minute: memory, descriptors, threads, tasks, how late the event loop woke up, how late cues came,
the write-ahead log, temporary files. At the end: how the memory grew after the warm-up (a third of the time, ten
minutes at most) with a verdict, what stayed open once all calls had ended, and the cues of the last third of the
time against those of the first. The aim: all of it flat.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import httpx
import numpy as np

from tests.bench.bench_overload import calls_that_are_taken, heard_alone, node_settings, telephone_samples
from tests.bench.node import MB, BenchNode, NodeUsage, bench_node
from tests.bench.offered import Demand, OfferedCall, delay_figures, keep_offering, words_of
from voiceassist.bench.latency import percentile
from voiceassist.samples import Sample

Figures = dict[str, Any]
LOOK_EVERY_S = 5.0
WARM_S = 600.0  # at most; a third of a shorter run
SURE_AFTER_S = 600.0  # of memory watched after the warm-up: less says nothing about an hour
FLAT_MB_PER_HOUR = (
    10.0  # what allocators do by themselves; a leak of 3 kB for each call of 50 s is more, at 50 calls
)
SETTLE_S = 10.0  # after the last call, for what is still being stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The server at one moment."""

    at_s: float  # since the calls began
    usage: NodeUsage


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """How long and how much."""

    minutes: float = 30.0
    share: float = 0.7  # of the calls that the server takes
    admits: int | None = None  # how many it takes; None: it says so


async def soaked(node: BenchNode, samples: Sequence[Sample], soak: Soak) -> Figures:
    """All figures of one server."""
    async with httpx.AsyncClient(base_url=node.url, timeout=60) as http:
        await heard_alone(node, http, samples)
        admitted = await calls_that_are_taken(http, soak.admits)
    callers = max(1, round(soak.share * admitted))
    calls: list[OfferedCall] = []
    idle, began_s = await node.usage(), monotonic()
    looks: list[Look] = []
    watching = asyncio.create_task(_watch(node, began_s, looks, calls))
    until_s = began_s + soak.minutes * 60
    await keep_offering(Demand(url=node.url, samples=samples, callers=callers), until_s, calls.append)
    watching.cancel()
    await asyncio.sleep(SETTLE_S)
    return {
        "cores": node.cores,
        "admits": admitted,
        "callers": callers,
        "minutes": soak.minutes,
        **_call_figures(calls, began_s, until_s),
        **_usage_figures(looks, idle, await node.usage(), soak.minutes * 60),
        "looks": [asdict(look) | {"usage": asdict(look.usage) | {"lag_ms": ()}} for look in looks],
    }


async def _watch(node: BenchNode, began_s: float, looks: list[Look], calls: Sequence[OfferedCall]) -> None:
    print(" min calls  MB  fds threads tasks  lag p50  p99 ms   cue p50   p95 ms  WAL kB temp", flush=True)
    minute, told = 0, 0
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        looks.append(Look(at_s=monotonic() - began_s, usage=await node.usage()))
        if looks[-1].at_s >= 60 * (minute + 1):
            minute += 1
            print(
                _line(minute, [look for look in looks if look.at_s > 60 * (minute - 1)], calls[told:]), flush=True
            )
            told = len(calls)


def _line(minute: int, looks: Sequence[Look], calls: Sequence[OfferedCall]) -> str:
    last, lags = looks[-1].usage, [lag for look in looks for lag in look.usage.lag_ms]
    cues = delay_figures(call for call in calls if call.answer == "whole")
    p50, p95 = (f"{cues[key]:8.0f}" if cues[key] is not None else "       -" for key in ("p50_ms", "p95_ms"))
    return (
        f"{minute:4} {last.live_calls:5} {last.memory_bytes / MB:4.0f} {last.descriptors:4} {last.threads:7} "
        f"{last.tasks:5} {percentile(lags, 50):8.1f} {percentile(lags, 99):6.1f}  {p50} {p95} "
        f"{last.wal_bytes / 1024:9.0f} {last.temporary_files:4}"
    )


def _call_figures(calls: Sequence[OfferedCall], began_s: float, until_s: float) -> Figures:
    third_s = (until_s - began_s) / 3
    whole = [call for call in calls if call.answer == "whole"]
    return {
        "calls": len(calls),
        "whole": len(whole),
        "refused_with": words_of(calls, "refused"),
        "broken_with": words_of(calls, "broken"),
        "cues": delay_figures(whole),
        "cues_first_third": delay_figures(call for call in whole if call.ended_s <= began_s + third_s),
        "cues_last_third": delay_figures(call for call in whole if call.ended_s > until_s - third_s),
    }


def _usage_figures(looks: Sequence[Look], idle: NodeUsage, after: NodeUsage, run_s: float) -> Figures:
    warm_s = min(WARM_S, run_s / 3)
    warm = [look for look in looks if look.at_s >= warm_s]
    lags = [lag for look in looks for lag in look.usage.lag_ms]
    slope, within = slope_mb_per_hour([(look.at_s, look.usage.memory_bytes) for look in warm])
    return {
        "memory_mb": {
            "idle": idle.memory_bytes / MB,
            "most": _most(looks, "memory_bytes") / MB,
            "after": after.memory_bytes / MB,
        },
        "memory_mb_per_hour": slope,
        "memory_within_mb_per_hour": within,
        "verdict": verdict(slope, within, run_s - warm_s),
        "loop_lag_p50_ms": percentile(lags, 50),
        "loop_lag_p99_ms": percentile(lags, 99),
        "wal_most_kb": _most(looks, "wal_bytes") / 1024,
        **{
            what: {"idle": getattr(idle, what), "most": _most(looks, what), "after": getattr(after, what)}
            for what in ("descriptors", "threads", "tasks", "temporary_files")
        },
    }


def _most(looks: Sequence[Look], what: str) -> float:
    return max(float(getattr(look.usage, what)) for look in looks)


def slope_mb_per_hour(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """How memory (bytes) grows with time (seconds), and within how much more or less that is sure (95 %)."""
    hours, mb = (np.array(column) for column in zip(*((at / 3600, size / MB) for at, size in points), strict=True))
    if len(points) < 3:
        return 0.0, float("inf")
    (slope, at_zero), spread = np.polyfit(hours, mb, 1), np.sum((hours - hours.mean()) ** 2)
    noise = np.sqrt(np.sum((mb - at_zero - slope * hours) ** 2) / (len(points) - 2) / spread)
    return float(slope), float(1.96 * noise)


def verdict(slope: float, within: float, watched_s: float) -> str:
    """Whether memory is flat."""
    if watched_s < SURE_AFTER_S:
        return "cannot be told from so short a time"
    if slope <= FLAT_MB_PER_HOUR:
        return "flat"
    return "GROWS" if slope - within > 0 else "cannot be told: it moves too much"


def table(figures: Figures) -> str:
    """For people."""
    lines = [
        "{calls} calls in {minutes:g} minutes, {callers} at once of {admits} that are taken; {whole} were whole",
        "memory: {memory_mb[idle]:.0f} MB idle, {memory_mb[most]:.0f} at most, {memory_mb[after]:.0f} afterwards",
        "memory grows {memory_mb_per_hour:+.1f} MB an hour (within {memory_within_mb_per_hour:.1f}): {verdict}",
        "descriptors: {descriptors[idle]} idle, {descriptors[most]:.0f} at most, {descriptors[after]} afterwards",
        "threads: {threads[idle]} idle, {threads[most]:.0f} at most, {threads[after]} afterwards",
        "tasks: {tasks[idle]} idle, {tasks[most]:.0f} at most, {tasks[after]} afterwards",
        "temporary files: {temporary_files[most]:.0f} at most, {temporary_files[after]} afterwards",
        "event loop late: p50 {loop_lag_p50_ms:.1f}, p99 {loop_lag_p99_ms:.1f} ms",
        "write-ahead log: {wal_most_kb:.0f} kB at most",
    ]
    text = [line.format(**figures) for line in lines]
    for key in ("refused_with", "broken_with"):
        text += [f"  {key.split('_')[0]} {number} x {said}" for said, number in figures[key].items()]
    first, last = _delays(figures["cues_first_third"]), _delays(figures["cues_last_third"])
    return "\n".join([*text, f"cue to screen: first third {first}; last third {last}"])


def _delays(cues: Figures) -> str:
    if cues["p50_ms"] is None:
        return "no cue came"
    return f"p50 {cues['p50_ms']:.0f}, p95 {cues['p95_ms']:.0f} ms, {cues['missed']} of {cues['cues']} missed"


def run(engine: str, max_calls: str, cores: int | None, soak: Soak) -> Figures:
    """One server from start to stop."""
    settings = node_settings(engine, max_calls, cores)
    with TemporaryDirectory() as folder, bench_node(cores=cores, **settings) as node:
        samples = telephone_samples(Path(folder))
        return {"engine": engine, **asyncio.run(soaked(node, samples, soak))}


def main() -> None:
    """As the docstring says."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("minutes", type=float, nargs="?", default=30.0)
    given.add_argument("share", type=float, nargs="?", default=0.7)
    given.add_argument("--engine", default="moonshine")
    given.add_argument("--max-calls", default="auto")
    given.add_argument("--admits", type=int)
    given.add_argument("--cores", type=int)
    given.add_argument("--json", type=Path)
    asked = given.parse_args()
    soak = Soak(minutes=asked.minutes, share=asked.share, admits=asked.admits)
    figures = run(asked.engine, asked.max_calls, asked.cores, soak)
    print(table(figures))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
