"""The abuse ladder: which card an abusive or swearing customer brings, rising as it goes on.

Each kind has its lowest rung; a climbing kind that comes again in a later turn takes the rung above the highest so
far: the customer must have had the chance to stop. What was retracted never counted, and after a long time
without abuse the call starts at the bottom again. Next: `reactions.py` shows the card of the rung, and tells the
supervisor as urgently as the rung asks.
"""

from dataclasses import dataclass, field

from voiceassist.core.playbook.model import SECOND_MS, Ladder
from voiceassist.events import AlertLevel, Cue


@dataclass(frozen=True, slots=True, kw_only=True)
class Climbed:
    """A cue that climbs, and how far it came."""

    cue: Cue
    turn: int  # number of the customer's turn
    rung: int  # place in `Ladder.rungs`


@dataclass(slots=True)
class Climb:
    """Where one call stands on the ladder."""

    ladder: Ladder
    steps: list[Climbed] = field(default_factory=list)
    reached: dict[str, str] = field(default_factory=dict)  # cue id → the rung that it reached

    def rung_for(self, cue: Cue, turn: int) -> str:
        """The name of the card for this cue of the turn with that number; the call stands there from now on."""
        self._forget(cue)
        rung = self._rung(cue, turn)
        if self.ladder.steps[cue.kind].climbs:
            self.steps.append(Climbed(cue=cue, turn=turn, rung=rung))
        self.reached[cue.cue_id] = self.ladder.rungs[rung]
        return self.ladder.rungs[rung]

    def level_of(self, cue_id: str) -> AlertLevel | None:
        """How urgently the supervisor is told at least; None where the ladder does not say."""
        return self.ladder.levels.get(self.reached.get(cue_id, ""))

    def retract(self, cue_id: str) -> None:
        """Forgets a cue that never happened."""
        self.steps = [step for step in self.steps if step.cue.cue_id != cue_id]

    def _rung(self, cue: Cue, turn: int) -> int:
        step = self.ladder.steps[cue.kind]
        lowest = self.ladder.rungs.index(step.card)
        return min(max(lowest, self._above(cue, turn)), len(self.ladder.rungs) - 1) if step.climbs else lowest

    def _forget(self, cue: Cue) -> None:
        limit_ms = self.ladder.forget_s * SECOND_MS
        if limit_ms and self.steps and cue.start_ms - self.steps[-1].cue.end_ms >= limit_ms:
            self.steps = []

    def _above(self, cue: Cue, turn: int) -> int:
        """One above the highest rung before this outburst.

        An outburst is one turn, into however many utterances its pauses cut it. A live utterance may still change
        its turn when the agent talks into it, and stays one outburst.
        """
        earlier = [s.rung for s in self.steps if s.turn != turn and s.cue.utterance != cue.utterance]
        return max(earlier, default=-1) + 1
