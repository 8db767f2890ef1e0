"""The journal: persist, then publish; a disk that fails costs nothing while it can come back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
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
from voiceassist.store.journal import SLOW, Backlog, Journal, Pace
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


# No clock: a store is late only where a test says so, and after a failure the next attempt comes at once.
PACE = Pace(late_s=None, retry_s=0, close_s=None, now=lambda: 0.0)
LATE = replace(PACE, late_s=0, close_s=0)  # whatever is not there at once is late


def opened(store: FailingStore, pace: Pace = PACE) -> tuple[Journal, Published]:
    published = Published(store)
    return Journal("call-1", store.append, published.take, pace=pace), published


def trying_again_at(gate: asyncio.Event) -> Pace:
    """After a failure the next attempt waits for the gate."""
    return replace(LATE, late_s=None, sleep=lambda _seconds: gate.wait())


def durable(records: list[Record]) -> list[Record]:
    return [record for record in records if is_durable(record.event)]


@given(sizes=st.lists(st.integers(0, 4), max_size=8), failures=st.integers(0, 6))
async def test_everything_is_published_in_order_and_stored_exactly_once(sizes: list[int], failures: int) -> None:
    store = FailingStore(failures=failures)
    journal, published = opened(store)
    rest = iter(EVENTS)
    for size in [*sizes, len(EVENTS)]:
        await journal.write([event for event, _ in zip(rest, range(size), strict=False)])
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
    store, gate = FailingStore(failures=1), asyncio.Event()
    journal, published = opened(store, trying_again_at(gate))
    with capture_logs() as lines:
        await journal.write(EVENTS[:3])
        await journal.write(EVENTS[3:6])
        assert published.unstored == durable(published)
        assert journal.trouble == "calls.db: disk I/O error"
        gate.set()
        await journal.stored(None)
    assert [line["event"] for line in lines] == ["store is behind; the call goes on", "store has caught up"]
    assert (journal.waiting, journal.trouble) == ((), "")
    await journal.write(EVENTS[6:])
    assert store.stored == durable(published)


async def test_waiting_records_come_to_the_disk_without_anything_further_said() -> None:
    store = FailingStore(failures=1)
    journal, published = opened(store)
    await journal.write(EVENTS[:1])
    await journal.stored(None)
    assert store.stored == durable(published)


async def test_store_that_hangs_delays_no_card_and_stores_everything_once_and_in_order_later() -> None:
    store = FailingStore(gate=asyncio.Event())
    backlog, published = Backlog(), Published(store)
    journal = Journal("call-1", store.append, published.take, pace=LATE, backlog=backlog)
    for event in EVENTS:
        await journal.write([event])
    assert [record.event for record in published] == EVENTS
    assert store.stored == []
    assert journal.trouble == SLOW
    assert (backlog.records, backlog.published_unstored) == (5, 5)
    assert store.gate is not None
    store.gate.set()
    await journal.stored(None)
    assert store.stored == durable(published)
    assert (backlog.records, backlog.bytes) == (0, 0)


async def test_call_that_is_over_is_stored_in_the_background_when_its_disk_comes_back() -> None:
    store, gate = FailingStore(failures=1), asyncio.Event()
    journal, published = opened(store, trying_again_at(gate))
    await journal.write(EVENTS)
    with capture_logs() as lines:
        assert not await journal.close()
    assert [line["event"] for line in lines] == ["call not fully stored yet"]
    assert not journal.is_done
    gate.set()
    await journal.stored(None)
    assert journal.is_done
    assert store.stored == durable(published)


async def test_what_is_not_stored_when_the_server_stops_is_counted_as_lost() -> None:
    backlog = Backlog()
    store = FailingStore(gate=asyncio.Event())
    journal = Journal("call-1", store.append, lambda _record: None, pace=LATE, backlog=backlog)
    await journal.write(EVENTS)
    with capture_logs() as lines:
        journal.give_up()
    assert lines[-1]["lost_records"] == 5
    assert (backlog.records, backlog.bytes, backlog.lost) == (0, 0, 5)


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


@pytest.mark.parametrize(
    ("bound", "most"), [("WAITING_RECORDS", 3), ("WAITING_BYTES", 1_000), ("ALL_WAITING_BYTES", 1_000)]
)
async def test_disk_that_is_away_for_too_long_ends_the_call_once_and_its_last_word_is_still_told(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    monkeypatch.setattr(journal_module, bound, most)
    journal, published = opened(FailingStore(gate=asyncio.Event()), LATE)
    await journal.write(EVENTS[:3])
    with pytest.raises(StoreError, match="call-1: the disk has been failing for too long"):
        await journal.write(EVENTS[3:7])
    await journal.write(EVENTS[7:])
    assert [record.event for record in published] == EVENTS


async def test_after_an_outage_the_records_are_stored_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "BATCH_RECORDS", 3)
    monkeypatch.setattr(journal_module, "BATCH_BYTES", 1_000)
    store = FailingStore(gate=asyncio.Event())
    journal, published = opened(store, LATE)
    for n in range(6):
        await journal.write([final("agent", "word " * (40 if n > 3 else 1), utterance=n + 1)])
    assert store.gate is not None
    store.gate.set()
    await journal.stored(None)
    assert store.stored == published
    assert store.sizes == [1, 3, 1, 1]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "calls.db")
    yield opened
    await opened.close()


async def test_full_disk_delays_nobody_and_loses_nothing_once_there_is_room(store: Store, tmp_path: Path) -> None:
    published: list[Record] = []
    journal = Journal("call-1", store.append, published.append, pace=PACE)
    long = [final("agent", "word " * 2_000, at=n, utterance=n + 1) for n in range(3)]
    with full_disk(tmp_path / "calls.db-wal"):
        await journal.write([started(), *long])
        assert len(published) == 4
        assert journal.waiting
    await journal.write([hangup(9_000)])
    await journal.stored(None)
    assert await store.records("call-1") == published
