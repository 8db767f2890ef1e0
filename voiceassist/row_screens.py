"""Wall screens that get rows: each only what it shows, as it is at the moment of sending.

A screen keeps the names of what has changed, never the texts: however slowly it reads, what waits for it is at
most the wall, and then it gets the newest. What concerns an alert is sent at once, all else five times a second.
Words go only to screens that have the call in view. A row is encoded once for all screens that get it.

Theory of operation: `RowScreens.note` runs for every record and only puts call ids into sets; `RowScreen.take`
waits until something is due and makes the messages from the rows of that moment. A client that has applied all of
them has the server's rows, but for the words of calls that it does not have in view.

Single-threaded, as the hub is. Next: `server/wall.py` sends what a screen takes.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain, islice
from math import inf
from typing import NoReturn

from voiceassist import wire
from voiceassist.core.screen.wall import WallRow
from voiceassist.core.screen.wallfilter import matches
from voiceassist.events import Event, Final
from voiceassist.subscriptions import MaySee, Waiting

TOGETHER_S = 0.2  # what is no alert waits for so long at most, and goes out together
ROWS_AT_ONCE = 100  # in one message: some 100 kB, which a screen's network takes in a moment

Older = Callable[[MaySee], int]  # how many finished calls are not on the wall, of those that one may see


class RowTexts:
    """Rows and words as JSON, each encoded once while it is the newest."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[WallRow, str]] = {}
        self._words: dict[str, tuple[WallRow, str]] = {}

    def row(self, row: WallRow) -> str:
        """The whole row."""
        return _encoded(self._rows, row, lambda: row)

    def words(self, row: WallRow) -> str:
        """Its words alone."""
        return _encoded(self._words, row, lambda: _words_of(row))

    def forget(self, call_id: str) -> None:
        """A call that is not on the wall any more."""
        self._rows.pop(call_id, None)
        self._words.pop(call_id, None)


def _encoded(texts: dict[str, tuple[WallRow, str]], row: WallRow, what: Callable[[], object]) -> str:
    known = texts.get(row.call_id)
    if known is None or known[0] is not row:
        known = texts[row.call_id] = row, wire.dumps(wire.to_json(what()))
    return known[1]


def _words_of(row: WallRow) -> wire.RowWords:
    return wire.RowWords(
        call_id=row.call_id,
        seq=row.seq,
        at_ms=row.at_ms,
        last_words=row.last_words,
        last_speaker=row.last_speaker,
        agent_ms=row.agent_ms,
        customer_ms=row.customer_ms,
    )


class RowScreen:
    """A `Subscription`: what one screen shows, and the names of what it has not been told yet."""

    def __init__(self, wall: "RowScreens", may_see: MaySee, show: wire.ShowWall) -> None:
        self._wall, self._may_see = wall, may_see
        self.show = show
        self.has: set[str] = set()  # calls whose rows it has or is about to get
        self._urgent: dict[str, None] = {}  # calls, in the order of their alerts
        self._changed: dict[str, None] = {}
        self._words: dict[str, None] = {}
        self._left: dict[str, None] = {}
        self._older: int | None = None  # as it was told last
        self._older_changed = False
        self._sent_s = -inf  # on the loop's clock: when all that waited was sent
        self._has_news = asyncio.Event()

    def wants(self, row: WallRow) -> bool:
        """Whether it shows this row."""
        is_seen = self._may_see(row.agent.id, row.agent.team, is_live=row.status == "live")
        return is_seen and matches(self.show.filter, row)

    # ---- what has happened ------------------------------------------------------------------------------

    def put_row(self, call_id: str, *, is_urgent: bool) -> None:
        """A row that it shows has changed or come."""
        self.has.add(call_id)
        self._left.pop(call_id, None)
        self._put(self._urgent if is_urgent else self._changed, call_id)

    def put_words(self, call_id: str) -> None:
        """Something was said in a call that it has in view."""
        self._put(self._words, call_id)

    def leave(self, call_id: str) -> None:
        """A row that it had is not on this wall any more."""
        self.has.discard(call_id)
        for waiting in (self._urgent, self._changed, self._words):
            waiting.pop(call_id, None)
        self._put(self._left, call_id)

    def put_older(self) -> None:
        """The number of older calls may have changed."""
        self._older_changed = True
        self._has_news.set()

    def _put(self, where: dict[str, None], call_id: str) -> None:
        if where is self._urgent or self._due_s() == inf:  # else it is due with what waits already
            self._has_news.set()
        where[call_id] = None

    # ---- what is sent -----------------------------------------------------------------------------------

    def begin(self, boot: str, follow_up_days: int) -> Iterator[str]:
        """The snapshot, in pieces: each row as it is when its piece is asked for."""
        mine = [row.call_id for row in self._wall.rows.values() if self.wants(row)]
        self.has = set(mine)
        self._older = self._wall.older(self._may_see)
        pieces = [*_pieces(mine)] or [[]]
        snapshot = wire.WallSnapshot(boot=boot, rows=(), older=self._older, follow_up_days=follow_up_days)
        for number, piece in enumerate(pieces, start=1):
            head: wire.Json = {"type": "wall_rows", "left": []} if number > 1 else _without_rows(snapshot)
            yield wire.list_text(head | {"more": number < len(pieces)}, "rows", self._row_texts(piece))

    async def take(self) -> list[Waiting]:
        """Messages that are due; waits for the first."""
        loop = asyncio.get_running_loop()
        while (wait_s := self._due_s() - loop.time()) > 0:
            self._has_news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s if wait_s < inf else None):
                    await self._has_news.wait()
        return [*self.messages(loop.time())]

    def _due_s(self) -> float:
        if self._urgent:
            return -inf
        has_more = self._changed or self._words or self._left or self._older_changed
        return self._sent_s + TOGETHER_S if has_more else inf

    def messages(self, now_s: float) -> Iterator[str]:
        """What is due at this moment of the loop's clock: alerts first, and alone if the rest is not due yet."""
        urgent, self._urgent = self._urgent, {}
        if urgent:
            yield from self._rows_messages(urgent, ())
        if now_s < self._sent_s + TOGETHER_S:
            return
        self._sent_s = now_s
        changed, self._changed = self._changed, {}
        left, self._left = self._left, {}
        words, self._words = self._words, {}
        yield from self._rows_messages([call_id for call_id in changed if call_id not in urgent], left)
        yield from self._words_messages([one for one in words if one not in changed and one not in urgent])
        yield from self._older_message()

    def _rows_messages(self, call_ids: Iterable[str], left: Iterable[str]) -> Iterator[str]:
        head: wire.Json = {"type": "wall_rows", "more": False, "left": [*left]}
        for piece in _pieces(call_ids):
            yield wire.list_text(head, "rows", self._row_texts(piece))
            head["left"] = []
        if head["left"]:
            yield wire.list_text(head, "rows", ())

    def _row_texts(self, call_ids: Iterable[str]) -> list[str]:
        return [self._wall.texts.row(row) for call_id in call_ids if (row := self._wall.rows.get(call_id))]

    def _words_messages(self, call_ids: Iterable[str]) -> Iterator[str]:
        for piece in _pieces(call_ids):
            texts = [self._wall.texts.words(row) for one in piece if (row := self._wall.rows.get(one))]
            yield wire.list_text({"type": "wall_words"}, "calls", texts)

    def _older_message(self) -> Iterator[str]:
        self._older_changed, before = False, self._older
        self._older = self._wall.older(self._may_see)
        if self._older != before:
            yield wire.dumps(wire.to_json(wire.WallOlder(older=self._older)))

    async def until_too_slow(self) -> NoReturn:
        """Never ends: nothing piles up for a screen that reads slowly."""
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    # ---- what it shows ----------------------------------------------------------------------------------

    def change(self, show: wire.ShowWall) -> None:
        """Shows something else from now on: only the difference is sent, and at once."""
        before, self.show = self.show, show
        if show.filter != before.filter:
            for row in self._wall.rows.values():
                self._show_or_leave(row)
        self._wall.read_by(self, before.words_of)
        for call_id in show.words_of if show.words_of is not None else self.has:
            if call_id in self.has and call_id not in (before.words_of or ()):
                self.put_words(call_id)
        self._sent_s = -inf
        self._has_news.set()

    def _show_or_leave(self, row: WallRow) -> None:
        if self.wants(row) and row.call_id not in self.has:
            self.put_row(row.call_id, is_urgent=False)
        elif row.call_id in self.has and not self.wants(row):
            self.leave(row.call_id)


def _pieces(call_ids: Iterable[str]) -> Iterator[list[str]]:
    """So many as go into one message."""
    rest = iter(call_ids)
    while piece := [*islice(rest, ROWS_AT_ONCE)]:
        yield piece


def _without_rows(snapshot: wire.WallSnapshot) -> wire.Json:
    head: wire.Json = wire.to_json(snapshot)
    del head["rows"]
    return head


class RowScreens:
    """All screens that get rows of one wall."""

    def __init__(self, rows: Mapping[str, WallRow], older: Older) -> None:
        self.rows, self.older, self.texts = rows, older, RowTexts()
        self._screens: set[RowScreen] = set()
        self._of_call: defaultdict[str, set[RowScreen]] = defaultdict(set)  # screens that have the call in view
        self._of_all: set[RowScreen] = set()  # screens that want the words of every call

    def __len__(self) -> int:
        return len(self._screens)

    @contextmanager
    def watching(self, may_see: MaySee, show: wire.ShowWall) -> Iterator[RowScreen]:
        """One screen, until it leaves."""
        screen = RowScreen(self, may_see, show)
        self._screens.add(screen)
        self.read_by(screen, ())
        try:
            yield screen
        finally:
            self._screens.discard(screen)
            self._read_no_more(screen, screen.show.words_of)

    def read_by(self, screen: RowScreen, before: tuple[str, ...] | None) -> None:
        """The screen has other calls in view than `before` (None: all)."""
        self._read_no_more(screen, before)
        if screen.show.words_of is None:
            self._of_all.add(screen)
        for call_id in screen.show.words_of or ():
            self._of_call[call_id].add(screen)

    def _read_no_more(self, screen: RowScreen, call_ids: tuple[str, ...] | None) -> None:
        self._of_all.discard(screen)
        for call_id in call_ids or ():
            self._of_call[call_id].discard(screen)
            if not self._of_call[call_id]:
                del self._of_call[call_id]

    def note(self, before: WallRow | None, call_id: str, event: Event) -> None:
        """A record has changed the row that was `before`, or made it, or taken it away."""
        row = self.rows.get(call_id)
        if row is None:
            self.forget(call_id)
        elif isinstance(event, Final):
            self._note_words(row)
        else:
            self._note_row(row, is_urgent=before is not None and before.alerts != row.alerts)

    def _note_words(self, row: WallRow) -> None:
        for screen in chain(self._of_call.get(row.call_id, ()), self._of_all):
            if row.call_id in screen.has:
                screen.put_words(row.call_id)

    def _note_row(self, row: WallRow, *, is_urgent: bool) -> None:
        for screen in self._screens:
            if screen.wants(row):
                screen.put_row(row.call_id, is_urgent=is_urgent)
            elif row.call_id in screen.has:
                screen.leave(row.call_id)

    def forget(self, call_id: str) -> None:
        """A row is not on the wall any more."""
        self.texts.forget(call_id)
        for screen in self._screens:
            if call_id in screen.has:
                screen.leave(call_id)

    def older_changed(self) -> None:
        """There are more or fewer older calls than before."""
        for screen in self._screens:
            screen.put_older()
