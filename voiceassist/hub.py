"""Fan-out of records to clients: one bounded mailbox each, and the current state for snapshots.

Single-threaded by design: `publish` and `watching_*` run on the event loop without awaiting, so a snapshot and the
records that follow it can have no hole between them. Mailboxes are found by call, and the walls by agent: a record
costs as much as the screens that want it. Never stores anything: a record is published after the store has it, or,
where the disk fails, after it was queued for the store.
Next: `server/` sends what a mailbox holds to its socket.
"""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from math import inf
from typing import NoReturn, TypeVar

from voiceassist import wire
from voiceassist.core.screen.state import CallStateBuilder, open_call
from voiceassist.core.screen.views import CallState
from voiceassist.core.screen.wall import WallRow, apply_wall, belongs_on_wall, is_for_wall, open_row
from voiceassist.events import CallIdentified, CallStarted, Partial, Record
from voiceassist.ingest.parts import is_later_part
from voiceassist.row_screens import RowScreen, RowScreens, sees
from voiceassist.store.rows import microseconds
from voiceassist.subscriptions import MaySee, TooSlowError, Waiting, WallPlace, every_call

# Overflow rule. Partials: the latest per call and speaker is kept. Everything else is never dropped: a client
# that lets this much wait is disconnected and resumes by number. 500 live calls give about 150 records a second
# (a final every seven seconds per leg, some cues), so 1,000 are seven seconds of the whole wall, and an hour of
# one call. All mailboxes share the text that waits: a thousand slow screens hold it once.
MAILBOX_RECORDS = 1_000
MAILBOX_BYTES = 4 << 20  # 1,000 finals of a usual length are 1.2 MB

# Finished calls with unresolved alerts on the wall, the newest: a busy day of a large team. The rest is counted.
FINISHED_ROWS = 200

SHOW_ALL = wire.ShowWall(words_of=None)
AgentKey = tuple[str, str]  # an agent's id and team
K = TypeVar("K")


class Mailbox:
    """A `Subscription`: what waits for one client."""

    def __init__(self, may_see: MaySee = every_call) -> None:
        self.may_see = may_see  # whose rows of the wall
        self._durable: deque[Waiting] = deque()
        self._bytes = 0  # of `_durable`, counted in characters of JSON
        self._partials: dict[tuple[str, str], Record] = {}
        self._is_too_slow = asyncio.Event()
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._durable) + len(self._partials)

    def put_partial(self, record: Record) -> None:
        """Replaces the speaker's partial that waits. Never blocks."""
        assert isinstance(record.event, Partial)
        self._partials[record.call_id, record.event.speaker] = record
        self._filled.set()

    def put(self, item: Waiting, size: int) -> None:
        """A record or a message of `size` characters, never dropped. Never blocks; see the overflow rule."""
        if self._is_too_slow.is_set():  # a smaller one must not come after one that was not kept
            return
        is_full = len(self._durable) >= MAILBOX_RECORDS or self._bytes + size > MAILBOX_BYTES
        if is_full and self._durable:  # one that is too large for any mailbox still goes out alone
            self._is_too_slow.set()
            return
        self._durable.append(item)
        self._bytes += size
        self._filled.set()

    async def take(self) -> list[Waiting]:
        """All that waits, oldest first within each call; waits for the first."""
        await self._filled.wait()
        self._filled.clear()
        durable, partials = list(self._durable), list(self._partials.values())
        self._durable.clear()
        self._partials.clear()
        self._bytes = 0
        return sorted([*durable, *partials], key=_seq) if partials else durable

    async def until_too_slow(self) -> NoReturn:
        """Waits until something could not be kept, then raises TooSlowError: the client must connect anew."""
        await self._is_too_slow.wait()
        raise TooSlowError


class Hub:
    """The live calls' states and everybody who watches them: `RecordTaker` and `Subscriptions` of one process."""

    def __init__(self) -> None:
        self.calls: dict[str, CallStateBuilder] = {}  # live calls only
        self.rows: dict[str, WallRow] = {}  # live calls, and the newest finished ones with unresolved alerts
        self._older: Counter[AgentKey] = Counter()  # finished calls with unresolved alerts that are not in `rows`
        self._finished: dict[str, WallPlace] = {}  # those of `rows`
        self._come_back: set[str] = set()  # restored rows that open walls do not have
        self._of_call: defaultdict[str, set[Mailbox]] = defaultdict(set)
        self._walls: defaultdict[str | None, set[Mailbox]] = defaultdict(set)  # by agent; None: all agents'
        self._screens = RowScreens(self.rows, self.older)

    @property
    def clients(self) -> int:
        """How many mailboxes are open."""
        return sum(1 for _ in self._mailboxes()) + len(self._screens)

    @property
    def deepest(self) -> int:
        """Records waiting in the fullest mailbox."""
        return max(map(len, self._mailboxes()), default=0)

    def _mailboxes(self) -> Iterator[Mailbox]:
        return chain.from_iterable((*self._of_call.values(), *self._walls.values()))

    def state(self, call_id: str) -> CallState | None:
        """All that screens show of a live call at this moment."""
        call = self.calls.get(call_id)
        return call.state() if call else None

    def publish(self, record: Record) -> None:
        """Updates the states, then tells everybody whom it concerns."""
        self._apply_to_call(record)
        if isinstance(record.event, Partial):
            for mailbox in self._of_call.get(record.call_id, ()):
                mailbox.put_partial(record)
            return
        _put(record, wire.encode_line(record), self._of_call.get(record.call_id, ()))
        if isinstance(record.event, CallStarted) and record.event.continues:
            self._tell_of_continuation(record.call_id)
        if is_for_wall(record.event):
            self._publish_to_walls(record)

    def _apply_to_call(self, record: Record) -> None:
        if isinstance(record.event, CallStarted):
            self.calls[record.call_id] = CallStateBuilder(open_call(record))
        elif call := self.calls.get(record.call_id):
            call.apply(record)
            if call.status != "live":
                del self.calls[record.call_id]

    def _tell_of_continuation(self, call_id: str) -> None:
        """Screens of the parts that broke off learn where the call goes on."""
        text = wire.dumps(wire.to_json(wire.Continued(call_id=call_id)))
        for watched, mailboxes in self._of_call.items():
            if is_later_part(call_id, watched):
                _put(text, text, mailboxes)

    def continuation_of(self, call_id: str) -> str | None:
        """The live call in which this one goes on after it broke off."""
        return next((live for live in self.calls if is_later_part(live, call_id)), None)

    def _publish_to_walls(self, record: Record) -> None:
        call_id = record.call_id
        if call_id not in self.rows and not isinstance(record.event, CallStarted):
            return  # of a finished call that is not on the wall
        before = None if isinstance(record.event, CallStarted) else self.rows[call_id]
        row = self.rows[call_id] = apply_wall(before, record) if before else open_row(record)
        if before and isinstance(record.event, CallIdentified):
            self._tell_of_people(record, before, row)
        else:
            _put(record, wire.encode_line(record), self._walls_of(row))
        self._place(row)
        self._screens.note(before, call_id, record.event)
        if call_id in self._come_back:
            self._come_back.remove(call_id)
            self._tell_of_return(row)

    def _tell_of_people(self, record: Record, before: WallRow, row: WallRow) -> None:
        """Who speaks decides who may see the call: it leaves some walls, and comes to others as a row."""
        saw, see = set(self._walls_of(before)), set(self._walls_of(row))
        _put(record, wire.encode_line(record), saw & see)
        added = wire.dumps(wire.to_json(wire.WallRowAdded(row=row)))
        _put(added, added, see - saw)
        self._tell_older_to(saw - see, left=(row.call_id,))

    # ---- which finished calls the wall has --------------------------------------------------------------

    def older(self, may_see: MaySee = every_call) -> int:
        """How many finished calls with unresolved alerts are not in `rows`, of those that one may see."""
        return sum(number for (id_, team), number in self._older.items() if may_see(id_, team, is_live=False))

    def begin_with(self, rows: Sequence[WallRow], unresolved: Mapping[AgentKey, int]) -> None:
        """The newest finished calls with unresolved alerts as a new server finds them, and how many there are."""
        for row in rows:
            self.rows[row.call_id] = row
            self._place(row)
        self._count_older(unresolved)

    def _count_older(self, unresolved: Mapping[AgentKey, int]) -> None:
        self._older = Counter(unresolved) - Counter(_key(self.rows[call_id]) for call_id in self._finished)

    def restore(self, row: WallRow) -> None:
        """Puts a finished call's row back before a record of it is published, if it is not there.

        Until then it is none of those that may be let go of.
        """
        self._finished.pop(row.call_id, None)
        if row.call_id in self.rows:
            return
        self.rows[row.call_id] = row
        self._come_back.add(row.call_id)
        if belongs_on_wall(row):
            self._older -= Counter([_key(row)])

    def forget(self, call_ids: Iterable[str], unresolved: Mapping[AgentKey, int]) -> None:
        """Takes finished calls that were deleted off the walls; so many with unresolved alerts are left."""
        gone = [row for call_id in call_ids if (row := self.rows.pop(call_id, None))]
        for row in gone:
            self._finished.pop(row.call_id, None)
            self._come_back.discard(row.call_id)
            self._screens.forget(row.call_id)
        self._count_older(unresolved)
        for row in gone:
            self._tell_older(row, left=(row.call_id,))

    def oldest_finished(self) -> WallPlace | None:
        """The place of the oldest finished call on the wall; those that are only counted come after it."""
        return min(self._finished.values(), default=None)

    def _place(self, row: WallRow) -> None:
        """Lets go of a row that does not belong, and of the oldest finished one when they have become too many."""
        if not belongs_on_wall(row):
            del self.rows[row.call_id]
            self._finished.pop(row.call_id, None)
        elif row.status != "live" and row.call_id not in self._finished:
            self._finished[row.call_id] = microseconds(row.started_at), row.call_id
            if len(self._finished) > FINISHED_ROWS:
                self._let_go_of_oldest()

    def _let_go_of_oldest(self) -> None:
        _, call_id = min(self._finished.values())
        del self._finished[call_id]
        row = self.rows.pop(call_id)
        self._screens.forget(call_id, is_aged=True)
        self._older[_key(row)] += 1
        self._tell_older(row, left=(call_id,))

    def _tell_of_return(self, row: WallRow) -> None:
        if row.call_id in self.rows:
            self._tell(row, wire.WallRowAdded(row=row))
        self._tell_older(row)

    def _tell_older(self, row: WallRow, left: tuple[str, ...] = ()) -> None:
        self._tell_older_to(self._walls_of(row), left)

    def _tell_older_to(self, mailboxes: Iterable[Mailbox], left: tuple[str, ...]) -> None:
        """Everybody their own number: it is of the calls that one may see."""
        self._screens.older_changed()
        for mailbox in mailboxes:
            text = wire.dumps(wire.to_json(wire.WallOlder(older=self.older(mailbox.may_see), left=left)))
            _put(text, text, (mailbox,))

    def _tell(self, row: WallRow, message: wire.ServerMessage) -> None:
        text = wire.dumps(wire.to_json(message))
        _put(text, text, self._walls_of(row))

    def _walls_of(self, row: WallRow) -> Iterator[Mailbox]:
        walls = chain(self._walls.get(None, ()), self._walls.get(row.agent.id, ()))
        return (mailbox for mailbox in walls if sees(mailbox.may_see, row))

    # ---- who watches ------------------------------------------------------------------------------------

    @contextmanager
    def watching_call(self, call_id: str) -> Iterator[Mailbox]:
        """A mailbox for one call, partials included."""
        with _open_in(self._of_call, call_id, Mailbox()) as mailbox:
            yield mailbox

    @contextmanager
    def watching_wall(
        self, agent_id: str | None = None, may_see: MaySee = every_call
    ) -> Iterator[tuple[Mailbox, tuple[WallRow, ...]]]:
        """A mailbox for the wall, and the rows as they are at this moment; `agent_id`: of that agent's calls."""
        with _open_in(self._walls, agent_id, Mailbox(may_see)) as mailbox:
            rows = (row for row in self.rows.values() if agent_id in (None, row.agent.id))
            yield mailbox, tuple(row for row in rows if sees(may_see, row))

    def watching_rows(
        self, may_see: MaySee = every_call, show: wire.ShowWall = SHOW_ALL
    ) -> AbstractContextManager[RowScreen]:
        """A screen of the wall that gets rows: only those that it shows."""
        return self._screens.watching(may_see, show)


@contextmanager
def _open_in(mailboxes: defaultdict[K, set[Mailbox]], key: K, mailbox: Mailbox) -> Iterator[Mailbox]:
    mailboxes[key].add(mailbox)
    try:
        yield mailbox
    finally:
        mailboxes[key].discard(mailbox)
        if not mailboxes[key]:
            del mailboxes[key]


def _put(item: Waiting, text: str, mailboxes: Iterable[Mailbox]) -> None:
    size = len(text)
    for mailbox in mailboxes:
        mailbox.put(item, size)


def _key(row: WallRow) -> AgentKey:
    return row.agent.id, row.agent.team


def _seq(item: Waiting) -> float:
    """Records by number; what is no record tells of another call, and comes after all of this one's."""
    return item.seq if isinstance(item, Record) else inf
