"""People's actions do not wait behind what was heard, and what was heard does not wait behind many actions."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import final, only
from tests.fakes.sources import GivenSource
from tests.shell.test_session import ENOUGH_S, Bench, bench_in, hang_up_on, scripted
from voiceassist.actions import SendCoaching, SetMute
from voiceassist.events import CallStarted, CoachingSent, Event, Final, MuteChanged, Prompt, Record, Tick
from voiceassist.live.inbox import ASKED, HEARD_INPUTS, Answer, Inbox, Waiting
from voiceassist.live.live_call import LiveCall
from voiceassist.live.session import run_call


def message(number: int = 1) -> SendCoaching:
    return SendCoaching(at_ms=0, coaching_id=f"m{number}", by="Sue", text="Slow down.")


def answer() -> Answer:
    return asyncio.get_running_loop().create_future()


async def call_with(bench: Bench, inbox: list[Final], act: list[SendCoaching | SetMute]) -> list[Event]:
    """Everything that a call says whose inbox was filled before it began, with actions from its first event on."""
    source = GivenSource(pieces=[], hold=asyncio.Event())
    live, acting, began = LiveCall(info=source.info), list[asyncio.Task[bool]](), asyncio.Event()

    def publish(record: Record) -> None:
        bench.publish(record)
        if isinstance(record.event, CallStarted):
            acting.extend(asyncio.create_task(live.act(action)) for action in act)
            began.set()

    for heard in inbox:
        live.inbox.put_nowait((heard, None))
    running = asyncio.create_task(run_call(source, live, replace(bench.services(scripted()), publish=publish)))
    async with asyncio.timeout(ENOUGH_S):
        await began.wait()
        assert await asyncio.gather(*acting) == [True] * len(act)
        hang_up_on(source)
        await running
    return bench.events()


async def test_an_action_waits_for_one_of_two_hundred_inputs_and_not_for_all(tmp_path: Path) -> None:
    heard = [final("customer", "hello", at=number, utterance=number + 1) for number in range(HEARD_INPUTS)]
    async with bench_in(tmp_path) as bench:
        events = await call_with(bench, heard, [message()])
    said = [type(event) for event in events if isinstance(event, Final | CoachingSent)]
    assert len(said) == HEARD_INPUTS + 1
    assert said.index(CoachingSent) <= 1


async def test_a_card_comes_as_soon_among_forty_messages_as_without_them(tmp_path: Path) -> None:
    refusal = final("agent", "there is nothing I can do", at=1_000)
    async with bench_in(tmp_path) as bench:
        events = await call_with(bench, [refusal], [message(number) for number in range(40)])
    kinds = [type(event) for event in events]
    assert len(only(events, CoachingSent)) == 40
    assert kinds[: kinds.index(Prompt)].count(CoachingSent) <= 1


async def test_actions_keep_their_order_where_their_lane_is_full(tmp_path: Path) -> None:
    wanted = [n % 3 == 0 for n in range(3 * ASKED)]
    async with bench_in(tmp_path) as bench:
        events = await call_with(bench, [], [SetMute(at_ms=0, muted=muted) for muted in wanted])
    changed = [muted for before, muted in zip([False, *wanted], wanted, strict=False) if muted is not before]
    assert [event.muted for event in only(events, MuteChanged)] == changed


async def test_each_lane_has_its_bound_and_who_is_too_many_waits() -> None:
    inbox = Inbox()
    for n in range(HEARD_INPUTS):
        inbox.put_nowait((Tick(at_ms=n), None))
    with pytest.raises(asyncio.QueueFull):
        inbox.put_nowait((Tick(at_ms=1), None))
    asking = [asyncio.create_task(inbox.ask((message(n), answer()))) for n in range(ASKED + 1)]
    await asyncio.sleep(0)
    assert [task.done() for task in asking] == [*[True] * ASKED, False]
    assert inbox.qsize() == HEARD_INPUTS + ASKED
    await inbox.take()
    await asyncio.gather(*asking)
    assert inbox.qsize() == HEARD_INPUTS + ASKED - 1


@given(st.lists(st.sampled_from("ah"), max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_whatever_comes_both_lanes_keep_their_order_and_share_every_turn(
    kinds: list[str], takes: list[int]
) -> None:
    async def run() -> None:
        inbox, heard, asked = Inbox(), list[int](), list[int]()
        for at, kind in enumerate(kinds):
            if kind == "a" and inbox.qsize() < ASKED:
                await inbox.ask((Tick(at_ms=at), answer()))
            else:
                await inbox.put((Tick(at_ms=at), None))
            if at in takes:
                note(await inbox.take(), heard, asked)
        while not inbox.empty():
            note(await inbox.take(), heard, asked)
        assert heard == sorted(heard)
        assert asked == sorted(asked)
        assert sorted([*heard, *asked]) == list(range(len(kinds)))

    def note(turn: list[Waiting], heard: list[int], asked: list[int]) -> None:
        assert 1 <= len(turn) <= 2
        for taken, who in turn:
            (asked if who else heard).append(taken.at_ms)

    asyncio.run(run())
