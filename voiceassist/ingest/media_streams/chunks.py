"""The chunks of a connection in the order in which they were sent, and how many are missing between them.

A phone system numbers its messages, and the chunks of each track again. The messages' numbers say the order and
that something is missing; the chunks' numbers say of which track. Only what both say is lost: not everybody counts
alike, and then nothing is made up.
A message that comes too early waits for those before it, up to HELD_MESSAGES and HELD_CHARS. Overflow rule: what
it waits for is lost. Never looks at a clock, nor at timestamps: their unit differs between phone systems.
Next: `dialect.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

HELD_MESSAGES = 16  # 160 ms of both tracks in chunks of 20 ms
HELD_CHARS = 65_536  # of their texts; usual chunks have 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A message with its number; None: it has none."""

    number: int | None
    message: dict[str, Any]
    chars: int  # of its text


@dataclass(slots=True)
class MessageOrder:
    """Puts the messages of one connection in their order."""

    last: int | None  # number of the last message given; None: no message has had one
    missing: int = 0  # messages that never came, and that no chunk has accounted for
    _held: dict[int, Numbered] = field(default_factory=dict)  # by their numbers, all above the next one

    def add(self, said: Numbered) -> Iterator[dict[str, Any]]:
        """Messages whose turn it is now."""
        number = said.number
        if number is None or (self.last is not None and number <= self.last):
            yield said.message  # of a phone system that does not count, or late
            return
        if not self._held and self.last is not None and number == self.last + 1:  # as nearly always
            self.last = number
            yield said.message
            return
        self._held.setdefault(number, said)
        if self.last is None:
            self.last = number - 1
        yield from self._next()
        while self._is_full():
            yield from self._give_up()

    def rest(self) -> Iterator[dict[str, Any]]:
        """Messages that still wait, when nothing else will come."""
        while self._held:
            yield from self._give_up()

    def _give_up(self) -> Iterator[dict[str, Any]]:
        """Takes the messages before the first that waits for lost."""
        first = min(self._held)
        self.missing += first - 1 - (self.last or 0)
        self.last = first - 1
        return self._next()

    def _next(self) -> Iterator[dict[str, Any]]:
        while self.last is not None and (said := self._held.pop(self.last + 1, None)):
            self.last += 1
            yield said.message

    def _is_full(self) -> bool:
        held = self._held.values()
        return len(held) > HELD_MESSAGES or sum(said.chars for said in held) > HELD_CHARS


@dataclass(slots=True)
class TrackChunks:
    """Counts the chunks of one track."""

    last: int | None = None

    def lost(self, number: int | None, order: MessageOrder) -> int | None:
        """How many chunks are missing before this one; None: it is late, and its place is taken."""
        if number is None:
            return 0
        if self.last is not None and number <= self.last:
            return None
        skipped = 0 if self.last is None else number - self.last - 1
        lost = min(skipped, order.missing)
        order.missing -= lost
        self.last = number
        return lost
