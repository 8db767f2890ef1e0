"""What still has to go to the broker, in order and bounded. Pure: no clock, no socket.

Overflow rule: above `limit` the oldest droppable record is lost (finals, cues, cards ...). Alerts and call
lifecycle are kept, up to `hard_limit`: only above that is the oldest of them lost. Both limits count records and
bytes. Every loss is counted by kind. A record that was taken stays here until `settle`, so that a broken
connection sends it again; it is never the one that is lost.
Next: `mqtt.py` takes records, and settles each when the broker has acknowledged it.
"""

from collections import Counter, deque
from dataclasses import dataclass
from itertools import chain, count

from voiceassist.bus.topics import is_droppable, kind_of
from voiceassist.events import Record
from voiceassist.wire import encode_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A bound on what waits."""

    records: int
    bytes: int  # characters of JSON


# A minute of 500 live calls: 150 droppable records a second (a final every seven seconds per leg, some cues).
LIMIT = Limit(records=10_000, bytes=32 << 20)
# Nobody has that many alerts and calls before somebody sees that the broker is down.
HARD_LIMIT = Limit(records=100_000, bytes=128 << 20)


@dataclass(frozen=True, slots=True, eq=False)
class Parcel:
    """A record on its way to the broker."""

    number: int
    record: Record
    size: int


class Outbox:
    """A bounded first-in-first-out queue that loses the least important records first."""

    def __init__(self, *, limit: Limit = LIMIT, hard_limit: Limit = HARD_LIMIT) -> None:
        self.lost: Counter[str] = Counter()
        self._limit = limit
        self._hard_limit = hard_limit
        self._numbers = count()
        self._droppable: deque[Parcel] = deque()
        self._kept: deque[Parcel] = deque()
        self._taken: dict[int, Parcel] = {}  # by number, in the order of sending
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._droppable) + len(self._kept) + len(self._taken)

    @property
    def bytes(self) -> int:
        """Characters of JSON that wait or are on their way."""
        return self._bytes

    def put(self, record: Record) -> list[Record]:
        """Queues a record at the end; returns those that were lost for it."""
        parcel = Parcel(next(self._numbers), record, len(encode_line(record)))
        (self._droppable if is_droppable(record.event) else self._kept).append(parcel)
        self._bytes += parcel.size
        lost = []
        while self._is_above(self._limit) and self._droppable:
            lost.append(self._lose(self._droppable.popleft()))
        while self._is_above(self._hard_limit) and self._kept:
            lost.append(self._lose(self._kept.popleft()))
        return lost

    def _is_above(self, limit: Limit) -> bool:
        return len(self) > limit.records or self._bytes > limit.bytes

    def take(self) -> Parcel | None:
        """The next one to send; None when there is nothing."""
        queue = min((q for q in (self._droppable, self._kept) if q), key=_first_number, default=None)
        if queue is None:
            return None
        parcel = queue.popleft()
        self._taken[parcel.number] = parcel
        return parcel

    def settle(self, parcel: Parcel) -> None:
        """The broker has it."""
        del self._taken[parcel.number]
        self._bytes -= parcel.size

    def reject(self, parcel: Parcel) -> None:
        """It can never be sent: it is lost."""
        del self._taken[parcel.number]
        self._lose(parcel)

    def put_back(self) -> None:
        """The connection broke: what was taken and not settled comes first again, in its order."""
        for parcel in reversed(self._taken.values()):
            (self._droppable if is_droppable(parcel.record.event) else self._kept).appendleft(parcel)
        self._taken.clear()

    def abandon(self) -> None:
        """Nothing will be sent any more: all that is left is lost."""
        for parcel in chain(self._taken.values(), self._droppable, self._kept):
            self._lose(parcel)
        for queue in (self._taken, self._droppable, self._kept):
            queue.clear()

    def _lose(self, parcel: Parcel) -> Record:
        self.lost[kind_of(parcel.record.event)] += 1
        self._bytes -= parcel.size
        return parcel.record


def _first_number(queue: deque[Parcel]) -> int:
    return queue[0].number
