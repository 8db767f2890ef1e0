"""`voiceassist cues eval`: how well the cues of a playbook are found in labelled turns.

Registered by `__init__.py`. The judging is in `evaluation/evaluation.py`, the tables are in `eval_tables.py`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import TimeRemainingColumn

from voiceassist.cli.cues.eval_tables import Evaluated, show
from voiceassist.cli.cues.files import LabelledFiles, read_rows
from voiceassist.cli.cues.scan import cue_fields
from voiceassist.cli.options import PlaybookOption
from voiceassist.cli.progress import counted_bar
from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import DatasetError
from voiceassist.evaluation.evaluation import Mistake, SourceScores, mistakes_of, outcome_of, scores_of
from voiceassist.evaluation.labelled import MEANINGS, TEXTS, LabelledTurn, Meaning, TextName
from voiceassist.evaluation.scores import Counts, Rate
from voiceassist.playbooks import load_playbook

OwnLabels = Annotated[
    list[str] | None, typer.Option(metavar="LABEL", help="A label of your own: no cue. Repeatable.")
]
LeftOut = Annotated[
    list[str] | None,
    typer.Option("--leave-out", metavar="LABEL", help="A label of your own that is not scored. Repeatable."),
]
TextVariants = Annotated[
    Literal["clean", "asr", "both"],
    typer.Option("--text", help="The text as written, as recognised (text_asr), or both side by side."),
]
WithErrors = Annotated[bool, typer.Option("--errors", help="List every turn with a false alarm or a miss.")]
Most = Annotated[int | None, typer.Option(min=1, metavar="N", help="With --errors: at most N of each source.")]
ScoresAsJson = Annotated[bool, typer.Option("--json", help="Everything as one JSON document.")]


def evaluate(
    files: LabelledFiles,
    playbook: PlaybookOption = None,
    text: TextVariants = "clean",
    errors: WithErrors = False,
    most: Most = None,
    negative: OwnLabels = None,
    leave_out: LeftOut = None,
    as_json: ScoresAsJson = False,
) -> None:
    """Compare the cues that are found in labelled turns with their labels.

    Each source is scored for itself, only for the kinds that its labels name; where they name none, every cue is
    a false alarm. Precision, recall, F1 and false alarms per 1,000 turns come with 95 % intervals. "abuse" is
    insult, threat, slur and sexual together; cancel_close is churn. Not scored: neg_inform, ambiguous,
    unlabelled, abuse_3p. Told apart: abuse_mild, hate_general.

    Exit code 2: a row cannot be read; file and line are named.

    Examples:

      voiceassist cues eval turns.jsonl

      voiceassist cues eval *.jsonl --text both --json > scores.json

      voiceassist cues eval turns.jsonl --playbook telecom --errors --most 20
    """
    rules, meanings = load_playbook(playbook, "en"), _meanings(negative or [], leave_out or [])
    rows, texts = _rows(files, meanings), TEXTS if text == "both" else (text,)
    evaluated = list(_evaluated(rules, rows, texts, meanings, most if errors else 0))
    if as_json:
        print(json.dumps(_document(rules, evaluated, with_errors=errors), indent=1))  # noqa: T201 - the output
    else:
        show(evaluated, rules.label, Console(), with_errors=errors)


def _rows(files: Sequence[Path], meanings: Mapping[str, Meaning]) -> list[LabelledTurn]:
    rows = [row for file in files for row in read_rows(file, meanings)]
    if not rows:
        raise DatasetError(f"{', '.join(map(str, files))}: no rows; write one JSON object per line")
    return rows


def _meanings(negative: Sequence[str], leave_out: Sequence[str]) -> Mapping[str, Meaning]:
    own = {label: Meaning() for label in negative} | {label: Meaning(use="leave_out") for label in leave_out}
    return {**MEANINGS, **own}


def _evaluated(
    playbook: Playbook,
    rows: Sequence[LabelledTurn],
    texts: Sequence[TextName],
    meanings: Mapping[str, Meaning],
    most: int | None,
) -> Iterator[Evaluated]:
    for text in texts:
        outcomes = [outcome_of(playbook, row, text) for row in _tracked(rows, f"finding cues ({text} text)")]
        mistakes = mistakes_of(outcomes, meanings) if most != 0 else []
        yield Evaluated(text=text, sources=scores_of(outcomes, meanings), mistakes=_at_most(mistakes, most))


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


# ---- as JSON ----


def _document(playbook: Playbook, evaluated: Sequence[Evaluated], *, with_errors: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "playbook": playbook.label,
        "sources": [
            {"source": one.source, "turns": one.turns, "left_out": dict(one.left_out)}
            for one in evaluated[0].sources
        ],
        "results": [result for one in evaluated for of in one.sources for result in _results(of, one.text)],
        "apart": [apart for one in evaluated for of in one.sources for apart in _apart(of, one.text)],
    }
    if with_errors:
        document["errors"] = [_error(mistake, one.text) for one in evaluated for mistake in one.mistakes]
    return document


def _results(of: SourceScores, text: TextName) -> Iterator[dict[str, Any]]:
    for score in of.scores:
        yield {"source": of.source, "kind": score.kind, "text": text, **_figures(score.counts)}


def _figures(counts: Counts) -> dict[str, Any]:
    return {
        "turns": counts.turns,
        "expected": counts.expected,
        "found": counts.found,
        **asdict(counts),
        "precision": _rate(counts.precision),
        "recall": _rate(counts.recall),
        "f1": _rate(counts.f1),
        "false_alarms_per_1000": _rate(counts.false_alarm_rate),
    }


def _rate(rate: Rate | None) -> dict[str, float] | None:
    return asdict(rate) if rate else None


def _apart(of: SourceScores, text: TextName) -> Iterator[dict[str, Any]]:
    for one in of.apart:
        yield {"source": of.source, "text": text, **asdict(one), "share": _rate(one.rate)}


def _error(mistake: Mistake, text: TextName) -> dict[str, Any]:
    row, words = mistake.outcome.row, mistake.outcome.row.words(text)
    return {
        "id": row.id,
        "source": row.source,
        "speaker": row.speaker,
        "text": text,
        "labels": row.labels,
        "expected": mistake.expected,
        "missed": mistake.missed,
        "false_alarms": mistake.false_alarms,
        "cues": [cue_fields(match, words) for match in mistake.outcome.found],
        "said": " ".join(words),
        "prev": row.prev,
    }
