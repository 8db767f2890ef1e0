"""The journal: persist, then publish; a disk that fails costs nothing while it can come back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.builders import final, hangup, partial, started
from tests.fakes.stores import FailingStore
from tests.shell.full_disk import full_disk
from voiceassist.errors import StoreError
from voiceassist.events import Event, Record, is_durable
from voiceassist.store import journal as journal_module
from voiceassist.store.journal import Journal
from voiceassist.store.store import Store, open_store

EVENTS: list[Event] = [
    started(),
    partial("agent", "good", utterance=1),
    final("agent", "good morning", utterance=1),
    partial("customer", "hi", utterance=1),
    partial("customer", "hi there", utterance=1),
    final("customer", "hi there", utterance=1),
    final("agent", "bye", utterance=2),
    hangup(9_000),
]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "LAST_TRIES_S", (0.0, 0.0, 0.0))


class Published(list[Record]):
    """What came out, and what the store held at that moment."""

    def __init__(self, store: FailingStore) -> None:
        super().__init__()
        self.unstored: list[Record] = []
        self._store = store

    def take(self, record: Record) -> None:
        self.append(record)
        if is_durable(record.event) and record not in self._store.stored:
            self.unstored.append(record)


def opened(store: FailingStore) -> tuple[Journal, Published]:
    published = Published(store)
    return Journal("call-1", store.append, published.take, retry_s=0), published


def durable(records: list[Record]) -> list[Record]:
    return [record for record in records if is_durable(record.event)]


@given(sizes=st.lists(st.integers(0, 4), max_size=8), failures=st.integers(0, 6))
async def test_everything_is_published_in_order_and_stored_exactly_once(sizes: list[int], failures: int) -> None:
    store = FailingStore(failures=failures)
    journal, published = opened(store)
    rest = iter(EVENTS)
    for size in [*sizes, len(EVENTS)]:
        await journal.write([event for event, _ in zip(rest, range(size), strict=False)])
    for _ in range(3):
        await journal.close()
    assert [record.seq for record in published] == list(range(1, len(published) + 1))
    assert store.stored == durable(published)
    assert not journal.waiting


async def test_nothing_is_published_before_it_is_stored() -> None:
    store = FailingStore()
    journal, published = opened(store)
    await journal.write(EVENTS)
    assert len(published) == len(EVENTS)
    assert published.unstored == []


async def test_partials_take_numbers_and_never_touch_the_disk() -> None:
    store = FailingStore()
    journal, published = opened(store)
    await journal.write(EVENTS[:1])
    await journal.write(EVENTS[3:5])
    assert [record.seq for record in published] == [1, 2, 3]
    assert store.appends == 1


async def test_failing_disk_is_told_and_forgotten_when_it_works_again() -> None:
    store = FailingStore(failures=1)
    journal, published = opened(store)
    with capture_logs() as lines:
        await journal.write(EVENTS[:3])
    assert [line["event"] for line in lines] == ["store failed; the call goes on"]
    assert journal.waiting
    assert published.unstored == [published[0], published[2]]
    await journal.write(EVENTS[3:])
    assert not journal.waiting
    assert store.stored == durable(published)


async def test_partials_alone_bring_the_waiting_records_to_the_disk() -> None:
    store = FailingStore(failures=1)
    journal, published = opened(store)
    await journal.write(EVENTS[:1])
    await journal.write(EVENTS[1:2])
    assert store.stored == durable(published)


async def test_writes_at_the_same_time_keep_their_order() -> None:
    store = FailingStore(gate=asyncio.Event())
    journal, published = opened(store)
    writes = [asyncio.create_task(journal.write([event])) for event in EVENTS]
    await asyncio.sleep(0)
    assert published == []
    assert store.gate is not None
    store.gate.set()
    await asyncio.gather(*writes)
    assert [record.event for record in published] == EVENTS
    assert store.stored == durable(published)


async def test_cancelled_write_is_stored_and_published_once_before_the_next() -> None:
    store = FailingStore(gate=asyncio.Event())
    journal, published = opened(store)
    given_up = asyncio.create_task(journal.write(EVENTS[:3]))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert store.gate is not None
    store.gate.set()
    await journal.write(EVENTS[3:])
    await journal.close()
    assert [record.event for record in published] == EVENTS
    assert store.stored == durable(published)


async def test_disk_that_is_away_for_too_long_ends_the_call_once_and_its_last_word_is_still_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journal_module, "WAITING_RECORDS", 3)
    journal, published = opened(FailingStore(failures=100))
    await journal.write(EVENTS[:3])
    with pytest.raises(StoreError, match="call-1: the disk has been failing for too long"):
        await journal.write(EVENTS[3:7])
    await journal.write(EVENTS[7:])
    assert [record.event for record in published] == EVENTS
    with capture_logs() as lines:
        await journal.close()
    assert lines[-1]["event"] == "call not fully stored"
    assert lines[-1]["lost_records"] == len(durable(published))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "calls.db")
    yield opened
    await opened.close()


async def test_full_disk_delays_nobody_and_loses_nothing_once_there_is_room(store: Store, tmp_path: Path) -> None:
    published: list[Record] = []
    journal = Journal("call-1", store.append, published.append, retry_s=0)
    long = [final("agent", "word " * 2_000, at=n, utterance=n + 1) for n in range(3)]
    with full_disk(tmp_path / "calls.db-wal"):
        await journal.write([started(), *long])
        assert len(published) == 4
        assert journal.waiting
    await journal.write([hangup(9_000)])
    assert await store.records("call-1") == published
