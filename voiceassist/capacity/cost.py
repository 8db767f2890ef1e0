"""What a call costs on this machine, as it is learned, and how many of them it carries.

First there is a guess, then a rehearsal at the start (`rehearsal.py`), then what real calls cost. Every second of
a call weighs the same, so a quiet hour teaches nothing and one talkative moment little. Calls whose partials were
left out to keep up look cheaper than they are, so they can only make the cost higher: else an overloaded machine
would take ever more. Never reads a clock. Next: `node.py` takes or refuses calls by it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

# Of the cores that we may use, calls get so much on average: speech comes in bursts, and a Final that waits for
# two other calls' is late. On two cores `voiceassist bench load` found 15 calls in time where 0.8 let in 13 (0.9 s
# for 95 % of cues), and 17 that were late (1.9 s).
SHARE = 0.88
LOOP_SHARE = 0.6  # of one core: all that is not recognition runs on one event loop, which must never be late
GUESSED_S = 60.0  # of calls, that a guess weighs as much as
REHEARSED_S = 600.0  # likewise of the rehearsal, which was no real call
MEMORY_S = 1_800.0  # seconds of calls: what is older than this fades
LEAST, MOST = 0.5, 4.0  # times what the rehearsal cost: real calls have pauses, or two people who never stop
LEAST_CORES = 0.005  # of each part: an engine that costs nothing is a script in a test
MOST_BESIDE = 0.2  # cores, likewise: more than that is something else that this process does
CALM = 0.2  # calls: the number on the screens changes only when it is so far past the next whole one


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCost:
    """Of one call with both its legs, on average over its whole time, in cores."""

    decode: float  # recognition, in the pool's threads
    loop: float  # on the event loop
    rest: float  # everything else, in other threads

    @property
    def cores(self) -> float:
        """Together."""
        return self.decode + self.loop + self.rest


GUESS = CallCost(decode=0.2, loop=0.02, rest=0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What calls cost for some time."""

    call_s: float  # seconds of all calls together
    cpu_s: CallCost  # seconds of processors, without what the server needs when there is no call
    left_out: int = 0  # partials that were left out to keep up


@dataclass(slots=True)
class LearnedCost:
    """What is known of it so far."""

    cost: CallCost = GUESS
    rehearsed: float | None = None  # cores, to decode
    _taught_s: float = 0.0  # of real calls

    def rehearse(self, decode: float) -> None:
        """A rehearsal took so many cores; what real calls have taught already is not forgotten."""
        self.rehearsed = max(decode, LEAST_CORES)
        share = REHEARSED_S / (REHEARSED_S + self._taught_s)
        self.cost = self._plausible(
            replace(self.cost, decode=self.cost.decode + share * (decode - self.cost.decode))
        )

    def learn(self, spent: Spent) -> None:
        """Real calls took that."""
        if spent.call_s <= 0:
            return
        known_s = (GUESSED_S if self.rehearsed is None else REHEARSED_S) + self._taught_s
        share = spent.call_s / (min(known_s, MEMORY_S) + spent.call_s)
        seen = _each(spent.cpu_s, lambda seconds: seconds / spent.call_s)
        if spent.left_out:
            seen = _both(seen, self.cost, max)
        self.cost = self._plausible(_both(self.cost, seen, lambda old, new: old + share * (new - old)))
        self._taught_s += spent.call_s

    def _plausible(self, cost: CallCost) -> CallCost:
        least, most = (
            (LEAST_CORES, inf) if self.rehearsed is None else (LEAST * self.rehearsed, MOST * self.rehearsed)
        )
        return CallCost(
            decode=_between(cost.decode, max(least, LEAST_CORES), most),
            loop=_between(cost.loop, LEAST_CORES, MOST_BESIDE),
            rest=_between(cost.rest, LEAST_CORES, MOST_BESIDE),
        )


def _each(cost: CallCost, change: Callable[[float], float]) -> CallCost:
    return CallCost(decode=change(cost.decode), loop=change(cost.loop), rest=change(cost.rest))


def _both(one: CallCost, other: CallCost, join: Callable[[float, float], float]) -> CallCost:
    return CallCost(
        decode=join(one.decode, other.decode), loop=join(one.loop, other.loop), rest=join(one.rest, other.rest)
    )


def _between(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


def calls_carried(cost: CallCost, cores: float, workers: int) -> float:
    """How many calls like that so many cores carry in time, with so many threads that decode."""
    return min(SHARE * cores / cost.cores, SHARE * workers / cost.decode, LOOP_SHARE / cost.loop)


def settled(before: int, carried: float) -> int:
    """The whole number of calls, which stays what it was as long as it is about right; at least 1.

    `before`: 0 at first.
    """
    if before and before - CALM <= carried < before + 1 + CALM:
        return before
    return max(1, int(carried))
