"""`voiceassist cues scan`: the cues of each turn, for other programs and for the eye.

Registered by `__init__.py`. The finding is in `core/cues/find.py`.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from voiceassist.cli.cues.files import LabelledFiles, read_rows
from voiceassist.cli.options import PlaybookOption
from voiceassist.core.cues.match import Match
from voiceassist.core.playbook.model import SPEAKER_OF
from voiceassist.evaluation.labelled import TextName
from voiceassist.evaluation.outcome import Outcome, outcome_of
from voiceassist.playbooks import load_playbook

TextVariant = Annotated[TextName, typer.Option("--text", help="The text as written, or as recognised (text_asr).")]
RowsAsJson = Annotated[bool, typer.Option("--json", help="One JSON object per row: its id and its cues.")]


def scan(
    files: LabelledFiles, playbook: PlaybookOption = None, text: TextVariant = "clean", as_json: RowsAsJson = False
) -> None:
    """Find the cues of each turn. Labels are not needed and not looked at.

    Each cue has its kind, confidence, layer, rule, and the span of its words:
    first and last, counted from 0 in the words of the text as spaces separate
    them; and its reach: colour (only colours the words), card or alert (may
    bring one), what limits it, and whether rule and classifier agreed.
    A row without a speaker is tried as both sides.

    Exit code 2: a row cannot be read; file and line are named.

    Examples:

      voiceassist cues scan turns.jsonl --json > cues.jsonl

      echo '{"speaker": "agent", "text": "We never do that."}' | voiceassist cues scan -
    """
    rules = load_playbook(playbook, "en")
    outcomes = (outcome_of(rules, row, text) for file in files for row in read_rows(file, None))
    if as_json:
        _print_json(outcomes, text)
    else:
        _print_lines(outcomes, text, Console(highlight=False, soft_wrap=True))


def cue_fields(match: Match, words: Sequence[str]) -> dict[str, Any]:
    """A cue as JSON."""
    return {
        "kind": match.kind,
        "speaker": SPEAKER_OF.get(match.kind),  # null: a kind of the playbook's own
        "confidence": match.confidence,
        "layer": match.layer,
        "rule": match.rule,
        "reach": match.reach,
        "reach_limit": match.reach_limit,
        "agreed": match.agreed,
        "span": [match.first_word, match.last_word],
        "words": " ".join(words[match.first_word : match.last_word + 1]),
    }


def _print_json(outcomes: Iterable[Outcome], text: TextName) -> None:
    for outcome in outcomes:
        words = outcome.row.words(text)
        cues = [cue_fields(match, words) for match in outcome.found]
        print(json.dumps({"id": outcome.row.id, "cues": cues}), flush=True)  # noqa: T201 - this is the output


def _print_lines(outcomes: Iterable[Outcome], text: TextName, console: Console) -> None:
    for outcome in outcomes:
        row, words = outcome.row, outcome.row.words(text)
        console.print(f"[dim]{escape(row.id)} {row.speaker}[/] {escape(' '.join(words))}")
        for match in outcome.found:
            said = escape(" ".join(words[match.first_word : match.last_word + 1]))
            limit = f" ({match.reach_limit})" if match.reach_limit else ""
            about = f"{match.confidence:.2f}, {match.layer}, {escape(match.rule)}, reach {match.reach}{limit}"
            console.print(f"    [magenta]{match.kind}[/] “{said}” [dim]({about})[/]")
