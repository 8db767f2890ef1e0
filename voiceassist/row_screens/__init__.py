"""Wall screens that get rows: each only what it shows, as it is at the moment of sending.

A screen keeps the names of what has changed, never the texts: however slowly it reads, what waits for it is at
most the wall, and then it gets the newest. What concerns an alert is sent at once, all else five times a second.
Words go only to screens that have the call in view. A row is encoded once for all screens that get it.

Theory of operation: `RowScreens.note` runs for every record and only puts call ids into sets; `RowScreen.take`
waits until something is due and makes the messages from the rows of that moment. A client that has applied all of
them has the server's rows, but for the words of calls that it does not have in view.

Single-threaded, as the hub is. Next: `server/wall.py` sends what a screen takes.
"""

from voiceassist.row_screens.screen import ROWS_AT_ONCE, TOGETHER_S, TOTALS_S, RowScreen
from voiceassist.row_screens.screens import RowScreens
from voiceassist.row_screens.sight import sees

__all__ = ["ROWS_AT_ONCE", "TOGETHER_S", "TOTALS_S", "RowScreen", "RowScreens", "sees"]
