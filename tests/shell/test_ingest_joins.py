"""Which call a publisher opens, joins or continues, and under which id."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from tests.fakes.ingest_server import HeldClock, Sessions, joins_of
from tests.fakes.sources import info
from voiceassist.errors import IngestError
from voiceassist.events import EndReason, Speaker
from voiceassist.ingest.dialect import Audio, Ended, Legs, Started
from voiceassist.ingest.feed import PeerFeed
from voiceassist.ingest.joins import CONTINUATIONS, Joins
from voiceassist.ingest.limits import PeerLimits


def started(*legs: Speaker) -> Started:
    return Started(info=info("c-1"), rate_hz=8000, tracks=(legs or ("agent",),))


def joins_after(**ends: str) -> Joins:
    """With calls of earlier: `end=` for c-1, `end2=` for c-1~2 and so on."""
    named = {"c-1" if key == "end" else f"c-1~{key.removeprefix('end')}": end for key, end in ends.items()}
    sessions = Sessions(stored_ends=dict(named))
    sessions.listening.set()
    return joins_of(sessions, PeerLimits(waiting_publishers=2))


def speak(publisher: PeerFeed, legs: Legs = ("agent",)) -> None:
    publisher.take(Audio(legs=legs, channels=[np.ones(160, np.int16) for _ in legs]), 1.0)


def called(publisher: PeerFeed) -> tuple[str, str]:
    return publisher.feed.info.call_id, publisher.feed.info.continues


@pytest.mark.parametrize("end", ["vanished", "interrupted", "shutdown"])
async def test_call_that_broke_off_is_continued_under_an_id_of_its_own(end: EndReason) -> None:
    assert called(await joins_after(end=end).join(started(), waits=True)) == ("c-1~2", "c-1")


async def test_call_that_broke_off_again_is_continued_from_its_last_part() -> None:
    joins = joins_after(end="vanished", end2="interrupted")
    assert called(await joins.join(started(), waits=True)) == ("c-1~3", "c-1~2")


@pytest.mark.parametrize("end", ["hangup", "idle", "peer_error", "failed", "live"])
async def test_call_that_ended_otherwise_is_refused_also_when_it_was_a_continuation(end: str) -> None:
    for joins in (joins_after(end=end), joins_after(end="vanished", end2=end)):
        with pytest.raises(IngestError, match="there was a call 'c-1") as refused:
            await joins.join(started(), waits=True)
        assert refused.value.code == "call_known"


async def test_call_whose_line_dropped_is_continued_before_its_backlog_is_recognised() -> None:
    joins = joins_after()
    first = await joins.join(started(), waits=True)
    speak(first)
    first.take(Ended(reason="vanished"), 2.0)
    assert called(await joins.join(started(), waits=True)) == ("c-1~2", "c-1")


async def test_call_that_breaks_off_all_the_time_is_refused_in_the_end() -> None:
    numbers = range(2, CONTINUATIONS + 2)
    joins = joins_after(end="vanished", **{f"end{number}": "vanished" for number in numbers})
    with pytest.raises(IngestError, match="broke off 99 times"):
        await joins.join(started(), waits=True)


async def test_both_legs_of_a_call_that_broke_off_come_together_again_in_one_call() -> None:
    joins = joins_after(end="interrupted")
    both = await asyncio.gather(
        joins.join(started("agent"), waits=True), joins.join(started("customer"), waits=True)
    )
    assert [called(publisher) for publisher in both] == [("c-1~2", "c-1")] * 2
    assert both[0].feed is both[1].feed
    both[0].feed.end("hangup")


async def test_publishers_without_audio_are_bounded_and_those_with_audio_do_not_count() -> None:
    joins = joins_after()
    with joins.place():
        first = await joins.join(started(), waits=True)
    with (
        joins.place(),
        pytest.raises(IngestError, match="waiting for their first audio") as refused,
        joins.place(),
    ):
        pass
    assert refused.value.code == "too_many_waiting"
    speak(first)
    assert joins.waiting == 0


async def test_id_of_a_call_without_audio_is_free_again() -> None:
    joins = joins_after()
    publisher = await joins.join(started(), waits=True)
    publisher.take(Ended(reason="vanished"), 1.0)
    assert await publisher.feed.stored_whole()
    assert called(await joins.join(started(), waits=True)) == ("c-1", "")


async def test_legs_that_come_at_different_rates_are_heard_at_the_rate_of_the_call() -> None:
    sessions = Sessions()
    sessions.listening.set()
    joins = joins_of(sessions, PeerLimits(), clock=HeldClock())
    tone = (8_000 * np.sin(np.arange(16_000) * 2 * np.pi * 400 / 16_000)).astype(np.int16)
    first = await joins.join(started("agent"), waits=True)
    second = await joins.join(replace(started("customer"), rate_hz=16_000), waits=True)
    first.take(Audio(legs=("agent",), channels=[tone[::2]]), 1.0)
    second.take(Audio(legs=("customer",), channels=[tone]), 1.0)
    for publisher in (first, second):
        publisher.take(Ended(reason="hangup"), 1.0)
    call = await sessions.call("c-1")
    await call.over.wait()
    agent, customer = call.leg("agent"), call.leg("customer")
    assert {frame.rate_hz for frame in call.frames} == {8_000}
    assert len(agent) == len(customer) == 8_000
    assert np.abs(agent.astype(int) - customer)[200:7_500].max() < 400
