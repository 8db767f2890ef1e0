"""The abuse ladder: which card an abusive or swearing customer brings, rising as it goes on.

Each kind has its lowest rung; a climbing kind that comes again takes the rung above the highest so far. What was
retracted never counted. Next: `call.py` shows the card of the rung.
"""

from dataclasses import dataclass, field

from voiceassist.core.playbook_model import Ladder
from voiceassist.events import Cue


@dataclass(slots=True)
class Climb:
    """Where one call stands on the ladder."""

    ladder: Ladder
    steps: list[tuple[Cue, int]] = field(default_factory=list)  # climbing cues with their rung

    def rung_for(self, cue: Cue) -> str:
        """The name of the card for this cue; the call stands there from now on."""
        step = self.ladder.steps[cue.kind]
        lowest = self.ladder.rungs.index(step.card)
        if not step.climbs:
            return step.card
        rung = min(max(lowest, self._above(cue)), len(self.ladder.rungs) - 1)
        self.steps.append((cue, rung))
        return self.ladder.rungs[rung]

    def retract(self, cue_id: str) -> None:
        """Forgets a cue that never happened."""
        self.steps = [(cue, rung) for cue, rung in self.steps if cue.cue_id != cue_id]

    def _above(self, cue: Cue) -> int:
        """One above the highest rung so far; one outburst takes one rung, however many insults it holds."""
        earlier = [rung for step, rung in self.steps if step.utterance != cue.utterance]
        return max(earlier, default=-1) + 1
