"""Tells late audio from live audio when a peer sends again after it was silent.

After a network stall, what was spoken meanwhile comes faster than it was spoken; a peer that had paused goes on in
real time. Which of both it is shows within `LOOK_S`: the audio waits so long. Late audio then passes at once, for
as long as it keeps coming faster than real time.
Never reads a clock and never touches samples. Next: `timeline.py` gives silence for what did not come.
"""

from typing import Literal

Verdict = Literal["late", "live"]

LOOK_S = 0.2  # a stalled TCP connection gives all that waited within milliseconds
FAST = 2.0  # times real time from which audio is late: jitter after a pause is less...
MOST_JITTER_S = 0.1  # ...beyond this much, which telephone systems stay below
STEADY_S = 0.5  # late audio is over when that long...
STEADY = 1.2  # ...no more came than this many times real time


class Stall:
    """What comes after a silence of one track."""

    def __init__(self, rate_hz: int, *, since_s: float, since: int) -> None:
        """`since`: the position up to which audio had come at `since_s`."""
        self.since_s, self.since = since_s, since
        self.is_late = False  # what comes is late audio
        self._rate_hz = rate_hz
        self._looks_since_s: float | None = None
        self._samples = 0  # since then, without the first message: that was spoken before it came
        self._longest = 0  # message

    def due(self, now_s: float) -> int:
        """Where the audio would be by now, had it gone on."""
        return self.since + round((now_s - self.since_s) * self._rate_hz)

    def hear(self, samples: int, now_s: float) -> None:
        """So much has come."""
        if self._looks_since_s is None:
            self._looks_since_s = now_s
        else:
            self._samples += samples
        self._longest = max(self._longest, samples)

    def verdict(self, now_s: float) -> Verdict | None:
        """What it is; None while that is not known."""
        if self._looks_since_s is None:
            return None
        passed_s, came_s = now_s - self._looks_since_s, self._samples / self._rate_hz
        if self.is_late:
            return self._goes_on(passed_s, came_s, now_s)
        if came_s >= FAST * passed_s + MOST_JITTER_S:
            self.is_late = True
            self._look_again(now_s)
            return "late"
        return "live" if passed_s >= LOOK_S else None

    def pause(self) -> None:
        """Nothing comes again."""
        self.is_late = False
        self._looks_since_s, self._samples = None, 0

    def _goes_on(self, passed_s: float, came_s: float, now_s: float) -> Verdict:
        if passed_s < STEADY_S:
            return "late"
        if came_s <= STEADY * passed_s + self._longest / self._rate_hz:
            return "live"
        self._look_again(now_s)
        return "late"

    def _look_again(self, now_s: float) -> None:
        self._looks_since_s, self._samples = now_s, 0
