"""The abuse ladder: chooses the card of an abusive or swearing customer, a rung higher as it goes on.

Each kind of cue has its lowest rung. A climbing kind that comes again in a later turn takes the rung above the
highest so far: the customer must have had the chance to stop. A retracted cue does not count, and after the
playbook's time without abuse the call starts at the bottom again. Never shows a card.
Next: `card_choice.py` shows the card of the rung, `reactions.py` alerts at the rung's level.
"""

from dataclasses import dataclass, field

from voiceassist.core.playbook.model import SECOND_MS, Ladder
from voiceassist.events import AlertLevel, Cue


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimbingCue:
    """A cue that climbs, and the rung that it reached."""

    cue: Cue
    turn: int  # number of the customer's turn
    rung: int  # place in `Ladder.rungs`


@dataclass(slots=True)
class LadderPosition:
    """Where one call stands on the ladder."""

    ladder: Ladder
    climbing: list[ClimbingCue] = field(default_factory=list)  # since the call was last at the bottom
    reached: dict[str, str] = field(default_factory=dict)  # cue id → name of the rung

    def climb(self, cue: Cue, turn: int) -> str:
        """Moves the call to the rung of this cue and gives its name, which is the card's too.

        `turn`: number of the turn that the cue is in.
        """
        self._start_again_after_calm(cue)
        rung = self._rung(cue, turn)
        if self.ladder.steps[cue.kind].climbs:
            self.climbing.append(ClimbingCue(cue=cue, turn=turn, rung=rung))
        self.reached[cue.cue_id] = self.ladder.rungs[rung]
        return self.ladder.rungs[rung]

    def level_of(self, cue_id: str) -> AlertLevel | None:
        """The least level of the cue's alert; None where the ladder does not say."""
        return self.ladder.levels.get(self.reached.get(cue_id, ""))

    def retract(self, cue_id: str) -> None:
        """Forgets a cue that never happened."""
        self.climbing = [climbed for climbed in self.climbing if climbed.cue.cue_id != cue_id]

    def _rung(self, cue: Cue, turn: int) -> int:
        step = self.ladder.steps[cue.kind]
        lowest = self.ladder.rungs.index(step.card)
        if not step.climbs:
            return lowest
        return min(max(lowest, self._above(cue, turn)), len(self.ladder.rungs) - 1)

    def _start_again_after_calm(self, cue: Cue) -> None:
        limit_ms = self.ladder.forget_s * SECOND_MS
        if limit_ms and self.climbing and cue.start_ms - self.climbing[-1].cue.end_ms >= limit_ms:
            self.climbing = []

    def _above(self, cue: Cue, turn: int) -> int:
        """One above the highest rung before this outburst.

        An outburst is one turn, into however many utterances its pauses cut it. While the agent talks into it, an
        open utterance may move to another turn; it stays one outburst.
        """
        earlier = [c.rung for c in self.climbing if c.turn != turn and c.cue.utterance != cue.utterance]
        return max(earlier, default=-1) + 1
