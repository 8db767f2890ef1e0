"""Migrations: from nothing to the newest schema, again and again, and exactly what schema.py says."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, create_engine, insert, text
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateTable

from tests.shell import store_records as make
from voiceassist.errors import StoreError
from voiceassist.store import database
from voiceassist.store.database import migrate
from voiceassist.store.rows import call_rows, event_row, final_rows
from voiceassist.store.schema import calls, events, finals, metadata
from voiceassist.store.store import open_store

OLD_CALL = """
    INSERT INTO calls (
        call_id, started_at, started_us, status, duration_ms, last_seq, agent_id, agent_name, customer_id,
        customer_name, customer_tier, engine, language, playbook, source
    ) VALUES (
        'old', '2026-10-01T10:00:00Z', 1, 'ended', 5, 2, 'ada', 'Ada', 'carl', 'Carl', 'gold',
        'vosk', 'en', 'retail@1', 'stream'
    )
"""
OLD_EVENT = "INSERT INTO events (call_id, seq, at_ms, type, body) VALUES (:call_id, :seq, :at_ms, :type, :body)"
MIGRATIONS = sorted(Path(database.__file__).with_name("migrations").glob("versions/[0-9]*.py"))
NEWEST = MIGRATIONS[-1].name.partition("_")[0]
POSTGRESQL = registry.load("postgresql")()


def _differences(connection: Connection) -> list[object]:
    def ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:  # noqa: FBT001
        return not (kind == "table" and name is not None and name.startswith("finals_text"))

    context = MigrationContext.configure(connection, opts={"include_object": ours})
    return list(compare_metadata(context, metadata))


def test_the_migrations_make_exactly_the_schema_of_the_code(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'calls.db'}")
    with engine.begin() as connection:
        migrate(connection)
        assert _differences(connection) == []
    engine.dispose()


async def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(3):
        await (await open_store(tmp_path / "calls.db")).close()
    with closing(sqlite3.connect(tmp_path / "calls.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(NEWEST,)]


def test_each_revision_follows_the_one_before_it() -> None:
    revisions = [path.name.partition("_")[0] for path in MIGRATIONS]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]


@pytest.mark.parametrize(
    "revision", ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010"]
)
async def test_calls_of_an_older_schema_are_there_after_the_migration(tmp_path: Path, revision: str) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'calls.db'}")
    with engine.begin() as connection:
        migrate(connection, revision)
        connection.execute(text(OLD_CALL))
    engine.dispose()
    store = await open_store(tmp_path / "calls.db")
    (call,) = (await store.calls()).calls
    assert (call.call_id, call.agent.name, call.agent.team, call.playbook) == ("old", "Ada", "", "retail@1")
    assert await store.playbooks.current() == {}
    assert await store.rebuild_facts() == 1
    await store.close()


async def test_an_upgrade_keeps_every_call_with_every_word(tmp_path: Path) -> None:
    said = [make.call(f"call-{n}", make.said(f"number {n}"), make.cue("c1"), make.ended()) for n in range(20)]
    engine = create_engine(f"sqlite:///{tmp_path / 'calls.db'}")
    with engine.begin() as connection:
        migrate(connection, "0010")
        for records in said:
            connection.execute(insert(calls), call_rows(records, ""))
            connection.execute(insert(events), [event_row(record) for record in records])
            connection.execute(insert(finals), final_rows(records))
    engine.dispose()
    store = await open_store(tmp_path / "calls.db")
    assert [await store.records(f"call-{n}") for n in range(20)] == said
    assert len((await store.calls("number")).calls) == 20
    assert (await store.retention.state()).rules == ()
    await store.close()


async def test_unresolved_alerts_of_calls_from_before_are_counted_by_the_migration(tmp_path: Path) -> None:
    alerts = (make.alert("a1", "warning"), make.alert("a2", "critical"))
    records = make.call("old", *alerts, make.alert_changed("a1", "resolved"))
    engine = create_engine(f"sqlite:///{tmp_path / 'calls.db'}")
    with engine.begin() as connection:
        migrate(connection, "0004")
        connection.execute(text(OLD_CALL))
        connection.execute(text("UPDATE calls SET alerts = 2"))
        for record in records:
            connection.execute(text(OLD_EVENT), event_row(record))
    engine.dispose()
    store = await open_store(tmp_path / "calls.db")
    (row,) = (await store.unresolved(10)).rows
    assert [view.state for view in row.alerts] == ["resolved", "open"]
    await store.close()


async def test_the_file_has_a_log_so_that_readers_never_wait(tmp_path: Path) -> None:
    await (await open_store(tmp_path / "calls.db")).close()
    with closing(sqlite3.connect(tmp_path / "calls.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_file_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    await (await open_store(tmp_path / "calls.db")).close()
    with closing(sqlite3.connect(tmp_path / "calls.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(StoreError, match=r"calls\.db was made by a newer voiceassist"):
        await open_store(tmp_path / "calls.db")
    with closing(sqlite3.connect(tmp_path / "calls.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_the_tables_are_fit_for_postgresql_too(table: Table) -> None:
    assert f"CREATE TABLE {table.name}" in str(CreateTable(table).compile(dialect=POSTGRESQL))
