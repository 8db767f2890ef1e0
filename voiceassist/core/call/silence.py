"""Finds long silence: nobody has spoken for as many seconds as the playbook allows.

Knows words and times only; loudness is measured elsewhere. Never tells one silence twice.
Next: `started_call.py` hands the cue to `reactions.py`.
"""

from dataclasses import dataclass

from voiceassist.core.call.clocks import CallTime
from voiceassist.core.cues.cue import CueMaker
from voiceassist.core.words.turns import Turns
from voiceassist.events import Cue


@dataclass(slots=True)
class Silence:
    """The silence of one call."""

    limit_ms: int  # 0: silence is never told
    cues: CueMaker
    told_since_ms: int = -1  # the end of the last word before the silence that was told last

    def pass_time(self, time: CallTime, turns: Turns) -> list[Cue]:
        """The silence that has become too long by now."""
        since_ms = turns.last_spoken_ms()
        due_ms = since_ms + self.limit_ms
        if not self.limit_ms or since_ms == self.told_since_ms or time.heard_ms < due_ms:
            return []
        self.told_since_ms = since_ms
        return [self.cues.without_words("silence", time.now_ms, (since_ms, due_ms))]
