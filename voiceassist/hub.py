"""Fan-out of records to clients: one bounded mailbox each, and the current state for snapshots.

Single-threaded by design: `publish` and `watch_*` run on the event loop without awaiting, so a snapshot and the
records that follow it can have no hole between them. Never stores anything: a record is published after the
store has it, or, where the disk fails, after it was queued for the store.
Next: `server/` sends what a mailbox holds to its socket.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from voiceassist.core.screen.state import CallState, CallStateBuilder, open_call
from voiceassist.core.screen.wall import WallRow, apply_wall, belongs_on_wall, is_for_wall, open_row
from voiceassist.errors import PeerError
from voiceassist.events import CallStarted, Partial, Record

# Overflow rule. Partials: the latest per call and speaker is kept. Everything else is never dropped: a client
# that lets this many wait is disconnected and resumes by number. 1,000 is over a minute of a wall of 500 calls
# and some 200 KB of memory.
MAILBOX_RECORDS = 1_000


class TooSlowError(PeerError):
    """The client does not read what it asked for."""

    def __init__(self) -> None:
        super().__init__("too_slow", f"more than {MAILBOX_RECORDS} messages unread; reconnect to resume")


class RefreshError(PeerError):
    """The wall changed in a way that no record tells; nothing is wrong with the client."""

    def __init__(self) -> None:
        super().__init__("refresh", "reconnect for a fresh snapshot")


class Mailbox:
    """What waits for one client."""

    def __init__(self, *, call_id: str | None = None, agent_id: str | None = None) -> None:
        """`call_id`: that call, partials too. Otherwise the wall, of one agent's calls or of all."""
        self.call_id = call_id
        self.agent_id = agent_id
        self._durable: deque[Record] = deque()
        self._partials: dict[tuple[str, str], Record] = {}
        self._given_up: asyncio.Queue[PeerError] = asyncio.Queue(1)
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._durable) + len(self._partials)

    def put(self, record: Record) -> None:
        """Never blocks; see the overflow rule."""
        event = record.event
        if isinstance(event, Partial):
            self._partials[record.call_id, event.speaker] = record
        elif len(self._durable) < MAILBOX_RECORDS:
            self._durable.append(record)
        else:
            self.give_up(TooSlowError())
        self._filled.set()

    async def take(self) -> list[Record]:
        """All that waits, oldest first within each call; waits for the first."""
        await self._filled.wait()
        self._filled.clear()
        records = sorted([*self._durable, *self._partials.values()], key=lambda record: record.seq)
        self._durable.clear()
        self._partials.clear()
        return records

    def give_up(self, error: PeerError) -> None:
        """Whoever reads this mailbox must connect anew."""
        if self._given_up.empty():
            self._given_up.put_nowait(error)

    async def until_given_up(self) -> NoReturn:
        """Waits until the client must be disconnected, then raises why: TooSlowError or RefreshError."""
        raise await self._given_up.get()


class Hub:
    """The live calls' states and everybody who watches them."""

    def __init__(self) -> None:
        self.calls: dict[str, CallStateBuilder] = {}  # live calls only
        self.rows: dict[str, WallRow] = {}  # live calls, and finished ones with unresolved alerts
        self._mailboxes: set[Mailbox] = set()

    @property
    def clients(self) -> int:
        """How many mailboxes are open."""
        return len(self._mailboxes)

    @property
    def deepest(self) -> int:
        """Records waiting in the fullest mailbox."""
        return max(map(len, self._mailboxes), default=0)

    def state(self, call_id: str) -> CallState | None:
        """All that screens show of a live call at this moment."""
        call = self.calls.get(call_id)
        return call.state() if call else None

    def publish(self, record: Record) -> None:
        """Updates the states, then tells everybody whom it concerns."""
        row = self._apply(record)
        for mailbox in self._mailboxes:
            if _concerns(mailbox, record, row):
                mailbox.put(record)
        if not belongs_on_wall(row):
            self.rows.pop(record.call_id, None)

    def restore(self, row: WallRow) -> None:
        """Puts a finished call on the wall again; a wall that has not had its row needs a fresh snapshot."""
        if row.call_id not in self.rows:
            for mailbox in self._mailboxes:
                if mailbox.call_id is None:
                    mailbox.give_up(RefreshError())
        self.rows[row.call_id] = row

    def _apply(self, record: Record) -> WallRow:
        call_id = record.call_id
        if isinstance(record.event, CallStarted):
            self.calls[call_id] = CallStateBuilder(open_call(record))
            self.rows[call_id] = open_row(record)
            return self.rows[call_id]
        if call := self.calls.get(call_id):
            call.apply(record)
            if call.status != "live":
                del self.calls[call_id]
        if is_for_wall(record.event):
            self.rows[call_id] = apply_wall(self.rows[call_id], record)
        return self.rows[call_id]

    @contextmanager
    def watching_call(self, call_id: str) -> Iterator[Mailbox]:
        """A mailbox for one call, partials included."""
        with self._open(Mailbox(call_id=call_id)) as mailbox:
            yield mailbox

    @contextmanager
    def watching_wall(self, agent_id: str | None = None) -> Iterator[tuple[Mailbox, tuple[WallRow, ...]]]:
        """A mailbox for the wall, and the rows as they are at this moment."""
        with self._open(Mailbox(agent_id=agent_id)) as mailbox:
            rows = tuple(row for row in self.rows.values() if agent_id in (None, row.agent.id))
            yield mailbox, rows

    @contextmanager
    def _open(self, mailbox: Mailbox) -> Iterator[Mailbox]:
        self._mailboxes.add(mailbox)
        try:
            yield mailbox
        finally:
            self._mailboxes.discard(mailbox)


def _concerns(mailbox: Mailbox, record: Record, row: WallRow) -> bool:
    if mailbox.call_id is not None:
        return mailbox.call_id == record.call_id
    return is_for_wall(record.event) and mailbox.agent_id in (None, row.agent.id)
