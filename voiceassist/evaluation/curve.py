"""The curve of one kind: recall against false alarms, as what is asked of a cue before it reaches people falls.

The steps, from the strictest on, each finding all that the one before it finds:

- `rule`: rules that reach people by themselves, from a confidence on.
- `agreed`: also weak rules, where the classifier gives the same sort of cue for the same words with a probability.
- `weak`: all weak rules.
- `classifier`: also what the classifier alone finds, from a probability on.

The strength of a turn is the first step that finds the kind in it. Beside the steps stands what the playbook does
now (`now`), limits of its own included. Pure. Next: `cli/cues/curve_tables.py` shows it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from voiceassist.core.classifier.model import SENSITIVITIES, Classifier, Scored, Table
from voiceassist.core.cues.classified import scores
from voiceassist.core.cues.find import all_matches
from voiceassist.core.cues.match import Match
from voiceassist.core.cues.reach import agreed
from voiceassist.core.cues.utterance import Utterance
from voiceassist.core.playbook.model import ABUSE_KINDS, Playbook
from voiceassist.core.words.text import tokenise
from voiceassist.evaluation.judged import Judged, SourceTurns
from voiceassist.evaluation.labelled import ABUSE, LabelledTurn, TextName
from voiceassist.evaluation.outcome import is_abuse, speaker_of
from voiceassist.evaluation.scores import Rate, share

StepName = Literal["now", "rule", "agreed", "weak", "classifier"]
LOOSENESS = {"rule": 0, "agreed": 1, "weak": 2, "classifier": 3}
PROBABILITIES = (0.99, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3, 0.1)  # at which the classifier is asked

# How loose a step must be to find a kind in a turn, and how weak: what is less comes earlier.
Strength: TypeAlias = tuple[int, float]
StrengthOf: TypeAlias = Callable[[LabelledTurn], Strength | None]
Telling: TypeAlias = Sequence[tuple[SourceTurns, Sequence[Judged]]]  # the turns that tell of a kind, by source


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is asked of a cue."""

    name: StepName
    least: float | None = None  # confidence of the rule, or probability; None: whatever it is

    def finds(self, strength: Strength | None) -> bool:
        """Whether a turn of this strength is found."""
        return strength is not None and strength <= (LOOSENESS[self.name], -(self.least or 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """What one source shows at one step."""

    source: str
    expected: int  # turns that have the kind
    right: int  # of these, found
    without: int  # turns of the side that can say it, without the kind
    false_alarms: int  # of these, found
    is_upper_bound: bool  # some of the false alarms may be right

    @property
    def recall(self) -> Rate | None:
        """None where no turn has it."""
        return share(self.right, self.expected)

    @property
    def false_rate(self) -> Rate | None:
        """The share of turns without it in which it is found."""
        return share(self.false_alarms, self.without)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveStep:
    """One step with what every source shows."""

    demand: Demand
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The curve of one kind, on one of the two texts."""

    kind: str
    text: TextName
    steps: Sequence[CurveStep]


def curve_of(
    kind: str, sources: Sequence[SourceTurns], demands: Sequence[Demand], strength_of: StrengthOf
) -> list[CurveStep]:
    """The curve, step by step; before them, what the playbook does now."""
    telling = [one for one in sources if kind in (one.sayable if one.is_ordinary else one.named)]
    about = [(one, [turn for turn in one.turns if _tells_of(turn, kind)]) for one in telling]
    strengths = {id(turn): strength_of(turn.outcome.row) for _, turns in about for turn in turns}
    now = _curve_step(kind, Demand(name="now"), about, lambda turn: kind in turn.reaching)
    return [now, *(_curve_step(kind, demand, about, _found_by(demand, strengths)) for demand in demands)]


def demands_of(playbook: Playbook, kind: str) -> list[Demand]:
    """What each step of a kind asks, the strictest first."""
    strong = {rule.confidence for rule in playbook.rules if rule.kind in _kinds(kind) and rule.reach != "colour"}
    return [
        *(Demand(name="rule", least=confidence) for confidence in sorted(strong, reverse=True)),
        *(Demand(name="agreed", least=probability) for probability in PROBABILITIES),
        Demand(name="weak"),
        *(Demand(name="classifier", least=probability) for probability in PROBABILITIES),
    ]


def opened(playbook: Playbook, kind: str) -> Playbook:
    """The playbook with a classifier that tells this kind however unlikely it is."""
    kinds = _kinds(kind)
    sensitivity = {name: level for name, level in playbook.sensitivity.items() if name not in kinds}
    classifier = playbook.classifier and _opened(playbook.classifier, kinds)
    return replace(playbook, sensitivity=sensitivity, classifier=classifier)


def strength_in(playbook: Playbook, kind: str, row: LabelledTurn, text: TextName) -> Strength | None:
    """How surely a kind is in a turn, by an `opened` playbook; None: no step finds it."""
    tokens, before = (tokenise(words, playbook.spoken) for words in (row.words(text), row.prev.split()))
    utterance, kinds = Utterance(speaker_of(kind), tokens, before), _kinds(kind)
    scored = scores(playbook, utterance)
    found = (match for match in all_matches(playbook, utterance) if match.kind in kinds)
    return min((_strength(match, scored) for match in found), default=None)


def _strength(match: Match, scored: Sequence[Scored]) -> Strength:
    if match.layer == "classifier":
        return LOOSENESS["classifier"], -match.confidence
    if match.alone != "colour":
        return LOOSENESS["rule"], -match.confidence
    witnesses = [one.probability for one in scored if agreed(match, (one,)).agreed]
    likely = max(witnesses, default=0.0)
    return (LOOSENESS["agreed"], -likely) if likely >= PROBABILITIES[-1] else (LOOSENESS["weak"], 0.0)


def _kinds(kind: str) -> tuple[str, ...]:
    return ABUSE_KINDS if kind == ABUSE else (kind,)


def _opened(classifier: Classifier, kinds: Sequence[str]) -> Classifier:
    tables = {speaker: _opened_table(table, kinds) for speaker, table in classifier.tables.items()}
    return replace(classifier, tables=tables)


def _opened_table(table: Table, kinds: Sequence[str]) -> Table:
    everything = dict.fromkeys(SENSITIVITIES, 0.0)
    is_open = [kind.name in kinds for kind in table.kinds]
    return replace(
        table,
        kinds=tuple(replace(kind, thresholds=everything) if kind.name in kinds else kind for kind in table.kinds),
        least=np.where(is_open, -np.inf, table.least),
    )


def _tells_of(turn: Judged, kind: str) -> bool:
    return kind in turn.expected or turn.is_without(kind)


def _found_by(demand: Demand, strengths: dict[int, Strength | None]) -> Callable[[Judged], bool]:
    return lambda turn: demand.finds(strengths[id(turn)])


def _curve_step(
    kind: str,
    demand: Demand,
    about: Sequence[tuple[SourceTurns, Sequence[Judged]]],
    is_found: Callable[[Judged], bool],
) -> CurveStep:
    return CurveStep(demand=demand, points=tuple(_point(kind, one, turns, is_found) for one, turns in about))


def _point(kind: str, of: SourceTurns, turns: Sequence[Judged], is_found: Callable[[Judged], bool]) -> CurvePoint:
    found = [kind in turn.expected for turn in turns if is_found(turn)]
    expected = sum(kind in turn.expected for turn in turns)
    return CurvePoint(
        source=of.source,
        expected=expected,
        right=sum(found),
        without=len(turns) - expected,
        false_alarms=len(found) - sum(found),
        is_upper_bound=kind not in of.named and not is_abuse(kind),
    )
