"""How full a node is, by the numbers: what speaks against another call, and what operators and screens are told.

Never reads a clock and never counts calls itself. Next: `node.py` has the numbers.
"""

from collections import deque
from dataclasses import dataclass
from math import floor
from typing import Literal

from voiceassist.capacity.cost import CallCost
from voiceassist.capacity_settings import WhenFull

LATE_CALLS = 2  # as many whose screens say that words arrive late: the machine is slower than the sum says
NEARLY = 0.8  # of all calls that fit: time to say so
MINUTES = 60  # that refusals are counted for the screens

LimitedBy = Literal["cores", "memory", "setting"]
State = Literal["ok", "nearly_full", "full", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityState:
    """How full this node is."""

    state: State
    calls: float  # that run or are announced; a channel heard for its words alone is half a call
    most: int  # that it takes, at this moment
    limited_by: LimitedBy
    late: int  # calls in which words arrive late
    refused: int  # calls in the last hour
    cost: CallCost
    cores: float  # that it may use
    by_cost: int  # calls that would be taken by what they cost
    when_full: WhenFull
    without_help: int  # calls that are recorded, to be heard when they are over
    rehearsed: bool  # whether that was found out at the start; else it is a guess, or what real calls taught

    @property
    def line(self) -> str:
        """For operators: "ok: 7 of 9 calls", or what is the matter."""
        counted = f"{self.calls:g} of {self.most} calls"
        match self.state:
            case "late":
                return f"degraded: words are late in {self.late} calls, {self._then} ({counted})"
            case "full":
                return f"degraded: full, {self._then} ({counted})"
            case "nearly_full":
                return f"ok: {counted}, room for {floor(self.most - self.calls)} more"
        return f"ok: {counted}"

    @property
    def _then(self) -> str:
        return "new calls are refused" if self.when_full == "refuse" else "new calls are taken without help"


def against(*, calls: float, more: float, most: float, late: int) -> Literal["full", "late"] | None:
    """What speaks against so many more calls, if anything does."""
    if calls + more > most:
        return "full"
    return "late" if late >= LATE_CALLS else None


def state_of(*, calls: float, most: float, late: int) -> State:
    """What screens show of it."""
    if reason := against(calls=calls, more=1, most=most, late=late):
        return reason
    return "nearly_full" if calls >= NEARLY * most else "ok"


class LastHour:
    """Counts what happened, minute by minute. Never reads a clock."""

    def __init__(self) -> None:
        self._minutes: deque[tuple[int, int]] = deque(maxlen=MINUTES + 1)

    def add(self, now_s: float) -> None:
        """It happened once more."""
        minute = int(now_s // 60)
        before = self._minutes.pop()[1] if self._minutes and self._minutes[-1][0] == minute else 0
        self._minutes.append((minute, before + 1))

    def count(self, now_s: float) -> int:
        """How often in the last hour."""
        return sum(times for minute, times in self._minutes if now_s // 60 - minute < MINUTES)
