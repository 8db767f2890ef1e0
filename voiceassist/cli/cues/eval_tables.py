"""The tables of `voiceassist cues eval`: one per source, a line per kind, clean and recognised text side by side.

Never judges: everything comes from `evaluation/evaluation.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voiceassist.core.cues.match import Match
from voiceassist.evaluation.evaluation import Apart, Mistake, SourceScores
from voiceassist.evaluation.labelled import TextName
from voiceassist.evaluation.scores import Counts, Rate

NONE = "-"
PERCENT = 100
FULL = 99.95  # percent; from here on a bound is shown as 100
RECOGNISED = "  recognised"
FIGURES = ("has it", "right", "false", "precision", "recall", "F1", "per 1,000")
LEGEND = (
    "Per source, never pooled; a source counts for the kinds that its labels name. has it: turns with this kind; "
    "right: of these, found; false: found, but not there. precision, recall, F1 in %; per 1,000: false alarms per "
    "1,000 turns without it. Second lines: 95 % intervals."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """Every source's scores on one of the two texts, and the mistakes to list."""

    text: TextName
    sources: Sequence[SourceScores]
    mistakes: Sequence[Mistake]


def show(evaluated: Sequence[Evaluated], playbook: str, console: Console, *, with_errors: bool) -> None:
    """All tables, and the mistakes if they are wanted."""
    for place, of in enumerate(evaluated[0].sources):
        texts = [(one.text, one.sources[place]) for one in evaluated]
        console.print(_table(of, texts))
        for line in _notes(of, texts):
            console.print(line, highlight=False, soft_wrap=True)
        console.print()
    console.print(f"Playbook {playbook}. {LEGEND}", style="dim", highlight=False)
    if with_errors:
        _show_mistakes(evaluated, console)


def _table(of: SourceScores, texts: Sequence[tuple[TextName, SourceScores]]) -> Table:
    title = f"{escape(of.source)}: {of.turns:,} turns"
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=0)
    table.add_column("kind", no_wrap=True)
    for column in FIGURES:
        table.add_column(column, justify="right")
    for number, score in enumerate(of.scores):
        for place, (_, scores) in enumerate(texts):
            table.add_row(RECOGNISED if place else score.kind, *_figures(scores.scores[number].counts))
    return table


def _figures(counts: Counts) -> Iterator[str]:
    yield from (f"{number:,}" for number in (counts.expected, counts.right, counts.false_alarms))
    yield _percent(counts.precision if counts.expected else None)
    yield _percent(counts.recall)
    yield _percent(counts.f1)
    yield _two_lines(counts.false_alarm_rate, digits=2)


def _percent(rate: Rate | None) -> str:
    return _two_lines(rate.times(PERCENT) if rate else None, digits=1)


def _two_lines(rate: Rate | None, *, digits: int) -> str:
    if rate is None:
        return NONE
    low, high = ("100" if bound >= FULL else f"{bound:.{digits}f}" for bound in (rate.low, rate.high))
    return f"{rate.value:.{digits}f}\n[dim]{low}-{high}[/]"


def _notes(of: SourceScores, texts: Sequence[tuple[TextName, SourceScores]]) -> Iterator[str]:
    if of.left_out:
        turns = ", ".join(f"{count:,} {escape(label)}" for label, count in of.left_out.items())
        yield f"[dim]not scored: {turns}[/]"
    for text, scores in texts:
        for one in scores.apart:
            yield f"[dim]apart ({text}): {_apart(one)}[/]"


def _apart(one: Apart) -> str:
    return f"{one.cued:,} of {one.turns:,} {escape(one.label)} cued as {one.kind}: {_in_line(one.rate)}"


def _in_line(rate: Rate | None) -> str:
    return _percent(rate).replace("\n", " %, 95 %: ")


# ---- mistakes ----


def _show_mistakes(evaluated: Sequence[Evaluated], console: Console) -> None:
    for one in evaluated:
        console.print(f"\n[bold]{len(one.mistakes):,} turns judged wrongly ({one.text} text)[/]")
        for mistake in one.mistakes:
            console.print(_mistake(mistake, one.text), highlight=False, soft_wrap=True)


def _mistake(mistake: Mistake, text: TextName) -> str:
    row, words = mistake.outcome.row, mistake.outcome.row.words(text)
    expected = ", ".join(mistake.expected) or "none"
    return "\n".join(
        (
            f"[dim]{escape(row.source)}[/] {escape(row.id)} [dim]expected:[/] {expected}",
            *([f"    [dim]before:[/] {escape(row.prev)}"] if row.prev else []),
            f"    {escape(' '.join(words))}",
            *(f"    [red]missed[/] {kind}" for kind in mistake.missed),
            *([f"    [yellow]false alarm[/] {', '.join(mistake.false_alarms)}"] if mistake.false_alarms else []),
            *(f"    [dim]found:[/] {_found(match, words)}" for match in mistake.outcome.found),
        )
    )


def _found(match: Match, words: Sequence[str]) -> str:
    said = " ".join(words[match.first_word : match.last_word + 1])
    return f"{match.kind} “{escape(said)}” [dim]({escape(match.rule)})[/]"
