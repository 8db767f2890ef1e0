"""Finds long silence: nobody has spoken for as many seconds as the playbook allows.

Knows words, times and what else is on the line; loudness is measured elsewhere. Hold music, ringing and a busy
tone are no silence, nor is a line that is lost or held, nor a pause of the recording, in which nothing is heard.
Never tells one silence twice.
Next: `started_call.py` hands the cue to `reactions.py`.
"""

from dataclasses import dataclass, field

from voiceassist.core.call.clocks import CallTime
from voiceassist.core.cues.cue import CueMaker
from voiceassist.core.words.turns import Turns
from voiceassist.events import Cue, LineChanged, LineSoundChanged, Sound, Speaker

WAITING: frozenset[Sound] = frozenset({"music", "ringing", "busy"})  # somebody waits, and knows that they do


@dataclass(slots=True)
class Silence:
    """The silence of one call."""

    limit_ms: int  # 0: silence is never told
    cues: CueMaker
    told_since_ms: int = -1  # the start of the silence that was told last
    waiting: set[Speaker] = field(default_factory=set)  # legs on which people wait
    lost: set[Speaker] = field(default_factory=set)  # legs that nobody can be heard on
    waited_until_ms: int = 0  # when the last such sound ended, or the line was back

    def hear(self, event: LineSoundChanged | LineChanged) -> None:
        """Takes in what is on a leg from now on."""
        if isinstance(event, LineChanged):
            self._hear_line(event)
        elif event.sound in WAITING:
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
        is_excused = not self.limit_ms or self.waiting or self.lost
        if is_excused or since_ms == self.told_since_ms or time.heard_ms < due_ms:
            return []
        self.told_since_ms = since_ms
        return [self.cues.without_words("silence", time.now_ms, (since_ms, due_ms))]

    def _hear_line(self, event: LineChanged) -> None:
        if event.state in ("lost", "held", "gone"):
            self.lost.add(event.speaker)
        elif event.speaker in self.lost:
            self.lost.remove(event.speaker)
            self.wait_until(event.at_ms)
