"""`voiceassist cues eval`: how well the cues of a playbook are found in labelled turns, and what follows in calls.

Registered by `__init__.py`. The judging is in `evaluation/`, the tables in `eval_tables.py`, `rate_tables.py`.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import TimeRemainingColumn

from voiceassist.cli.cues.curve_tables import LEGEND as CURVE_LEGEND
from voiceassist.cli.cues.curve_tables import curve_sheet
from voiceassist.cli.cues.eval_document import eval_document
from voiceassist.cli.cues.eval_options import (
    AsMarkdown,
    BaseRates,
    Curves,
    EvalOptions,
    LeftOut,
    Most,
    OnlyKinds,
    Ordinary,
    OwnLabels,
    ScoresAsJson,
    TextVariants,
    WithErrors,
    WithRates,
    base_rate_in,
    known_kind,
    meanings_with,
)
from voiceassist.cli.cues.eval_tables import LEGEND, Evaluated, show_mistakes, source_sheets
from voiceassist.cli.cues.files import LabelledFiles, read_rows
from voiceassist.cli.cues.rate_tables import LEGEND as RATE_LEGEND
from voiceassist.cli.cues.rate_tables import rate_sheets
from voiceassist.cli.cues.sheets import Sheet, markdown_lines, show_sheet
from voiceassist.cli.options import PlaybookOption
from voiceassist.cli.progress import counted_bar
from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import DatasetError
from voiceassist.evaluation.base_rates import BASE_RATES
from voiceassist.evaluation.curve import Curve, Strength, curve_of, demands_of, opened, strength_in
from voiceassist.evaluation.evaluation import Mistake, mistakes_of, scores_of
from voiceassist.evaluation.judged import source_turns
from voiceassist.evaluation.labelled import TEXTS, LabelledTurn, Meaning, TextName
from voiceassist.evaluation.outcome import KIND_ORDER, Outcome, outcome_of
from voiceassist.evaluation.rates import brought_by, rates_of
from voiceassist.playbooks import load_playbook


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalTurns:
    """The turns of all files, and the sources that somebody called ordinary talk."""

    rows: Sequence[LabelledTurn]
    ordinary: Collection[str]


def evaluate(
    files: LabelledFiles,
    playbook: PlaybookOption = None,
    text: TextVariants = "clean",
    errors: WithErrors = False,
    most: Most = None,
    rate: WithRates = False,
    ordinary: Ordinary = None,
    base_rate: BaseRates = None,
    curve: Curves = None,
    kind: OnlyKinds = None,
    negative: OwnLabels = None,
    leave_out: LeftOut = None,
    markdown: AsMarkdown = False,
    as_json: ScoresAsJson = False,
) -> None:
    """Compare the cues that are found in labelled turns with their labels, source by source.

    A source counts for the kinds that its labels name; where they name none, every cue is a false alarm. What
    reaches people (card, alert) is told apart from what only colours words, all with 95 % intervals. "abuse" is
    insult, threat, slur and sexual; cancel_close is churn. Not scored: neg_inform, ambiguous, abuse_3p.

    Exit code 2: a row cannot be read; file and line are named. Examples:

      voiceassist cues eval turns.jsonl --errors --most 20

      voiceassist cues eval labelled.jsonl smalltalk.jsonl --rate --base-rate refusal=1/50

      voiceassist cues eval labelled.jsonl --ordinary calls.jsonl --kind abuse --markdown

      voiceassist cues eval labelled.jsonl smalltalk.jsonl --curve refusal
    """
    own = meanings_with(negative or [], leave_out or [])
    wanted = EvalOptions(
        meanings=own,
        kinds=[known_kind(one) for one in kind or KIND_ORDER],
        most=most if errors else 0,
        with_rates=bool(rate or ordinary or base_rate),
        curves=[known_kind(one) for one in curve or []],
        base_rates={**BASE_RATES, **dict(map(base_rate_in, base_rate or []))},
    )
    rules, turns = load_playbook(playbook, "en"), _turns(files, ordinary or [], own)
    _check_ordinary(turns, wanted)
    evaluated = [_evaluated(rules, turns, one, wanted) for one in (TEXTS if text == "both" else (text,))]
    _print(evaluated, rules.label, "json" if as_json else "markdown" if markdown else "tables", with_errors=errors)


def _turns(files: Sequence[Path], ordinary: Sequence[Path], meanings: Mapping[str, Meaning]) -> EvalTurns:
    by_file = {file: list(read_rows(file, meanings)) for file in dict.fromkeys((*files, *ordinary))}
    rows = [row for of_file in by_file.values() for row in of_file]
    if not rows:
        raise DatasetError(f"{', '.join(map(str, files))}: no rows; write one JSON object per line")
    return EvalTurns(rows=rows, ordinary={row.source for file in ordinary for row in by_file[file]})


def _check_ordinary(turns: EvalTurns, wanted: EvalOptions) -> None:
    """Raises DatasetError where rates are asked for and no source is ordinary talk."""
    about = {row.source: False for row in turns.rows}
    for row in turns.rows:
        about[row.source] |= any(wanted.meanings[label].about for label in row.labels)
    if wanted.with_rates and not turns.ordinary and all(about.values()):
        raise DatasetError(
            "--rate needs ordinary talk, and the labels of every source name some kind: add a file whose rows "
            'have "labels": [], or name one with --ordinary'
        )


def _evaluated(playbook: Playbook, turns: EvalTurns, text: TextName, wanted: EvalOptions) -> Evaluated:
    outcomes = [outcome_of(playbook, row, text) for row in _tracked(turns.rows, f"finding cues ({text} text)")]
    mistakes = mistakes_of(outcomes, wanted.meanings, wanted.kinds) if wanted.most != 0 else []
    return Evaluated(
        text=text,
        sources=scores_of(outcomes, wanted.meanings, wanted.kinds),
        mistakes=_at_most(mistakes, wanted.most),
        rates=rates_of(
            outcomes,
            wanted.meanings,
            ordinary=turns.ordinary,
            base_rates=wanted.base_rates,
            kinds=wanted.kinds,
            brings=brought_by(playbook) if len(wanted.kinds) == len(KIND_ORDER) else (),
        )
        if wanted.with_rates
        else None,
        curves=[_curve(playbook, outcomes, turns, kind, text, wanted) for kind in wanted.curves],
    )


def _curve(
    playbook: Playbook,
    outcomes: Sequence[Outcome],
    turns: EvalTurns,
    kind: str,
    text: TextName,
    wanted: EvalOptions,
) -> Curve:
    everything, sources = opened(playbook, kind), source_turns(outcomes, wanted.meanings, turns.ordinary)
    with counted_bar(TimeRemainingColumn()) as progress:
        task = progress.add_task(f"weighing {kind} ({text} text)", total=len(outcomes))

        def strength_of(row: LabelledTurn) -> Strength | None:
            progress.advance(task)
            return strength_in(everything, kind, row, text)

        steps = curve_of(kind, sources, demands_of(playbook, kind), strength_of)
    return Curve(kind=kind, text=text, steps=steps)


def _tracked(rows: Sequence[LabelledTurn], what: str) -> Iterator[LabelledTurn]:
    with counted_bar(TimeRemainingColumn()) as progress:
        yield from progress.track(rows, description=what)


def _at_most(mistakes: Sequence[Mistake], most: int | None) -> list[Mistake]:
    """The first so many of each source."""
    kept: dict[str, list[Mistake]] = {}
    for mistake in mistakes:
        of_source = kept.setdefault(mistake.outcome.row.source, [])
        if most is None or len(of_source) < most:
            of_source.append(mistake)
    return [mistake for of_source in kept.values() for mistake in of_source]


def _sheets(evaluated: Sequence[Evaluated]) -> Iterator[Sheet]:
    yield from source_sheets(evaluated)
    for one in evaluated:
        if one.rates:
            yield from rate_sheets(one.rates, one.text)
        yield from map(curve_sheet, one.curves)


def _print(
    evaluated: Sequence[Evaluated],
    playbook: str,
    form: Literal["json", "markdown", "tables"],
    *,
    with_errors: bool,
) -> None:
    legend = " ".join((f"Playbook {playbook}.", LEGEND, *_more_legends(evaluated[0])))
    if form == "json":
        print(json.dumps(eval_document(playbook, evaluated, with_errors=with_errors), indent=1))  # noqa: T201 - the output
    elif form == "markdown":
        lines = [line for sheet in _sheets(evaluated) for line in markdown_lines(sheet)]
        print("\n".join([*lines, legend]))  # noqa: T201 - the output
    else:
        _show(evaluated, legend, Console(), with_errors=with_errors)


def _more_legends(evaluated: Evaluated) -> Iterator[str]:
    if evaluated.rates:
        yield RATE_LEGEND
    if evaluated.curves:
        yield CURVE_LEGEND


def _show(evaluated: Sequence[Evaluated], legend: str, console: Console, *, with_errors: bool) -> None:
    for sheet in _sheets(evaluated):
        show_sheet(sheet, console)
    console.print(legend, style="dim", highlight=False)
    if with_errors:
        show_mistakes(evaluated, console)
