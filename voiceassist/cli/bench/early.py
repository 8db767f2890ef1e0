"""`voiceassist bench early`: how often early cues are taken back, and how much sooner they come.

Registered by `__init__.py`. The measuring is in `bench/cues/early.py`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from voiceassist.asr.engines import load_engine
from voiceassist.bench.cues.early import EarlyTally, SourceEvents, heard_row, heard_sample, tallies
from voiceassist.cli.cues.files import read_rows
from voiceassist.cli.options import FiguresAsJson, PlaybookOption
from voiceassist.cli.serve import ENGINE_HELP, ServedModelsDir
from voiceassist.config import load_settings
from voiceassist.core.playbook.model import Playbook
from voiceassist.evaluation.labelled import TextName
from voiceassist.evaluation.scores import share
from voiceassist.playbooks import load_playbook
from voiceassist.samples import list_samples

PERCENT = 100
NONE = "-"
LEGEND = (
    "early: fired on a partial; taken back: the final did not bear them out (%: 95 % interval); with final: "
    "came no sooner. Won: from an early cue to its final, milliseconds of audio."
)
T = TypeVar("T")

EarlyTurns = Annotated[list[Path] | None, typer.Argument(help="Turns as JSON Lines. Default: the sample calls.")]
TextOfFile = Annotated[TextName, typer.Option("--text", help="Of a file: the text as written, or as recognised.")]
SampleCallEngine = Annotated[str, typer.Option("--engine", help=f"For the sample calls: {ENGINE_HELP}")]


def bench_early(
    files: EarlyTurns = None,
    playbook: PlaybookOption = None,
    text: TextOfFile = "asr",
    engine: SampleCallEngine = "auto",
    models_dir: ServedModelsDir = None,
    as_json: FiguresAsJson = False,
) -> None:
    """Count the early cues that the final takes back, and how much sooner the others come than it.

    Without a file the sample calls go through a recognition engine. The turns
    of a file grow word by word, at 170 words a minute, as if a recognizer heard
    every word right the first time.

    Examples:

      voiceassist bench early

      voiceassist bench early turns.jsonl --json
    """
    rules = load_playbook(playbook, "en")
    heard = _rows(files, text, rules) if files else _samples(engine, models_dir, rules)
    found = tallies(heard)
    if as_json:
        document = {"playbook": rules.label, "early": [_fields(tally) for tally in found]}
        print(json.dumps(document, indent=1))  # noqa: T201 - this is the output
    else:
        _print(found, rules.label)


def _rows(files: Sequence[Path], text: TextName, playbook: Playbook) -> Iterator[SourceEvents]:
    rows = [row for file in files for row in read_rows(file, None)]
    return (heard for row in _tracked(rows, "speaking the turns") for heard in heard_row(row, text, playbook))


def _samples(name: str, models_dir: Path | None, playbook: Playbook) -> Iterator[SourceEvents]:
    models = load_settings(models_dir=models_dir).models_dir
    with closing(load_engine(name, language="en", models_dir=models)) as engine:
        for sample in _tracked(list_samples(), "hearing the sample calls"):
            yield heard_sample(sample, engine, playbook)


def _tracked(what: Sequence[T], title: str) -> Iterable[T]:
    return track(what, title, console=Console(stderr=True), transient=True)


def _fields(tally: EarlyTally) -> dict[str, Any]:
    return {
        "source": tally.source,
        "kind": tally.kind,
        "finals": tally.finals,
        "early": tally.early,
        "confirmed": tally.confirmed,
        "retracted": tally.retracted,
        "with_final": tally.with_final,
        "won_ms": dict(zip(("p5", "p50", "p95"), _percentiles(tally), strict=True)) if tally.won_ms else None,
    }


def _percentiles(tally: EarlyTally) -> list[int]:
    return [round(float(value)) for value in np.percentile(tally.won_ms, (5, 50, 95))]


def _print(found: Sequence[EarlyTally], playbook: str) -> None:
    console = Console()
    for source in dict.fromkeys(tally.source for tally in found):
        console.print(_table([tally for tally in found if tally.source == source]))
    console.print(f"Playbook {playbook}. {LEGEND}", style="dim", highlight=False)


def _table(found: Sequence[EarlyTally]) -> Table:
    """Of one source; its first tally is of all kinds together."""
    title = f"{escape(found[0].source)}: {found[0].finals:,} finals"
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("kind")
    for column in ("early", "taken back", "% of early", "with final", "won p5/p50/p95"):
        table.add_column(column, justify="right")
    for tally in found:
        table.add_row(tally.kind, *_figures(tally))
    return table


def _figures(tally: EarlyTally) -> Iterator[str]:
    rate = share(tally.retracted, tally.early)
    yield f"{tally.early:,}"
    yield f"{tally.retracted:,}"
    yield " to ".join(f"{PERCENT * bound:.1f}" for bound in (rate.low, rate.high)) if rate else NONE
    yield f"{tally.with_final:,}"
    yield "/".join(map(str, _percentiles(tally))) if tally.won_ms else NONE
