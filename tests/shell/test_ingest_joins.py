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
from voiceassist.ingest.feed.peer_feed import PeerFeed
from voiceassist.ingest.joins import CONTINUATIONS, OVER, Joins
from voiceassist.ingest.limits import PeerLimits

OTHER: dict[Speaker, Speaker] = {"agent": "customer", "customer": "agent"}


def started(*legs: Speaker) -> Started:
    return Started(info=info("c-1"), rate_hz=8000, tracks=(legs or ("agent",),))


def joins_after(sessions: Sessions | None = None, **ends: str) -> Joins:
    """With calls of earlier: `end=` for c-1, `end2=` for c-1~2 and so on."""
    named = {"c-1" if key == "end" else f"c-1~{key.removeprefix('end')}": end for key, end in ends.items()}
    sessions = sessions or Sessions(stored_ends=dict(named))
    sessions.listening.set()
    return joins_of(sessions, PeerLimits(waiting_publishers=2, tick_s=0.001), clock=HeldClock())


def wait(joins: Joins, seconds: float) -> float:
    """So much time passes."""
    assert isinstance(joins.clock, HeldClock)
    joins.clock.now_s += seconds
    return joins.clock.now_s


def speak(publisher: PeerFeed, legs: Legs = ("agent",)) -> None:
    publisher.take(Audio(legs=legs, channels=[np.ones(160, np.int16) for _ in legs]), 1.0)


async def refusal(joins: Joins, *legs: Speaker, who: str = "") -> IngestError:
    with pytest.raises(IngestError) as refused:
        await joins.join(started(*legs), waits=True, who=who)
    return refused.value


def called(publisher: PeerFeed) -> tuple[str, str]:
    return publisher.feed.info.call_id, publisher.feed.info.continues


# ---- a call that is live: which leg joins it, row by row ---------------------------------------------------


async def test_free_leg_joins_the_call_whoever_brings_it() -> None:
    joins = joins_after()
    agent = await joins.join(started("agent"), waits=True, who="key 1")
    customer = await joins.join(started("customer"), waits=False, who="twilio AC1")
    assert agent.feed is customer.feed
    agent.feed.end("hangup")


async def test_lost_leg_goes_on_with_its_owner_in_the_same_call_and_nobody_else_is_told_of_it() -> None:
    joins = joins_after()
    first = await joins.join(started(), waits=True, who="key 1")
    speak(first)
    first.leave("vanished", wait(joins, 1.0))
    refused = await refusal(joins, who="key 2")
    assert (refused.code, str(refused)) == (
        "not_theirs",
        "call id 'c-1' cannot be used with these credentials; choose another `call_id`",
    )
    wait(joins, 19.0)
    second = await joins.join(started(), waits=True, who="key 1")
    assert called(second) == ("c-1", "")
    assert second.feed is first.feed
    second.leave("hangup", 21.0)
    assert await second.feed.stored_whole()


async def test_leg_of_a_dying_connection_is_taken_over_by_its_owner_and_one_that_speaks_is_not() -> None:
    joins = joins_after()
    first = await joins.join(started(), waits=True, who="key 1")
    speak(first)
    wait(joins, 1.5)
    assert (await refusal(joins, who="key 1")).code == "leg_taken"
    wait(joins, 1.0)
    assert (await refusal(joins, who="key 2")).code == "not_theirs"
    second = await joins.join(started(), waits=True, who="key 1")
    assert (first.is_displaced, second.feed) == (True, first.feed)
    second.feed.end("hangup")


async def test_call_whose_line_does_not_come_back_ends_by_itself_and_says_why_when_it_is_tried_again() -> None:
    sessions = Sessions()
    joins = joins_after(sessions)
    first = await joins.join(started(), waits=True, who="key 1")
    speak(first)
    first.leave("vanished", wait(joins, 1.0))
    wait(joins, 20.0)
    assert await first.feed.stored_whole()
    assert (first.feed.end_reason, joins.feeds) == ("vanished", {})
    sessions.stored_ends["c-1"] = first.feed.end_reason
    refused = await refusal(joins, who="key 1")
    assert refused.code == "call_over"
    assert "its line was lost, and did not come back in time" in str(refused)


@pytest.mark.parametrize("first", ["agent", "customer"])
async def test_legs_that_come_in_either_order_at_once_leave_return_and_leave_are_one_call(first: Speaker) -> None:
    sessions, second = Sessions(), OTHER[first]
    joins = joins_after(sessions)
    one, two = await asyncio.gather(
        joins.join(started(first), waits=True), joins.join(started(second), waits=False)
    )
    assert one.feed is two.feed
    speak(one, (first,))
    speak(two, (second,))
    one.leave("vanished", wait(joins, 1.0))
    again = await joins.join(started(first), waits=True)
    speak(again, (first,))
    two.leave("vanished", wait(joins, 5.0))
    again.leave("vanished", wait(joins, 5.0))
    wait(joins, 20.0)
    assert await one.feed.stored_whole()
    (call,) = sessions.calls.values()
    states = [(line.speaker, line.state) for line in call.lines]
    assert states == [(first, "lost"), (first, "back"), (second, "lost"), (first, "lost")]
    assert call.end_reason == "vanished"


async def test_server_that_stops_ends_calls_whose_lines_are_lost() -> None:
    joins = joins_after()
    first = await joins.join(started(), waits=True)
    speak(first)
    first.leave("vanished", wait(joins, 1.0))
    joins.stop()
    assert first.feed.end_reason == "shutdown"


async def test_calls_that_wait_for_their_line_are_open_calls_for_whoever_counts_them() -> None:
    joins = joins_after()
    first = await joins.join(started(), waits=True)
    speak(first)
    first.leave("vanished", wait(joins, 1.0))
    assert list(joins.feeds) == ["c-1"]
    assert not joins.host.claim("c-1")
    assert joins.waiting == 0
    first.feed.end("hangup")


# ---- a call that is over ----------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["interrupted", "shutdown"])
async def test_call_that_we_broke_off_is_continued_under_an_id_of_its_own(end: EndReason) -> None:
    assert called(await joins_after(end=end).join(started(), waits=True)) == ("c-1~2", "c-1")


async def test_call_that_we_broke_off_again_is_continued_from_its_last_part() -> None:
    joins = joins_after(end="shutdown", end2="interrupted")
    assert called(await joins.join(started(), waits=True)) == ("c-1~3", "c-1~2")


@pytest.mark.parametrize("end", [*OVER])
async def test_call_that_ended_otherwise_is_over_also_when_it_was_a_continuation(end: str) -> None:
    for joins in (joins_after(end=end), joins_after(end="shutdown", end2=end)):
        refused = await refusal(joins)
        assert refused.code == "call_over"
        assert OVER[end] in str(refused)


async def test_call_that_goes_on_elsewhere_is_live() -> None:
    assert (await refusal(joins_after(end="live"))).code == "call_live"


async def test_call_that_was_hung_up_is_over_before_its_backlog_is_recognised() -> None:
    joins = joins_after()
    first = await joins.join(started(), waits=True)
    speak(first)
    first.take(Ended(reason="hangup"), 2.0)
    refused = await refusal(joins)
    assert (refused.code, "it was hung up" in str(refused)) == ("call_over", True)


async def test_call_that_breaks_off_all_the_time_is_refused_in_the_end() -> None:
    numbers = range(2, CONTINUATIONS + 2)
    joins = joins_after(None, end="shutdown", **{f"end{number}": "shutdown" for number in numbers})
    with pytest.raises(IngestError, match="broken off 99 times"):
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
