"""Whether a call's recording is paused, and what that means for what is due.

While it is paused nobody hears the call, not even the recognizers (`live/pauses.py`): nothing that is said then
can be told, so nothing is called unsaid, silent or a dead end either. What was due gets as much longer.
Next: `started_call.py` asks it whenever time passes.
"""

from dataclasses import dataclass

from voiceassist.actions import PauseRecording
from voiceassist.events import Event, RecordingPaused, RecordingResumed


@dataclass(slots=True)
class Pause:
    """The pause of one call's recording."""

    since_ms: int | None = None  # call time at which it began; None: the call is recorded
    lasted_ms: int = 0  # the pause that ended last

    @property
    def is_on(self) -> bool:
        """Whether the call is paused now."""
        return self.since_ms is not None

    def change(self, action: PauseRecording) -> list[Event]:
        """What follows when somebody pauses the recording or lets it go on; nothing where it is so already."""
        if action.paused == self.is_on:
            return []
        if action.paused:
            self.since_ms = action.at_ms
            return [RecordingPaused(at_ms=action.at_ms, by=action.by)]
        self.lasted_ms, self.since_ms = action.at_ms - (self.since_ms or 0), None
        return [RecordingResumed(at_ms=action.at_ms, by=action.by)]
