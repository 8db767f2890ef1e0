"""`voiceassist bench latency`: from a spoken cue to the screen of a running server."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from voiceassist.bench.asr.recordings import audio_clips
from voiceassist.bench.latency import Measured, measure, percentile
from voiceassist.bench.planted import planted_calls
from voiceassist.cli.checks import known
from voiceassist.cli.options import IngestToken
from voiceassist.errors import RecordingError
from voiceassist.samples import SAMPLE_IDS, Sample, load_sample

STAGES = (
    ("heard", "heard_ms", "first partial with the words: partial cadence + decoding"),
    ("cue", "cue_ms", "… + stability rule (two agreeing partials, or the final)"),
    ("card", "card_ms", "… + policy, store, socket: the card is on the client"),
    ("alert", "alert_ms", "… the alert is on the client"),
    ("transport", "transport_ms", "of which after the server had decided: step of 40 ms, store, socket"),
)


PeopleFolder = Annotated[
    list[Path] | None,
    typer.Option("--people", help="Recordings of people, a file or a folder: cues are planted into their pauses."),
]
WithSamples = Annotated[bool, typer.Option("--samples/--no-samples", help="Whether to play the sample calls.")]


def latency(
    url: Annotated[
        str, typer.Option(help="The running server (started with `voiceassist demo`).")
    ] = "http://127.0.0.1:8710",
    sample: Annotated[list[str] | None, typer.Option(help="Only these samples; may be repeated.")] = None,
    samples: WithSamples = True,
    people: PeopleFolder = None,
    token: IngestToken = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every measurement as one JSON document.")] = False,
) -> None:
    """Play calls in real time and measure from the end of a cue's last word to its arrival here.

    Turns of the sample calls are spliced into recordings of people, as loud as these: what is around a cue is then
    real speech. A manifest.json beside the recordings may say which side they are.

    Examples:

      voiceassist demo &  voiceassist bench latency

      voiceassist bench latency --no-samples --people calls/ --json
    """
    named = [load_sample(name) for name in known(sample or SAMPLE_IDS, SAMPLE_IDS, "sample call")]
    with TemporaryDirectory(prefix="voiceassist-bench-") as folder:
        planted = list(planted_calls(audio_clips(people or [], "en"), Path(folder)))
        if people and not planted:
            raise RecordingError("the recordings of people have no pause of 600 ms for a cue")
        calls = {"sample calls": named if samples else [], "recordings of people": planted}
        measured = {what: _measured(what, of_kind, url, token) for what, of_kind in calls.items() if of_kind}
    if as_json:
        every = [asdict(one) for of_kind in measured.values() for one in of_kind]
        print(json.dumps(every, indent=1))  # noqa: T201 - this is the output
    else:
        for what, of_kind in measured.items():
            _print(of_kind, f"{len(calls[what])} {what}")


def _measured(what: str, calls: Sequence[Sample], url: str, token: str | None) -> list[Measured]:
    playing = track(calls, f"playing the {what}", console=Console(stderr=True), transient=True)
    return [result for one in playing for result in asyncio.run(measure(one, url, token))]


def _print(measured: list[Measured], what: str) -> None:
    table = Table(title=f"{what}, {len(measured)} expected cues (milliseconds after the last word)")
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
