"""Who owns a call's numbers, and what waits for the disk: one journal per call until its last record is stored."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.stores import FailingStore
from tests.shell import store_records as make
from tests.shell.serving import calling, hang_up, say_all, serving, settings_for
from tests.shell.test_journal import LATE, PACE, trying_again_at
from voiceassist.errors import StoreError
from voiceassist.events import AlertChanged, CallEnded, Event, Record
from voiceassist.store.journals import TROUBLE_S, Journals
from voiceassist.store.store import Store, open_store

STORY: list[Event] = [make.started(), make.alert("a1", "critical"), make.said("goodbye"), make.ended()]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "calls.db")
    yield opened
    await opened.close()


async def none_stored(_call_id: str) -> int:
    return 0


async def test_alert_that_is_changed_while_an_ended_call_waits_for_the_disk_takes_no_number_of_it() -> None:
    disk, gate, published = FailingStore(failures=1), asyncio.Event(), list[Record]()
    journals = Journals(disk.append, none_stored, trying_again_at(gate))
    journal = journals.begin("x", published.append)
    await journal.write(STORY)
    assert not await journal.close()
    async with journals.continued("x", published.append) as continued:
        assert continued is journal
        await continued.write([make.alert_changed("a1", "resolved")])
    gate.set()
    await journal.stored(None)
    assert disk.stored == published
    assert [record.seq for record in published] == [1, 2, 3, 4, 5]


async def test_call_that_is_stored_whole_is_continued_after_its_newest_number(store: Store) -> None:
    published: list[Record] = []
    await store.append(make.call("x", *STORY[1:]))
    for state in ("acknowledged", "resolved"):
        async with store.journals.continued("x", published.append) as journal:
            await journal.write([make.alert_changed("a1", state)])
        assert await journal.close()
    assert [record.seq for record in published] == [5, 6]
    assert await store.records("x", after=4) == published


async def test_records_that_wait_for_the_disk_are_read_with_those_that_are_stored(store: Store) -> None:
    disk, gate, published = FailingStore(), asyncio.Event(), list[Record]()
    store.journals = Journals(disk.append, store.last_seq, trying_again_at(gate))
    journal = store.journals.begin("x", published.append)
    await store.append([Record(call_id="x", seq=1, event=STORY[0])])
    await journal.write(STORY[:1])
    disk.failures = 1
    await journal.write(STORY[1:])
    assert await store.records("x") == published
    assert await store.records("x", after=2) == published[2:]
    assert (await store.records_json("x") or "").count('"call_id"') == 4
    state = await store.state("x")
    assert state is not None
    assert state.status == "ended"


async def test_how_a_call_ended_is_known_before_it_is_stored(store: Store) -> None:
    disk, gate = FailingStore(failures=1), asyncio.Event()
    store.journals = Journals(disk.append, store.last_seq, trying_again_at(gate))
    await store.append([Record(call_id="x", seq=1, event=STORY[0])])
    journal = store.journals.begin("x", lambda _record: None)
    await journal.write([STORY[0], replace(make.ended(), reason="vanished")])
    assert await store.end_of("x") == "vanished"
    store.journals.begin("y", lambda _record: None)
    assert await store.end_of("y") is None


async def test_call_that_begins_while_somebody_asks_for_it_keeps_its_journal() -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(_call_id: str) -> int:
        asked.set()
        await answer.wait()
        return 0

    async def change() -> None:
        async with journals.continued("x", lambda _record: None) as journal:
            assert journal is begun

    journals = Journals(FailingStore().append, slow, PACE)
    changing = asyncio.create_task(change())
    await asked.wait()
    begun = journals.begin("x", lambda _record: None)
    answer.set()
    await changing
    assert journals.of("x") is begun


async def test_whoever_changes_one_finished_call_does_not_wait_for_another_one() -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow_for_x(call_id: str) -> int:
        if call_id == "x":
            asked.set()
            await answer.wait()
        return 0

    async def change(call_id: str) -> None:
        async with journals.continued(call_id, lambda _record: None):
            pass

    journals = Journals(FailingStore().append, slow_for_x, PACE)
    slow = asyncio.create_task(change("x"))
    await asked.wait()
    async with asyncio.timeout(30):
        await change("y")
    answer.set()
    await slow


async def test_journal_that_somebody_uses_outlives_the_session_of_its_call() -> None:
    journals = Journals(FailingStore().append, none_stored, PACE)
    journal = journals.begin("x", lambda _record: None)
    await journal.write(STORY)
    async with journals.continued("x", lambda _record: None) as continued:
        assert continued is journal
        assert await journal.close()
        journals.begin("y", lambda _record: None)  # forgets what is done
        assert journals.of("x") is journal
    assert journals.of("x") is None


async def test_commit_under_way_is_no_trouble_and_one_that_takes_too_long_is() -> None:
    disk, now_s = FailingStore(gate=asyncio.Event()), [0.0]
    journals = Journals(disk.append, none_stored, replace(LATE, now=lambda: now_s[0]))
    await journals.begin("x", lambda _record: None).write(STORY)
    assert journals.trouble() == ""
    now_s[0] = TROUBLE_S + 1
    assert journals.trouble() == "4 records wait for the disk, the oldest for 4 s: the disk does not answer"
    assert disk.gate is not None
    disk.gate.set()
    await journals.close(within_s=30)
    assert journals.trouble() == ""
    assert journals.backlog.lost == 0


async def test_failure_is_trouble_at_once() -> None:
    journals = Journals(FailingStore(failures=1).append, none_stored, trying_again_at(asyncio.Event()))
    await journals.begin("x", lambda _record: None).write(STORY)
    assert journals.trouble().endswith("calls.db: disk I/O error")
    await journals.close(within_s=0)
    assert journals.backlog.lost == 4


async def test_call_whose_id_was_used_before_is_given_up_and_troubles_nobody_for_ever(store: Store) -> None:
    published: list[Record] = []
    await store.append(make.call("x", *STORY[1:]))
    journal = store.journals.begin("x", published.append)
    with pytest.raises(StoreError, match=r"call x: .*; the call was given up"):
        await journal.write(STORY[:1])
    await journal.write(STORY[1:])
    assert not await journal.close()
    assert [record.seq for record in published] == [1, 2, 3, 4]
    assert (store.journals.trouble(), store.journals.of("x"), store.journals.backlog.lost) == ("", None, 4)
    assert await store.records("x") == make.call("x", *STORY[1:])


async def test_calls_that_are_over_and_stored_are_forgotten() -> None:
    journals = Journals(FailingStore().append, none_stored, PACE)
    for n in range(5):
        journal = journals.begin(f"call {n}", lambda _record: None)
        await journal.write(STORY)
        await journal.close()
    assert len(journals._open) == 1


async def test_supervisor_resolves_an_alert_while_the_end_of_its_call_is_not_stored_yet(tmp_path: Path) -> None:
    async with serving(settings_for(tmp_path, "abuse-ladder")) as server:
        store, gate, ended = server.runtime.store, asyncio.Event(), asyncio.Event()
        append = store._writer.append

        async def failing(records: Sequence[Record]) -> None:
            if not gate.is_set() and any(isinstance(record.event, CallEnded) for record in records):
                ended.set()
                raise StoreError("the disk is full")
            await append(records)

        store._writer.append = failing  # type: ignore[method-assign]
        store.journals._pace = replace(trying_again_at(gate), close_s=None)
        async with calling(server, "c-1") as phone:
            await say_all(phone, "abuse-ladder")
            hanging_up = asyncio.create_task(hang_up(phone))
            await ended.wait()
            change = {"type": "change_alert", "alert_id": "a1", "state": "resolved", "by": "Kim"}
            answer = await server.http.post("/api/calls/c-1/actions", json=change)
            gate.set()
            assert (answer.status_code, (await hanging_up)["type"]) == (202, "stopped")
        records = await store.records("c-1")
        assert isinstance(records[-2].event, CallEnded)
        assert isinstance(records[-1].event, AlertChanged)
