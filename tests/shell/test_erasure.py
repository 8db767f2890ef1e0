"""Deleted calls: no word of them stays in the data folder, and what may not be deleted stays whole."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.shell import store_records as make
from tests.shell.serving import begin, calling, hang_up, serving, settings_for
from voiceassist.cli import app
from voiceassist.errors import ConflictError, StoreError, UnknownNameError
from voiceassist.store.audit import AuditFilter
from voiceassist.store.database import DATABASE
from voiceassist.store.erasure import RemovedRecordings, remove_recordings
from voiceassist.store.fact_feed import sizes
from voiceassist.store.recordings import recording_path
from voiceassist.store.store import Remove, Store, open_store

SECRETS = ("zanzibarish", "quokkaville")  # words of the calls that are deleted
KEPT = "marmaladeshire"


def holding(folder: Path, word: str) -> list[str]:
    """Files of the folder that have the word."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if word.encode() in path.read_bytes().lower()]


async def fill(folder: Path, *, others: int = 40) -> Store:
    """A store with two calls of secrets among others."""
    store = await open_store(folder / DATABASE)
    for number, word in enumerate((*SECRETS, *[KEPT] * others)):
        said = [make.said(f"my name is {word} number {n}", at_ms=n, utterance=n) for n in range(1, 30)]
        await store.append(make.call(f"call-{number}", *said, make.ended()))
    (folder / "recordings").mkdir()
    for number, word in enumerate((*SECRETS, KEPT)):
        recording_path(folder / "recordings", f"call-{number}").write_bytes(f"{word} as sound".encode())
    return store


def remover(folder: Path) -> Remove:
    async def remove(call_ids: Sequence[str]) -> RemovedRecordings:
        return remove_recordings(folder / "recordings", call_ids)

    return remove


async def test_no_word_of_a_deleted_call_stays_in_the_folder(tmp_path: Path) -> None:
    store = await fill(tmp_path)
    assert all(holding(tmp_path, word) for word in SECRETS)
    erasure = await store.erase(["call-0", "call-1"], remover(tmp_path), by="ana")
    assert [holding(tmp_path, word) for word in SECRETS] == [[], []]  # while the server still runs
    assert (erasure.calls, erasure.lines, erasure.events) == (("call-0", "call-1"), 58, 62)
    assert (erasure.recordings, erasure.log_emptied, erasure.playbooks) == (2, True, ())
    page = await store.audit_page(AuditFilter(limit=10))
    assert {(entry.who, entry.what, entry.call_id) for entry in page.entries} == {
        ("ana", "call.deleted", "call-0"),
        ("ana", "call.deleted", "call-1"),
    }
    assert len((await store.calls("zanzibarish")).calls) == 0
    assert len((await store.calls(KEPT)).calls) == 40
    await store.close()
    assert recording_path(tmp_path / "recordings", "call-2").exists()
    assert [holding(tmp_path, word) for word in SECRETS] == [[], []]


async def test_facts_are_those_of_the_calls_that_are_left(tmp_path: Path) -> None:
    store = await fill(tmp_path, others=1)
    await store.erase(["call-0"], remover(tmp_path), by="ana")
    kept = await store._database.read(sizes)
    await store.rebuild_facts()
    assert await store._database.read(sizes) == kept
    await store.erase(["call-1", "call-2"], remover(tmp_path), by="ana")
    assert set((await store._database.read(sizes)).values()) == {0}
    await store.close()


async def test_live_and_unknown_calls_are_refused_and_nothing_is_deleted(tmp_path: Path) -> None:
    store = await fill(tmp_path, others=1)
    await store.append(make.call("goes-on"))
    with pytest.raises(ConflictError, match="still going on"):
        await store.erase(["call-0", "goes-on"], remover(tmp_path), by="ana")
    with pytest.raises(UnknownNameError, match="there is no call 'nobody'"):
        await store.erase(["call-0", "nobody"], remover(tmp_path), by="ana")
    with pytest.raises(UnknownNameError):
        await store.calls_of_customer("")
    assert recording_path(tmp_path / "recordings", "call-0").exists()
    assert len((await store.calls(SECRETS[0])).calls) == 1
    await store.close()


async def test_a_recording_that_cannot_be_deleted_keeps_its_call(tmp_path: Path) -> None:
    async def remove(_call_ids: Sequence[str]) -> RemovedRecordings:
        raise OSError(5, "Input/output error")

    store = await fill(tmp_path, others=1)
    with pytest.raises(StoreError, match="Input/output error"):
        await store.erase(["call-0"], remove, by="ana")
    assert len((await store.calls(SECRETS[0])).calls) == 1
    await store.close()


async def test_a_playbook_that_quotes_a_deleted_call_is_named(tmp_path: Path) -> None:
    store = await fill(tmp_path, others=1)
    text = "say: My name is  zanzibarish number 7\n"
    await store.playbooks.publish_text("shop", text, author="Kim", note="", at="2026-11-21T10:00:00+00:00")
    assert (await store.erase(["call-0"], remover(tmp_path), by="ana")).playbooks == ("shop",)
    await store.close()


async def test_the_server_deletes_a_call_and_a_customer_and_refuses_a_live_call(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path)) as server:
        async with calling(server, "one") as phone:
            await begin(server, "one", phone)
            refused = await server.http.delete("/api/calls/one")
            assert (refused.status_code, refused.json()["code"]) == (409, "call_live")
            assert (await server.http.delete("/api/customers/42")).status_code == 409
            await hang_up(phone)
        deleted = await server.http.delete("/api/calls/one")
        assert deleted.status_code == 200
        assert deleted.json()["recordings"] == 1
        assert (await server.http.get("/api/calls/one")).status_code == 404
        assert (await server.http.get("/api/calls/one/recording")).status_code == 404
        assert (await server.http.delete("/api/calls/one")).json()["code"] == "unknown_call"
        assert (await server.http.delete("/api/customers/42")).json()["code"] == "unknown_call"


def test_the_command_exports_deletes_and_purges(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()

    async def prepare() -> None:
        await (await fill(folder, others=1)).close()

    asyncio.run(prepare())
    run, where = CliRunner(), ["--data-dir", str(folder)]
    copied = run.invoke(app, ["calls", "export", "call-0", "--to", str(tmp_path / "copy"), *where])
    assert copied.exit_code == 0, copied.output
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {"call-0.jsonl", "call-0.ogg"}
    deleted = run.invoke(app, ["calls", "delete", "call-0", "--yes", *where])
    assert "Deleted 1 calls: 31 events, 29 lines" in deleted.output
    assert holding(folder, SECRETS[0]) == []
    tried = run.invoke(app, ["calls", "purge", "--older-than", "1", "--dry-run", *where])
    assert tried.output.split() == ["2", "calls", "would", "be", "deleted.", "call-1", "call-2"]
    assert run.invoke(app, ["calls", "purge", "--older-than", "1", *where], input="n\n").exit_code == 1
    assert holding(folder, SECRETS[1]) != []
    assert run.invoke(app, ["calls", "purge", "--older-than", "1", "--yes", *where]).exit_code == 0
    assert [holding(folder, word) for word in (*SECRETS, KEPT)] == [[], [], []]
    assert run.invoke(app, ["calls", "delete", *where]).exit_code == 2


async def test_nobody_but_the_owner_reads_a_folder_that_voiceassist_made(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "new" / DATABASE)
    await store.close()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
