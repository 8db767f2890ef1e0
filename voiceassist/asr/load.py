"""How loaded the decoding is: what was decoded so far and lately, and of how much of calls.

Never reads a clock: monotonic seconds arrive as arguments. Next: `pool.py` adds what every run cost;
`capacity.py` learns from it what a call costs; `Runtime.load` and the metrics page tell the state.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

WINDOW_S = 10  # free capacity is that of so many whole seconds: one talkative moment is no overload


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadState:
    """The load of the decode pool at one moment."""

    workers: int  # threads that decode, each on a core of its own if there are so many
    waiting: int  # runs that wait for a worker
    behind_s: float  # how late the audio is that has waited longest; 0: nothing that must be decoded waits
    free: float  # share of the workers' time that was unused lately, 0..1
    cpu_s: float  # CPU seconds spent decoding since the start


DEGRADED = (
    "degraded: words arrive up to {worst_s} s late in {late} of {calls} calls; speech comes faster than this "
    "machine recognises it ({workers} decode workers, {free:.0%} free, {waiting} runs waiting): give it fewer "
    "calls, more cores, or a smaller --engine"
)


def recognition(late_ms: Sequence[int], calls: int, load: LoadState) -> str:
    """What operators are told: "ok", or how late words arrive and why. `late_ms`: of the calls that are late."""
    if not late_ms:
        return "ok"
    return DEGRADED.format(
        worst_s=max(late_ms) // 1000,
        late=len(late_ms),
        calls=calls,
        workers=load.workers,
        free=load.free,
        waiting=load.waiting,
    )


@dataclass(slots=True, kw_only=True)
class _Second:
    number: int  # of the clock
    busy_s: float = 0.0


class LoadMeter:
    """Adds up what runs cost."""

    def __init__(self) -> None:
        self.busy_s = 0.0  # of all runs, without their waiting
        self.cpu_s = 0.0  # likewise, without what other programs took
        self.heard_s = 0.0  # of all calls
        self._seconds: deque[_Second] = deque(maxlen=WINDOW_S + 1)

    def spent(self, busy_s: float, cpu_s: float, now_s: float) -> None:
        """A run has ended that took so long."""
        self.busy_s += busy_s
        self.cpu_s += cpu_s
        if not self._seconds or self._seconds[-1].number < int(now_s):
            self._seconds.append(_Second(number=int(now_s)))
        self._seconds[-1].busy_s += busy_s

    def heard(self, audio_s: float) -> None:
        """So much of a call, with all of its legs, was heard; of a channel alone it is half."""
        self.heard_s += audio_s

    def free(self, workers: int, now_s: float) -> float:
        """Share of the workers' time that was unused in the last whole seconds."""
        lately = (one.busy_s for one in self._seconds if 0 < int(now_s) - one.number <= WINDOW_S)
        return max(0.0, 1.0 - sum(lately) / (WINDOW_S * workers))
