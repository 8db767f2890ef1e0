"""The hub: snapshots, fan-out and the overflow rule."""

import asyncio
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceassist.core.screen.state import apply
from voiceassist.events import (
    Alert,
    AlertChanged,
    CallEnded,
    CallStarted,
    Customer,
    Event,
    Final,
    Partial,
    Person,
    Record,
    Speaker,
    Why,
)
from voiceassist.hub import MAILBOX_RECORDS, Hub, RefreshError, TooSlowError


def started(agent: str = "ana") -> CallStarted:
    return CallStarted(
        at_ms=0,
        started_at="2026-01-01T00:00:00+00:00",
        agent=Person(id=agent, name=agent.title()),
        customer=Customer(id="42", name="Sam"),
        source="test",
        engine="scripted",
        language="en",
        playbook="p@1",
    )


def partial(text: str, speaker: Speaker = "agent", utterance: int = 1) -> Partial:
    return Partial(at_ms=500, speaker=speaker, utterance=utterance, text=text, words=(), start_ms=0, end_ms=400)


def final(text: str, speaker: Speaker = "agent", utterance: int = 1) -> Final:
    return Final(
        at_ms=900,
        speaker=speaker,
        utterance=utterance,
        text=text,
        words=(),
        start_ms=0,
        end_ms=800,
        confidence=1.0,
    )


def alert() -> Alert:
    why = Why(cue_id="c1", rule="r", words="w", confidence=1.0, playbook="p@1", spoken_ms=0, latency_ms=1)
    return Alert(at_ms=900, alert_id="a1", level="critical", kind="threat", reason="r", quote="w", why=why)


def publish(hub: Hub, call_id: str, *events: Event, after: int = 0) -> None:
    for seq, event in enumerate(events, start=after + 1):
        hub.publish(Record(call_id=call_id, seq=seq, event=event))


async def test_watcher_of_a_call_gets_its_records_in_order_and_no_other_calls_records() -> None:
    hub = Hub()
    publish(hub, "a", started())
    with hub.watching_call("a") as mailbox:
        publish(hub, "b", started(), final("not for us"))
        publish(hub, "a", partial("hel"), final("hello"), after=1)
        assert [record.seq for record in await mailbox.take()] == [2, 3]


async def test_only_the_latest_partial_of_a_speaker_waits() -> None:
    hub = Hub()
    publish(hub, "a", started())
    with hub.watching_call("a") as mailbox:
        publish(hub, "a", partial("h"), partial("he", "customer"), partial("hel"), after=1)
        texts = [record.event.text for record in await mailbox.take() if isinstance(record.event, Partial)]
        assert texts == ["he", "hel"]


async def test_client_that_never_reads_is_given_up_and_nobody_else_notices() -> None:
    hub = Hub()
    publish(hub, "a", started())
    with hub.watching_call("a") as asleep, hub.watching_call("a") as awake:
        for seq in range(2, MAILBOX_RECORDS + 3):
            publish(hub, "a", final("x", utterance=seq), after=seq - 1)
            if len(awake) > 100:
                await awake.take()
        with pytest.raises(TooSlowError):
            await asleep.until_given_up()
        assert len(asleep) == MAILBOX_RECORDS
        assert (await awake.take())[-1].seq == MAILBOX_RECORDS + 2


async def test_wall_gets_no_partials() -> None:
    hub = Hub()
    with hub.watching_wall() as (mailbox, rows):
        assert rows == ()
        publish(hub, "a", started(), partial("hel"), final("hello"))
        assert [type(record.event) for record in await mailbox.take()] == [CallStarted, Final]


async def test_agents_wall_has_only_their_calls() -> None:
    hub = Hub()
    publish(hub, "a", started("ana"))
    publish(hub, "b", started("bo"))
    with hub.watching_wall("bo") as (mailbox, rows):
        assert [row.call_id for row in rows] == ["b"]
        publish(hub, "a", final("hi"), after=1)
        publish(hub, "b", final("ho"), after=1)
        assert [record.call_id for record in await mailbox.take()] == ["b"]


def test_finished_call_stays_on_the_wall_until_its_alert_is_resolved() -> None:
    hub = Hub()
    publish(hub, "a", started(), alert(), CallEnded(at_ms=1000, reason="hangup"))
    assert "a" not in hub.calls
    assert hub.rows["a"].worst == "critical"
    publish(hub, "a", AlertChanged(at_ms=1000, alert_id="a1", state="resolved", by="Kim"), after=3)
    assert hub.rows == {}


def test_finished_call_without_alerts_leaves_the_wall() -> None:
    hub = Hub()
    publish(hub, "a", started(), CallEnded(at_ms=1000, reason="hangup"))
    assert hub.rows == {}


@given(cut=st.integers(0, 12), texts=st.lists(st.text(max_size=5), min_size=12, max_size=12))
def test_snapshot_taken_anywhere_plus_the_mailbox_is_the_fresh_snapshot(cut: int, texts: list[str]) -> None:
    hub = Hub()
    events: list[Event] = [
        partial(text, utterance=n) if n % 3 else final(text, utterance=n) for n, text in enumerate(texts, start=1)
    ]
    publish(hub, "a", started(), *events[:cut])
    with ExitStack() as stack:
        mailbox = stack.enter_context(hub.watching_call("a"))
        state = hub.state("a")
        assert state
        publish(hub, "a", *events[cut:], after=cut + 1)
        waiting = asyncio.run(mailbox.take()) if len(mailbox) else []
        for record in waiting:
            state = apply(state, record)
    assert state == hub.state("a")


async def test_wall_without_the_row_of_a_call_that_comes_back_must_take_a_fresh_snapshot() -> None:
    hub = Hub()
    publish(hub, "a", started(), alert(), CallEnded(at_ms=1000, reason="hangup"))
    row = hub.rows["a"]
    publish(hub, "a", AlertChanged(at_ms=1000, alert_id="a1", state="resolved", by="Kim"), after=3)
    with hub.watching_wall() as (late, rows):
        assert rows == ()
        hub.restore(row)
        with pytest.raises(RefreshError):
            await late.until_given_up()
