"""A reading that stops when nobody waits for its answer: it would keep an old state open, and a thread busy.

SQLite asks every so many steps whether to go on; `interrupt` would miss what is between two statements.
Next: `database.py` makes one of whatever is read.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")

STEPS = 500_000  # of SQLite's machine: some 30 ms, so that asking costs nothing


@dataclass(slots=True)
class Stoppable(Generic[T]):
    """`run` in a thread; `is_stopped` is set by another."""

    work: Callable[[Connection], T]
    is_stopped: bool = False

    def run(self, connection: Connection) -> T:
        """What the work returns. Raises OperationalError when it was stopped."""
        used = connection.connection.driver_connection
        assert isinstance(used, sqlite3.Connection)
        used.set_progress_handler(lambda: self.is_stopped, STEPS)
        try:
            return self.work(connection)
        finally:
            used.set_progress_handler(None, STEPS)
