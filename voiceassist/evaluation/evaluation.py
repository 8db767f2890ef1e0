"""Compares the cues that are found in labelled turns with their labels, source by source.

Sources differ too much to be pooled. In each, only the kinds count that it annotates: those that its labels name
(`Meaning.about`). Where no label names a kind, as in a file of ordinary turns, every cue of every kind that its
speakers can give counts as a false alarm. `abuse` stands for insult, threat, slur and sexual together: any of
them found is right when any is expected. A kind that this side cannot say is never found.
A cue is found when it reaches people, by a card or an alert. What only colours words is counted apart.
Pure: no file, no clock. Next: `rates.py` tells what the scores mean in calls; `cli/cues/eval.py` shows them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from voiceassist.evaluation.judged import Judged, Meanings, judged_turns, named_kinds, sayable_kinds, set_aside
from voiceassist.evaluation.labelled import MEANINGS
from voiceassist.evaluation.outcome import KIND_ORDER, Outcome, by_source
from voiceassist.evaluation.scores import Counts, Rate, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Coloured:
    """Turns in which a kind only coloured words: nobody was told by a card or an alert."""

    right: int = 0  # has it; in `Counts` it is missed
    false_alarms: int = 0  # has it not; in `Counts` it is silent


@dataclass(frozen=True, slots=True, kw_only=True)
class KindScore:
    """How one kind did."""

    kind: str
    counts: Counts  # of what reaches people
    coloured: Coloured


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Turns with a label that counts neither as right nor as wrong."""

    label: str
    kind: str
    turns: int
    cued: int  # so that it reaches people

    @property
    def rate(self) -> Rate | None:
        """The share of them with a cue of the kind."""
        return share(self.cued, self.turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceScores:
    """How every kind did in one source."""

    source: str
    turns: int  # scored; the others are in `left_out` and `apart`
    left_out: Mapping[str, int]  # turns by the label that leaves them out
    scores: tuple[KindScore, ...]
    apart: tuple[Apart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A turn that was judged wrongly."""

    outcome: Outcome
    expected: tuple[str, ...]
    missed: tuple[str, ...]  # perhaps coloured
    false_alarms: tuple[str, ...]  # that reach people
    coloured: tuple[str, ...]  # false, and only coloured


def scores_of(
    outcomes: Iterable[Outcome], meanings: Meanings = MEANINGS, kinds: Collection[str] = KIND_ORDER
) -> list[SourceScores]:
    """The scores of each source for these kinds, in the order in which the sources come."""
    return [_source_scores(source, of, meanings, kinds) for source, of in by_source(outcomes).items()]


def mistakes_of(
    outcomes: Iterable[Outcome], meanings: Meanings = MEANINGS, kinds: Collection[str] = KIND_ORDER
) -> list[Mistake]:
    """Every turn with a false alarm or a miss of these kinds, source by source, in the order of the turns."""
    return [mistake for of in by_source(outcomes).values() for mistake in _mistakes(of, meanings, kinds)]


def kind_score(kind: str, turns: Iterable[Judged]) -> KindScore:
    """How one kind did in turns of one source."""
    about = [(turn, kind in turn.expected) for turn in turns if turn.is_about(kind)]
    reached = Counter((has_it, kind in turn.reaching) for turn, has_it in about)
    coloured = Counter(has_it for turn, has_it in about if kind in turn.coloured)
    return KindScore(
        kind=kind,
        counts=Counts(
            right=reached[True, True],
            false_alarms=reached[False, True],
            missed=reached[True, False],
            silent=reached[False, False],
        ),
        coloured=Coloured(right=coloured[True], false_alarms=coloured[False]),
    )


def _source_scores(
    source: str, outcomes: Sequence[Outcome], meanings: Meanings, kinds: Collection[str]
) -> SourceScores:
    turns = judged_turns(outcomes, meanings)
    left_out = Counter(label for one in outcomes for label in set_aside(one.row, meanings, "leave_out")[:1])
    return SourceScores(
        source=source,
        turns=len(turns),
        left_out=dict(left_out),
        scores=tuple(kind_score(kind, turns) for kind in _annotated(outcomes, meanings) if kind in kinds),
        apart=tuple(_apart(outcomes, meanings)),
    )


def _annotated(outcomes: Sequence[Outcome], meanings: Meanings) -> list[str]:
    """The kinds that a source was looked through for; all that its speakers can say where no label names one."""
    kinds = named_kinds(outcomes, meanings) or sayable_kinds(outcomes)
    return [kind for kind in KIND_ORDER if kind in kinds]


def _apart(outcomes: Sequence[Outcome], meanings: Meanings) -> list[Apart]:
    turns, cued = Counter[str](), Counter[str]()
    for outcome in outcomes:
        if not set_aside(outcome.row, meanings, "leave_out"):
            for label in set_aside(outcome.row, meanings, "apart"):
                turns[label] += 1
                cued[label] += meanings[label].about in outcome.reaching
    return [
        Apart(label=label, kind=meanings[label].about, turns=turns[label], cued=cued[label]) for label in turns
    ]


def _mistakes(outcomes: Sequence[Outcome], meanings: Meanings, kinds: Collection[str]) -> list[Mistake]:
    annotated = [kind for kind in _annotated(outcomes, meanings) if kind in kinds]
    judged = [_mistake(turn, annotated) for turn in judged_turns(outcomes, meanings)]
    return [one for one in judged if one.missed or one.false_alarms or one.coloured]


def _mistake(turn: Judged, kinds: Sequence[str]) -> Mistake:
    counted = [kind for kind in kinds if turn.is_about(kind)]
    return Mistake(
        outcome=turn.outcome,
        expected=tuple(kind for kind in KIND_ORDER if kind in turn.expected),
        missed=tuple(kind for kind in counted if kind in turn.expected - turn.reaching),
        false_alarms=tuple(kind for kind in counted if kind in turn.reaching - turn.expected),
        coloured=tuple(kind for kind in counted if kind in turn.coloured - turn.expected),
    )
