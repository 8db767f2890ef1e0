"""Keys that the agent presses to pause the recording, and to let it go on: "*7", "*8", or what the settings say.

Only the agent's keys are looked at; the customer's may be a card number, and are forgotten as they come. Keeps no
more keys than it needs to compare. Next: the runtime has the call paused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from voiceassist.config import TELEPHONE_KEYS_IN_A_ROW


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseKeys:
    """Which keys in a row do what; empty: none do."""

    pause: str = ""
    resume: str = ""

    def meant(self, pressed: Sequence[str]) -> bool | None:
        """Whether the keys pressed last pause the recording (True) or let it go on (False); None: neither."""
        row = "".join(pressed)
        for keys, paused in ((self.pause, True), (self.resume, False)):
            if keys and row.endswith(keys):
                return paused
        return None


@dataclass(slots=True)
class PressedKeys:
    """The keys that the agent of one call pressed last."""

    last: list[str] = field(default_factory=list)

    def press(self, key: str, keys: PauseKeys) -> bool | None:
        """What one more key means: see `PauseKeys.meant`. Keys that meant something are used up."""
        self.last = [*self.last, key][-TELEPHONE_KEYS_IN_A_ROW:]
        meant = keys.meant(self.last)
        if meant is not None:
            self.last = []
        return meant
