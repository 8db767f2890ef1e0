"""What still has to go to the broker, in order and bounded. Pure: no clock, no socket.

Overflow rule: above `limit` records the oldest droppable one is lost (finals, cues, cards ...). Alerts and
call lifecycle are kept, up to `hard_limit` records: only above that is the oldest of them lost.
Every loss is counted by kind. A record being sent stays at the head until `settle`, so that a broken
connection sends it again.
Next: `mqtt.py` sends `head()`, then settles it.
"""

from collections import Counter, deque
from itertools import count

from voiceassist.bus.topics import is_droppable, kind_of
from voiceassist.events import Record

# 500 live calls give about 150 droppable records a second (a final every 4 s per leg, some cues): a minute.
LIMIT = 10_000
# About 100 MB of alerts and lifecycle; nobody has that many before somebody sees that the broker is down.
HARD_LIMIT = 100_000

_Numbered = tuple[int, Record]


class Outbox:
    """A bounded first-in-first-out queue that loses the least important records first."""

    def __init__(self, *, limit: int = LIMIT, hard_limit: int = HARD_LIMIT) -> None:
        self.lost: Counter[str] = Counter()
        self._limit = limit
        self._hard_limit = hard_limit
        self._numbers = count()
        self._droppable: deque[_Numbered] = deque()
        self._kept: deque[_Numbered] = deque()
        self._sending: Record | None = None

    def __len__(self) -> int:
        return len(self._droppable) + len(self._kept) + (self._sending is not None)

    def put(self, record: Record) -> Record | None:
        """Queues a record at the end; returns the one that was lost for it, if any."""
        queue = self._droppable if is_droppable(record.event) else self._kept
        queue.append((next(self._numbers), record))
        if len(self) > self._limit and self._droppable:
            return self._lose(self._droppable)
        if len(self) > self._hard_limit:
            return self._lose(self._kept)
        return None

    def head(self) -> Record | None:
        """The record to send now: the same one until `settle`; None when there is nothing to send."""
        if self._sending is None:
            queue = min((q for q in (self._droppable, self._kept) if q), key=_first_number, default=None)
            self._sending = queue.popleft()[1] if queue else None
        return self._sending

    def settle(self) -> None:
        """The head was sent."""
        self._sending = None

    def reject(self) -> None:
        """The head can never be sent: it is lost."""
        assert self._sending is not None
        self.lost[kind_of(self._sending.event)] += 1
        self._sending = None

    def abandon(self) -> None:
        """Nothing will be sent any more: all that is left is lost."""
        while self.head() is not None:
            self.reject()

    def _lose(self, queue: deque[_Numbered]) -> Record:
        _, record = queue.popleft()
        self.lost[kind_of(record.event)] += 1
        return record


def _first_number(queue: deque[_Numbered]) -> int:
    return queue[0][0]
