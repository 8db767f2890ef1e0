"""The audit: entries are only added, every change of one is found, and what people do is in it."""

import csv
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from tests.shell import store_records as make
from tests.shell.people import add_person, browser_of
from tests.shell.serving import Serving, serving, settings_for, whole_call
from voiceassist.cli import app
from voiceassist.errors import StoreError
from voiceassist.store import audit_queue
from voiceassist.store.audit import NewEntry, record, verify
from voiceassist.store.database import DATABASE, Database, open_database, reading
from voiceassist.store.rows import microseconds
from voiceassist.store.store import Store, open_store


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(tmp_path / DATABASE)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(settings_for(tmp_path)) as running:
        yield running


async def add(database: Database, *whats: str) -> None:
    entries = [NewEntry(who="ana", what=what, at_us=number) for number, what in enumerate(whats)]
    await database.write(lambda connection: record(connection, *entries))


def spoil(path: Path, *statements: str) -> None:
    """What somebody does who may write the file, and takes the triggers away first."""
    with closing(sqlite3.connect(path)) as connection:
        for trigger in ("audit_no_update", "audit_no_delete", "audit_in_order"):
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


async def entries_of(server: Serving, query: str = "") -> list[dict[str, Any]]:
    await server.runtime.store.audit.settled()
    found: list[dict[str, Any]] = (await server.http.get(f"/api/audit{query}")).json()["entries"]
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'bob'",
        "DELETE FROM audit",
        "INSERT INTO audit VALUES (9, 0, 'bob', 'x', '', '{}', '')",
        "INSERT OR REPLACE INTO audit VALUES (1, 0, 'bob', 'x', '', '{}', '')",
    ],
)
async def test_the_database_refuses_every_change_of_an_entry(database: Database, statement: str) -> None:
    await add(database, "call.opened", "call.listened")

    def change(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    with pytest.raises(StoreError, match="audit entries are"):
        await database.write(change)
    assert (await database.read(verify)).entries == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'bob' WHERE number = 2",
        "UPDATE audit SET detail = '{\"a\":1}' WHERE number = 2",
        "UPDATE audit SET at_us = 7 WHERE number = 2",
        "DELETE FROM audit WHERE number = 2",
        "DELETE FROM audit WHERE number = 1",
    ],
)
async def test_a_change_behind_the_triggers_is_found(database: Database, statement: str) -> None:
    await add(database, "a", "b", "c")
    spoil(database.path, statement)
    assert (await database.read(verify)).problem


async def test_an_end_that_was_cut_off_is_found_by_a_hash_that_was_kept(database: Database) -> None:
    await add(database, "a", "b", "c")
    newest = (await database.read(verify)).newest
    await add(database, "d")
    assert (await database.read(lambda connection: verify(connection, newest))).has_seen
    spoil(database.path, "DELETE FROM audit WHERE number > 2")
    found = await database.read(lambda connection: verify(connection, newest))
    assert (found.problem, found.has_seen) == ("", False)


async def test_an_entry_is_gone_with_the_transaction_that_it_belongs_to(database: Database) -> None:
    def failing(connection: Connection) -> None:
        record(connection, NewEntry(who="ana", what="call.deleted"))
        raise OSError

    with pytest.raises(StoreError):
        await database.write(failing)
    assert (await database.read(verify)).entries == 0


async def test_when_the_queue_is_full_an_entry_says_how_many_were_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_queue, "QUEUE", 2)
    queue = audit_queue.AuditQueue(database)
    for number in range(5):
        queue.tell(NewEntry(who="ana", what="call.opened", call_id=f"c-{number}"))
    await queue.close()
    with reading(database.path) as connection:
        told = connection.exec_driver_sql("SELECT what, call_id, detail FROM audit ORDER BY number").fetchall()
    assert [tuple(row) for row in told] == [
        ("call.opened", "c-0", "{}"),
        ("call.opened", "c-1", "{}"),
        ("audit.lost", "", '{"entries":3}'),
    ]
    assert queue.lost == 3


async def test_entries_that_the_disk_refused_are_written_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_queue, "AGAIN_S", 0)
    refusals = iter([OperationalError("INSERT", {}, sqlite3.OperationalError("disk I/O error"))])

    def refusing(connection: Connection, *entries: NewEntry) -> None:
        for error in refusals:
            raise error
        record(connection, *entries)

    monkeypatch.setattr(audit_queue, "record", refusing)
    queue = audit_queue.AuditQueue(database)
    queue.tell(NewEntry(who="ana", what="call.opened"))
    await queue.close()
    assert (await database.read(verify)).entries == 1


async def test_an_entry_that_can_never_be_stored_does_not_hold_up_the_others(database: Database) -> None:
    queue = audit_queue.AuditQueue(database)
    for call_id in ("c-1", "\ud800", "c-3"):
        queue.tell(NewEntry(who="ana", what="call.opened", call_id=call_id))
    await queue.settled()
    await queue.close()
    with reading(database.path) as connection:
        told = connection.exec_driver_sql("SELECT call_id FROM audit WHERE what = 'call.opened'").fetchall()
        assert not verify(connection).problem
    assert [row[0] for row in told] == ["c-1", "c-3"]
    assert queue.lost == 1


async def test_what_people_do_with_alerts_is_told_without_their_notes(tmp_path: Path) -> None:
    store: Store = await open_store(tmp_path / DATABASE)
    alert = make.alert("a-1", "warning")
    await store.append(make.call("c-1", alert, make.alert_changed("a-1", "acknowledged")))
    await store.close()
    with reading(tmp_path / DATABASE) as connection:
        rows = connection.exec_driver_sql("SELECT who, what, call_id FROM audit").fetchall()
        assert not verify(connection).problem
    assert [row[1:] for row in rows] == [("alert.changed", "c-1")]


async def test_the_start_is_told_with_the_settings_and_without_secrets(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ingest_token="a-very-secret-token")
    async with serving(settings) as server:
        (started,) = await entries_of(server, "?what=server.started")
    assert started["detail"]["ingest_token"] == "set"
    assert started["detail"]["mqtt"]["password"] == "not set"
    assert "a-very-secret-token" not in json.dumps(started)


async def test_pages_go_on_where_the_one_before_ended(server: Serving) -> None:
    for number in range(5):
        server.runtime.store.audit.tell(NewEntry(who="ana", what="call.opened", call_id=f"c-{number}"))
    assert [entry["call_id"] for entry in await entries_of(server, "?what=call&limit=2")] == ["c-4", "c-3"]
    page = (await server.http.get("/api/audit?what=call&limit=2")).json()
    rest = await entries_of(server, f"?what=call&before={page['next']}")
    assert [entry["call_id"] for entry in rest] == ["c-2", "c-1", "c-0"]
    assert await entries_of(server, "?what=cal") == []
    assert len(await entries_of(server, "?call=c-3&who=ana")) == 1
    assert (await server.http.get("/api/audit?before=x")).json()["code"] == "bad_cursor"


async def test_entries_of_a_day_are_found_by_its_begin_and_its_end(server: Serving) -> None:
    for hour in (9, 10, 11):
        moment = microseconds(f"2026-11-21T{hour:02}:00:00Z")
        server.runtime.store.audit.tell(NewEntry(who="ana", what="x", call_id=f"at {hour}", at_us=moment))
    day = "since=2026-11-21T10:00:00Z&until=2026-11-21T11:00:00Z"
    assert [entry["call_id"] for entry in await entries_of(server, f"?{day}")] == ["at 10"]
    wrong = (await server.http.get("/api/audit?until=tomorrow")).json()
    assert (wrong["code"], wrong["message"][:7]) == ("bad_time", "`until`")


async def test_the_page_is_told_whether_the_chain_is_whole_and_has_a_hash_that_was_kept(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceassist.store.audit.PIECE", 2)
    for number in range(5):
        server.runtime.store.audit.tell(NewEntry(who="ana", what="x", call_id=f"c-{number}"))
    entries = (await entries_of(server))[0]["number"]
    found = (await server.http.get("/api/audit/check")).json()
    assert (found["entries"], found["problem"], found["has_seen"]) == (entries, "", True)
    assert (await server.http.get(f"/api/audit/check?seen={found['newest'].upper()}%20")).json()["has_seen"]
    assert not (await server.http.get("/api/audit/check?seen=abc")).json()["has_seen"]
    spoil(server.runtime.settings.data_dir / DATABASE, "UPDATE audit SET who = 'bob' WHERE number = 3")
    broken = (await server.http.get("/api/audit/check")).json()
    assert broken["entries"] == 2
    assert "entry 3" in broken["problem"]


async def test_an_export_has_what_is_wanted_with_its_hashes_and_stands_in_the_audit(server: Serving) -> None:
    for number in range(3):
        server.runtime.store.audit.tell(NewEntry(who="=1+1", what="x.y", call_id=f"c-{number}", detail={"a": 1}))
    answer = await server.http.get("/api/audit/export.csv?what=x")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [row["call_id"] for row in rows] == ["c-0", "c-1", "c-2"]
    assert (rows[0]["who"], rows[0]["detail"]) == ("'=1+1", '{"a": 1}')  # no spreadsheet computes it
    assert answer.headers["content-disposition"] == 'attachment; filename="voiceassist-audit.csv"'
    lines = (await server.http.get("/api/audit/export.jsonl?what=x&call=c-1")).text.splitlines()
    (entry,) = map(json.loads, lines)
    assert (entry["who"], len(entry["hash"])) == ("=1+1", 64)
    assert [one["detail"]["kind"] for one in await entries_of(server, "?what=audit.exported")] == ["jsonl", "csv"]


async def test_only_admins_read_it(server: Serving) -> None:
    await add_person(server, "ana", "supervisor", "reviewer", "author", "agent")
    async with browser_of(server, "ana") as browser:
        assert (await browser.get("/api/audit")).status_code == 403
    async with browser_of(server, "root") as browser:
        assert (await browser.get("/api/audit")).status_code == 200


async def test_the_command_verifies_and_exports(database: Database) -> None:
    await add(database, "a", "b")
    folder = str(database.path.parent)
    told = CliRunner().invoke(app, ["audit", "verify", "--data-dir", folder])
    assert told.output.startswith("2 entries, none changed; newest hash ")
    exported = CliRunner().invoke(app, ["audit", "export", "--data-dir", folder]).output.splitlines()
    assert [json.loads(line)["what"] for line in exported] == ["a", "b"]
    spoil(database.path, "UPDATE audit SET who = 'bob' WHERE number = 1")
    broken = CliRunner().invoke(app, ["audit", "verify", "--data-dir", folder])
    assert isinstance(broken.exception, StoreError)


async def test_opening_listening_and_exporting_a_call_is_told(server: Serving) -> None:
    await whole_call(server, "c-1")
    for path in ("", "/events", "/recording"):
        assert (await server.http.get(f"/api/calls/c-1{path}")).status_code == 200
    assert (await server.http.get("/api/calls/c-1/recording", headers={"Range": "bytes=100-"})).status_code == 206
    assert (await server.http.get("/api/calls/nobody")).status_code == 404
    told = [entry["what"] for entry in await entries_of(server, "?what=call")]
    assert told == ["call.listened", "call.listened", "call.exported", "call.opened"]
    assert [entry["detail"]["range"] for entry in await entries_of(server, "?what=call.listened")] == [
        "bytes=100-",
        "",
    ]
