"""Tables of figures with intervals, for a terminal or as Markdown to be pasted.

Knows nothing of cues. Next: `eval_tables.py` and `rate_tables.py` fill them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voiceassist.evaluation.scores import Rate

NONE = "-"
TEN, WIDE = 10, 2  # an interval that reaches so far, and is wider than this, is told without a fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A rate as people read it, with its interval."""

    value: str
    interval: str


Cell: TypeAlias = str | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table. The first `names` columns hold words, the others figures."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    names: int = 1
    notes: Sequence[str] = ()  # below it


def figure(rate: Rate | None, *, digits: int, before: str = "") -> Cell:
    """A rate in its own unit. `before` stands before its value, as in "≤ 3"."""
    if rate is None:
        return NONE
    return Figure(value=f"{before}{rate.value:.{digits}f}", interval=_interval(rate, digits))


def _interval(rate: Rate, digits: int) -> str:
    """Of a wide one fewer digits are told, so that it fits under its value."""
    is_wide = rate.high >= TEN and rate.high - rate.low > WIDE
    low, high = (f"{bound:.{0 if is_wide else digits}f}" for bound in (rate.low, rate.high))
    return f"{low}-{high}"


def show_sheet(sheet: Sheet, console: Console) -> None:
    """For a terminal: intervals are second lines."""
    table = Table(
        title=escape(sheet.title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=0
    )
    for place, column in enumerate(sheet.columns):
        is_name = place < sheet.names
        table.add_column(escape(column), justify="left" if is_name else "right", no_wrap=is_name)
    for row in sheet.rows:
        table.add_row(*map(_terminal_cell, row))
    console.print(table)
    for note in sheet.notes:
        console.print(f"[dim]{escape(note)}[/]", highlight=False, soft_wrap=True)
    console.print()


def markdown_lines(sheet: Sheet) -> Iterator[str]:
    """As Markdown: intervals stand in brackets."""
    yield f"**{_plain(sheet.title)}**"
    yield ""
    yield _markdown_row(sheet.columns)
    yield _markdown_row(["---" if place < sheet.names else "--:" for place in range(len(sheet.columns))])
    for row in sheet.rows:
        yield _markdown_row([_markdown_cell(cell) for cell in row])
    yield ""
    for note in sheet.notes:
        yield f"{_plain(note)}\n"


def _terminal_cell(cell: Cell) -> str:
    return f"{cell.value}\n[dim]{cell.interval}[/]" if isinstance(cell, Figure) else escape(cell)


def _markdown_cell(cell: Cell) -> str:
    return f"{cell.value} ({cell.interval.replace('-', '–')})" if isinstance(cell, Figure) else _plain(cell)  # noqa: RUF001 - an en dash


def _plain(text: str) -> str:
    return text.replace("|", "\\|")


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
