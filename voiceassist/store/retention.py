"""Retention over an open database: rules, due calls and the audit of a run, each in a transaction of its own.

No transaction is long: what goes over many calls is read page by page and written call by call, so a live call's
commit waits for one of them at the most. Never touches a recording.
Next: `voiceassist/retention.py` runs it; `server/retention.py` and `cli/retention` show it.
"""

from collections.abc import Sequence
from functools import partial

from voiceassist.store.database import Database
from voiceassist.store.parts import mark_without_recording, tidy_index
from voiceassist.store.places import ListPlace
from voiceassist.store.retention_queries import (
    DuePage,
    Kind,
    RetentionRule,
    RetentionRun,
    RetentionState,
    check_rules,
    count_held,
    due_page,
    note_begin,
    note_end,
    retention_state,
    set_rules,
)


class Retention:
    """Of one open database. Every method raises StoreError when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def state(self) -> RetentionState:
        """The rules, and what happened to them."""
        return await self._database.read(retention_state)

    async def set_rules(self, rules: Sequence[RetentionRule], *, by: str) -> None:
        """These instead of those before. Raises PeerError for two rules about the same."""
        check_rules(rules)
        await self._database.write(lambda connection: set_rules(connection, rules, by))

    async def due(self, kind: Kind, now_us: int, after: ListPlace | None = None) -> DuePage:
        """Calls of which this kind is due and that may be deleted, the oldest first; `after`: a page's `next`."""
        return await self._database.read(lambda connection: due_page(connection, kind, now_us, after=after))

    async def held(self, now_us: int) -> int:
        """How many calls on hold are due for anything."""
        return await self._database.read(lambda connection: count_held(connection, now_us))

    async def begin(self) -> None:
        """A run begins, or one that was cut short goes on."""
        await self._database.write(note_begin)

    async def end(self, held: int) -> RetentionRun:
        """The run is done; the audit says what it did."""
        return await self._database.write(lambda connection: note_end(connection, held))

    async def mark_without_recording(self, call_id: str) -> None:
        """Nobody need look for this call's recording again."""
        await self._database.write(lambda connection: mark_without_recording(connection, call_id))

    async def tidy_index(self, *, begins: bool) -> bool:
        """One step of writing the index anew, without words that no call has; whether there is more to do."""
        return await self._database.write(partial(tidy_index, begins=begins))

    async def empty_log(self) -> bool:
        """Empties the database's log of what was deleted; False when somebody reads it just now."""
        return await self._database.empty_log()
