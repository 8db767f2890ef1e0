"""`voiceassist playbook topics`: how often the right policy is chosen for a refusal."""

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voiceassist.cli.options import AsJson
from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import DatasetError, PlaybookError
from voiceassist.evaluation.scores import Rate
from voiceassist.evaluation.topic_rows import (
    TopicOutcome,
    TopicRow,
    TopicScore,
    parse_topic_rows,
    score_topics,
    topic_outcome,
)
from voiceassist.playbooks import load_playbook

PERCENT = 100

TopicFiles = Annotated[
    list[Path],
    typer.Argument(
        help='JSON Lines: {"playbook", "turns": [{"speaker", "text"}], "topic"}; the last turn refuses.'
    ),
]
Errors = Annotated[bool, typer.Option("--errors", help="List the rows whose topic was not chosen.")]


def topics(files: TopicFiles, errors: Errors = False, as_json: AsJson = False) -> None:
    """Measure the choice of topics: the share of refusals whose policy is chosen first, for each playbook.

    Exit code 2: a row cannot be read, or names a playbook or a policy that is not there.

    Example: voiceassist playbook topics pairs.jsonl --errors
    """
    outcomes = [outcome for file in files for outcome in _outcomes(file)]
    if not outcomes:
        raise DatasetError(f"{', '.join(map(str, files))}: no rows; write one JSON object per line")
    names = sorted({outcome.row.playbook for outcome in outcomes})
    scores = [score_topics(name, (o for o in outcomes if o.row.playbook == name)) for name in names]
    wrong = [outcome for outcome in outcomes if not outcome.is_right] if errors else []
    if as_json:
        document = {"playbooks": [_score_fields(score) for score in scores], "errors": [_fields(o) for o in wrong]}
        print(json.dumps(document, ensure_ascii=False, indent=1))  # noqa: T201 - this is the output
    else:
        _print(scores, wrong)


def _outcomes(file: Path) -> list[TopicOutcome]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise DatasetError(f"{file}: is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read: {error.strerror or error}") from error
    return [topic_outcome(_playbook_of(row), row) for row in parse_topic_rows(lines, str(file))]


def _playbook_of(row: TopicRow) -> Playbook:
    try:
        return _playbook(row.playbook)
    except PlaybookError as error:
        raise DatasetError(f"{row.place}: playbook: {error}") from error


@cache
def _playbook(name: str) -> Playbook:
    return load_playbook(Path(name), "en")


def _score_fields(score: TopicScore) -> dict[str, Any]:
    rate = score.accuracy
    return {
        "playbook": score.playbook,
        "rows": score.rows,
        "right": score.right,
        "accuracy": rate.value if rate else None,
        "interval": [rate.low, rate.high] if rate else None,
    }


def _fields(outcome: TopicOutcome) -> dict[str, Any]:
    best = outcome.ranked[0]
    return {
        "id": outcome.row.id,
        "playbook": outcome.row.playbook,
        "turns": [turn.model_dump() for turn in outcome.row.turns],
        "topic": outcome.row.topic,
        "chosen": best.policy.id,
        "because": list(best.because),
        "rank": next(n for n, c in enumerate(outcome.ranked, 1) if c.policy.id == outcome.row.topic),
    }


def _print(scores: list[TopicScore], wrong: list[TopicOutcome]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("playbook", "rows", "right first", "accuracy", "95 % interval"):
        table.add_column(heading, justify="left" if heading == "playbook" else "right")
    for score in scores:
        table.add_row(score.playbook, str(score.rows), str(score.right), *_percent(score.accuracy))
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    for outcome in wrong:
        fields = _fields(outcome)
        verdict = f"{fields['topic']} (rank {fields['rank']}), not {fields['chosen']}"
        console.print(f"\n[bold]{escape(outcome.row.id)}[/]: {verdict}")
        console.print(f"  [dim]because of {escape(', '.join(fields['because']) or 'nothing')}[/]")
        for turn in outcome.row.turns:
            console.print(f"  {turn.speaker}: {escape(turn.text)}")


def _percent(rate: Rate | None) -> tuple[str, str]:
    if rate is None:
        return "-", "-"
    return f"{rate.value * PERCENT:.1f} %", f"{rate.low * PERCENT:.1f} to {rate.high * PERCENT:.1f}"
