"""`voiceassist playbook check`: all that is wrong with a playbook, or that nothing is."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from voiceassist.cli.playbook.files import WhichPlaybooks, texts_of
from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import PlaybookError
from voiceassist.playbooks import problems_of, read_playbook
from voiceassist.trials.compiled import compile_playbook
from voiceassist.yamltext.problems import Problem, located

ProblemsAsJson = Annotated[bool, typer.Option("--json", help="One JSON object per playbook, with its problems.")]


def check(which: WhichPlaybooks = None, as_json: ProblemsAsJson = False) -> None:
    """Check playbooks: every mistake with file, line, field, what is wrong, and the nearest valid name.

    Exit code 2: there are mistakes.

    Examples:

      voiceassist playbook check shop.yaml

      voiceassist playbook check retail telecom
    """
    console = Console(highlight=False, soft_wrap=True, markup=False)
    checked = [(text, name, _problems(text, name)) for text, name in texts_of(which)]
    for text, name, problems in checked:
        if as_json:
            print(json.dumps({"file": name, "problems": [asdict(p) for p in problems]}))  # noqa: T201 - the output
        else:
            console.print(_report(text, name, problems))
    if any(problems for _, _, problems in checked):
        raise typer.Exit(2)


def _problems(text: str, name: str) -> tuple[Problem, ...]:
    """What is wrong with its text, or that its phrases are too large together."""
    problems = problems_of(text)
    if not problems:
        try:
            compile_playbook(read_playbook(text, name))
        except PlaybookError as error:
            return (Problem(1, (), str(error)),)
    return problems


def _report(text: str, name: str, problems: tuple[Problem, ...]) -> str:
    if problems:
        return "\n".join(located(problem, name) for problem in problems)
    return f"{name}: ok, {counts_of(read_playbook(text, name))}"


def counts_of(playbook: Playbook) -> str:
    """What a playbook holds, in numbers."""
    offers = sum(len(policy.alternatives) for policy in playbook.policies)
    return ", ".join(
        f"{count} {noun if count == 1 else nouns}"
        for count, noun, nouns in (
            (len(playbook.policies), "policy", "policies"),
            (offers, "alternative", "alternatives"),
            (len(playbook.rules), "cue rule", "cue rules"),
            (len(playbook.cards), "card", "cards"),
            (len(playbook.absences), "required notice", "required notices"),
            (len(playbook.examples), "example", "examples"),
        )
    )
