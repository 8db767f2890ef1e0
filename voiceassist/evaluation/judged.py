"""A turn's cues beside its labels: what it has, what reached people, what only coloured words.

A turn has a kind or has it not: two cues of a kind in it are one, and a refusal that is recovered in the same
breath is a refusal. Never counts. Next: `evaluation.py`, `rates.py` and `curve.py` count.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from voiceassist.core.playbook.model import ABUSE_KINDS, SPEAKER_OF
from voiceassist.evaluation.labelled import ABUSE, MEANINGS, LabelledTurn, Meaning
from voiceassist.evaluation.outcome import Kinds, Outcome, by_source, is_abuse, speaker_of, with_abuse

Meanings: TypeAlias = Mapping[str, Meaning]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A turn that is scored."""

    outcome: Outcome
    expected: Kinds  # it has these
    only_about: Kinds = frozenset()  # it tells of these alone; empty: of all that its side can say
    reaching: Kinds  # these were told by a card or an alert
    coloured: Kinds  # these only coloured words

    def is_about(self, kind: str) -> bool:
        """Whether the turn tells anything of a kind: not of what its side cannot say, nor which abuse it is."""
        if self.only_about and kind not in self.only_about:
            return False
        if kind in self.expected:
            return True
        if kind in ABUSE_KINDS and ABUSE in self.expected and self.expected.isdisjoint(ABUSE_KINDS):
            return False
        return speaker_of(kind) in self.outcome.row.speakers

    def is_without(self, kind: str) -> bool:
        """Whether the turn is one of the side that can say the kind, and has it not."""
        row = self.outcome.row
        if kind in self.expected or speaker_of(kind) not in row.speakers:
            return False
        if self.only_about and kind not in self.only_about:
            return False
        is_perhaps_abuse = ABUSE in self.expected or row.meta.get("abuse")  # true, or a word of doubt
        return not (is_perhaps_abuse and is_abuse(kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTurns:
    """The turns of one source that are scored, and what it can tell of."""

    source: str
    turns: Sequence[Judged]
    named: Kinds  # the kinds that its labels name: it was looked through for them
    sayable: Kinds  # the kinds that its speakers can say
    is_ordinary: bool  # whether it is ordinary talk


def judged_turns(outcomes: Iterable[Outcome], meanings: Meanings = MEANINGS) -> list[Judged]:
    """The turns that no label keeps from being scored."""
    return [_judged(one, meanings) for one in outcomes if not set_aside(one.row, meanings, "leave_out", "apart")]


def _judged(outcome: Outcome, meanings: Meanings) -> Judged:
    reaching, said = outcome.reaching, [meanings[label] for label in outcome.row.labels]
    return Judged(
        outcome=outcome,
        expected=with_abuse(one.present for one in said) - {""},
        only_about=with_abuse(one.about for one in said if one.is_alone),
        reaching=reaching,
        coloured=outcome.kinds - reaching,
    )


def source_turns(
    outcomes: Iterable[Outcome], meanings: Meanings = MEANINGS, ordinary: Collection[str] = ()
) -> list[SourceTurns]:
    """The turns of each source, in the order in which the sources come.

    A source is ordinary talk when no label names a kind, or when it is among `ordinary`.
    """
    return [
        SourceTurns(
            source=source,
            turns=judged_turns(of, meanings),
            named=(named := named_kinds(of, meanings)),
            sayable=sayable_kinds(of),
            is_ordinary=source in ordinary or not named,
        )
        for source, of in by_source(outcomes).items()
    ]


def set_aside(row: LabelledTurn, meanings: Meanings, *uses: str) -> list[str]:
    """The labels that keep a turn from being scored."""
    return [label for label in row.labels if meanings[label].use in uses]


def named_kinds(outcomes: Iterable[Outcome], meanings: Meanings = MEANINGS) -> Kinds:
    """The kinds that the labels of a source name: it was looked through for them."""
    return with_abuse(meanings[label].about for one in outcomes for label in one.row.labels) - {""}


def sayable_kinds(outcomes: Iterable[Outcome]) -> Kinds:
    """The kinds that the speakers of these turns can say."""
    speakers = {speaker for one in outcomes for speaker in one.row.speakers}
    return with_abuse(kind for kind, speaker in SPEAKER_OF.items() if speaker in speakers)
