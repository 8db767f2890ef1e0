"""All screens that get rows of one wall, and which of them have a call in view.

Next: the hub notes every record that changes a row; each `RowScreen` takes what is due.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from math import inf

from voiceassist import wire
from voiceassist.core.screen.wall import WallRow
from voiceassist.events import Event, Final
from voiceassist.row_screens.screen import TOTALS_S, RowScreen
from voiceassist.row_screens.sight import sees, totals_of
from voiceassist.row_screens.texts import RowTexts
from voiceassist.subscriptions import MaySee

Older = Callable[[MaySee], int]  # how many finished calls are not on the wall, of those that one may see


class RowScreens:
    """All screens that get rows of one wall."""

    def __init__(self, rows: Mapping[str, WallRow], older: Older) -> None:
        self.rows, self.older, self.texts = rows, older, RowTexts()
        self._screens: set[RowScreen] = set()
        self._of_call: defaultdict[str, set[RowScreen]] = defaultdict(set)  # screens that have the call in view
        self._totals: dict[Hashable, tuple[float, wire.WallTotals]] = {}  # by who may see the same
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
            self._note_gone(call_id, before)
        elif isinstance(event, Final):
            self._note_words(row)
        else:
            self._note_row(row, is_urgent=before is not None and before.alerts != row.alerts)

    def _note_gone(self, call_id: str, before: WallRow | None) -> None:
        """Also to screens that did not get it from here: they may have fetched it among the older calls."""
        self.texts.forget(call_id)
        for screen in self._screens:
            if call_id in screen.has or (before is not None and screen.wants(before)):
                screen.leave(call_id)

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

    def forget(self, call_id: str, *, is_aged: bool = False) -> None:
        """A row is not on the wall any more; `is_aged`: because newer ones have pushed it out."""
        self.texts.forget(call_id)
        for screen in self._screens:
            if call_id in screen.has:
                screen.leave(call_id, is_aged=is_aged)

    def totals(self, may_see: MaySee, now_s: float) -> wire.WallTotals:
        """Of all rows that one may see; looked at anew when the last look is `TOTALS_S` old."""
        scope = getattr(may_see, "__self__", id(may_see))  # scopes that are equal share it
        looked_s, totals = self._totals.get(scope, (-inf, None))
        if totals is None or now_s >= looked_s + TOTALS_S:
            self._totals = {one: of for one, of in self._totals.items() if now_s < of[0] + 2 * TOTALS_S}
            totals = totals_of([row for row in self.rows.values() if sees(may_see, row)])
            self._totals[scope] = now_s, totals
        return totals

    def older_changed(self) -> None:
        """There are more or fewer older calls than before."""
        for screen in self._screens:
            screen.put_older()
