"""Twice as many calls as the server takes: `python -m tests.bench.bench_overload [--json FILE]`.

    --engine NAME     moonshine, vosk:vosk-tiny-en, scripted:FILE ... (default moonshine)
    --max-calls N     what the server's `max_calls` is; default auto: it learns
    --admits N        how many calls it takes, where its metrics do not say so
    --times X         so many times what it takes (default 2)
    --seconds S       so long new calls are offered (default 150; the calls then end, up to 60 s)
    --cores N         keep the server to so many cores (Linux); the callers have the others, or share them

Starts a server in a process of its own. First plays each recording once, with little or nothing beside it: what
is heard then is what must be heard in every call, and the server learns what a call costs. Then callers over
several protocols offer calls all the time. Prints how many calls were taken and refused, with the words that
the phone systems got; from cue to screen in calls that were taken (the aim: p95 <= 2 s); lines that were heard
alone and not under load (the aim: 0); how late the event loop woke up (p99); and when calls ended, how soon a
new one was taken.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import httpx

from tests.bench.node import MB, BenchNode, NodeUsage, bench_node
from tests.bench.offered import (
    PROTOCOLS,
    SAMPLES,
    Demand,
    OfferedCall,
    delay_figures,
    keep_offering,
    lost_finals,
    offer,
    stored_finals,
    until_taken,
    words_of,
)
from voiceassist.bench.latency import percentile
from voiceassist.bench.wave_file import at_telephone_rate
from voiceassist.samples import Sample, load_sample

Figures = dict[str, Any]
AIM_MS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Overload:
    """How much is too much."""

    times: float = 2.0  # what the server takes
    seconds: float = 150.0  # new calls are offered
    admits: int | None = None  # what it takes; None: it says so


async def measured(node: BenchNode, samples: Sequence[Sample], load: Overload) -> Figures:
    """All figures of one server."""
    async with httpx.AsyncClient(base_url=node.url, timeout=60) as http:
        alone = {
            call.sample: await stored_finals(http, call.call_id) for call in await heard_alone(node, http, samples)
        }
        admitted = await calls_that_are_taken(http, load.admits)
        calls: list[OfferedCall] = []
        before, began_s = await node.usage(), monotonic()
        until_s, callers = began_s + load.seconds, round(load.times * admitted)
        offering = keep_offering(Demand(url=node.url, samples=samples, callers=callers), until_s, calls.append)
        taken = asyncio.create_task(_taken_after(node, samples[0], until_s))
        await offering
        after, took_s = await node.usage(), monotonic() - began_s
        taken_s = await taken
        figures = _figures(calls, before, after, took_s)
        lost = [
            lost_finals(alone[call.sample], await stored_finals(http, call.call_id))
            for call in calls
            if call.answer == "whole"
        ]
        finals = sum(len(alone[call.sample]) for call in calls if call.answer == "whole")
    ends = [call.ended_s for call in calls if call.answer != "refused" and call.ended_s > until_s]
    recovered_s = max(0.0, taken_s - min(ends, default=until_s))
    return {
        "cores": node.cores,
        "admits": admitted,
        "offered_at_once": callers,
        **figures,
        "finals": finals,
        "finals_lost": sum(lost),
        "calls_with_lost_finals": sum(1 for one in lost if one),
        "taken_again_after_s": round(recovered_s, 2),
    }


async def heard_alone(node: BenchNode, http: httpx.AsyncClient, samples: Sequence[Sample]) -> list[OfferedCall]:
    """A call of each recording: at once where that is half of what the server takes, else one after the other."""
    takes = figure((await http.get("/metrics")).text, "voiceassist_calls_max")
    if takes >= 2 * len(samples):
        calls = await asyncio.gather(*(offer(node.url, sample, "stream") for sample in samples))
    else:
        calls = [await offer(node.url, sample, "stream") for sample in samples]
    if broken := [call for call in calls if call.answer != "whole"]:
        raise SystemExit(f"a call alone on the machine was {broken[0].answer}: {broken[0].said}")
    return calls


async def _taken_after(node: BenchNode, sample: Sample, until_s: float) -> float:
    """When a call is taken that is offered all the time from `until_s` on."""
    await asyncio.sleep(until_s - monotonic())
    return await until_taken(node.url, sample)


async def calls_that_are_taken(http: httpx.AsyncClient, admits: int | None) -> int:
    """How many calls at once the server says that it takes; `admits`: what to believe instead."""
    return admits or round(figure((await http.get("/metrics")).text, "voiceassist_calls_max"))


def figure(said: str, name: str) -> float:
    """One figure of a metrics page."""
    for line in said.splitlines():
        if line.startswith(f"{name} "):
            return float(line.split()[1])
    raise SystemExit(f"the server's /metrics do not say {name}: say it with --admits")


def _figures(calls: Sequence[OfferedCall], before: NodeUsage, after: NodeUsage, took_s: float) -> Figures:
    answers = [call.answer for call in calls]
    return {
        "taken": len(calls) - answers.count("refused"),
        "whole": answers.count("whole"),
        "refused": answers.count("refused"),
        "refused_with": words_of(calls, "refused"),
        "broken_with": words_of(calls, "broken"),
        **delay_figures(call for call in calls if call.answer == "whole"),
        "loop_lag_p50_ms": percentile(list(after.lag_ms), 50),
        "loop_lag_p99_ms": percentile(list(after.lag_ms), 99),
        "cores_used": (after.cpu_s - before.cpu_s) / took_s,
        "memory_mb": after.memory_bytes / MB,
    }


def table(figures: Figures) -> str:
    """For people."""
    lines = [
        "{offered_at_once} callers at once, {admits} are taken on {cores} cores",
        "calls: {taken} taken ({whole} whole), {refused} refused",
        "cue to screen: p50 {p50_ms:.0f}, p95 {p95_ms:.0f}, max {max_ms:.0f} ms; {missed} of {cues} missed",
        "lines lost: {finals_lost} of {finals}, in {calls_with_lost_finals} calls",
        "event loop late: p50 {loop_lag_p50_ms:.1f}, p99 {loop_lag_p99_ms:.1f} ms",
        "{cores_used:.2f} cores used, {memory_mb:.0f} MB",
        "a new call was taken {taken_again_after_s} s after one had ended",
    ]
    shown = figures | {key: figures[key] or float("nan") for key in ("p50_ms", "p95_ms", "max_ms")}
    text = [line.format(**shown) for line in lines]
    for key in ("refused_with", "broken_with"):
        text += [f"  {key.split('_')[0]} {number} x {said}" for said, number in figures[key].items()]
    is_kept = (figures["p95_ms"] or 0) <= AIM_MS and figures["finals_lost"] == 0
    return "\n".join([*text, "the aims are kept" if is_kept else "THE AIMS ARE MISSED: p95 <= 2 s, no line lost"])


def node_settings(engine: str, max_calls: str, cores: int | None) -> dict[str, Any]:
    """Of the server that is measured."""
    given: dict[str, Any] = {"engine": engine, "max_calls": max_calls}
    if cores:
        given["decode_workers"] = cores
    return given


def telephone_samples(folder: Path) -> list[Sample]:
    """The recordings that are played."""
    return [at_telephone_rate(load_sample(name), folder) for name in SAMPLES]


def run(engine: str, max_calls: str, cores: int | None, load: Overload) -> Figures:
    """One server from start to stop."""
    settings = node_settings(engine, max_calls, cores)
    with TemporaryDirectory() as folder, bench_node(cores=cores, **settings) as node:
        figures = asyncio.run(measured(node, telephone_samples(Path(folder)), load))
    return {"engine": engine, "protocols": list(PROTOCOLS), **figures}


def main() -> None:
    """As the docstring says."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--engine", default="moonshine")
    given.add_argument("--max-calls", default="auto")
    given.add_argument("--admits", type=int)
    given.add_argument("--times", type=float, default=2.0)
    given.add_argument("--seconds", type=float, default=150.0)
    given.add_argument("--cores", type=int)
    given.add_argument("--json", type=Path)
    asked = given.parse_args()
    load = Overload(times=asked.times, seconds=asked.seconds, admits=asked.admits)
    figures = run(asked.engine, asked.max_calls, asked.cores, load)
    print(table(figures))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
