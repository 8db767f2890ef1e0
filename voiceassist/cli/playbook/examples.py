"""`voiceassist playbook test`: runs the examples that playbooks hold."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from voiceassist.cli.playbook.files import WhichPlaybooks, texts_of
from voiceassist.cli.playbook.try_sentence import marked
from voiceassist.clock import today
from voiceassist.playbooks import read_playbook
from voiceassist.trials.example_runs import ExampleRun, run_examples

ExamplesAsJson = Annotated[bool, typer.Option("--json", help="One JSON object per example.")]


def try_examples(which: WhichPlaybooks = None, as_json: ExamplesAsJson = False) -> None:
    """Run the examples of playbooks: each must bring the cues, the card and the topic that it says.

    Exit code 1: an example failed. Exit code 2: a playbook has mistakes.

    Examples:

      voiceassist playbook test shop.yaml

      voiceassist playbook test
    """
    console = Console(highlight=False, soft_wrap=True)
    runs = [
        (name, run) for text, name in texts_of(which) for run in run_examples(read_playbook(text, name), today())
    ]
    for name, run in runs:
        if as_json:
            print(json.dumps(_fields(name, run), ensure_ascii=False))  # noqa: T201 - this is the output
        elif run.differences:
            _print(console, name, run)
    failed = sum(bool(run.differences) for _, run in runs)
    if not as_json:
        console.print(f"{len(runs)} examples, {len(runs) - failed} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)


def _fields(name: str, run: ExampleRun) -> dict[str, Any]:
    return {
        "playbook": name,
        "number": run.number,
        "passed": not run.differences,
        "differences": [asdict(difference) for difference in run.differences],
    }


def _print(console: Console, name: str, run: ExampleRun) -> None:
    console.print(f"[bold red]failed[/] {escape(name)}, example {run.number}:")
    for speaker, text in run.example.call[:-1]:
        console.print(f"    {speaker}: {escape(text)}")
    speaker, text = run.example.call[-1]
    console.print(f"    {speaker}: {marked(text, run.trial)}")
    for difference in run.differences:
        console.print(
            f"    {difference.what}: expected {escape(difference.expected)}, got {escape(difference.got)}"
        )
