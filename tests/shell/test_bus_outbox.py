"""The outbox's overflow rule, against a plain list that does the same slowly; and `offer` without a broker."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from voiceassist.bus.mqtt import Bus, BusSettings, retry_s
from voiceassist.bus.outbox import Limit, Outbox, Parcel
from voiceassist.bus.topics import is_droppable, kind_of
from voiceassist.errors import ConfigError
from voiceassist.events import (
    AgentFine,
    AlertChanged,
    CallEnded,
    CueConfirmed,
    CueRetracted,
    Event,
    Partial,
    Record,
)
from voiceassist.wire import encode_line

DROPPABLE: tuple[Event, ...] = (
    AgentFine(at_ms=1),
    CueConfirmed(at_ms=1, cue_id="c1"),
    CueRetracted(at_ms=1, cue_id="c1"),
)
KEPT: tuple[Event, ...] = (
    CallEnded(at_ms=1, reason="hangup"),
    AlertChanged(at_ms=1, alert_id="a1", state="resolved", by="Sue"),
)
PARTIAL = Partial(at_ms=1, speaker="agent", utterance=1, text="", words=(), start_ms=0, end_ms=1)

steps = st.lists(st.sampled_from([*DROPPABLE, *KEPT, "take", "settle", "reject", "break"]), max_size=60)
bounds = st.tuples(st.integers(1, 6), st.integers(0, 6)).map(lambda pair: (pair[0], sum(pair)))
PLENTY = 1 << 30


def records_limit(records: int) -> Limit:
    return Limit(records=records, bytes=PLENTY)


class ListOutbox:
    """The rule in its plainest form: one list, scanned from its oldest end."""

    def __init__(self, limit: int, hard_limit: int) -> None:
        self.waiting: list[Record] = []
        self.taken: list[Record] = []
        self.lost: Counter[str] = Counter()
        self.limit, self.hard_limit = limit, hard_limit

    def put(self, record: Record) -> None:
        self.waiting.append(record)
        while len(self) > self.limit and (droppable := [r for r in self.waiting if is_droppable(r.event)]):
            self.lose(droppable[0])
        while len(self) > self.hard_limit and self.waiting:
            self.lose(self.waiting[0])

    def __len__(self) -> int:
        return len(self.waiting) + len(self.taken)

    def lose(self, record: Record) -> None:
        self.waiting.remove(record)
        self.lost[kind_of(record.event)] += 1


@given(bounds, steps)
def test_the_outbox_keeps_loses_and_orders_as_the_rule_says(
    limits: tuple[int, int], script: list[Event | str]
) -> None:
    outbox = Outbox(limit=records_limit(limits[0]), hard_limit=records_limit(limits[1]))
    model = ListOutbox(*limits)
    taken: list[Parcel] = []
    for seq, step in enumerate(script):
        if step == "take":
            parcel = outbox.take()
            assert (parcel and parcel.record) == (model.waiting[0] if model.waiting else None)
            if parcel:
                taken.append(parcel)
                model.taken.append(model.waiting.pop(0))
        elif step == "break":
            outbox.put_back()
            taken = []
            model.waiting, model.taken = model.taken + model.waiting, []
        elif step in ("settle", "reject") and taken:
            record = model.taken.pop()
            (outbox.settle if step == "settle" else outbox.reject)(taken.pop())
            model.lost[kind_of(record.event)] += step == "reject"
        elif not isinstance(step, str):
            outbox.put(Record(call_id="x", seq=seq, event=step))
            model.put(Record(call_id="x", seq=seq, event=step))
        assert +outbox.lost == +model.lost
        assert len(outbox) == len(model)
        assert outbox.bytes == sum(len(encode_line(record)) for record in model.waiting + model.taken)


@given(st.lists(st.sampled_from([*DROPPABLE, *KEPT]), max_size=60), st.integers(1, 5))
def test_nothing_is_lost_uncounted_and_no_alert_before_the_second_bound(events: list[Event], limit: int) -> None:
    outbox = Outbox(limit=records_limit(limit), hard_limit=records_limit(60))
    for seq, event in enumerate(events):
        outbox.put(Record(call_id="x", seq=seq, event=event))
    sent = drain(outbox)
    assert len(sent) + outbox.lost.total() == len(events)
    assert [e for e in sent if not is_droppable(e)] == [e for e in events if not is_droppable(e)]


def drain(outbox: Outbox) -> list[Event]:
    sent = []
    while (parcel := outbox.take()) is not None:
        sent.append(parcel.record.event)
        outbox.settle(parcel)
    return sent


def test_the_record_being_sent_is_never_the_one_lost() -> None:
    outbox = Outbox(limit=records_limit(1), hard_limit=records_limit(1))
    first = Record(call_id="x", seq=1, event=DROPPABLE[0])
    outbox.put(first)
    outbox.take()
    (lost,) = outbox.put(Record(call_id="x", seq=2, event=DROPPABLE[1]))
    assert lost.seq == 2
    outbox.put_back()
    parcel = outbox.take()
    assert parcel
    assert parcel.record is first


def test_few_records_of_many_bytes_are_bounded_too() -> None:
    outbox = Outbox(limit=Limit(records=100, bytes=2_000), hard_limit=Limit(records=100, bytes=4_000))
    for seq in range(10):
        outbox.put(Record(call_id="x" * 500, seq=seq, event=DROPPABLE[0]))
        outbox.put(Record(call_id="x" * 500, seq=seq, event=KEPT[0]))
    assert outbox.bytes <= 4_000
    assert outbox.lost == {"agent_fine": 10, "call_ended": 10 - len(outbox)}


def bus(limit: int = 3, hard_limit: int = 5) -> Bus:
    return Bus(
        BusSettings(host="127.0.0.1", port=1, node_id="n1"),
        Outbox(limit=records_limit(limit), hard_limit=records_limit(hard_limit)),
    )


def offer(target: Bus, event: Event, times: int) -> None:
    for seq in range(times):
        target.publish(Record(call_id="x", seq=seq, event=event))


def test_partials_are_never_queued() -> None:
    target = bus()
    offer(target, PARTIAL, 10)
    assert target.stats.queued == 0
    assert not target.stats.lost


def test_losing_finals_warns_once_and_losing_alerts_is_an_error_once() -> None:
    target = bus(limit=3, hard_limit=5)
    with capture_logs() as logs:
        offer(target, DROPPABLE[0], 8)
        offer(target, KEPT[0], 8)
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [
        ("bus_outbox_full", "warning"),
        ("bus_outbox_full", "error"),
    ]
    assert target.stats.queued == 5
    assert target.stats.lost == {"agent_fine": 8, "call_ended": 3}


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_retries_wait_longer_and_longer_up_to_half_a_minute(attempt: int, jitter: float) -> None:
    assert 0.5 <= retry_s(attempt, jitter) <= 30
    assert retry_s(attempt, jitter) <= retry_s(attempt + 1, jitter)


def test_an_unusable_certificate_file_is_refused_at_once_by_name() -> None:
    with pytest.raises(ConfigError, match=r"ca_file = '/nowhere/ca\.pem'"):
        Bus(BusSettings(host="h", node_id="n1", tls=True, ca_file=Path("/nowhere/ca.pem")))


def test_the_password_is_not_shown_with_the_settings() -> None:
    assert "hush" not in repr(BusSettings(host="h", node_id="n1", password="hush"))


async def test_stopping_without_a_broker_counts_what_was_not_sent() -> None:
    target = bus()
    offer(target, KEPT[0], 2)
    task = asyncio.create_task(target.run())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert target.stats.lost == {"call_ended": 2}
    assert target.stats.queued == 0
