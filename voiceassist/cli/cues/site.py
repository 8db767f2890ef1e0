"""`voiceassist cues train --feedback`: what people called false alarms, as changes of the playbook of this place.

Tells first what would change on the feedback and on held-out turns; writes only when asked to. Never trains
weights. The learning is in `evaluation/adjust.py`. Registered as part of `train.py`.
"""

import difflib
from collections.abc import Sequence
from functools import reduce
from pathlib import Path

from rich.console import Console

from voiceassist.cli.cues.files import read_rows
from voiceassist.cli.cues.sheets import Sheet, show_sheet
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.languages import primary_subtag
from voiceassist.errors import ConfigError, DatasetError
from voiceassist.evaluation.adjust import Adjustment, adjustments_for, edits_for, judgements_in
from voiceassist.evaluation.evaluation import scores_of
from voiceassist.evaluation.labelled import MEANINGS, LabelledTurn
from voiceassist.evaluation.outcome import KIND_ORDER, outcome_of
from voiceassist.playbooks import find_text, read_playbook
from voiceassist.speech_models.bundled import bundled_dir
from voiceassist.yamltext.document import read_document
from voiceassist.yamltext.edits import edit_yaml

ROUNDS = 5  # bounds the work: each reads the playbook anew, some seconds
WHAT = {
    "weak": "weak: only colours, unless the classifier agrees",
    "off": "switched off",
    "colour": "the whole kind only colours",
}
NOT_A_FILE = (
    "the playbook that is to be changed must be a file: name it with --playbook. A built-in one can be copied: "
    "voiceassist playbook show retail --yaml > shop.yaml"
)


def learn_for_site(
    feedback: Sequence[Path], playbook: Path | None, held_out: Sequence[Path], *, take: bool
) -> None:
    """Reports what the feedback asks for; `take`: writes it. Raises ConfigError, DatasetError, PlaybookError."""
    if take and not (playbook and playbook.is_file()):
        raise ConfigError(NOT_A_FILE)
    (text, name), console = find_text(playbook, "en"), Console(highlight=False)
    before = read_playbook(text, name)
    rows = _feedback_rows(feedback, before.language)
    changed, found = _learned(text, name, rows)
    if not found:
        console.print(f"{len(rows):,} judged cues ask for no change: no rule is mostly wrong.")
        return
    after, kinds = read_playbook(changed, name), {one.kind for one in found}
    show_sheet(_changes(found), console)
    show_sheet(_effect("What people judged", before, after, rows, kinds), console)
    _show_held_out(before, after, held_out or _own_turns(), kinds, console)
    lines = difflib.unified_diff(text.splitlines(), changed.splitlines(), name, "with the feedback", lineterm="")
    console.print("\n".join(lines), markup=False, soft_wrap=True)
    _take(playbook, changed, console) if take else console.print("Nothing was written; --take writes it.")


def _learned(text: str, name: str, rows: Sequence[LabelledTurn]) -> tuple[str, list[Adjustment]]:
    """The playbook's text with all changes, and these. A rule that goes may uncover another."""
    found: list[Adjustment] = []
    for _ in range(ROUNDS):
        playbook = read_playbook(text, name)
        judgements = judgements_in(outcome_of(playbook, row, "clean") for row in rows)
        more = adjustments_for(judgements, (rule.id for rule in playbook.builtin.rules))
        if not more:
            break
        found += more
        text = reduce(edit_yaml, edits_for(playbook, read_document(text).value, more), text)
    return text, found


def _feedback_rows(files: Sequence[Path], language: str) -> list[LabelledTurn]:
    """What people judged in calls of this language; hand-written rows need not name one."""
    rows = [row for file in files for row in read_rows(file, MEANINGS)]
    judged = [row for row in rows if any(MEANINGS[label].is_alone for label in row.labels)]
    kept = [row for row in judged if _is_in(row, language)]
    if not kept:
        names = ", ".join(map(str, files))
        raise DatasetError(f"{names}: nothing is judged in {language}; write it with `voiceassist cues feedback`")
    return kept


def _is_in(row: LabelledTurn, language: str) -> bool:
    return primary_subtag(str(row.meta.get("language") or language)) == primary_subtag(language)


def _own_turns() -> list[Path]:
    """Our own held-out turns, where there is a checkout."""
    folder = bundled_dir().parent / "tests" / "cues"
    return [file for file in sorted(folder.glob("*.jsonl")) if file.stem != "topics"]


def _changes(found: Sequence[Adjustment]) -> Sheet:
    return Sheet(
        title="What the feedback asks for",
        columns=("rule", "becomes", "wrong in calls", "right in calls"),
        rows=[[one.rule or one.kind, WHAT[one.change], f"{one.wrong:,}", f"{one.right:,}"] for one in found],
        names=2,
    )


def _show_held_out(
    before: Playbook, after: Playbook, files: Sequence[Path], kinds: set[str], console: Console
) -> None:
    if not files:
        console.print("No held-out turns: name labelled files with --held-out to see what the change costs.\n")
        return
    rows = [row for file in files for row in read_rows(file, MEANINGS)]
    show_sheet(_effect("Held-out turns", before, after, rows, kinds), console)


def _effect(title: str, before: Playbook, after: Playbook, rows: Sequence[LabelledTurn], kinds: set[str]) -> Sheet:
    """What reaches people before and after, by source and kind."""
    wanted = [kind for kind in KIND_ORDER if kind in kinds]
    scores = [
        scores_of((outcome_of(playbook, row, "clean") for row in rows), kinds=wanted)
        for playbook in (before, after)
    ]
    return Sheet(
        title=f"{title}: what reaches people, before → after",
        columns=("kind", "source", "has it", "right", "false"),
        rows=[
            [
                old.kind,
                of.source,
                f"{old.counts.expected:,}",
                f"{old.counts.right:,} → {new.counts.right:,}",
                f"{old.counts.false_alarms:,} → {new.counts.false_alarms:,}",
            ]
            for of, of_new in zip(*scores, strict=True)
            for old, new in zip(of.scores, of_new.scores, strict=True)
        ],
        names=2,
    )


def _take(playbook: Path | None, changed: str, console: Console) -> None:
    assert playbook
    playbook.write_text(changed, encoding="utf-8")
    console.print(f"{playbook} was changed. Publish it, or start the server with it; rolling back undoes it.")
