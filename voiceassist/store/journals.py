"""The open journals, by call: who owns a call's numbers, and what waits for the disk in all of them.

A journal is open while its call is live, while somebody changes a finished call, and until its last record is
stored. Never stores anything itself.
Next: `store.py` adds what waits to what is stored, and asks for trouble.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from voiceassist.events import CallEnded, CallFailed, Record
from voiceassist.store.journal import PACE, SLOW, Append, Backlog, Journal, Pace

# A commit takes milliseconds, on a busy disk a second. What waits longer than this is trouble that an operator
# wants to see; a commit that is under way is not.
TROUBLE_S = 3.0

Publish = Callable[[Record], None]


class Journals:
    """Every open journal of one store."""

    def __init__(
        self,
        append: Append,
        last_seq: Callable[[str], Awaitable[int]],
        pace: Pace = PACE,
    ) -> None:
        """`last_seq` says the newest stored number of a call."""
        self._append = append
        self._last_seq = last_seq
        self._pace = pace
        self._open: dict[str, Journal] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # by call
        self.backlog = Backlog()

    def begin(self, call_id: str, publish: Publish) -> Journal:
        """The journal of a new call."""
        return self._opened(call_id, publish, after=0)

    @asynccontextmanager
    async def continued(self, call_id: str, publish: Publish) -> AsyncIterator[Journal]:
        """The journal of a call that is over, to add to it: the open one, or one that follows what is stored.

        One at a time of each call. Raises StoreError when the store does not say how far it is.
        """
        async with self._turns.setdefault(call_id, asyncio.Lock()):
            journal = self.of(call_id) or await self._followed(call_id, publish)
            with journal.used():
                yield journal

    async def _followed(self, call_id: str, publish: Publish) -> Journal:
        after = await self._last_seq(call_id)
        if begun := self.of(call_id):  # a call of that id began meanwhile
            return begun
        journal = self._opened(call_id, publish, after=after)
        journal.is_released = True
        return journal

    def of(self, call_id: str) -> Journal | None:
        """The call's open journal."""
        journal = self._open.get(call_id)
        return None if journal is None or journal.is_done else journal

    def waiting(self, call_id: str) -> tuple[Record, ...]:
        """The call's records that wait for the disk, in order."""
        journal = self.of(call_id)
        return journal.waiting if journal else ()

    def end_of(self, call_id: str) -> str | None:
        """How the call ended, its end reason or "failed", as far as its waiting records say."""
        for record in reversed(self.waiting(call_id)):
            match record.event:
                case CallEnded(reason=reason):
                    return reason
                case CallFailed():
                    return "failed"
        return None

    def trouble(self) -> str:
        """What failed, or takes longer than any commit; empty: nothing."""
        late = [one for one in self._open.values() if one.failure or one.waits_s > TROUBLE_S]
        if not late:
            return ""
        oldest = max(late, key=lambda journal: journal.waits_s)
        waits = f"{self.backlog.records} records wait for the disk, the oldest for {oldest.waits_s:.0f} s"
        return f"{waits}: {oldest.failure or SLOW}"

    async def close(self, within_s: float) -> None:
        """Waits for what is not stored yet, at most that long; the rest is lost, and the log says so."""
        open_ones = [journal for journal in self._open.values() if journal.waiting]
        await asyncio.gather(*(journal.stored(within_s) for journal in open_ones))
        for journal in open_ones:
            journal.give_up()

    def _opened(self, call_id: str, publish: Publish, *, after: int) -> Journal:
        self._open = {name: one for name, one in self._open.items() if not one.is_done}
        journal = Journal(call_id, self._append, publish, after=after, pace=self._pace, backlog=self.backlog)
        self._open[call_id] = journal
        return journal
