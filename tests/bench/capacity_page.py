"""How many cores are needed for how many calls, measured and written down: `python -m tests.bench.capacity_page`.

    PARTS                 any of: load overload soak fanout page (default: all of them, in that order)
    --soak-minutes M      default 30
    --seconds S           of each overload (default 120)
    --json FILE           where the figures are kept (default tests/bench/capacity.json)

Every part keeps its figures in that one file; `page` makes CAPACITY.md and its charts of the file alone, so
that no figure is typed by hand, and a part can be measured again without the others. With two engines and two
cores `load` takes some 22 minutes, `overload` 8, `fanout` 3, `soak` two more than it is told. Nothing else
should run meanwhile: how busy the machine was is kept with each part, and printed on the page.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import sleep
from typing import Any

import httpx

from tests.bench import bench_fanout, bench_overload, bench_soak
from tests.bench.bench_overload import Overload, figure
from tests.bench.bench_soak import Soak
from tests.bench.capacity_text import charts, page
from tests.bench.node import MODELS
from tests.bench.offered import SAMPLES
from tests.bench.talking import CALLS
from voiceassist.bench.load.served import served
from voiceassist.clock import today

Figures = dict[str, Any]
ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests" / "bench" / "capacity.json"
PARTS = ("load", "overload", "soak", "fanout", "page")
ENGINES = ("moonshine", "vosk:vosk-tiny-en")  # the embedded one, and ours in the form of Vosk's small ones
SCREENS = (10, 100, 500, 2_000)
FIRST_SHARE = 0.6  # of the calls that a server takes: the load's first step
TRIED_AFTER_S = 20.0
STEPS = 3  # from there to what it takes


def measure(part: str, asked: argparse.Namespace) -> Figures:
    """The figures of one part, and under which circumstances they came about."""
    busy = os.getloadavg()[0]
    return {"figures": _figures(part, asked), **_circumstances(), "load_before": busy}


def _figures(part: str, asked: argparse.Namespace) -> Figures:
    match part:
        case "load":
            return {engine: _load(engine) for engine in ENGINES}
        case "overload":
            return {engine: _overload(engine, asked.seconds) for engine in ENGINES}
        case "soak":
            return _soak(asked.soak_minutes)
        case _:
            return bench_fanout.run(SCREENS, CALLS, "rows", bench_fanout.PAGES)


def _circumstances() -> Figures:
    """Of a measurement."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return {
        "day": today(),
        "commit": commit.stdout.strip(),
        "machine": _machine(),
        "python": platform.python_version(),
    }


def _machine() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{os.cpu_count()} cores, {names[0] if names else platform.machine()}"


def _load(engine: str) -> list[Figures]:
    """`voiceassist bench load` with the server on one core, and on all of them."""
    cores = os.cpu_count() or 1
    return [_loaded(engine, number) for number in dict.fromkeys((1, cores))]


def _loaded(engine: str, cores: int) -> Figures:
    takes = _calls_that_are_taken(engine, cores)
    first, step = max(1, round(FIRST_SHARE * takes)), max(1, round((1 - FIRST_SHARE) * takes / STEPS))
    command = [sys.executable, "-m", "voiceassist", "bench", "load", "--engine", engine, "--json"]
    command += ["--models-dir", str(MODELS), "--cores", str(cores)]
    command += ["--from", str(first), "--step", str(step), "--most", str(3 * takes + step)]
    command += [part for name in SAMPLES for part in ("--sample", name)]
    print("$ voiceassist", *command[3:], flush=True)
    return dict(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))


def _calls_that_are_taken(engine: str, cores: int) -> int:
    """As a server with so many cores says when it has just started, and has tried what hearing costs."""
    with served(engine, MODELS, cores) as server:
        sleep(TRIED_AFTER_S)
        said = httpx.get(f"{server.url}/metrics").text
    return max(1, round(figure(said, "voiceassist_calls_carried")))


def _overload(engine: str, seconds: float) -> Figures:
    figures = bench_overload.run(engine, "auto", None, Overload(seconds=seconds))
    print(bench_overload.table(figures), flush=True)
    return figures


def _soak(minutes: float) -> Figures:
    figures = bench_soak.run(ENGINES[0], "auto", None, Soak(minutes=minutes))
    print(bench_soak.table(figures), flush=True)
    return figures


def main() -> None:
    """As the docstring says."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("parts", nargs="*", choices=(*PARTS, []), default=list(PARTS))
    given.add_argument("--soak-minutes", type=float, default=30.0)
    given.add_argument("--seconds", type=float, default=120.0)
    given.add_argument("--json", type=Path, default=FILE)
    asked = given.parse_args()
    for part in asked.parts:
        if part == "page":
            write_page(json.loads(asked.json.read_text(encoding="utf-8")), ROOT)
            continue
        print(f"== {part}", flush=True)
        known = json.loads(asked.json.read_text(encoding="utf-8")) if asked.json.exists() else {}
        known[part] = measure(part, asked)
        asked.json.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def write_page(known: Mapping[str, Any], folder: Path) -> None:
    """CAPACITY.md and its charts."""
    for name, picture in charts(known).items():
        (folder / name).write_text(picture, encoding="utf-8")
    (folder / "CAPACITY.md").write_text(page(known), encoding="utf-8")


if __name__ == "__main__":
    main()
