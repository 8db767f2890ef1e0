"""Tells in steps how far behind a call is heard, so that screens change seldom and never flicker.

More is told at once; less, only when it has stayed so for `HOLD_MS`. Nothing is told twice within `GAP_MS`. Never
reads a clock: call time and lateness arrive as arguments. Next: `live/session.py` hands the event to the call.
"""

from bisect import bisect_right
from dataclasses import dataclass

from voiceassist.events import LatenessChanged

# A call in time is heard 0.1 to 0.6 s after it is spoken, and words that are 2 s late are of use. From there on a
# step is at most two thirds more than the one before, so that the number on a screen is about right.
STEPS_MS = (
    *(2_000, 3_000, 5_000, 7_000, 10_000, 15_000, 20_000, 30_000, 45_000),
    *(60_000, 90_000, 120_000, 180_000, 240_000, 300_000),  # so much audio of a call may wait (`ingest/limits.py`)
)
IN_TIME_BELOW_MS = 1_000  # a call that was late is in time again from here on; in between it stays what it was
HOLD_MS = 5_000  # of call time: a talkative moment is over by then, and so is the silence between two of them
GAP_MS = 2_000  # of call time: at most 30 changes a minute, however the load swings
SECOND_MS = 1_000


@dataclass(slots=True)
class LatenessSteps:
    """How late one call is, as it was told last."""

    told_ms: int = 0  # 0: in time
    _told_at_ms: int = -GAP_MS
    _less_since_ms: int | None = None  # call time since when it is less late than was told; None: it is not
    _most_since_ms: int = 0  # the latest that it has been since then

    def after(self, at_ms: int, behind_ms: int) -> LatenessChanged | None:
        """What there is to tell at this call time, when the call is heard so late."""
        self._go_back_to(at_ms)
        step, told = self._step(behind_ms), _step_of(self.told_ms)
        if step >= told:
            self._less_since_ms = None
            return self._tell(at_ms, behind_ms) if step > told else None
        if self._less_since_ms is None:
            self._less_since_ms, self._most_since_ms = at_ms, 0
        self._most_since_ms = max(self._most_since_ms, behind_ms)
        return self._tell(at_ms, self._most_since_ms) if at_ms - self._less_since_ms >= HOLD_MS else None

    def _go_back_to(self, at_ms: int) -> None:
        """After a pause without audio, call time goes on where the audio had stopped."""
        self._told_at_ms = min(self._told_at_ms, at_ms)
        if self._less_since_ms is not None:
            self._less_since_ms = min(self._less_since_ms, at_ms)

    def _step(self, behind_ms: int) -> int:
        """A late call stays on the first step until it is in time, and not only below the step."""
        return max(_step_of(behind_ms), int(self.told_ms > 0 and behind_ms >= IN_TIME_BELOW_MS))

    def _tell(self, at_ms: int, behind_ms: int) -> LatenessChanged | None:
        if at_ms - self._told_at_ms < GAP_MS:
            return None
        is_late = self._step(behind_ms) > 0
        self.told_ms = max(behind_ms // SECOND_MS * SECOND_MS, STEPS_MS[0]) if is_late else 0
        self._told_at_ms, self._less_since_ms = at_ms, None
        return LatenessChanged(at_ms=at_ms, behind_ms=self.told_ms)


def _step_of(behind_ms: int) -> int:
    """How many of the steps were reached; 0: none."""
    return bisect_right(STEPS_MS, behind_ms)
