"""Compares the announced sample rate with the speed at which audio really arrives.

What comes late after a stall is no faster sender: so much as was not sent may come above the rate.
Never changes anything: a wrong rate is somebody's configuration, and guessing would hide it.
Next: `feed.py` marks the place, `call_socket.py` warns the peer and the log.
"""

RATES_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)  # what devices really use
DEVIATION = 0.20  # less is jitter: the two closest common rates differ by 9 %, the confusable ones by 2x
CLOSE = 0.05  # a measurement over 5 s of 20 ms messages is far better than this
LATE_SHARE = 0.05  # of a window from which it has late audio: less is jitter
PAUSE_S = 1.0  # a sender that stops for longer is not streaming steadily: measure anew


class RateMeter:
    """Measures a sender that sends in real time."""

    def __init__(self, announced_hz: int, window_s: float) -> None:
        self._announced_hz = announced_hz
        self._window_s = window_s
        self._since_s: float | None = None
        self._last_s = 0.0
        self._samples = 0
        self._owed = 0.0  # samples that did not come in a pause, and may come late

    def add(self, samples: int, now_s: float) -> int | None:
        """The common rate that fits better than the announced one, at the end of a window that says so."""
        if self._since_s is None or now_s - self._last_s > PAUSE_S:
            self._owed += (now_s - self._last_s) * self._announced_hz if self._since_s is not None else 0
            self._begin(now_s)
            return None
        self._last_s = now_s
        self._samples += samples
        elapsed_s = now_s - self._since_s
        if elapsed_s < self._window_s:
            return None
        measured_hz = (self._samples - self._late(elapsed_s)) / elapsed_s
        self._begin(now_s)
        return other_rate(self._announced_hz, measured_hz)

    def _late(self, elapsed_s: float) -> float:
        """How much of what came in this window was late; a window without any ends it."""
        late = min(self._owed, max(0.0, self._samples - self._announced_hz * elapsed_s))
        self._owed = self._owed - late if late > LATE_SHARE * self._samples else 0.0
        return late

    def _begin(self, now_s: float) -> None:
        self._since_s = self._last_s = now_s
        self._samples = 0


def other_rate(announced_hz: int, measured_hz: float) -> int | None:
    """The common rate that was measured, when it is clearly not the announced one."""
    if abs(measured_hz - announced_hz) <= DEVIATION * announced_hz:
        return None
    nearest = min(RATES_HZ, key=lambda rate_hz: abs(rate_hz - measured_hz))
    return nearest if abs(nearest - measured_hz) <= CLOSE * nearest else None
