"""The abuse ladder: chooses the card of an abusive or swearing customer, a rung higher as it goes on.

Each kind of cue has its lowest rung. A climbing kind that comes again in a later turn takes the rung above the
highest so far: the customer must have had the chance to stop. A retracted cue does not count, and after the
playbook's time without abuse the call starts at the bottom again. Never shows a card.

An agent who says that they are fine calms the ladder: what is no worse than what was reached by then brings
nothing and climbs no further, and the first kind whose lowest rung is above that ends the calm.
Known weakness: a cue that ends it and is retracted a moment later has ended it for good.
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
    calm_at: int | None = None  # the rung that the agent is fine with, -1: none yet; None: they are not
    quiet: set[str] = field(default_factory=set)  # ids of cues that the calm holds back
    has_risen: bool = False  # a cue has just ended the calm

    def climb(self, cue: Cue, turn: int) -> str:
        """Moves the call to the rung of this cue and gives its name, which is the card's too; empty: it is calm.

        `turn`: number of the turn that the cue is in.
        """
        if self._is_held_back(cue):
            return ""
        self._start_again_after_calm(cue)
        rung = self._rung(cue, turn)
        if self.ladder.steps[cue.kind].climbs:
            self.climbing.append(ClimbingCue(cue=cue, turn=turn, rung=rung))
        self.reached[cue.cue_id] = self.ladder.rungs[rung]
        return self.ladder.rungs[rung]

    def calm(self) -> None:
        """The agent is fine with what was reached so far."""
        self.calm_at = self.highest

    def stir(self) -> None:
        """And is not any more."""
        self.calm_at = None

    def take_risen(self) -> bool:
        """Whether a cue has ended the calm since this was asked last."""
        risen, self.has_risen = self.has_risen, False
        return risen

    @property
    def highest(self) -> int:
        """The highest rung that was reached in this call; -1: none."""
        return max((self.ladder.rungs.index(name) for name in self.reached.values()), default=-1)

    @property
    def highest_name(self) -> str:
        """Its name; empty: none was reached."""
        return self.ladder.rungs[self.highest] if self.reached else ""

    def level_of(self, cue_id: str) -> AlertLevel | None:
        """The least level of the cue's alert; None where the ladder does not say."""
        return self.ladder.levels.get(self.reached.get(cue_id, ""))

    def retract(self, cue_id: str) -> None:
        """Forgets a cue that never happened."""
        self.reached.pop(cue_id, None)
        self.quiet.discard(cue_id)
        self.climbing = [climbed for climbed in self.climbing if climbed.cue.cue_id != cue_id]

    def _is_held_back(self, cue: Cue) -> bool:
        if self.calm_at is None:
            return False
        lowest = self.ladder.steps[cue.kind].card
        if self.ladder.rungs.index(lowest) > self.calm_at:
            self.calm_at, self.has_risen = None, True
            return False
        self.reached[cue.cue_id] = lowest
        self.quiet.add(cue.cue_id)
        return True

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
