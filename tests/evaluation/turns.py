"""Turns with the cues that were found in them, in a line."""

from typing import Any

from voiceassist.core.cues.match import Match
from voiceassist.evaluation.labelled import LabelledTurn
from voiceassist.evaluation.outcome import Outcome

COLOURED = "~"  # before a kind: it only colours words


def row(
    labels: str = "none",
    *,
    speaker: Any = "customer",
    source: str = "desk",
    text: str = "a b",
    prev: str = "",
    meta: dict[str, Any] | None = None,
) -> LabelledTurn:
    return LabelledTurn(
        id="1", speaker=speaker, text=text, text_asr=text.lower(), labels=tuple(labels.split()), prev=prev,
        source=source, meta=meta or {},
    )  # fmt: skip


def match(kind: str) -> Match:
    """`~insult` is an insult that only colours words."""
    name = kind.removeprefix(COLOURED)
    return Match(
        kind=name, rule=f"{name}.x", layer="phrase", first_word=0, last_word=0, tokens=("a",), first_token=0,
        trailing=0, confidence=0.9, early=True, reach="colour" if kind.startswith(COLOURED) else "alert",
    )  # fmt: skip


def outcome(labels: str = "none", found: str = "", **of_row: Any) -> Outcome:
    return Outcome(row=row(labels, **of_row), found=tuple(map(match, found.split())))
