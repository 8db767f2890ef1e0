"""Whether what is heard now is heard so late that it is no news any more.

For words it counts how long their line had been over when it became known; how early in the line a cue stood makes
nothing late, since a long line is no fault of the machine. For what no words show it counts how late the call was
told to be. What people do is never late. Never reads a clock.
Next: `card_slot.py` makes a note of a late card, `alerts.py` marks a late alert.
"""

from dataclasses import dataclass
from typing import get_args

from voiceassist.actions import Action
from voiceassist.events import Final, Input, LatenessChanged, Partial

# The answer to a line follows within two seconds (the pauses of two people who talk), and a line in time is known
# one second after its end at the latest: after five, somebody has answered, and "say this now" is wrong.
LATE_MS = 5_000


@dataclass(slots=True)
class Lateness:
    """How late one call is heard."""

    behind_ms: int = 0  # as the call was told last
    is_late: bool = False  # what is being heard now

    def hear(self, event: Input) -> None:
        """Takes in the next input of the call, with its own time."""
        if isinstance(event, LatenessChanged):
            self.behind_ms = event.behind_ms
        self.is_late = self._delay_ms(event) > LATE_MS

    def _delay_ms(self, event: Input) -> int:
        if isinstance(event, Partial | Final):
            return event.at_ms - event.end_ms
        return 0 if isinstance(event, get_args(Action)) else self.behind_ms
