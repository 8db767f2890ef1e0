"""Alerts from the record to the receiver, over real sockets and a real database: once, in time, and bounded."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.fakes.web_receiver import WebReceiver, cuts, hangs, receiving, says
from tests.plain_http import NO_TLS
from voiceassist.config import Settings
from voiceassist.errors import ConflictError, StoreError, UnknownNameError
from voiceassist.events import Event, PartDeleted
from voiceassist.notices import channel_queue, ledger, web
from voiceassist.notices.desk import NO_CHANNEL, NOT_RUNNING, Notices
from voiceassist.notices.sending import Way
from voiceassist.notify_settings import ChannelSettings
from voiceassist.store.store import Store, open_store

from .told import NOON, alert, changed, channel, record, row


@dataclass
class Clock:
    """The wall's, as the test says; whoever waits for it looks again when it moves."""

    now: datetime = NOON
    desks: list[Notices] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        for desk in self.desks:
            for one in desk.channels.values():
                one.woken.set()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "calls.db")
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[WebReceiver]:
    async with receiving() as one:
        yield one


def to(receiver: WebReceiver, name: str = "desk", **given: Any) -> ChannelSettings:
    return channel(name, url=receiver.url, **given)


@asynccontextmanager
async def running(
    store: Store, clock: Clock, *channels: ChannelSettings, sample: str = ""
) -> AsyncIterator[Notices]:
    """A desk as the server runs it, with what an earlier one left; it stores what it leaves."""
    ways = [Way(channel=one, settings=Settings(), tls=NO_TLS) for one in channels]
    stored = await store.notices.all()
    desk = Notices(
        ways, store.notices, stored, rows={"call-1": row()}, is_sample=lambda call: call == sample, now=clock
    )
    clock.desks.append(desk)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(desk.run())
        await asyncio.sleep(0)  # it has begun
        yield desk
        task.cancel()


def publish(desk: Notices, *events: Event, call_id: str = "call-1") -> None:
    for seq, event in enumerate(events, start=len(desk._incidents._known) + 5):
        desk.publish(record(event, seq, call_id))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - conditions of several kinds, none of which sets an event
        await asyncio.sleep(0.002)


def told(receiver: WebReceiver) -> list[str]:
    return [json.loads(one.body)["type"] for one in receiver.received]


async def test_an_alert_leaves_and_nothing_of_it_stays(store: Store, clock: Clock, receiver: WebReceiver) -> None:
    async with running(store, clock, to(receiver)) as desk:
        publish(desk, alert(), alert(), alert())
        got = await receiver.next()
        await until(lambda: desk.channels["desk"].health.sent == 1)
    assert b"find you" not in got.body
    assert b"Carl" not in got.body
    assert told(receiver) == ["alert.raised"]
    assert await store.notices.all() == []


async def test_publishing_waits_for_nobody_and_one_receiver_that_hangs_holds_up_no_other(
    store: Store, clock: Clock, receiver: WebReceiver
) -> None:
    async with receiving(hangs) as slow, running(store, clock, to(slow, "slow"), to(receiver)) as desk:
        publish(desk, alert())
        await receiver.next()
        await slow.next()
        publish(desk, alert("a2"))
        await receiver.next()
        assert len(slow.received) == 1


async def test_nobody_acknowledges_so_step_after_step_is_told_until_somebody_does(
    store: Store, clock: Clock, receiver: WebReceiver
) -> None:
    steps = (to(receiver, "first"), to(receiver, "second", after_s=60), to(receiver, "third", after_s=120))
    async with running(store, clock, *steps) as desk:
        publish(desk, alert())
        assert json.loads((await receiver.next()).body)["channel"] == "first"
        clock.move(60)
        second = json.loads((await receiver.next()).body)
        assert (second["channel"], second["type"]) == ("second", "alert.waiting")
        assert second["data"]["alerts"][0]["waited_s"] == 60
        publish(desk, changed("acknowledged"))
        assert not desk.channels["third"].queue.waiting
        publish(desk, changed("open"))
        clock.move(60)
        assert json.loads((await receiver.next()).body)["channel"] == "second"
        publish(desk, changed("retracted"))
        clock.move(600)
    assert told(receiver) == ["alert.raised", "alert.waiting", "alert.waiting"]
    assert await store.notices.all() == []


async def test_a_rise_in_level_counts_anew(store: Store, clock: Clock, receiver: WebReceiver) -> None:
    async with running(store, clock, to(receiver, "first"), to(receiver, "second", after_s=60)) as desk:
        publish(desk, alert(level="warning"))
        await receiver.next()
        clock.move(50)
        publish(desk, alert(level="critical"))
        assert json.loads((await receiver.next()).body)["type"] == "alert.rose"
        clock.move(50)
        assert [one.notice.level for one in desk.channels["second"].queue.waiting.values()] == ["critical"]
        clock.move(10)
        assert json.loads((await receiver.next()).body)["type"] == "alert.waiting"
    assert len(receiver.received) == 3


async def test_who_follows_changes_hears_each_of_them_in_order(
    store: Store, clock: Clock, receiver: WebReceiver
) -> None:
    receiver.answers += [says("503 Service Unavailable", retry_after="30")]
    async with running(store, clock, to(receiver, changes=True)) as desk:
        publish(desk, alert())
        await receiver.next()
        await until(lambda: desk.channels["desk"].health.failing_since_s is not None)
        publish(desk, changed("acknowledged"), changed("resolved"))
        clock.move(31)
        for _ in range(3):
            await receiver.next()
    assert sorted(told(receiver)[1:]) == ["alert.changed", "alert.changed", "alert.raised"]


async def test_what_failed_is_sent_again_under_the_same_id_and_only_once(
    store: Store, clock: Clock, receiver: WebReceiver
) -> None:
    receiver.answers += [says("500 Internal Server Error", "oh no"), cuts]
    async with running(store, clock, to(receiver)) as desk:
        health = desk.channels["desk"].health
        publish(desk, alert())
        await receiver.next()
        await until(lambda: health.failure == "HTTP 500 Internal Server Error: oh no")
        clock.move(5)
        await receiver.next()
        await until(lambda: "disconnected" in health.failure)
        clock.move(10)
        await receiver.next()
        await until(lambda: health.failing_since_s is None)
        clock.move(100_000)
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    assert len(receiver.received) == 3


async def test_what_waits_and_the_steps_survive_a_restart(
    store: Store, clock: Clock, receiver: WebReceiver
) -> None:
    receiver.answers += [says("503 Service Unavailable")]
    channels = (to(receiver), to(receiver, "second", after_s=60))
    async with running(store, clock, *channels) as desk:
        publish(desk, alert())
        first = await receiver.next()
        await until(lambda: desk.channels["desk"].health.failing_since_s is not None)
    assert len(await store.notices.all()) == 2
    clock.move(60)
    async with running(store, clock, *channels) as desk:
        names = {json.loads((await receiver.next()).body)["channel"] for _ in range(2)}
        await until(lambda: not any(one.queue.waiting for one in desk.channels.values()))
    assert names == {"desk", "second"}
    assert first.headers["webhook-id"] in {one.headers["webhook-id"] for one in receiver.received[1:]}
    assert await store.notices.all() == []


async def test_after_a_restart_what_is_too_old_or_has_no_channel_is_a_dead_letter(
    store: Store, clock: Clock, receiver: WebReceiver
) -> None:
    channels = (to(receiver, "late", after_s=60, give_up_after_h=1), to(receiver, "gone", after_s=60))
    async with running(store, clock, *channels) as desk:
        publish(desk, alert())
    clock.move(10_000)
    async with running(store, clock, channels[0]) as desk:
        reasons = {one.channel: one.reason for one in desk.dead.letters.values()}
        assert reasons == {"late": NOT_RUNNING, "gone": NO_CHANNEL}
        with pytest.raises(ConflictError, match="'gone'"):
            desk.retry(desk.dead.letters)
    async with running(store, clock, *channels) as desk:
        assert desk.retry(list(desk.dead.letters)) == 2
        assert {json.loads((await receiver.next()).body)["channel"] for _ in range(2)} == {"late", "gone"}


async def test_what_is_given_up_can_be_sent_again_discarded_and_taken_back(
    store: Store, clock: Clock, receiver: WebReceiver
) -> None:
    receiver.answers += [says("410 Gone", "we moved"), says("410 Gone")]
    async with running(store, clock, to(receiver)) as desk:
        publish(desk, alert("a1"), alert("a2"))
        await until(lambda: len(desk.dead.letters) == 2)
        first, second = desk.dead.letters
        assert desk.dead.letters[first].reason == "HTTP 410 Gone: we moved"
        assert (desk.discard([first, "none"]), len(desk.dead.letters)) == (1, 1)
        assert (desk.take_back([first]), len(desk.dead.letters)) == (1, 2)
        assert desk.retry([first, second]) == 2
        await until(lambda: desk.channels["desk"].health.sent == 2)
        assert not desk.dead.letters
    assert await store.notices.all() == []


async def test_dead_letters_survive_a_restart_and_discarded_ones_do_not(
    store: Store, clock: Clock, receiver: WebReceiver
) -> None:
    receiver.otherwise = says("410 Gone")
    async with running(store, clock, to(receiver)) as desk:
        publish(desk, alert("a1"), alert("a2"))
        await until(lambda: len(desk.dead.letters) == 2)
        kept, gone = desk.dead.letters
        desk.discard([gone])
    async with running(store, clock, to(receiver)) as desk:
        assert list(desk.dead.letters) == [kept]


async def test_nothing_of_a_deleted_call_leaves_or_stays(
    store: Store, clock: Clock, receiver: WebReceiver
) -> None:
    receiver.otherwise = says("410 Gone")
    async with running(store, clock, to(receiver), to(receiver, "later", after_s=60)) as desk:
        publish(desk, alert())
        await until(lambda: len(desk.dead.letters) == 1)
        desk.forget(["call-2"])
        assert len(desk.dead.letters) == 1
        desk.forget(["call-1"])
        assert not desk.dead.letters
        clock.move(600)
    assert len(receiver.received) == 1
    assert await store.notices.all() == []


async def test_when_a_transcript_is_deleted_by_retention_its_words_are_gone_here_too(
    store: Store, clock: Clock, receiver: WebReceiver
) -> None:
    receiver.otherwise = says("410 Gone")
    async with running(store, clock, to(receiver, words="quote")) as desk:
        publish(desk, alert())
        await until(lambda: len(desk.dead.letters) == 1)
        publish(desk, PartDeleted(at_ms=9, part="transcript", by="voiceassist", done_at=NOON.isoformat()))
        assert not desk.dead.letters
    assert await store.notices.all() == []


async def test_calls_of_the_demo_never_leave_unless_a_channel_wants_them(
    store: Store, clock: Clock, receiver: WebReceiver
) -> None:
    channels = (to(receiver), to(receiver, "trial", sample_calls=True))
    async with running(store, clock, *channels, sample="call-1") as desk:
        publish(desk, alert())
        assert json.loads((await receiver.next()).body)["channel"] == "trial"
        assert not desk.channels["desk"].queue.waiting


async def test_a_disk_that_fails_holds_up_no_alert_and_is_told_once(
    store: Store, clock: Clock, receiver: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "RETRY_S", 0)

    async def fails(*_: Any) -> None:
        raise StoreError("the disk is full")

    async with running(store, clock, to(receiver), to(receiver, "later", after_s=60)) as desk:
        with monkeypatch.context() as broken:
            broken.setattr(store.notices, "write", fails)
            publish(desk, alert())
            await until(lambda: desk.channels["desk"].health.sent == 1)
    assert [one.body["channel"] for one in await store.notices.all()] == ["later"]


async def test_a_test_says_what_the_receiver_says(
    store: Store, clock: Clock, receiver: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(store, clock, to(receiver)) as desk:
        good = await desk.test("desk")
        assert (good.ok, good.told) == (True, "HTTP 200 OK")
        assert json.loads(receiver.received[0].body)["type"] == "alert.test"
        receiver.answers += [says("403 Forbidden", "invalid_token")]
        bad = await desk.test("desk")
        assert (bad.ok, bad.told) == (False, "HTTP 403 Forbidden: invalid_token")
        with pytest.raises(UnknownNameError, match="'fax'"):
            await desk.test("fax")
        receiver.answers += [hangs]
        monkeypatch.setattr(web, "TRY_S", 0.2)
        running_test = asyncio.ensure_future(desk.test("desk"))
        await until(lambda: desk.channels["desk"].is_testing)
        with pytest.raises(ConflictError, match="under way"):
            await desk.test("desk")
        assert (await running_test).told == "no answer within 0.2 s"


async def test_an_error_of_ours_fails_one_try_and_stops_nothing(
    store: Store, clock: Clock, receiver: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(store, clock, to(receiver)) as desk:
        with monkeypatch.context() as broken:
            broken.setattr(web, "encoded", lambda _: 1 / 0)
            publish(desk, alert())
            await until(lambda: "ZeroDivisionError" in desk.channels["desk"].health.failure)
        clock.move(5)
        await receiver.next()


async def test_a_flood_is_one_message_and_a_summary(store: Store, clock: Clock, receiver: WebReceiver) -> None:
    async with running(store, clock, to(receiver, per_minute=2)) as desk:
        publish(desk, *(alert(f"a{number}") for number in range(300)))
        await until(lambda: desk.channels["desk"].health.sent == 2)
        assert not desk.channels["desk"].queue.waiting
    one, summary = (json.loads(got.body) for got in receiver.received)
    assert (one["type"], summary["type"]) == ("alert.raised", "summary")
    assert len(summary["data"]["alerts"]) + summary["data"]["more"] == 299
    assert len(receiver.received[1].body) < 100_000


async def test_what_waits_is_bounded_while_a_receiver_is_down(store: Store, clock: Clock) -> None:
    async with running(store, clock, channel(url="http://127.0.0.1:9/")) as desk:
        publish(desk, *(alert(f"a{number}") for number in range(3000)))
        assert len(desk.channels["desk"].queue.waiting) == channel_queue.MOST_WAITING
        assert len(desk.dead.letters) + desk.dead.lost == 2000
    assert len(await store.notices.all()) <= channel_queue.MOST_WAITING + 500
