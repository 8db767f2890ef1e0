"""Opens the SQLite file: its settings for every connection, and its schema brought up to date.

Two engines: `reader` has a pool of connections; `writer` has one of its own, which no crowd of readers can
keep from it, and takes the write lock when a transaction begins. Never touches a row.
Next: `store.py` queries through them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from voiceassist.errors import ConflictError, PeerError, StoreError, UnknownNameError

PRAGMAS = (
    "journal_mode = WAL",  # readers never wait for the writer
    "synchronous = NORMAL",  # a killed process loses nothing; a power cut may lose the last commits, no more
    "busy_timeout = 5000",  # milliseconds to wait while another process (`voiceassist calls`) writes
    "foreign_keys = ON",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An open file."""

    path: Path
    reader: AsyncEngine
    writer: AsyncEngine

    async def close(self) -> None:
        """Closes every connection; SQLite then folds its log into the file."""
        await self.reader.dispose()
        await self.writer.dispose()


async def open_database(path: Path) -> Database:
    """The file at `path`, created when missing, migrated when old. Raises StoreError."""
    with store_errors(path, "opened"):
        path.parent.mkdir(parents=True, exist_ok=True)
    database = Database(path=path, reader=_engine(path, "BEGIN"), writer=_engine(path, "BEGIN IMMEDIATE", 1))
    try:
        with store_errors(path, "opened"):
            async with database.writer.begin() as connection:
                await connection.run_sync(migrate)
    except BaseException:
        await database.close()
        raise
    return database


@contextmanager
def reading(path: Path) -> Iterator[Connection]:
    """A connection that only reads, for programs beside the server; it blocks. Raises StoreError."""
    if not path.is_file():
        raise StoreError(f"{path}: there is no such database")
    engine = create_engine(f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true")
    try:
        with store_errors(path, "read"), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def migrate(connection: Connection, revision: str = "head") -> None:
    """Runs the migrations that this database lacks, all of them or none."""
    config = Config()
    config.set_main_option("script_location", "voiceassist.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@contextmanager
def store_errors(path: Path, done: str) -> Iterator[None]:
    """Turns what the disk and SQLite say into a StoreError that names the file."""
    try:
        yield
    except (ConflictError, UnknownNameError):
        raise
    except CommandError as error:
        raise StoreError(
            f"{path} was made by a newer voiceassist; use that version, or another file: {error}"
        ) from error
    except PeerError as error:
        raise StoreError(f"{path} has an event that this version cannot read: {error}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"{path} cannot be {done}: {getattr(error, 'orig', None) or error}") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be {done}: {error.strerror or error}") from error


def _engine(path: Path, begin: str, connections: int = 5) -> AsyncEngine:
    url = URL.create("sqlite+aiosqlite", database=str(path))
    engine = create_async_engine(url, pool_size=connections)
    event.listen(engine.sync_engine, "connect", _on_connect)
    event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # or Python's driver would commit before each change of the schema
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
