"""Compares two runs of the same stored calls, with an old and a new playbook: what starts and what stops.

Cues are the same moment when they are of one kind, in one utterance, on words that overlap; whichever rule found
them. What only colours is left out: it calls nobody. Never runs a call: `rerun.py` does.
Next: `voiceassist playbook backtest` and the playbook screen show the result.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Self

from voiceassist.core.words.turns import other_side
from voiceassist.events import Alert, Cue, Event, Final, Prompt, Speaker
from voiceassist.trials.rerun import StoredCall


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTally:
    """How often a rule, or a kind of cue, fired."""

    kind: str
    rule: str  # in the table by kind: the kind
    old: int
    new: int
    started: int  # moments that only the new playbook sees
    stopped: int  # moments that only the old one sees


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTally:
    """How often a card about a topic was shown."""

    card: str  # its name
    topic: str  # its headline, which names the policy's topic where the card is about one
    old: int
    new: int
    started: int  # in calls that have it more often with the new playbook, by how many
    stopped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTally:
    """How often a supervisor was told of something at a level."""

    kind: str
    level: str
    old: int
    new: int
    started: int  # as with cards
    stopped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A cue with what was said around it."""

    call_id: str
    at_ms: int  # where its words begin, milliseconds of call audio
    speaker: Speaker
    before: str  # what the other side said last
    text: str  # the whole utterance; empty for what no words show
    words: str  # those that matched
    rule: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OldAndNew:
    """A number with the old playbook and with the new one."""

    old: float
    new: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Some of the moments that differ, a few of every rule."""

    started: tuple[Moment, ...]
    stopped: tuple[Moment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The comparison of two playbooks on stored calls."""

    old: str  # label
    new: str
    calls: int
    left_out: int  # stored calls that are no whole calls
    left_out_why: str  # for the first of them; empty: there is none
    turns: int  # utterances
    seconds: float  # that the run took
    per_kind: tuple[RuleTally, ...]
    per_rule: tuple[RuleTally, ...]
    cards: tuple[CardTally, ...]
    alerts: tuple[AlertTally, ...]
    cards_per_call: OldAndNew
    alerts_per_call: OldAndNew
    examples: Examples


@dataclass(slots=True)
class Shown:
    """Cards by name and headline, alerts by kind and level."""

    cards: Counter[tuple[str, str]] = field(default_factory=Counter)
    alerts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, other: Self, without: Self | None = None) -> None:
        """Adds the counts of another; `without`: less those of this one."""
        self.cards += other.cards - without.cards if without else other.cards
        self.alerts += other.alerts - without.alerts if without else other.alerts


@dataclass(slots=True)
class Side:
    """What one playbook did in all calls so far."""

    fired: Counter[tuple[str, str]] = field(default_factory=Counter)  # kind, rule
    alone: Counter[tuple[str, str]] = field(default_factory=Counter)  # moments that the other one does not see
    shown: Shown = field(default_factory=Shown)
    more: Shown = field(default_factory=Shown)  # than the other one shows in the same call
    moments: defaultdict[str, list[Moment]] = field(default_factory=lambda: defaultdict(list))  # by rule


@dataclass(slots=True, kw_only=True)
class Comparison:
    """Takes calls in, one by one, and keeps only numbers and a few examples."""

    examples: int  # of each direction
    calls: int = 0
    left_out: int = 0
    left_out_why: str = ""
    turns: int = 0
    old: Side = field(default_factory=Side)
    new: Side = field(default_factory=Side)

    def add(self, call: StoredCall, old: Sequence[Event], new: Sequence[Event]) -> None:
        """A call with what came out of both runs."""
        finals = list(call.finals)
        self.calls += 1
        self.turns += len(finals)
        before, after = _counted(self.old, old), _counted(self.new, new)
        shown, shown_now = _shown(old), _shown(new)
        for side, mine, theirs in ((self.old, shown, shown_now), (self.new, shown_now, shown)):
            side.shown.add(mine)
            side.more.add(mine, without=theirs)
        self._note(self.old, call, finals, _without(before, after))
        self._note(self.new, call, finals, _without(after, before))

    def leave_out(self, why: str) -> None:
        """A stored call that cannot be run again."""
        self.left_out += 1
        self.left_out_why = self.left_out_why or why

    def result(self, *, old: str, new: str, seconds: float) -> Backtest:
        """The comparison so far."""
        return Backtest(
            old=old,
            new=new,
            calls=self.calls,
            left_out=self.left_out,
            left_out_why=self.left_out_why,
            turns=self.turns,
            seconds=round(seconds, 2),
            per_kind=_tallies(self._by_kind()),
            per_rule=_tallies((self.old.fired, self.new.fired, self.new.alone, self.old.alone)),
            cards=tuple(
                CardTally(card=name, topic=topic, old=old, new=new, started=started, stopped=stopped)
                for (name, topic), old, new, started, stopped in _rows(
                    [shown.cards for shown in self._all_shown()]
                )
            ),
            alerts=tuple(
                AlertTally(kind=kind, level=level, old=old, new=new, started=started, stopped=stopped)
                for (kind, level), old, new, started, stopped in _rows(
                    [shown.alerts for shown in self._all_shown()]
                )
            ),
            cards_per_call=self._per_call(self.old.shown.cards.total(), self.new.shown.cards.total()),
            alerts_per_call=self._per_call(self.old.shown.alerts.total(), self.new.shown.alerts.total()),
            examples=Examples(started=self._chosen(self.new), stopped=self._chosen(self.old)),
        )

    def _note(self, side: Side, call: StoredCall, finals: Sequence[Final], cues: Iterable[Cue]) -> None:
        for cue in cues:
            side.alone[cue.kind, cue.rule] += 1
            if len(side.moments[cue.rule]) < self.examples:
                side.moments[cue.rule].append(_moment(call, finals, cue))

    def _all_shown(self) -> tuple[Shown, ...]:
        return self.old.shown, self.new.shown, self.new.more, self.old.more

    def _by_kind(self) -> tuple[Counter[tuple[str, str]], ...]:
        return tuple(
            _of_kinds(counted) for counted in (self.old.fired, self.new.fired, self.new.alone, self.old.alone)
        )

    def _per_call(self, old: int, new: int) -> OldAndNew:
        calls = max(1, self.calls)
        return OldAndNew(old=round(old / calls, 3), new=round(new / calls, 3))

    def _chosen(self, side: Side) -> tuple[Moment, ...]:
        """Of every rule the first, then of every rule the second, and so on."""
        rounds = chain.from_iterable(zip_longest(*side.moments.values()))
        return tuple(moment for moment in rounds if moment)[: self.examples]


def _counted(side: Side, events: Iterable[Event]) -> list[Cue]:
    cues = [event for event in events if isinstance(event, Cue) and event.reach != "colour"]
    side.fired.update((cue.kind, cue.rule) for cue in cues)
    return cues


def _shown(events: Sequence[Event]) -> Shown:
    return Shown(
        cards=Counter((event.kind, event.headline) for event in events if isinstance(event, Prompt)),
        alerts=Counter((event.kind, event.level) for event in events if isinstance(event, Alert)),
    )


def _without(cues: Iterable[Cue], others: Iterable[Cue]) -> Iterator[Cue]:
    """The cues that none of the others is the same moment as."""
    by_place: defaultdict[tuple[str, Speaker, int], list[Cue]] = defaultdict(list)
    for other in others:
        by_place[_place(other)].append(other)
    return (cue for cue in cues if not any(_is_same(cue, other) for other in by_place[_place(cue)]))


def _place(cue: Cue) -> tuple[str, Speaker, int]:
    return cue.kind, cue.speaker, cue.utterance


def _is_same(one: Cue, other: Cue) -> bool:
    """Whether two cues of one kind in one utterance are one moment."""
    if not one.utterance:  # nobody's words: silence, or something that was not said
        return one.rule == other.rule and one.start_ms == other.start_ms
    return one.start_ms <= other.end_ms and other.start_ms <= one.end_ms


def _moment(call: StoredCall, finals: Sequence[Final], cue: Cue) -> Moment:
    at = next((n for n, f in enumerate(finals) if (f.speaker, f.utterance) == (cue.speaker, cue.utterance)), None)
    said = finals[:at] if at is not None else [final for final in finals if final.end_ms <= cue.start_ms]
    other = other_side(cue.speaker)
    return Moment(
        call_id=call.call_id,
        at_ms=cue.start_ms,
        speaker=cue.speaker,
        before=next((final.text for final in reversed(said) if final.speaker == other), ""),
        text=finals[at].text if at is not None else "",
        words=cue.words,
        rule=cue.rule,
        kind=cue.kind,
    )


def _of_kinds(counted: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    kinds: Counter[tuple[str, str]] = Counter()
    for (kind, _), count in counted.items():
        kinds[kind, kind] += count
    return kinds


def _tallies(counted: tuple[Counter[tuple[str, str]], ...]) -> tuple[RuleTally, ...]:
    return tuple(
        RuleTally(kind=kind, rule=rule, old=old, new=new, started=started, stopped=stopped)
        for (kind, rule), old, new, started, stopped in _rows(counted)
    )


def _rows(counted: Sequence[Counter[tuple[str, str]]]) -> Iterator[tuple[tuple[str, str], int, int, int, int]]:
    """Every name with its counts (old, new, started, stopped); what differs most comes first."""
    old, new, started, stopped = counted
    for name in sorted(set(old) | set(new), key=lambda name: (-started[name] - stopped[name], name)):
        yield name, old[name], new[name], started[name], stopped[name]
