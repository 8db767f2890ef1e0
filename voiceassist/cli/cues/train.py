"""`voiceassist cues train`: makes the weights of the cue classifier again. Registered by `__init__.py`.

The learning is in `voiceassist/training`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from voiceassist.errors import ConfigError
from voiceassist.speech_models.bundled import bundled_dir
from voiceassist.speech_models.cues_weights import FILE, weights_file
from voiceassist.training.example import TrainingTurn
from voiceassist.training.own_texts import own_examples
from voiceassist.training.published import FILES, published_examples
from voiceassist.training.recipe import train as train_on
from voiceassist.training.report import ReportRow, report

Data = Annotated[
    Path | None, typer.Option(help=f"The folder with the published collections ({', '.join(FILES)}).")
]
Texts = Annotated[Path | None, typer.Option(help="The folder with our own training texts.")]
Out = Annotated[Path | None, typer.Option(help="The folder to write the weights to. Default: the built-in one.")]
OwnOnly = Annotated[bool, typer.Option("--own-only", help="Do without the published collections.")]


def train(data: Data = None, texts: Texts = None, out: Out = None, own_only: OwnOnly = False) -> None:
    """Make the weights of the cue classifier again.

    The same texts give the same bytes. The published collections do not come with voiceassist; the README in
    models/training/cues says where to get them.

    Examples:

      voiceassist cues train --data collections/

      voiceassist cues train --own-only --out /tmp/weights
    """
    console = Console(stderr=True)
    examples = own_examples(texts or bundled_dir() / "training" / "cues")
    examples += _published(data, own_only=own_only)
    path = out / FILE if out else weights_file("en")
    with console.status("reading") as status:
        trained = train_on(examples, status.update)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(trained.data)
    _print_report(report(trained))
    console.print(f"{path}: {len(trained.data):,} bytes, learned from {len(examples):,} turns", highlight=False)


def _print_report(lines: Sequence[ReportRow]) -> None:
    title = "The classifier alone, at normal sensitivity, on sources that it had not seen"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in ("kind", "source", "turns", "have it", "found", "right", "precision", "recall"):
        table.add_column(name, justify="left" if name in ("kind", "source") else "right")
    for line in lines:
        counts = (f"{count:,}" for count in (line.turns, line.having, line.found, line.right))
        table.add_row(
            line.kind, line.source, *counts, _share(line.right, line.found), _share(line.right, line.having)
        )
    Console().print(table)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def _published(data: Path | None, *, own_only: bool) -> list[TrainingTurn]:
    if own_only:
        return []
    missing = [name for name in FILES if not data or not (data / name).is_file()]
    if data and not missing:
        return published_examples(data)
    where = f"{data} lacks {', '.join(missing)}" if data else "name their folder with --data"
    raise ConfigError(
        f"the published collections are needed: {where}. models/training/cues/README.md says where to get them; "
        "--own-only trains without them, and hears less"
    )
