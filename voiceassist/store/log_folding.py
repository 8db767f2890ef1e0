"""What SQLite offers for its write-ahead log: fold it into the file, cut it, and whether commits do so themselves.

For connections that are in no transaction; blocks.
Next: `log_size.py` decides when, `database.py` empties the log.
"""

import sqlite3
from pathlib import Path

BUSY_MS = 5000  # to wait while another process (`voiceassist calls`) writes
TRY_MS = 50  # for cutting the log: a commit waits no longer for somebody who reads it
FOLD_PAGES = 1000  # in the log, until a commit folds them into the file: SQLite's own number


def log_bytes(database: Path) -> int:
    """How large the log of this file is; 0 for none. Raises OSError."""
    try:
        return database.with_name(f"{database.name}-wal").stat().st_size
    except FileNotFoundError:
        return 0


def fold_log(connection: sqlite3.Connection) -> bool:
    """Copies into the file what no older reader needs left in the log, beside the writer; whether that is all."""
    _, pages, folded = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return bool(pages == folded)


def cut_log(connection: sqlite3.Connection) -> bool:
    """Folds all of it and cuts it to nothing; False when somebody reads or folds it just now."""
    connection.execute(f"PRAGMA busy_timeout = {TRY_MS}")
    try:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return not busy


def fold_at_commits(connection: sqlite3.Connection, *, wanted: bool) -> None:
    """Whether a commit of this connection folds a log of some size, as usual; else the log only grows."""
    connection.execute(f"PRAGMA wal_autocheckpoint = {FOLD_PAGES if wanted else 0}").fetchone()
