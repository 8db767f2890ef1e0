"""`voiceassist cues train`: makes the weights of the cue classifier again, or adjusts a playbook to false alarms.

Registered by `__init__.py`. The learning of weights is in `voiceassist/training`, the adjusting in `site.py`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from voiceassist.cli.cues.site import learn_for_site
from voiceassist.cli.options import PlaybookOption
from voiceassist.errors import ConfigError
from voiceassist.speech_models.bundled import bundled_dir
from voiceassist.speech_models.cues_weights import FILE, weights_file
from voiceassist.training.example import TrainingTurn
from voiceassist.training.own_texts import own_examples
from voiceassist.training.published import FILES, published_examples
from voiceassist.training.recipe import train as train_on
from voiceassist.training.report import RATES, CurveRow, ReportRow, curve, report

Data = Annotated[
    Path | None, typer.Option(help=f"The folder with the published collections ({', '.join(FILES)}).")
]
Texts = Annotated[Path | None, typer.Option(help="The folder with our own training texts.")]
Out = Annotated[Path | None, typer.Option(help="The folder to write the weights to. Default: the built-in one.")]
Feedback = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="Instead of weights: adjust the playbook to what people said (of `cues feedback`). Repeatable.",
    ),
]
HeldOut = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE", help="With --feedback: labelled turns that show what the change costs. Repeatable."
    ),
]
Take = Annotated[bool, typer.Option("--take", help="With --feedback: write the change into the playbook's file.")]
OwnOnly = Annotated[bool, typer.Option("--own-only", help="Do without the published collections.")]


def train(
    data: Data = None,
    texts: Texts = None,
    out: Out = None,
    own_only: OwnOnly = False,
    feedback: Feedback = None,
    playbook: PlaybookOption = None,
    held_out: HeldOut = None,
    take: Take = False,
) -> None:
    """Make the weights of the cue classifier again; or, with --feedback, adjust a playbook to false alarms.

    The same texts give the same bytes. The published collections do not come with voiceassist; the README in
    models/training/cues says where to get them.

    With --feedback no weights are made: a rule that was mostly wrong in your calls reaches less far. What would
    change is reported first; --take writes it into the playbook.

    Examples:

      voiceassist cues train --data collections/

      voiceassist cues train --own-only --out /tmp/weights

      voiceassist cues train --feedback feedback.jsonl --playbook shop.yaml --take
    """
    if feedback:
        learn_for_site(feedback, playbook, held_out or [], take=take)
        return
    if playbook or held_out or take:
        raise ConfigError("--playbook, --held-out and --take belong to --feedback; name what people said with it")
    console = Console(stderr=True)
    examples = own_examples(texts or bundled_dir() / "training" / "cues")
    examples += _published(data, own_only=own_only)
    path = out / FILE if out else weights_file("en")
    with console.status("reading") as status:
        trained = train_on(examples, status.update)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(trained.data)
    _print_report(report(trained))
    _print_curve(curve(trained))
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


def _print_curve(lines: Sequence[CurveRow]) -> None:
    rates = ", ".join(map(str, RATES))
    title = f"Recall where ordinary talk has {rates} false cues of the kind in 10,000 turns"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in ("kind", "source", "have it", *map(str, RATES)):
        table.add_column(name, justify="left" if name in ("kind", "source") else "right")
    for line in lines:
        shares = (_share(found, line.having) for found in line.found)
        table.add_row(line.kind, line.source, f"{line.having:,}", *shares)
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
