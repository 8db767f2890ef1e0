"""CAPACITY.md, made of the figures that `capacity_page.py` keeps: text and charts, nothing that is not measured.

Figures in, text out; reads and writes nothing. Next: `capacity_page.py` writes the files.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from voiceassist.bench.load.chart import chart
from voiceassist.bench.load.figures import LoadFigures, StepFigures

Figures = Mapping[str, Any]
MB = 1_000_000
ADDRESS = re.compile(r"ws://\S+: ")
CALLS = (5, 10, 20, 50, 100)
OTHER_MOST = 0.5  # of the one core of the event loop: with more, calls wait for each other
AIM_MS, ALL_AIM_MS = 2_000, 200
NAMES = {
    "moonshine": "`moonshine` (embedded)",
    "vosk:vosk-tiny-en": "`vosk:vosk-tiny-en` (ours, synthesised speech only)",
}

HEAD = """# How many cores for how many calls

This page is made by `python -m tests.bench.capacity_page` of the figures in `tests/bench/capacity.json`; no
number of a table is typed by hand. A call has two legs, is recorded, stored, followed by a screen and searched
for cues. It is carried when 95 % of its cues are on the screen within 1.2 s of their last word. With `max_calls
= auto` a server learns what a call costs on its machine and takes as many as it carries; what follows tells
what to buy.
"""

MEASURE_YOURS = """## Yours

The speech, the playbook and the machine are yours, so measure there. `voiceassist bench load --cores 1 --chart
load.svg` says what a server carries; a running one says on `/metrics` what its calls cost
(`voiceassist_call_cores`) and how many it takes (`voiceassist_calls_max`). Add a core where the machine does
other work, too. A larger model needs as many times the cores as it computes more (README, *Engines*). A Vosk
model of the official small format takes 220 MB of memory for each call, so memory may be what limits there; its
cores were not measured here.
"""

COLUMNS = (
    "Cores",
    "Calls carried",
    "`auto` takes",
    "p50",
    "p95",
    "Core per call",
    "of that, not hearing",
    "Memory per call",
)
THREAD = "All but recognition runs in one thread, of which {calls} take one half; for more, start another server."
OVERLOAD = """## Twice as many calls as fit

The aim: of the calls that were taken 95 % of the cues are on the screen within {aim_s:g} s, no line is lost
that was heard when the recording was played alone, and a refusal says why (`tests.bench.bench_overload`).
"""
SOAK = """## A long time

{calls} calls came and went in {minutes:g} minutes, {callers} at once of {admits} that are taken; {whole} were
whole (`tests.bench.bench_soak`).
"""
SOAK_END = """
After the warm-up memory changed by {memory_mb_per_hour:+.1f} MB an hour, within
{memory_within_mb_per_hour:.1f}: {verdict}. Cues took {first} in the first third of the time and {last} in the
last. The event loop was {loop_lag_p99_ms:.0f} ms late at the 99th percentile; the write-ahead log had
{wal_most_kb:.0f} kB at most.
"""
FANOUT = """## Screens

A wall of {calls} live calls that all talk, two alerts a second, recognition left out
(`tests.bench.bench_fanout`). The aim: an alert on 500 screens within {aim_ms} ms (p95).
"""
RECONNECTS = """
{pages} call pages that lost their sockets and came back at once: {resumed} resumed by number,
{records_missed_or_twice} records were missed or came twice, all were live again after {live_again_all_s:.1f} s.
"""
NOTHING = "Nothing has been measured yet."
HOW = """## How it was measured

Server and callers are processes of the same machine; with one core the server has that core alone. Real
sockets, in real time.
"""


def page(known: Figures) -> str:
    """The whole page; a part that was not measured is left out."""
    parts = [HEAD]
    if "load" in known:
        parts += ["\n".join(_cores(known["load"]["figures"])), MEASURE_YOURS]
    for part, write in (("overload", _overload), ("soak", _soak), ("fanout", _fanout)):
        if part in known:
            parts.append("\n".join(write(known[part]["figures"])))
    parts.append("\n".join(_how(known)) if known else NOTHING)
    return "\n".join(parts) + "\n"


def charts(known: Figures) -> dict[str, str]:
    """SVG documents by file name: the delay of cues against the calls, of each engine with all cores."""
    loads = known.get("load", {"figures": {}})["figures"]
    return {
        chart_name(engine): chart(_as_figures(runs[-1]), f"Cue to screen, {engine}, {runs[-1]['cores']} cores")
        for engine, runs in loads.items()
    }


def chart_name(engine: str) -> str:
    """The chart's file."""
    return f"capacity-{engine.rpartition(':')[2]}.svg"


def _as_figures(run: Figures) -> LoadFigures:
    return LoadFigures(**{**run, "steps": tuple(StepFigures(**step) for step in run["steps"])})


def _cores(engines: Figures) -> Iterator[str]:
    yield _row(
        "Engine",
        "Cores",
        "Calls carried",
        "`auto` takes",
        "p50",
        "p95",
        "Core per call",
        "of that, not hearing",
        "Memory per call",
    )
    yield _row("---", *["--:"] * 8)
    for engine, runs in engines.items():
        for run in runs:
            yield _row(NAMES.get(engine, engine), *_carried(run))
    yield ""
    yield "So many cores are needed, by the calls that one core carried:"
    yield ""
    yield _row("Calls at once", *CALLS)
    yield _row("---", *["--:"] * len(CALLS))
    for engine, runs in engines.items():
        yield _row(NAMES.get(engine, engine), *(_needed(runs, calls) for calls in CALLS))
    yield ""
    yield THREAD.format(calls=_thread(engines))
    yield ""
    for engine in engines:
        yield f"![Delay of cues against calls at once, {engine}]({chart_name(engine)})"
    yield ""


def _carried(run: Figures) -> Iterator[str]:
    steps = [step for step in run["steps"] if step["is_carried"]] or run["steps"][:1]
    last = steps[-1]
    yield str(run["cores"])
    yield str(run["calls"])
    yield str(run.get("admitted", "-"))
    yield _ms(last["p50_ms"])
    yield _ms(last["p95_ms"])
    yield f"{last['cores_per_call']:.2f}"
    yield f"{last['other_cores_per_call']:.3f}"
    yield f"{last['memory_per_call_bytes'] / MB:.0f} MB"


def _needed(runs: Sequence[Figures], calls: int) -> str:
    per_core = min(run["calls_per_core"] for run in runs)
    return str(ceil(calls / per_core)) if per_core else "-"


def _thread(engines: Figures) -> str:
    others = [run["steps"][-1]["other_cores_per_call"] for runs in engines.values() for run in runs]
    return f"{OTHER_MOST / max(others):.0f} calls" if others and max(others) else "any number of calls"


def _overload(engines: Figures) -> Iterator[str]:
    yield OVERLOAD.format(aim_s=AIM_MS / 1000)
    head = ("Offered at once", "Takes", "Taken", "Refused", "Broken", "p50", "p95", "Lines lost", "Loop late p99")
    yield _row("Engine", *head, "Taken again after")
    yield _row("---", *["--:"] * (len(head) + 1))
    for engine, one in engines.items():
        yield _row(NAMES.get(engine, engine), *_overloaded(one))
    yield ""
    told = _told(engines)
    yield "What the phone systems were told, by protocol:" if told else "No call was refused."
    yield ""
    yield from (f"- {protocol}: {words}" for protocol, words in sorted(told.items()))
    yield ""


def _told(engines: Figures) -> dict[str, str]:
    """An example for each protocol, without our own address."""
    said = (text.partition(": ") for one in engines.values() for text in one["refused_with"])
    return {protocol: ADDRESS.sub("", words) for protocol, _, words in said}


def _overloaded(one: Figures) -> Iterator[str]:
    yield from (str(one[what]) for what in ("offered_at_once", "admits", "taken", "refused"))
    yield str(one["taken"] - one["whole"])
    yield from (_ms(one[what]) for what in ("p50_ms", "p95_ms"))
    yield f"{one['finals_lost']} of {one['finals']}"
    yield _ms(one["loop_lag_p99_ms"])
    yield f"{one['taken_again_after_s']:.1f} s"


def _soak(one: Figures) -> Iterator[str]:
    yield SOAK.format(**one)
    yield _row("", "Idle", "At most", "After the last call")
    yield _row("---", *["--:"] * 3)
    yield _row("Memory", *(f"{one['memory_mb'][at]:.0f} MB" for at in ("idle", "most", "after")))
    for what in ("descriptors", "threads", "tasks", "temporary_files"):
        yield _row(
            what.replace("_", " ").capitalize(), *(f"{one[what][at]:.0f}" for at in ("idle", "most", "after"))
        )
    first, last = (f"{_ms(cues['p50_ms'])} (p95 {_ms(cues['p95_ms'])})" for cues in _thirds(one))
    yield SOAK_END.format(**one, first=first, last=last)


def _thirds(one: Figures) -> tuple[Figures, Figures]:
    return one["cues_first_third"], one["cues_last_third"]


def _fanout(one: Figures) -> Iterator[str]:
    yield FANOUT.format(calls=one["calls"], aim_ms=ALL_AIM_MS)
    yield _row(
        "Screens",
        *("On one, p50", "p95", "On all, p50", "p95"),
        "Cores",
        "Each",
        "Memory of each",
        "Loop late p99",
    )
    yield _row(*["--:"] * 9)
    for wall in one["walls"]:
        delays = (f"to_{where}_p{percent}_ms" for where in ("a_screen", "all") for percent in (50, 95))
        cost = (
            f"{wall['cores']:.2f}",
            f"{wall['kb_per_s_of_a_screen']:.1f} kB/s",
            f"{wall['memory_kb_of_a_screen']:.0f} kB",
        )
        yield _row(wall["screens"], *(_ms(wall[delay]) for delay in delays), *cost, _ms(wall["loop_lag_p99_ms"]))
    if one["reconnects"]:
        yield RECONNECTS.format(**one["reconnects"])


def _how(known: Figures) -> Iterator[str]:
    yield HOW
    yield _row("Part", "Machine", "Python", "Day", "Commit", "Machine's load before")
    yield _row(*["---"] * 5, "--:")
    for part, one in known.items():
        yield _row(part, one["machine"], one["python"], one["day"], one["commit"], f"{one['load_before']:.1f}")


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f} ms"
