"""`voiceassist bench cues`: microseconds per turn and per partial. Registered by `__init__.py`.

The measuring is in `bench/cues/speed.py`.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from math import ceil
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from voiceassist.bench.cues.speed import PEER, WHATS, SpeedCost, SpeedSample, costs, row_turns, sample_turns
from voiceassist.cli.cues.files import read_rows
from voiceassist.cli.options import FiguresAsJson, PlaybookOption
from voiceassist.errors import DatasetError
from voiceassist.playbooks import load_playbook

FEWEST = 20_000  # turns and partials: enough for a 99th percentile
LEGEND = (
    "find cues: all of it. tokenise; tokenise, screen; rules only: its first steps alone. one Python re: the "
    "phrases of the same rules joined for Python's re, without context or exclusions. Ratio: of medians, to it."
)

TimedTurns = Annotated[
    list[Path] | None, typer.Argument(help="Turns as JSON Lines. Default: the lines of the sample calls.")
]
Rounds = Annotated[int | None, typer.Option(min=1, help="How often everything is looked at.")]


def bench_cues(
    files: TimedTurns = None,
    playbook: PlaybookOption = None,
    rounds: Rounds = None,
    as_json: FiguresAsJson = False,
) -> None:
    """Measure what finding cues costs, in microseconds per turn and per partial.

    Every turn is looked at whole, and as it grows word by word, as partials
    bring it.

    Examples:

      voiceassist bench cues

      voiceassist bench cues turns.jsonl --playbook telecom --json
    """
    rules = load_playbook(playbook, "en")
    said = _said(files or [])
    rounds = rounds or ceil(FEWEST / len(said))
    load = os.getloadavg()[0]
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("looking at turns", total=rounds + 1)
        found = costs(rules, said, rounds, lambda: progress.advance(task))
    if as_json:
        document = {"playbook": rules.label, "load": load, "costs": [asdict(cost) for cost in found]}
        print(json.dumps(document, indent=1))  # noqa: T201 - this is the output
    else:
        _print(found, f"playbook {rules.label}, {len(rules.rules)} rules, load {load:.1f}")


def _said(files: Sequence[Path]) -> list[SpeedSample]:
    if not files:
        return list(sample_turns())
    said = list(row_turns((row for file in files for row in read_rows(file, None)), "asr"))
    if not said:
        raise DatasetError(f"{', '.join(map(str, files))}: no rows; write one JSON object per line")
    return said


def _print(found: Sequence[SpeedCost], title: str) -> None:
    console = Console()
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("µs per")
    table.add_column("")
    for column in ("n", "median", "p95", "p99", "ratio"):
        table.add_column(column, justify="right")
    for what in WHATS:
        of_what = [cost for cost in found if cost.what == what]
        for cost in of_what:
            table.add_row(what, cost.way, *_figures(cost, of_what))
    console.print(table)
    console.print(LEGEND, style="dim", highlight=False)


def _figures(cost: SpeedCost, of_what: Sequence[SpeedCost]) -> list[str]:
    peer = next(one.median_us for one in of_what if one.way == PEER)
    times = [f"{value:.1f}" for value in (cost.median_us, cost.p95_us, cost.p99_us)]
    return [f"{cost.n:,}", *times, f"{cost.median_us / peer:.2f}"]
