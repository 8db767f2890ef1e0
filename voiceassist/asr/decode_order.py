"""Who is decoded next: runs wait here, and the most urgent one is taken.

Theory of operation. Rank decides first (`priority.py`): what is needed, partials with an open cue, other partials,
bulk work. Within a rank calls take turns by virtual time (start-time fair queueing, Goyal, Vin and Cheng 1996).
Every call has a clock of its own that goes on by what its runs cost, and there is one clock of all: that of the
call furthest behind of those that wait or decode. Of all calls that are no further ahead of it than EQUAL_S, what
is due first comes first; then comes who is least ahead. So when the machine is full, one who talks all the time
and one who talks seldom get equal shares, and who asks for less than a share is hardly ever late. While it is not
full, hardly anybody waits.

What a call did not use it loses, but for KEPT_S: it has nothing to ask for while its last run is on its way back.
What it used beyond its share, because it was needed, is forgotten beyond MOST_AHEAD_S.

Calls that are pressing come before others, and pay a quarter: they go first as long as they use no more than four
shares. Nobody starves: no call is further ahead than MOST_AHEAD_S, and every run of its rank that is taken before
its own moves another call towards it.

Bulk work takes no thread from a live call that could use it. While calls are live only one bulk run is in work at
a time, and none begins while a live run waits, except one every BULK_EVERY_S, so that its senders do not give up.
Its runs should be short: whoever hears bulk audio gives it in pieces of at most a second. Without live calls it
leaves one thread free, if there are two.

Never reads a clock, and knows no threads: `pool.py` has the lock. A list is looked through for each run, since
clocks move while runs wait; a hundred calls make it as long as two hundred, in a machine that is overloaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

from voiceassist.asr.priority import Priority, Rank

Item = TypeVar("Item")

EQUAL_S, KEPT_S = 0.1, 0.2  # some decodes
MOST_AHEAD_S = 2.0  # a call whose finals alone are more than its share is not made to wait for ever
PRESSING_S = 0.1  # the head start of a pressing call: one or two decodes
PRESSING_COST = 0.25  # of what its runs cost moves its clock
BULK_EVERY_S = 5.0  # a piece of a second takes 20 to 200 ms of one thread: 4 % of it at most
LIVE_LATELY_S = 10.0  # a call of which nothing has come for so long, not even silence, is none


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[Item]):
    item: Item
    priority: Priority
    since_s: float
    number: int  # in the order in which they came


class DecodeOrder(Generic[Item]):
    """The runs that wait for one of so many threads."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._waiting: list[_Waiting[Item]] = []
        self._number = 0
        self._clock_s = {False: 0.0, True: 0.0}  # of all live calls, and of all bulk work
        self._working: list[Priority] = []  # taken, and not over
        self._bulk_s = self._live_s = -inf  # when such a run was last taken

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def __iter__(self) -> Iterator[Item]:
        """In no order."""
        return (one.item for one in self._waiting)

    def add(self, item: Item, priority: Priority, now_s: float) -> None:
        """It waits from now on."""
        self._number += 1
        self._waiting.append(_Waiting(item, priority, now_s, self._number))

    def remove(self, item: Item) -> bool:
        """Whether it waited; then it does not any more."""
        for place, one in enumerate(self._waiting):
            if one.item is item:
                del self._waiting[place]
                return True
        return False

    def clear(self) -> None:
        """Nobody waits any more."""
        self._waiting.clear()

    def take(self, now_s: float) -> Item | None:
        """The most urgent one; None when none may begin now. Who takes it tells its end to `ended`."""
        if not self._waiting:
            return None
        self._move_clocks()
        next_one = min(self._patient_bulk(now_s) or self._waiting, key=self._place)
        if _is_bulk(next_one.priority) and self._bulk_working() >= self._most_bulk(now_s):
            return None
        self._waiting.remove(next_one)
        self._begin(next_one.priority, now_s)
        return next_one.item

    def ended(self, priority: Priority, cost_s: float) -> None:
        """A run that was taken is over, and took so many seconds of a core."""
        is_bulk, share = _is_bulk(priority), priority.share
        self._working.remove(priority)
        cost_s *= PRESSING_COST if priority.is_pressing else 1.0
        clock_s = self._clock_s[is_bulk]
        share.used_s = min(max(share.used_s, clock_s - KEPT_S) + cost_s, clock_s + MOST_AHEAD_S)

    def _move_clocks(self) -> None:
        least_s = {False: inf, True: inf}
        for one in (*self._working, *(waiting.priority for waiting in self._waiting)):
            is_bulk = one.rank is Rank.BULK
            least_s[is_bulk] = min(least_s[is_bulk], one.share.used_s)
        for is_bulk, used_s in least_s.items():
            if used_s < inf:
                self._clock_s[is_bulk] = max(self._clock_s[is_bulk], used_s)

    def _begin(self, priority: Priority, now_s: float) -> None:
        self._working.append(priority)
        if _is_bulk(priority):
            self._bulk_s = now_s
        else:
            self._live_s = now_s

    def _place(self, one: _Waiting[Item]) -> tuple[Rank, float, float, int]:
        priority = one.priority
        turn_s = max(priority.share.used_s, self._clock_s[_is_bulk(priority)] + EQUAL_S)
        return (priority.rank, turn_s - PRESSING_S * priority.is_pressing, priority.due_s, one.number)

    def _patient_bulk(self, now_s: float) -> list[_Waiting[Item]]:
        """Bulk runs that have waited long enough to come before a live one; seldom any."""
        if self._bulk_working() or now_s - self._bulk_s < BULK_EVERY_S:
            return []
        return [one for one in self._waiting if _is_bulk(one.priority) and now_s - one.since_s >= BULK_EVERY_S]

    def _bulk_working(self) -> int:
        return sum(map(_is_bulk, self._working))

    def _most_bulk(self, now_s: float) -> int:
        """At a time. A live call that comes finds a thread free, if there are two."""
        return 1 if now_s - self._live_s < LIVE_LATELY_S else max(1, self._workers - 1)


def _is_bulk(priority: Priority) -> bool:
    return priority.rank is Rank.BULK
