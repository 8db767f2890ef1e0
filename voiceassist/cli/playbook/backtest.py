"""`voiceassist playbook backtest`: what a changed playbook would have changed in stored calls."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import TimeRemainingColumn
from rich.table import Table

from voiceassist import wire
from voiceassist.backtests.run import EXAMPLES
from voiceassist.backtests.run import backtest as compare
from voiceassist.backtests.source import StoredCalls, stored_calls
from voiceassist.cli.progress import counted_bar
from voiceassist.config import load_settings
from voiceassist.core.playbook.model import Playbook
from voiceassist.playbooks import builtin_names, find_text, read_playbook
from voiceassist.store.database import DATABASE
from voiceassist.store.playbooks import read_current, read_version
from voiceassist.trials.backtest import AlertTally, Backtest, CardTally, Moment, OldAndNew, RuleTally

STORED = re.compile(r"(?P<name>[a-z0-9][a-z0-9_-]*)(@(?P<number>[0-9]{1,9}))?")
BUILTIN = "builtin:"
WHICH = (
    "A file, name@number of a published version, or a name: what new calls get, else the built-in playbook; "
    "builtin:name is always that one."
)


New = Annotated[str, typer.Argument(metavar="NEW", help=WHICH)]
Old = Annotated[str, typer.Option("--against", metavar="OLD", help=WHICH)]
CallsFrom = Annotated[
    Path | None,
    typer.Option(
        help="A data folder, a file of records (.jsonl), or a folder of such files. Default: the data folder."
    ),
]
Last = Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the newest N calls.")]
MomentsShown = Annotated[int, typer.Option(min=0, metavar="N", help="How many moments to show.")]
Config = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).")]
BacktestAsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")]

Counted = RuleTally | CardTally | AlertTally


def backtest(
    new: New,
    against: Old,
    calls: CallsFrom = None,
    last: Last = None,
    examples: MomentsShown = EXAMPLES,
    config: Config = None,
    as_json: BacktestAsJson = False,
) -> None:
    """Run stored calls through two playbooks: what would newly fire, what would stop, how many cards would come.

    Only calls in the playbooks' language. It re-runs what was heard, not the audio, and changes nothing.

    Examples:

      voiceassist playbook backtest shop.yaml --against retail@3

      voiceassist playbook backtest shop.yaml --against retail --calls recorded.jsonl --json
    """
    where = calls or load_settings(config).data_dir
    store = where if (where / DATABASE).is_file() else load_settings(config).data_dir
    (new, changed), (against, before) = _playbook(new, store / DATABASE), _playbook(against, store / DATABASE)
    stored = stored_calls(where, changed.language, last)
    if not stored.total:
        Console(stderr=True).print(f"no calls in {changed.language!r} in {where}", markup=False, soft_wrap=True)
    result = replace(_compared(before, changed, stored, examples), old=against, new=new)
    if as_json:
        print(json.dumps(wire.to_json(result), indent=1, ensure_ascii=False))  # noqa: T201 - this is the output
    else:
        _show(result, Console(highlight=False))


def _compared(before: Playbook, changed: Playbook, stored: StoredCalls, examples: int) -> Backtest:
    with counted_bar(TimeRemainingColumn()) as bar:
        task = bar.add_task("calls", total=stored.total)
        return compare(
            before, changed, stored, examples=examples, progress=lambda done, _: bar.update(task, completed=done)
        )


def _playbook(which: str, database: Path) -> tuple[str, Playbook]:
    """A playbook with its label, path or `builtin:name`. Raises PlaybookError, UnknownNameError, StoreError."""
    stored = None if Path(which).exists() else STORED.fullmatch(which)
    version = None
    if stored and stored["number"]:
        version = read_version(database, stored["name"], int(stored["number"]))
    elif stored and database.is_file():
        version = read_current(database, which)
    if version:
        return version.label, read_playbook(version.text, version.label, version.number)
    name = which.removeprefix(BUILTIN)
    is_builtin = name in builtin_names() and (name != which or not Path(which).exists())
    return BUILTIN + name if is_builtin else which, read_playbook(*find_text(Path(name), "en"))


def _show(result: Backtest, console: Console) -> None:
    console.print(f"{result.calls:,} calls, {result.turns:,} turns in {result.seconds:.1f} s")
    console.print(f"old: {escape(result.old)}   new: {escape(result.new)}\n")
    if result.left_out:
        why = f"left out, being no whole calls: {result.left_out:,} (the first: {result.left_out_why})\n"
        console.print(why, markup=False, soft_wrap=True)
    _table(console, "Cue", [(one.kind, one) for one in result.per_kind])
    _table(console, "Rule", [(one.rule, one) for one in result.per_rule if _differs(one)])
    _table(console, "Card", [(f"{one.card}: {one.topic}", one) for one in result.cards if _differs(one)])
    _table(console, "Alert", [(f"{one.kind}: {one.level}", one) for one in result.alerts if _differs(one)])
    console.print(f"cards per call: {_pair(result.cards_per_call)}   alerts: {_pair(result.alerts_per_call)}")
    _moments(console, "Would newly fire", result.examples.started)
    _moments(console, "Would stop", result.examples.stopped)


def _differs(one: Counted) -> bool:
    return bool(one.started or one.stopped)


def _table(console: Console, title: str, counted: Sequence[tuple[str, Counted]]) -> None:
    if not counted:
        return
    table = Table(title, box=None, pad_edge=False)
    for heading in ("old", "new", "starts", "stops"):
        table.add_column(heading, justify="right")
    for name, one in counted:
        table.add_row(escape(name), *map(str, (one.old, one.new, one.started, one.stopped)))
    console.print(table)
    console.print()


def _pair(pair: OldAndNew) -> str:
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
