"""Runs the examples that a playbook holds: `run_examples(playbook) -> tuple[ExampleRun, ...]`.

Compares what the last turn of each brings with what the example says. Never prints.
Next: `voiceassist playbook test`, and publishing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from voiceassist.core.playbook.model import NO_CARD, Example, Playbook
from voiceassist.trials.trial import Trial, try_turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that an example expects and does not get."""

    what: str  # "cues", "card" or "topic"
    expected: str
    got: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleRun:
    """An example with what came of it."""

    number: int  # counts from 1
    example: Example
    trial: Trial
    differences: tuple[Difference, ...]  # none: it passed


def run_examples(playbook: Playbook, today: str = "") -> tuple[ExampleRun, ...]:
    """All examples of a playbook, in order. `today` as in `try_turns`, for those that name no day."""
    return tuple(
        _run(playbook, number, example, today) for number, example in enumerate(playbook.examples, start=1)
    )


def _run(playbook: Playbook, number: int, example: Example, today: str) -> ExampleRun:
    trial = try_turns(playbook, example.call, example.tier, example.on or today)
    return ExampleRun(number=number, example=example, trial=trial, differences=tuple(_differences(example, trial)))


def _differences(example: Example, trial: Trial) -> Iterator[Difference]:
    topic = trial.topic.policy.id if trial.topic else NO_CARD
    kinds = ", ".join(sorted({cue.kind for cue in trial.cues})) or "none"
    expected = None if example.cues is None else ", ".join(sorted(set(example.cues))) or "none"
    for what, wanted, got in (
        ("cues", expected, kinds),
        ("card", example.card, trial.card_name or NO_CARD),
        ("topic", example.topic, topic),
    ):
        if wanted is not None and wanted != got:
            yield Difference(what=what, expected=wanted, got=got)
