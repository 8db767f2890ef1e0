"""`voiceassist bench latency`: from a spoken cue to the screen of a running server."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from voiceassist.bench.latency import Measured, measure, percentile
from voiceassist.cli.options import IngestToken
from voiceassist.samples import Sample, list_samples, load_sample

STAGES = (
    ("heard", "heard_ms", "first partial with the words: partial cadence + decoding"),
    ("cue", "cue_ms", "… + stability rule (two agreeing partials, or the final)"),
    ("card", "card_ms", "… + policy, store, socket: the card is on the client"),
    ("alert", "alert_ms", "… the alert is on the client"),
    ("transport", "transport_ms", "of which after the server had decided: step of 40 ms, store, socket"),
)


def latency(
    url: Annotated[
        str, typer.Option(help="The running server (started with `voiceassist demo`).")
    ] = "http://127.0.0.1:8710",
    sample: Annotated[list[str] | None, typer.Option(help="Only these samples; may be repeated.")] = None,
    token: IngestToken = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every measurement as one JSON document.")] = False,
) -> None:
    """Play the sample calls in real time and measure from the end of a cue's last word to its arrival here.

    Example: voiceassist demo &  voiceassist bench latency
    """
    samples = [load_sample(name) for name in sample] if sample else list(list_samples())
    measured = [
        result
        for one in track(samples, "playing the sample calls", console=Console(stderr=True), transient=True)
        for result in asyncio.run(measure(one, url, token))
    ]
    if as_json:
        print(json.dumps([asdict(result) for result in measured], indent=1))  # noqa: T201 - this is the output
    else:
        _print(measured, samples)


def _print(measured: list[Measured], samples: list[Sample]) -> None:
    table = Table(title=f"{len(samples)} calls, {len(measured)} expected cues (milliseconds after the last word)")
    for column in ("stage", "n", "p50", "p95", "max", "what it is made of"):
        table.add_column(column, justify="left" if column in ("stage", "what it is made of") else "right")
    for name, attribute, text in STAGES:
        values = [value for one in measured if (value := getattr(one, attribute)) is not None]
        table.add_row(name, str(len(values)), *_figures(values), text)
    console = Console()
    console.print(table)
    missed = [one for one in measured if one.cue_ms is None]
    console.print(f"misses: {len(missed)}")
    for one in missed:
        console.print(f"  {one.sample}: {one.kind} “{one.words}”")


def _figures(values: list[float]) -> list[str]:
    if not values:
        return ["-"] * 3
    return [f"{figure:.0f}" for figure in (percentile(values, 50), percentile(values, 95), max(values))]
