"""Finds long silence: nobody has spoken for as many seconds as the playbook allows.

Knows words, times and what else sounds on the line; loudness is measured elsewhere. Hold music, ringing and a busy
tone are no silence, nor is a pause of the recording, in which nothing is heard. Never tells one silence twice.
Next: `started_call.py` hands the cue to `reactions.py`.
"""

from dataclasses import dataclass, field

from voiceassist.core.call.clocks import CallTime
from voiceassist.core.cues.cue import CueMaker
from voiceassist.core.words.turns import Turns
from voiceassist.events import Cue, LineSoundChanged, Sound, Speaker

WAITING: frozenset[Sound] = frozenset({"music", "ringing", "busy"})  # somebody waits, and knows that they do


@dataclass(slots=True)
class Silence:
    """The silence of one call."""

    limit_ms: int  # 0: silence is never told
    cues: CueMaker
    told_since_ms: int = -1  # the start of the silence that was told last
    waiting: set[Speaker] = field(default_factory=set)  # legs on which people wait
    waited_until_ms: int = 0  # when the last such sound ended

    def hear(self, event: LineSoundChanged) -> None:
        """Takes in what sounds on a leg from now on."""
        if event.sound in WAITING:
            self.waiting.add(event.speaker)
        elif event.speaker in self.waiting:
            self.waiting.remove(event.speaker)
            self.wait_until(event.since_ms)

    def wait_until(self, at_ms: int) -> None:
        """Counts what was before as no silence."""
        self.waited_until_ms = max(self.waited_until_ms, at_ms)

    def pass_time(self, time: CallTime, turns: Turns) -> list[Cue]:
        """The silence that has become too long by now."""
        since_ms = max(turns.last_spoken_ms(), self.waited_until_ms)
        due_ms = since_ms + self.limit_ms
        if not self.limit_ms or self.waiting or since_ms == self.told_since_ms or time.heard_ms < due_ms:
            return []
        self.told_since_ms = since_ms
        return [self.cues.without_words("silence", time.now_ms, (since_ms, due_ms))]
