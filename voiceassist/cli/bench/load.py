"""`voiceassist bench load`: how many calls a server carries before cues come late. Registered by `__init__.py`.

The measuring is in `bench/load/`.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn
from rich.table import Table

from voiceassist.bench.load.calls import TargetServer
from voiceassist.bench.load.chart import chart
from voiceassist.bench.load.figures import LoadFigures, StepFigures, load_figures
from voiceassist.bench.load.served import ServedProcess, served
from voiceassist.bench.load.steps import LIMIT_MS, LoadStep, load_steps
from voiceassist.bench.wave_file import at_telephone_rate
from voiceassist.cli.checks import check_writable, known
from voiceassist.cli.options import FiguresAsJson, IngestToken, OnlySamples
from voiceassist.cli.progress import counted_bar
from voiceassist.cli.serve import ENGINE_HELP, ServedModelsDir
from voiceassist.errors import ConfigError
from voiceassist.samples import SAMPLE_IDS, Sample, load_sample

NONE = "-"
MB = 1_000_000
LEGEND = (
    "p50, p95: milliseconds from the end of a cue's last word to its arrival at a client. missed: cues that never "
    "came, of all. cores: of the server, per call; other: of that, what is not recognition. MB: what the process "
    "grew by, per call. used, clients: cores that the server and the callers took. left out: partials that "
    "were not made, to keep up."
)

ServerUrl = Annotated[
    str | None, typer.Option("--url", help="A running server. Default: one is started for the measurement.")
]
LoadEngine = Annotated[str, typer.Option("--engine", help=f"Of the server that is started: {ENGINE_HELP}")]
Cores = Annotated[
    int | None,
    typer.Option(min=1, help="Keep that server to so many processors (Linux). With --url: how many it has."),
]
First = Annotated[int, typer.Option("--from", min=1, help="Calls at once in the first step.")]
Step = Annotated[int, typer.Option(min=1, help="How many more in each further step.")]
Most = Annotated[int, typer.Option(min=1, help="Calls at once in the last step, if all goes well.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Milliseconds that the 95th percentile may have.")]
ChartFile = Annotated[
    Path | None, typer.Option("--chart", help="Also draw the delays against the calls into this file (SVG).")
]


def bench_load(
    url: ServerUrl = None,
    engine: LoadEngine = "auto",
    models_dir: ServedModelsDir = None,
    cores: Cores = None,
    token: IngestToken = None,
    sample: OnlySamples = None,
    first: First = 1,
    step: Step = 1,
    most: Most = 64,
    limit: Limit = LIMIT_MS,
    as_json: FiguresAsJson = False,
    chart_file: ChartFile = None,
) -> None:
    """Play more and more calls at once to a server, in real time, until cues come late.

    Every step takes one to six minutes. The callers need some processor time
    too: on the machine of the server they are a part of its load.

    Examples:

      voiceassist bench load --cores 1 --chart load.svg

      voiceassist bench load --engine moonshine --from 2 --step 2 --json

      voiceassist bench load --url http://voice.example:8710 --cores 8 --from 8 --step 4
    """
    if first > most:
        raise ConfigError(f"--from {first} is more than --most {most}")
    if chart_file:
        check_writable(chart_file, "--chart")
    named = [load_sample(name) for name in known(sample or SAMPLE_IDS, SAMPLE_IDS, "sample call")]
    with _server(url, engine, models_dir, cores) as server:
        target = TargetServer(url=server.url, token=token)
        steps = _measured(target, range(first, most + 1, step), named, limit)
    figures = load_figures(steps, server.cores, limit)
    if chart_file:
        chart_file.write_text(chart(figures, f"Cue to screen, {engine}, {server.cores} cores"), encoding="utf-8")
    if as_json:
        print(json.dumps(asdict(figures), indent=1))  # noqa: T201 - this is the output
    else:
        show(figures)


@contextmanager
def _server(url: str | None, engine: str, models_dir: Path | None, cores: int | None) -> Iterator[ServedProcess]:
    """The one at `url`, or one of our own."""
    if url is None:
        with served(engine, models_dir, cores) as server:
            yield server
    elif cores is None:
        raise ConfigError("--url: say with --cores how many processors that server has")
    else:
        yield ServedProcess(url=url, cores=cores)


def _measured(
    target: TargetServer, callers: Sequence[int], named: Sequence[Sample], limit_ms: int
) -> list[LoadStep]:
    with TemporaryDirectory() as folder, counted_bar(TimeElapsedColumn()) as progress:
        samples = [at_telephone_rate(one, Path(folder)) for one in named]
        return asyncio.run(_steps(target, callers, samples, limit_ms, progress))


async def _steps(
    target: TargetServer, callers: Sequence[int], samples: Sequence[Sample], limit_ms: int, progress: Progress
) -> list[LoadStep]:
    def begins(calls: int, played: int) -> Callable[[], None]:
        task = progress.add_task(f"{calls} calls at once", total=played)
        return lambda: progress.advance(task)

    return [step async for step in load_steps(target, callers, samples, limit_ms, begins)]


def show(figures: LoadFigures) -> None:
    """The table of steps, and what they come to."""
    console = Console()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in ("calls", "p50", "p95", "missed", "cores", "other", "MB", "used", "clients", "left out"):
        table.add_column(column, justify="right")
    for step in figures.steps:
        table.add_row(*_row(step), style="" if step.is_carried else "red")
    console.print(table)
    console.print(
        f"carried: {figures.calls} calls on {figures.cores} cores, {figures.calls_per_core:.1f} per core"
    )
    apart = (figures.admitted - figures.calls) / figures.calls if figures.calls else 0.0
    console.print(f"`max_calls = auto` takes: {figures.admitted} calls, {apart:+.0%} of what was carried")
    if figures.further_call_bytes is not None:
        console.print(f"memory: {figures.further_call_bytes / MB:.1f} MB for each further call")
    console.print(f"limited by {figures.limited_by}", highlight=False)
    console.print(LEGEND, style="dim", highlight=False)


def _row(step: StepFigures) -> list[str]:
    return [
        str(step.calls),
        *(NONE if ms is None else f"{ms:,.0f}" for ms in (step.p50_ms, step.p95_ms)),
        f"{step.missed}/{step.cues}",
        f"{step.cores_per_call:.3f}",
        f"{step.other_cores_per_call:.3f}",
        f"{step.memory_per_call_bytes / MB:.1f}",
        f"{step.cores_used:.2f}",
        f"{step.client_cores:.2f}",
        str(step.partials_left_out),
    ]
