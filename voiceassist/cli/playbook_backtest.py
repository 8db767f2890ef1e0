"""`voiceassist playbook backtest`: what a changed playbook would have changed in stored calls."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from voiceassist import wire
from voiceassist.backtests.run import EXAMPLES
from voiceassist.backtests.run import backtest as compare
from voiceassist.backtests.source import DATABASE, stored_calls
from voiceassist.config import load_settings
from voiceassist.core.backtest import Backtest, Moment, Pair, Tally
from voiceassist.core.playbook import Playbook
from voiceassist.playbooks import find_text, read_playbook
from voiceassist.store.playbooks import read_version

STORED = re.compile(r"(?P<name>[a-z0-9][a-z0-9_-]*)@(?P<number>[0-9]{1,9})")
WHICH = "A file, a built-in playbook's name, or name@number of a published version."


def backtest(
    new: Annotated[str, typer.Argument(metavar="NEW", help=WHICH)],
    against: Annotated[str, typer.Option("--against", metavar="OLD", help=WHICH)],
    calls: Annotated[
        Path | None,
        typer.Option(
            help="A data folder, a file of records (.jsonl), or a folder of such files. Default: the data folder."
        ),
    ] = None,
    last: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the newest N calls.")] = None,
    examples: Annotated[int, typer.Option(min=0, metavar="N", help="How many moments to show.")] = EXAMPLES,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")] = False,
) -> None:
    """Run stored calls through two playbooks: what would newly fire, what would stop, how many cards would come.

    Only calls in the playbooks' language. It re-runs what was heard, not the audio, and changes nothing.

    Examples:

      voiceassist playbook backtest shop.yaml --against retail@3

      voiceassist playbook backtest shop.yaml --against retail --calls recorded.jsonl --json
    """
    data_dir = load_settings(config).data_dir
    changed, before = _playbook(new, data_dir), _playbook(against, data_dir)
    stored = stored_calls(calls or data_dir, changed.language, last)
    with _bar() as bar:
        task = bar.add_task("calls", total=stored.total)
        result = compare(
            before, changed, stored, examples=examples, progress=lambda done, _: bar.update(task, completed=done)
        )
    result = replace(result, old=against, new=new)
    if as_json:
        print(json.dumps(wire.to_json(result), indent=1, ensure_ascii=False))  # noqa: T201 - this is the output
    else:
        _show(result, Console(highlight=False))


def _playbook(which: str, data_dir: Path) -> Playbook:
    """A published version, a file or a built-in playbook. Raises PlaybookError, UnknownNameError, StoreError."""
    stored = STORED.fullmatch(which)
    if stored and not Path(which).exists():
        version = read_version(data_dir / DATABASE, stored["name"], int(stored["number"]))
        return read_playbook(version.text, version.label, version.number)
    return read_playbook(*find_text(Path(which), "en"))


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _show(result: Backtest, console: Console) -> None:
    console.print(f"{result.calls:,} calls, {result.turns:,} turns in {result.seconds:.1f} s")
    console.print(f"old: {escape(result.old)}   new: {escape(result.new)}\n")
    console.print(_table("Cue", result.per_kind))
    console.print(_table("Rule", [tally for tally in result.per_rule if tally.started or tally.stopped]))
    console.print(f"cards per call: {_pair(result.cards_per_call)}   alerts: {_pair(result.alerts_per_call)}")
    _moments(console, "Would newly fire", result.examples.started)
    _moments(console, "Would stop", result.examples.stopped)


def _table(title: str, tallies: list[Tally] | tuple[Tally, ...]) -> Table:
    table = Table(title, box=None, pad_edge=False)
    for heading in ("old", "new", "starts", "stops"):
        table.add_column(heading, justify="right")
    for tally in tallies:
        table.add_row(escape(tally.rule), *map(str, (tally.old, tally.new, tally.started, tally.stopped)))
    return table


def _pair(pair: Pair) -> str:
    return f"{pair.old:.2f} → {pair.new:.2f}"


def _moments(console: Console, title: str, moments: tuple[Moment, ...]) -> None:
    if moments:
        console.print(f"\n[bold]{title}[/]")
    for moment in moments:
        place = f"{moment.call_id} {moment.at_ms // 60_000}:{moment.at_ms // 1000 % 60:02}"
        console.print(f"  [cyan]{escape(moment.rule)}[/]  [dim]{escape(place)}[/]", soft_wrap=True)
        if moment.before:
            console.print(f"    [dim]… {escape(moment.before)}[/]", soft_wrap=True)
        if moment.text:
            marked = escape(moment.text).replace(escape(moment.words), f"[bold]{escape(moment.words)}[/]", 1)
            console.print(f"    {moment.speaker}: {marked}", soft_wrap=True)
