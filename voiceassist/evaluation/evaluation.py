"""Compares the cues that are found in labelled turns with their labels, source by source.

Sources differ too much to be pooled. In each, only the kinds count that it annotates: those that its labels name
(`Meaning.about`). Where no label names a kind, as in a file of ordinary turns, every cue of every kind that its
speakers can give counts as a false alarm. `abuse` stands for insult, threat, slur and sexual together: any of
them found is right when any is expected. A turn has a kind or has it not: two cues of a kind in it are one, and a
refusal that is recovered in the same breath is a refusal. A kind that this side cannot say is never found.
Pure: no file, no clock. Next: `cli/cues/eval.py` shows the scores.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.cues.match import Match
from voiceassist.core.playbook.model import ABUSE_KINDS, SPEAKER_OF, Playbook
from voiceassist.evaluation.labelled import ABUSE, MEANINGS, LabelledTurn, Meaning, TextName
from voiceassist.evaluation.scores import Counts, Rate, share

KIND_ORDER = (*SPEAKER_OF, ABUSE)
Meanings: TypeAlias = Mapping[str, Meaning]
Kinds: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A turn, and the cues that were found in it."""

    row: LabelledTurn
    found: tuple[Match, ...]

    @property
    def kinds(self) -> Kinds:
        """The kinds of its cues, with ABUSE where one of them is abuse."""
        return _with_abuse(match.kind for match in self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindScore:
    """How one kind did."""

    kind: str
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Turns with a label that counts neither as right nor as wrong."""

    label: str
    kind: str
    turns: int
    cued: int

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
    missed: tuple[str, ...]
    false_alarms: tuple[str, ...]


def outcome_of(playbook: Playbook, row: LabelledTurn, text: TextName) -> Outcome:
    """The cues found in a turn; where the speaker is unknown, by the rules of both sides."""
    words, context = row.words(text), Context(before=tuple(row.prev.split()))
    found = [match for speaker in row.speakers for match in find_cues(playbook, speaker, words, context)]
    return Outcome(row=row, found=tuple(found))


def scores_of(outcomes: Iterable[Outcome], meanings: Meanings = MEANINGS) -> list[SourceScores]:
    """The scores of each source, in the order in which the sources come."""
    return [_source_scores(source, of_source, meanings) for source, of_source in _by_source(outcomes).items()]


def mistakes_of(outcomes: Iterable[Outcome], meanings: Meanings = MEANINGS) -> list[Mistake]:
    """Every turn with a false alarm or a miss, source by source, in the order in which they come."""
    return [
        mistake
        for of_source in _by_source(outcomes).values()
        for mistake in _mistakes(of_source, _annotated(of_source, meanings), meanings)
    ]


def _by_source(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    sources: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        sources.setdefault(outcome.row.source, []).append(outcome)
    return sources


def _source_scores(source: str, outcomes: Sequence[Outcome], meanings: Meanings) -> SourceScores:
    scored = [outcome for outcome in outcomes if not _set_aside(outcome.row, meanings, "leave_out", "apart")]
    left_out = Counter(label for one in outcomes for label in _set_aside(one.row, meanings, "leave_out")[:1])
    judged = [(one.row, _expected(one.row, meanings), one.kinds) for one in scored]
    kinds = _annotated(outcomes, meanings)
    return SourceScores(
        source=source,
        turns=len(scored),
        left_out=dict(left_out),
        scores=tuple(KindScore(kind=kind, counts=_counts(kind, judged)) for kind in kinds),
        apart=tuple(_apart(outcomes, meanings)),
    )


def _set_aside(row: LabelledTurn, meanings: Meanings, *uses: str) -> list[str]:
    """The labels that keep a turn from being scored."""
    return [label for label in row.labels if meanings[label].use in uses]


def _annotated(outcomes: Sequence[Outcome], meanings: Meanings) -> list[str]:
    """The kinds that a source was looked through for; all that its speakers can say where no label names one."""
    about = _with_abuse(meanings[label].about for one in outcomes for label in one.row.labels) - {""}
    speakers = {speaker for one in outcomes for speaker in one.row.speakers}
    sayable = _with_abuse(kind for kind, speaker in SPEAKER_OF.items() if speaker in speakers)
    return [kind for kind in KIND_ORDER if kind in (about or sayable)]


def _counts(kind: str, judged: Sequence[tuple[LabelledTurn, Kinds, Kinds]]) -> Counts:
    """From turns with the kinds that they have and those that were found."""
    counted = Counter(
        (kind in expected, kind in found) for row, expected, found in judged if _is_about(row, kind, expected)
    )
    return Counts(
        right=counted[True, True],
        false_alarms=counted[False, True],
        missed=counted[True, False],
        silent=counted[False, False],
    )


def _is_about(row: LabelledTurn, kind: str, expected: Kinds) -> bool:
    """Whether a turn tells anything of a kind: what this side cannot say does not count, nor which abuse it is."""
    if kind in expected:
        return True
    if kind in ABUSE_KINDS and ABUSE in expected and expected.isdisjoint(ABUSE_KINDS):
        return False
    return (SPEAKER_OF["insult"] if kind == ABUSE else SPEAKER_OF[kind]) in row.speakers


def _expected(row: LabelledTurn, meanings: Meanings) -> Kinds:
    return _with_abuse(meanings[label].present for label in row.labels) - {""}


def _with_abuse(kinds: Iterable[str]) -> Kinds:
    found = frozenset(kinds)
    return found if found.isdisjoint(ABUSE_KINDS) else found | {ABUSE}


def _apart(outcomes: Sequence[Outcome], meanings: Meanings) -> list[Apart]:
    turns, cued = Counter[str](), Counter[str]()
    for outcome in outcomes:
        if not _set_aside(outcome.row, meanings, "leave_out"):
            for label in _set_aside(outcome.row, meanings, "apart"):
                turns[label] += 1
                cued[label] += meanings[label].about in outcome.kinds
    return [
        Apart(label=label, kind=meanings[label].about, turns=turns[label], cued=cued[label]) for label in turns
    ]


def _mistakes(outcomes: Sequence[Outcome], kinds: Sequence[str], meanings: Meanings) -> list[Mistake]:
    scored = [outcome for outcome in outcomes if not _set_aside(outcome.row, meanings, "leave_out", "apart")]
    judged = [_mistake(outcome, kinds, _expected(outcome.row, meanings)) for outcome in scored]
    return [mistake for mistake in judged if mistake.missed or mistake.false_alarms]


def _mistake(outcome: Outcome, kinds: Sequence[str], expected: Kinds) -> Mistake:
    counted = [kind for kind in kinds if _is_about(outcome.row, kind, expected)]
    return Mistake(
        outcome=outcome,
        expected=tuple(kind for kind in KIND_ORDER if kind in expected),
        missed=tuple(kind for kind in counted if kind in expected - outcome.kinds),
        false_alarms=tuple(kind for kind in counted if kind in outcome.kinds - expected),
    )
