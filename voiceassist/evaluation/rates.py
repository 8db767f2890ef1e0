"""What the scores mean in calls: false alarms per 10,000 turns and per hour, and precision at the rates of calls.

A labelled set has far more cues than a call, so its precision is not the precision in a call. Here recall comes
from each source that labels a kind, false alarms from each source of ordinary talk, and the rate at which the kind
is said from `base_rates.py` or the user. No two sources are ever pooled: each pair has its own precision.
A source is ordinary talk when no label names a kind, or when the user says so. All its turns without the kind
count; a turn of an unknown speaker is one of either side. People may truly refuse or be fed up there without a
label that tells: except for abuse, and for kinds that its labels name, its false alarms are an upper bound.
Pure. Next: `cli/cues/rate_tables.py` shows them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from voiceassist.core.cues.match import Match
from voiceassist.core.playbook.model import SPEAKER_OF, Playbook
from voiceassist.evaluation.base_rates import BASE_RATES, WORDS_PER_HOUR
from voiceassist.evaluation.evaluation import kind_score
from voiceassist.evaluation.judged import Judged, Meanings, SourceTurns, source_turns
from voiceassist.evaluation.labelled import MEANINGS
from voiceassist.evaluation.outcome import KIND_ORDER, Kinds, Outcome, is_abuse
from voiceassist.evaluation.scores import Counts, Rate, share
from voiceassist.events import SPEAKERS, Speaker

PER_TURNS = 10_000  # false alarms in ordinary talk are told per so many turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Cards or alerts that one side's words bring, and the kinds that do so."""

    what: Literal["card", "alert"]
    side: Speaker
    kinds: Kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarms:
    """How often one kind is found in one source's turns that have it not."""

    kind: str  # or, of all kinds together, as in "any customer alert"
    source: str
    turns: int  # without the kind, of the side that can say it
    words: int  # in these turns
    reaching: int  # turns in which it reached people
    coloured: int | None  # turns in which it only coloured words; None: of all kinds together
    is_upper_bound: bool  # some of them may be right

    @property
    def rate(self) -> Rate | None:
        """The share of these turns in which it reached people."""
        return share(self.reaching, self.turns)

    @property
    def per_10_000_turns(self) -> Rate | None:
        """Those that reach people."""
        return self.rate.times(PER_TURNS) if self.rate else None

    @property
    def per_hour(self) -> Rate | None:
        """Those that reach people, in an hour of call, of one side."""
        return self.rate.times(WORDS_PER_HOUR * self.turns / self.words) if self.rate and self.words else None

    @property
    def coloured_per_10_000_turns(self) -> Rate | None:
        """Those that only colour words."""
        coloured = None if self.coloured is None else share(self.coloured, self.turns)
        return coloured.times(PER_TURNS) if coloured else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """How much of one kind is found in one source that labels it."""

    kind: str
    source: str
    counts: Counts  # of what reaches people


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPrecision:
    """The precision of one kind in calls, by one source's recall and another's false alarms."""

    kind: str
    base_rate: float  # the share of turns that have it in calls
    recall: Recall
    false_alarms: FalseAlarms

    @property
    def precision(self) -> Rate | None:
        """None where nothing would be found."""
        recall, false = self.recall.counts.recall, self.false_alarms.rate
        return precision_at(self.base_rate, recall, false) if recall and false else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Everything about the rates of calls."""

    false_alarms: tuple[FalseAlarms, ...]  # by kind, then by source; all kinds together come last
    precisions: tuple[CallPrecision, ...]  # by kind, then by source of recall, then by source of ordinary talk


def rates_of(
    outcomes: Iterable[Outcome],
    meanings: Meanings = MEANINGS,
    *,
    ordinary: Collection[str] = (),
    base_rates: Mapping[str, float] = BASE_RATES,
    kinds: Collection[str] = KIND_ORDER,
    brings: Sequence[Brought] = (),
) -> Rates:
    """What calls would show of these kinds. `ordinary`: sources of ordinary talk, whatever they label.

    `brings`: what of all kinds together is to be told as well.
    """
    sources = source_turns(outcomes, meanings, ordinary)
    wanted = [kind for kind in KIND_ORDER if kind in kinds]
    talk = [one for one in sources if one.is_ordinary]
    false_alarms = [_of_kind(one, kind) for kind in wanted for one in talk if kind in one.sayable]
    totals = [_total(one, brought) for brought in brings for one in talk if one.sayable & brought.kinds]
    recalls = [
        Recall(kind=kind, source=one.source, counts=kind_score(kind, one.turns).counts)
        for kind in wanted
        for one in sources
        if kind in one.named
    ]
    return Rates(
        false_alarms=(*false_alarms, *totals),
        precisions=tuple(_precisions(recalls, false_alarms, base_rates)),
    )


def brought_by(playbook: Playbook) -> list[Brought]:
    """What the playbook brings, for each side. Cooldowns, caps and counts that keep it quiet are not looked at."""
    cards, alerts = {*playbook.cards, *playbook.ladder.steps}, {*playbook.alerts}
    wanted: list[tuple[Literal["card", "alert"], set[str]]] = [("card", cards), ("alert", alerts)]
    return [
        Brought(what=what, side=side, kinds=frozenset(kinds & of_side))
        for what, kinds in wanted
        for side in SPEAKERS
        if kinds & (of_side := {kind for kind, speaker in SPEAKER_OF.items() if speaker == side})
    ]


def precision_at(base_rate: float, recall: Rate, false_rate: Rate) -> Rate | None:
    """base·recall / (base·recall + (1 - base)·false rate); None where both are 0.

    Its interval goes from the worst ends of both intervals to their best ends. For two independent sources that is
    never narrower than 95 %.
    """
    if not recall.value and not false_rate.value:
        return None
    return Rate(
        value=_precision(base_rate, recall.value, false_rate.value),
        low=_precision(base_rate, recall.low, false_rate.high),
        high=_precision(base_rate, recall.high, false_rate.low),
    )


def _precision(base_rate: float, recall: float, false_rate: float) -> float:
    right, wrong = base_rate * recall, (1 - base_rate) * false_rate
    return right / (right + wrong) if right else 0.0


def _of_kind(source: SourceTurns, kind: str) -> FalseAlarms:
    """How often a kind is found in the turns of a source that have it not."""
    without = [turn for turn in source.turns if turn.is_without(kind)]
    return FalseAlarms(
        kind=kind,
        source=source.source,
        turns=len(without),
        words=_words(without),
        reaching=sum(kind in turn.reaching for turn in without),
        coloured=sum(kind in turn.coloured for turn in without),
        is_upper_bound=kind not in source.named and not is_abuse(kind),
    )


def _total(source: SourceTurns, brought: Brought) -> FalseAlarms:
    """In how many turns a kind that they have not would bring a card, or an alert."""
    turns = [turn for turn in source.turns if brought.side in turn.outcome.row.speakers and not turn.only_about]
    return FalseAlarms(
        kind=f"any {brought.side} {brought.what}",
        source=source.source,
        turns=len(turns),
        words=_words(turns),
        reaching=sum(any(_brings(brought, turn, match) for match in turn.outcome.found) for turn in turns),
        coloured=None,
        is_upper_bound=True,
    )


def _brings(brought: Brought, turn: Judged, match: Match) -> bool:
    is_false = match.kind in brought.kinds and match.kind not in turn.expected
    return is_false and (match.reach == "alert" or (match.reach == "card" and brought.what == "card"))


def _words(turns: Iterable[Judged]) -> int:
    return sum(len(turn.outcome.row.text.split()) for turn in turns)


def _precisions(
    recalls: Sequence[Recall], false_alarms: Sequence[FalseAlarms], base_rates: Mapping[str, float]
) -> Iterator[CallPrecision]:
    for recall in recalls:
        for false in false_alarms:
            if false.kind == recall.kind and recall.counts.expected and recall.kind in base_rates:
                yield CallPrecision(
                    kind=recall.kind, base_rate=base_rates[recall.kind], recall=recall, false_alarms=false
                )
