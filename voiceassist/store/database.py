"""Opens the SQLite file: its settings for every connection, its schema brought up to date, and its threads.

Everything that touches the file, encodes or decodes for it runs in threads of its own, never on the event loop and
never in the threads that recordings or playbooks use. `read` has a few connections, `write` has exactly one, that
takes the write lock when a transaction begins. `check` notices a file that was deleted or replaced meanwhile; no
new connection is made to what lies there instead. Never touches a row.
Next: `store.py` queries through them.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import quote

import structlog
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from voiceassist.errors import ConflictError, PeerError, StoreError, UnknownNameError
from voiceassist.store.lock import OWNER_ONLY
from voiceassist.store.log_folding import BUSY_MS, cut_log
from voiceassist.store.stoppable import Stoppable

PRAGMAS = (
    "journal_mode = WAL",  # readers never wait for the writer
    "synchronous = NORMAL",  # a killed process loses nothing; a power cut may lose the last commits, no more
    f"busy_timeout = {BUSY_MS}",  # milliseconds to wait while another process (`voiceassist calls`) writes
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten: no word of a deleted call stays in the file
    f"journal_size_limit = {16 << 20}",  # bytes of the log that stay for reuse after it was larger
)
TRIES, BETWEEN_TRIES_S = 20, 0.05  # to empty the log
READERS = 4  # threads, each with a connection; further readings wait for one
# Overflow rule of readings and of people's writing: what was not answered by then is told as an error. Records of
# calls wait longer, in `journal.py`.
ANSWER_WITHIN_S = 10.0

log = structlog.get_logger()

DATABASE = "voiceassist.db"  # in the data folder

T = TypeVar("T")
FileId = tuple[int, int]  # device and inode


@dataclass(slots=True, kw_only=True)
class Database:
    """A file that is open, until `close`."""

    path: Path
    reader: Engine
    writer: Engine
    file_id: FileId | None = None  # of the file that was opened
    problem: str = ""  # what is wrong with the file's name, as far as known
    is_closed: bool = False
    answer_within_s: float | None = ANSWER_WITHIN_S
    _reading: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(READERS, "store-reader"))
    _writing: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "store-writer"))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What the work, which must not write, returns. Raises StoreError, also when the disk does not answer.

        It is stopped when that takes too long, or nobody waits for it any more.
        """
        reading = Stoppable(work)
        with store_errors(self.path, "read"):
            try:
                return await self._in_time(self._run(self._reading, self.reader.connect, reading.run))
            finally:
                reading.is_stopped = True

    async def write(self, work: Callable[[Connection], T]) -> T:
        """The work as one transaction, after those that were asked for before. Raises StoreError.

        When the disk does not answer in time that is an error, too; the work may be done all the same, later.
        """
        with store_errors(self.path, "written"):
            return await self._in_time(self.transaction(work))

    def transaction(self, work: Callable[[Connection], T]) -> "asyncio.Future[T]":
        """The same without any limit of time, and with errors as SQLAlchemy raises them: for `writer.py`."""
        return self._run(self._writing, self.writer.begin, work)

    def check(self) -> str:
        """What is wrong with the file's name: that it is gone, or another file has it. Empty: nothing is wrong.

        Asks the disk: for a thread of the store. What it found last is in `problem`.
        """
        here = _file_id(self.path)
        problem = "" if self.file_id in (None, here) else self._problem("replaced" if here else "deleted")
        if problem and not self.problem:
            log.error("database file is missing", problem=problem)
        self.problem = problem
        return problem

    def _problem(self, what: str) -> str:
        return (
            f"{self.path} was {what} while voiceassist was using it. Calls still go into the old file, which has "
            f"no name any more: stop voiceassist, and it is written to {self.path}.rescued; then move away what "
            f"is at {self.path} (-wal and -shm too) and give the rescued file that name"
        )

    async def empty_log(self) -> bool:
        """Folds the log into the file and cuts it to nothing; False when somebody reads what it still has.

        Tried for two seconds; calls are stored between two tries.
        """
        for _ in range(TRIES):
            if await self.maintain(cut_log):
                return True
            await asyncio.sleep(BETWEEN_TRIES_S)
        return False

    async def compact(self) -> None:
        """Writes the file anew without free space. Takes as long as it takes; nobody can write meanwhile."""
        await self.maintain(lambda connection: connection.execute("VACUUM"))

    async def maintain(self, work: Callable[[sqlite3.Connection], T], *, beside: bool = False) -> T:
        """What the work, which must be outside of transactions, returns: in the writer's thread, or beside it.

        However long it takes. Raises StoreError.
        """
        engine, threads = (self.reader, self._reading) if beside else (self.writer, self._writing)

        def run() -> T:
            connection = engine.raw_connection()
            try:
                return work(cast("sqlite3.Connection", connection.driver_connection))
            finally:
                connection.close()

        with store_errors(self.path, "written"):
            return await asyncio.get_running_loop().run_in_executor(threads, run)

    async def close(self, within_s: float | None = None) -> None:
        """Closes every connection; SQLite then folds its log into the file. A hung disk keeps it from neither."""
        if self.is_closed:
            return
        self.is_closed = True
        closing = asyncio.get_running_loop().run_in_executor(self._writing, self._dispose)
        await asyncio.wait({closing}, timeout=within_s)
        self._reading.shutdown(wait=False, cancel_futures=True)
        self._writing.shutdown(wait=False, cancel_futures=True)

    def _dispose(self) -> None:
        if self.check():
            self._rescue()
        self.reader.dispose()
        self.writer.dispose()

    def _rescue(self) -> None:
        """Writes the file that has no name any more to a new one: its contents go with the last connection."""
        rescued = self.path.with_name(f"{self.path.name}.rescued")
        connection = self.writer.raw_connection()
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(rescued),))
            log.warning("calls were rescued", file=str(rescued))
        except sqlite3.Error as error:
            log.error("calls could not be rescued", file=str(rescued), error=str(error))  # noqa: TRY400
        finally:
            connection.close()

    def refuse_another_file(self, *_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's `do_connect`
        """A new connection would make an empty file, or read a log that belongs to the old one."""
        if problem := self.check():
            raise StoreError(problem)

    def _run(
        self, threads: ThreadPoolExecutor, connect: Callable[[], Any], work: Callable[[Connection], T]
    ) -> "asyncio.Future[T]":
        def run() -> T:
            with connect() as connection:
                return work(connection)

        return asyncio.get_running_loop().run_in_executor(threads, run)

    async def _in_time(self, answer: "asyncio.Future[T]") -> T:
        try:
            async with asyncio.timeout(self.answer_within_s):
                return await answer
        except TimeoutError:
            raise StoreError(f"{self.path}: the disk has not answered for {self.answer_within_s} s") from None


async def open_database(path: Path) -> Database:
    """The file at `path`, created when missing, migrated when old. Raises StoreError."""
    with store_errors(path, "opened"):
        path.parent.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    reader, writer = _engine(path, "BEGIN", READERS), _engine(path, "BEGIN IMMEDIATE", 1)
    database = Database(path=path, reader=reader, writer=writer)
    try:
        with store_errors(path, "opened"):
            await database.transaction(migrate)  # however long it takes
        database.file_id = _file_id(path)
        event.listen(reader, "do_connect", database.refuse_another_file)
        event.listen(writer, "do_connect", database.refuse_another_file)
    except BaseException:
        await database.close()
        raise
    return database


def _file_id(path: Path) -> FileId | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
    except sqlite3.Error as error:  # of statements outside of SQLAlchemy
        raise StoreError(f"{path} cannot be {done}: {error}") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be {done}: {error.strerror or error}") from error


def _engine(path: Path, begin: str, connections: int) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=ANSWER_WITHIN_S,
        hide_parameters=True,  # errors are logged, and rows hold words and secrets
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # or Python's driver would commit before each change of the schema
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
