"""`voiceassist redact eval`: recall by kind on generated forms, and false masks on ordinary turns.

Registered by `__init__.py`. The measuring is in `evaluation/redaction.py`.
"""

from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voiceassist.cli.cues.files import read_rows
from voiceassist.core.words.languages import language_rules
from voiceassist.evaluation.private_forms import PrivateForm, private_forms
from voiceassist.evaluation.private_templates import HELD_OUT, SEEN, TUNED, Templates
from voiceassist.evaluation.redaction import false_masks, leaks

if TYPE_CHECKING:
    from voiceassist.events import Speaker

SEED = 20_261_129  # fixed: everybody measures the same forms
BATCHES = {"tuned": TUNED, "seen": SEEN, "held out": HELD_OUT}
PER_TURNS = 10_000

Turns = Annotated[
    list[Path] | None, typer.Argument(help="Ordinary turns as JSON lines, as `cues eval` reads them.")
]
Each = Annotated[int, typer.Option(help="Forms of each template.", min=1, max=10_000)]
Tag = Annotated[str, typer.Option(help="Language of the files of turns.")]
ShowErrors = Annotated[bool, typer.Option("--errors", help="Show what leaks, and what is masked wrongly.")]


def evaluate(turns: Turns = None, each: Each = 40, language: Tag = "en", errors: ShowErrors = False) -> None:
    """Say private things in thousands of made-up ways, and count those that no partial and no final shows.

    Templates come in batches: "tuned" while the rules were written, "seen" when they
    were mended, "held out" from both. With files of ordinary
    turns, in --language, also the turns in which something is masked.

    Exit code 2: a row cannot be read; file and line are named.

    Example: voiceassist redact eval tests/cues/ordinary_agent.jsonl --errors
    """
    console = Console(highlight=False, soft_wrap=True)
    table = Table("kind", "language", "batch", "forms", "finals", "partials too", title="Masked whole")
    for tag in ("en", "es"):
        for batch, templates in BATCHES.items():
            _add_rows(table, tag, batch, _forms(templates, tag, each))
    console.print(table)
    if errors:
        _print_leaks(console, each)
    for file in turns or ():
        rows: list[tuple[Speaker, str]] = [
            ("agent" if row.speaker == "agent" else "customer", row.text) for row in read_rows(file, None)
        ]
        wrong = list(false_masks(rows, language_rules(language)))
        rate = PER_TURNS * len(wrong) / max(len(rows), 1)
        console.print(
            f"{escape(file.name)}: {len(wrong)} of {len(rows)} turns masked, {rate:.1f} in {PER_TURNS:,}"
        )
        for text in wrong if errors else ():
            console.print(f"  {escape(text)}")


def _forms(templates: Templates, tag: str, each: int) -> list[PrivateForm]:
    return list(private_forms(templates[tag], tag, Random(SEED).randrange, each=each))  # noqa: S311 - no secret


def _add_rows(table: Table, tag: str, batch: str, forms: list[PrivateForm]) -> None:
    rules = language_rules(tag)
    said = Counter(form.kind for form in forms)
    finals = Counter(form.kind for form in forms if not leaks(form, rules, partials=False))
    whole = Counter(form.kind for form in forms if not leaks(form, rules))
    for kind, count in [*said.items(), ("all", len(forms))]:
        counted = [counter.total() if kind == "all" else counter[kind] for counter in (finals, whole)]
        table.add_row(kind, tag, batch, f"{count:,}", *(f"{100 * number / count:.1f} %" for number in counted))


def _print_leaks(console: Console, each: int) -> None:
    """One leak of each tuned template; those of the other batches are not for looking at."""
    for tag in TUNED:
        shown = set[str]()
        for form in _forms(TUNED, tag, each):
            if form.template not in shown and (found := leaks(form, language_rules(tag))):
                shown.add(form.template)
                console.print(
                    f"{form.kind}: {escape(' | '.join(text for _, text in form.lines))}\n  {escape(found[0])}"
                )
