"""The tables of `voiceassist cues eval`: one per source, a line per kind, clean and recognised text side by side.

Never judges: everything comes from `evaluation/evaluation.py`. Next: `sheets.py` draws them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from voiceassist.cli.cues.sheets import Cell, Figure, Sheet, figure
from voiceassist.core.cues.match import Match
from voiceassist.evaluation.curve import Curve
from voiceassist.evaluation.evaluation import Apart, KindScore, Mistake, SourceScores
from voiceassist.evaluation.labelled import TextName
from voiceassist.evaluation.rates import Rates
from voiceassist.evaluation.scores import Rate

PERCENT = 100
RECOGNISED = "  recognised"
COLUMNS = ("kind", "has it", "right", "false", "precision", "recall", "F1", "per 1,000", "coloured")
LEGEND = (
    "Per source, never pooled; a source counts for the kinds that its labels name. has it: turns with this kind; "
    "right: of these, found so that a card or an alert reaches people; false: the same, but not there. precision, "
    "recall, F1 in %; per 1,000: false alarms per 1,000 turns without it. coloured: further turns, right/false, "
    "in which words are only coloured. Intervals: 95 %."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What became of all turns on one of the two texts."""

    text: TextName
    sources: Sequence[SourceScores]
    mistakes: Sequence[Mistake]
    rates: Rates | None  # None: not asked for
    curves: Sequence[Curve]


def source_sheets(evaluated: Sequence[Evaluated]) -> Iterator[Sheet]:
    """A table for each source that tells of the kinds; with rates, ordinary talk is in their tables."""
    for place, of in enumerate(evaluated[0].sources):
        if not of.scores or (evaluated[0].rates and not any(score.counts.expected for score in of.scores)):
            continue
        texts = [(one.text, one.sources[place]) for one in evaluated]
        yield Sheet(
            title=f"{of.source}: {of.turns:,} turns",
            columns=COLUMNS,
            rows=list(_rows(texts)),
            notes=list(_notes(of, texts)),
        )


def _rows(texts: Sequence[tuple[TextName, SourceScores]]) -> Iterator[list[Cell]]:
    for number, score in enumerate(texts[0][1].scores):
        for place, (_, scores) in enumerate(texts):
            yield [RECOGNISED if place else score.kind, *_figures(scores.scores[number])]


def _figures(score: KindScore) -> Iterator[Cell]:
    counts, coloured = score.counts, score.coloured
    yield from (f"{number:,}" for number in (counts.expected, counts.right, counts.false_alarms))
    yield percent(counts.precision if counts.expected else None)
    yield percent(counts.recall)
    yield percent(counts.f1)
    yield figure(counts.false_alarm_rate, digits=2)
    yield f"{coloured.right:,}/{coloured.false_alarms:,}"


def percent(rate: Rate | None) -> Cell:
    """A share in per cent."""
    return figure(rate.times(PERCENT) if rate else None, digits=1)


def _notes(of: SourceScores, texts: Sequence[tuple[TextName, SourceScores]]) -> Iterator[str]:
    if of.left_out:
        turns = ", ".join(f"{count:,} {label}" for label, count in of.left_out.items())
        yield f"not scored: {turns}"
    for text, scores in texts:
        for one in scores.apart:
            yield f"apart ({text}): {_apart(one)}"


def _apart(one: Apart) -> str:
    share = percent(one.rate)
    rate = f"{share.value} %, 95 %: {share.interval}" if isinstance(share, Figure) else share
    return f"{one.cued:,} of {one.turns:,} {one.label} cued as {one.kind}: {rate}"


# ---- mistakes ----


def show_mistakes(evaluated: Sequence[Evaluated], console: Console) -> None:
    """Every turn that was judged wrongly, with what was found in it."""
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
            *([f"    [yellow]falsely coloured[/] {', '.join(mistake.coloured)}"] if mistake.coloured else []),
            *(f"    [dim]found:[/] {_found(match, words)}" for match in mistake.outcome.found),
        )
    )


def _found(match: Match, words: Sequence[str]) -> str:
    said = " ".join(words[match.first_word : match.last_word + 1])
    reach = "" if match.reach == "alert" else f", {match.reach}: {match.reach_limit}"
    return f"{match.kind} “{escape(said)}” [dim]({escape(match.rule)}{reach})[/]"
