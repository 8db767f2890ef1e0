"""Rows and words as JSON, encoded once for all screens. Next: `screen.py` puts them into messages."""

from collections.abc import Callable
from dataclasses import replace

from voiceassist import wire
from voiceassist.core.call.incidents import AlertView
from voiceassist.core.screen.wall import WallRow
from voiceassist.events import Alert

ALERTS_TOLD = 5  # of each incident, the newest: enough to notice that one is new


class RowTexts:
    """Rows and words as JSON, each encoded once while it is the newest."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[WallRow, str]] = {}
        self._words: dict[str, tuple[WallRow, str]] = {}

    def row(self, row: WallRow) -> str:
        """The whole row."""
        return _encoded(self._rows, row, lambda: _brief(row))

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


def _brief(row: WallRow) -> WallRow:
    """The row without what only an opened call shows: an incident that repeats makes it no larger each time."""
    return replace(row, alerts=tuple(replace(view, happened=_told(view), untrue=()) for view in row.alerts))


def _told(view: AlertView) -> tuple[Alert, ...]:
    return tuple(alert for alert in view.happened if alert.alert_id)[-ALERTS_TOLD:]


def _words_of(row: WallRow) -> wire.RowWords:
    return wire.RowWords(
        call_id=row.call_id,
        seq=row.seq,
        at_ms=row.at_ms,
        last_words=row.last_words,
        last_speaker=row.last_speaker,
        agent_ms=row.agent_ms,
        customer_ms=row.customer_ms,
        heard_ms=row.heard_ms,
    )
