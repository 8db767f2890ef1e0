"""What one can ask `voiceassist cues eval` for: its options as typer reads them, and what they mean together.

Next: `eval.py`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

import typer

from voiceassist.errors import ConfigError
from voiceassist.evaluation.labelled import MEANINGS, Meaning
from voiceassist.evaluation.outcome import KIND_ORDER

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
WithRates = Annotated[
    bool, typer.Option("--rate", help="What it means in calls: false alarms in ordinary talk, and precision.")
]
Ordinary = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="Turns to read as well that are ordinary talk for every kind, also for those without a label. "
        "Files in which no label names a kind are so anyway. Repeatable.",
    ),
]
BaseRates = Annotated[
    list[str] | None,
    typer.Option(
        "--base-rate",
        metavar="KIND=RATE",
        help="With --rate: how many turns of its side have a kind in your calls, as 1/40 or .025. Repeatable.",
    ),
]
OnlyKinds = Annotated[list[str] | None, typer.Option("--kind", metavar="KIND", help="Only this kind. Repeatable.")]
Curves = Annotated[
    list[str] | None,
    typer.Option(
        "--curve",
        metavar="KIND",
        help="Recall and false alarms of this kind as rules and classifier are asked less. Repeatable.",
    ),
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="The tables as Markdown.")]
ScoresAsJson = Annotated[bool, typer.Option("--json", help="Everything as one JSON document.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalOptions:
    """What is to be told."""

    meanings: Mapping[str, Meaning]
    kinds: Collection[str]
    most: int | None  # mistakes of each source; None: all
    with_rates: bool
    curves: Sequence[str]  # kinds
    base_rates: Mapping[str, float]


def meanings_with(negative: Sequence[str], leave_out: Sequence[str]) -> Mapping[str, Meaning]:
    """What labels mean, with those of one's own. Neither kind is a cue."""
    own = {label: Meaning() for label in negative} | {label: Meaning(use="leave_out") for label in leave_out}
    return {**MEANINGS, **own}


def known_kind(name: str) -> str:
    """The name, if it is a kind's. Raises ConfigError."""
    if name not in KIND_ORDER:
        raise ConfigError(f"{name!r} is no kind of cue; known are {', '.join(KIND_ORDER)}")
    return name


def base_rate_in(given: str) -> tuple[str, float]:
    """A kind and its rate, as in "refusal=1/40". Raises ConfigError."""
    kind, _, rate = given.partition("=")
    try:
        share = float(Fraction(rate))
    except (ValueError, ZeroDivisionError):
        share = 0.0
    if not 0 < share < 1:
        raise ConfigError(f"--base-rate {given}: write KIND=RATE with a rate between 0 and 1, as in refusal=1/40")
    return known_kind(kind), share
