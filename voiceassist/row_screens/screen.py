"""One wall screen: what it shows, and the names of what it has not been told yet.

Never keeps a text. Next: `server/wall.py` sends what `take` gives.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from math import inf
from typing import TYPE_CHECKING, NoReturn

from voiceassist import wire
from voiceassist.clock import local_now
from voiceassist.core.screen.wall import WallRow
from voiceassist.core.screen.wallfilter import EVERY_ROW, matches
from voiceassist.row_screens.sight import sees
from voiceassist.subscriptions import MaySee, Waiting

if TYPE_CHECKING:
    from voiceassist.row_screens.screens import RowScreens

TOGETHER_S = 0.2  # what is no alert waits for so long at most, and goes out together
TOTALS_S = 2.0  # a look at every row, once for all who may see the same
ROWS_AT_ONCE = 100  # in one message: some 100 kB, which a screen's network takes in a moment

_NONE_LEFT: wire.Json = {"left": [], "aged": []}


class RowScreen:
    """A `Subscription`: what one screen shows, and the names of what it has not been told yet."""

    def __init__(self, wall: "RowScreens", may_see: MaySee, show: wire.ShowWall) -> None:
        self._wall, self._may_see = wall, may_see
        self.show = show
        self.has: set[str] = set()  # calls whose rows it has or is about to get
        self._urgent: dict[str, None] = {}  # calls, in the order of their alerts
        self._changed: dict[str, None] = {}
        self._words: dict[str, None] = {}
        self._left: dict[str, bool] = {}  # whether newer calls have pushed it out
        self._older: int | None = None  # as it was told last
        self._older_changed = False
        self._totals: wire.WallTotals | None = None  # as they were told last
        self._totals_s = -inf  # when they were looked at last
        self._sent_s = -inf  # on the loop's clock: when all that waited was sent
        self._has_news = asyncio.Event()

    def wants(self, row: WallRow) -> bool:
        """Whether it shows this row."""
        return sees(self._may_see, row) and matches(self.show.filter, row)

    # ---- what has happened ------------------------------------------------------------------------------

    def put_row(self, call_id: str, *, is_urgent: bool) -> None:
        """A row that it shows has changed or come."""
        self.has.add(call_id)
        self._left.pop(call_id, None)
        self._put(self._urgent if is_urgent else self._changed, call_id)

    def put_words(self, call_id: str) -> None:
        """Something was said in a call that it has in view."""
        self._put(self._words, call_id)

    def leave(self, call_id: str, *, is_aged: bool = False) -> None:
        """A row that it had is not on this wall any more."""
        self.has.discard(call_id)
        for waiting in (self._urgent, self._changed, self._words):
            waiting.pop(call_id, None)
        self._wake()
        self._left[call_id] = is_aged

    def put_older(self) -> None:
        """The number of older calls may have changed."""
        self._older_changed = True
        self._has_news.set()

    def _put(self, where: dict[str, None], call_id: str) -> None:
        self._wake(at_once=where is self._urgent)
        where[call_id] = None

    def _wake(self, *, at_once: bool = False) -> None:
        if at_once or not self._has_more():  # else it is due with what waits already
            self._has_news.set()

    # ---- what is sent -----------------------------------------------------------------------------------

    def begin(self, boot: str, follow_up_days: int) -> Iterator[str]:
        """The snapshot, in pieces: each row as it is when its piece is asked for."""
        mine = [row.call_id for row in self._wall.rows.values() if self.wants(row)]
        self.has = set(mine)
        self._older = self._wall.older(self._may_see)
        pieces = [*_pieces(mine)] or [[]]
        snapshot = wire.WallSnapshot(
            boot=boot, rows=(), older=self._older, follow_up_days=follow_up_days, sent_at=local_now().isoformat()
        )
        for number, piece in enumerate(pieces, start=1):
            head: wire.Json = {"type": "wall_rows"} | _NONE_LEFT if number > 1 else _without_rows(snapshot)
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
        totals_s = self._totals_s + TOTALS_S if self._is_filtered else inf
        return min(self._sent_s + TOGETHER_S, totals_s) if self._has_more() else totals_s

    def _has_more(self) -> bool:
        return bool(self._changed or self._words or self._left or self._older_changed)

    @property
    def _is_filtered(self) -> bool:
        return self.show.filter != EVERY_ROW

    def messages(self, now_s: float) -> Iterator[str]:
        """What is due at this moment of the loop's clock: alerts first, and alone if the rest is not due yet."""
        urgent, self._urgent = self._urgent, {}
        if urgent:
            yield from self._rows_messages(urgent, {})
        if self._has_more() and now_s >= self._sent_s + TOGETHER_S:
            yield from self._rest(now_s, urgent)
        if self._is_filtered and now_s >= self._totals_s + TOTALS_S:
            yield from self._totals_message(now_s)

    def _rest(self, now_s: float, urgent: dict[str, None]) -> Iterator[str]:
        self._sent_s = now_s
        changed, self._changed = self._changed, {}
        left, self._left = self._left, {}
        words, self._words = self._words, {}
        yield from self._rows_messages([call_id for call_id in changed if call_id not in urgent], left)
        yield from self._words_messages([one for one in words if one not in changed and one not in urgent])
        yield from self._older_message()

    def _rows_messages(self, call_ids: Iterable[str], left: Mapping[str, bool]) -> Iterator[str]:
        gone = {"left": [*left], "aged": [call_id for call_id, is_aged in left.items() if is_aged]}
        pieces = [*_pieces(call_ids)] or ([[]] if left else [])
        for number, piece in enumerate(pieces):
            head = {"type": "wall_rows", "more": False} | (_NONE_LEFT if number else gone)
            yield wire.list_text(head, "rows", self._row_texts(piece))

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

    def _totals_message(self, now_s: float) -> Iterator[str]:
        self._totals_s, before = now_s, self._totals
        self._totals = self._wall.totals(self._may_see, now_s)
        if self._totals != before:
            yield wire.dumps(wire.to_json(self._totals))

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
