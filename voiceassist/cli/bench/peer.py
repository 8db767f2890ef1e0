"""`voiceassist bench peer`: our engines beside the loops that their libraries publish.

Registered by `__init__.py`. The measuring is in `bench/peer/`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.progress import TimeElapsedColumn
from rich.table import Table

from voiceassist.bench.asr.calls import sample_clips
from voiceassist.bench.asr.clip import Clip
from voiceassist.bench.asr.recordings import audio_clips
from voiceassist.bench.asr.results import Spread
from voiceassist.bench.peer.figures import LoopFigures, PairFigures, RunSpread, figures
from voiceassist.bench.peer.pairs import PeerPair, pairs
from voiceassist.bench.peer.runs import TRIES, compare
from voiceassist.cli.checks import known
from voiceassist.cli.models.folder import ModelsDir, folder_of
from voiceassist.cli.options import AudioFiles, ConfigFile, FiguresAsJson, OnlySamples, SpokenLanguage
from voiceassist.cli.progress import counted_bar
from voiceassist.errors import ConfigError
from voiceassist.samples import SAMPLE_IDS
from voiceassist.speech_models.language import serves

NONE = "-"
RUNS = 5
WIDTH = 60  # of the line that says what is being heard
LEGEND = (
    "calls per core: audio seconds per processor second / 2 legs, median over the runs (lowest to highest). "
    "told: partials with new words per minute. partial, final: milliseconds from the end of a word to the first "
    "partial with it, and from the end of an utterance to its final, median / 95th percentile: audio time and "
    "decoding; of synthesised calls only."
)

PairNames = Annotated[
    list[str] | None,
    typer.Argument(help="moonshine, an installed model, or a model's folder. Default: all.", metavar="NAME"),
]
Runs = Annotated[int, typer.Option(min=1, help="How often both hear everything.")]
Cadence = Annotated[
    int | None,
    typer.Option(min=100, help="Milliseconds between the library's partials. Default: it tells as many as ours."),
]


def bench_peer(
    names: PairNames = None,
    audio: AudioFiles = None,
    sample: OnlySamples = None,
    language: SpokenLanguage = "en",
    runs: Runs = RUNS,
    cadence: Cadence = None,
    as_json: FiguresAsJson = False,
    config: ConfigFile = None,
    models_dir: ModelsDir = None,
) -> None:
    """Compare our engines with the streaming loops that their libraries publish: same audio, model and cadence.

    moonshine stands beside the moonshine-voice library's own streams, a Vosk model beside the loop of Vosk's
    websocket server. Recordings given with --audio are heard instead of the sample calls.

    Examples:

      voiceassist bench peer moonshine --runs 1 --sample friendly

      voiceassist bench peer --audio calls/ --json
    """
    found = pairs(folder_of(config, models_dir), language, names or [])
    if not found:
        raise ConfigError(f"no engine for language {language!r} is installed; see `voiceassist models list`")
    clips = _clips(audio, sample or [], language)
    compared = [_compared(pair, clips, runs, cadence) for pair in found]
    if as_json:
        print(json.dumps({"pairs": [asdict(one) for one in compared]}, indent=1))  # noqa: T201 - the output
    else:
        show(compared)


def _clips(audio: Sequence[Path] | None, sample: Sequence[str], language: str) -> Sequence[Clip]:
    if audio:
        return tuple(audio_clips(audio, language))
    if not serves("en", language):
        raise ConfigError(f"the sample calls are English: name recordings in {language!r} with --audio")
    return tuple(sample_clips(known(sample, SAMPLE_IDS, "sample call")))


def _compared(pair: PeerPair, clips: Sequence[Clip], runs: int, cadence_ms: int | None) -> PairFigures:
    with counted_bar(TimeElapsedColumn()) as progress:
        tries = TRIES if cadence_ms is None and pair.peer_has_interval else 0  # at most
        task = progress.add_task(pair.ours.name, total=(2 * runs + tries) * len(clips))

        def on_clip(who: str, clip: Clip) -> None:
            progress.update(task, description=f"{who}: {clip.name}"[:WIDTH], advance=1)

        return figures(compare(pair, clips, runs, cadence_ms, on_clip))


def show(compared: Sequence[PairFigures]) -> None:
    """A table of each pair, and its ratios."""
    console = Console()
    for pair in compared:
        console.print(_table(pair))
        errors = NONE if pair.errors_ratio is None else f"{pair.errors_ratio:.2f}"
        console.print(f"ratio of ours: calls per core {_over(pair.calls_ratio)}, word errors {errors}\n")
    console.print(LEGEND, style="dim", highlight=False)


def _table(pair: PairFigures) -> Table:
    what = f"{pair.audio_s:,.0f} s of audio, {pair.ours.counts.words:,} words"
    title = f"{what}, runs: {pair.runs}, partials every {pair.cadence_ms} ms"
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", overflow="fold")
    for column in ("calls per core", "WER %", "told", "partial", "final"):
        table.add_column(column, justify="right")
    for loop in (pair.peer, pair.ours):
        table.add_row(loop.name, *_figures(loop))
    return table


def _figures(loop: LoopFigures) -> list[str]:
    rate = NONE if loop.counts.rate is None else f"{100 * loop.counts.rate:.1f}"
    delays = (_delay(loop.partial_delay_ms), _delay(loop.final_delay_ms))
    return [_over(loop.calls_per_core), rate, f"{loop.partials_per_minute:.0f}", *delays]


def _over(values: RunSpread) -> str:
    return f"{values.median:.1f} ({values.low:.1f} to {values.high:.1f})"


def _delay(spread: Spread | None) -> str:
    return f"{spread.median:.0f} / {spread.p95:.0f}" if spread else NONE
