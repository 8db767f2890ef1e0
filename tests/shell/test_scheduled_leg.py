"""Whose decode comes first when calls wait for the pool, and what becomes of a Partial that waits too long."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from tests.fakes.frames import FAR_AHEAD_S
from tests.fakes.gated_engine import ENOUGH_S, FINAL, NOTHING, PARTIAL, RATE_HZ, Decodes, GatedEngine
from voiceassist.asr.pool import DecodePool
from voiceassist.asr.priority import AT_ONCE, Priority, Rank, Share
from voiceassist.asr.scheduled_leg import DuePiece, SaidByPiece, ScheduledLeg
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.events import Final, Partial

LONG_AGO_S = -FAR_AHEAD_S


class Bench:
    """Legs of several calls, and one thread that decodes for them all."""

    def __init__(self, pool: DecodePool) -> None:
        self.pool = pool
        self.decodes = Decodes()
        self._legs: dict[str, ScheduledLeg] = {}
        self._hold = threading.Event()

    def hears(
        self, call: str, *pcm: Pcm, due_s: float = 0.0, has_open_cue: bool = False, share: Share | None = None
    ) -> asyncio.Task[SaidByPiece]:
        """A call begins to hear pieces that are due so much later than other calls'."""
        leg = self._legs.setdefault(
            call, ScheduledLeg("agent", GatedEngine(name=call, decodes=self.decodes), share or Share())
        )
        pieces = [DuePiece(pcm=one, rate_hz=RATE_HZ, due_s=FAR_AHEAD_S + due_s) for one in pcm]
        return asyncio.create_task(leg.hear(pieces, self.pool, has_open_cue=has_open_cue))

    async def until_their_partials_wait(self, calls: int) -> None:
        """Holds the thread from when so many calls that begin to hear have taken in their audio."""
        held = threading.Event()

        def hold() -> None:
            held.set()
            self._hold.wait(ENOUGH_S)

        task = asyncio.create_task(self.pool.run(hold, priority=Priority(Rank.NEEDED, 2 * FAR_AHEAD_S)))
        await until(lambda: held.is_set() and self.pool.depth == calls + 1)
        self._hold.set()
        await task

    async def until_decoding(self, decodes: int) -> None:
        """Waits for the begin of the last of so many decodes."""
        await until(lambda: len(self.decodes.log) == decodes)

    async def let_end(self, *hearing: asyncio.Task[SaidByPiece]) -> list[SaidByPiece]:
        """Lets all decodes end, when all that these calls hear waits or is decoded."""
        await until(lambda: self.pool.depth == sum(not task.done() for task in hearing))
        self.decodes.gate.release(100)
        return await asyncio.gather(*hearing)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(ENOUGH_S):
        while not condition():  # noqa: ASYNC110 - a thread makes it true
            await asyncio.sleep(0.001)


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    async with DecodePool(1) as pool:
        yield Bench(pool)


async def test_a_final_is_decoded_before_the_partials_of_other_calls_that_wait(bench: Bench) -> None:
    first, second = bench.hears("first", PARTIAL), bench.hears("second", PARTIAL, due_s=1)
    await bench.until_decoding(1)
    third = bench.hears("third", FINAL, due_s=2)
    await bench.let_end(first, second, third)
    assert bench.decodes.log == ["first partial", "third final", "second partial"]


async def test_of_two_finals_the_one_of_older_audio_is_decoded_first(bench: Bench) -> None:
    first = bench.hears("first", PARTIAL)
    await bench.until_decoding(1)
    newer, older = bench.hears("newer", FINAL, due_s=2), bench.hears("older", FINAL, due_s=1)
    await bench.let_end(first, newer, older)
    assert bench.decodes.log == ["first partial", "older final", "newer final"]


async def test_a_partial_of_a_leg_with_an_open_cue_comes_before_others(bench: Bench) -> None:
    hearing = [
        bench.hears("early", PARTIAL, due_s=1),
        bench.hears("earlier", PARTIAL),
        bench.hears("cue", PARTIAL, due_s=2, has_open_cue=True),
    ]
    await bench.until_their_partials_wait(3)
    await bench.let_end(*hearing)
    assert bench.decodes.log == ["cue partial", "earlier partial", "early partial"]


async def test_a_partial_of_a_call_that_is_pressing_comes_before_others(bench: Bench) -> None:
    hearing = [
        bench.hears("early", PARTIAL, due_s=1),
        bench.hears("earlier", PARTIAL),
        bench.hears("pressing", PARTIAL, due_s=2, share=Share(is_pressing=True)),
    ]
    await bench.until_their_partials_wait(3)
    await bench.let_end(*hearing)
    assert bench.decodes.log == ["pressing partial", "earlier partial", "early partial"]


async def test_a_final_of_a_call_that_is_over_waits_for_live_ones(bench: Bench) -> None:
    first = bench.hears("first", PARTIAL)
    await bench.until_decoding(1)
    hearing = [bench.hears("over", FINAL, share=Share(is_bulk=True)), bench.hears("live", FINAL, due_s=1)]
    await bench.let_end(first, *hearing)
    assert bench.decodes.log == ["first partial", "live final", "over final"]


async def test_a_partial_of_audio_that_is_late_is_left_out_and_the_final_is_not(bench: Bench) -> None:
    (heard,) = await bench.let_end(bench.hears("late", PARTIAL, FINAL, due_s=LONG_AGO_S))
    assert bench.decodes.log == ["late final"]
    assert [type(one) for said in heard for one in said] == [Final]
    assert bench.pool.partials_left_out == 1


class TooBusy(DecodePool):
    """Never has a thread in time for what may be left out."""

    async def run(
        self,
        function: Callable[..., Any],
        *args: object,
        priority: Priority = AT_ONCE,
        begin_within_s: float | None = None,
    ) -> Any:
        if begin_within_s is not None:
            raise TimeoutError
        return await super().run(function, *args, priority=priority)


async def test_a_partial_whose_turn_does_not_come_in_time_is_left_out() -> None:
    async with TooBusy(1) as pool:
        bench = Bench(pool)
        (heard,) = await bench.let_end(bench.hears("patient", PARTIAL, NOTHING, FINAL))
    assert bench.decodes.log == ["patient final"]
    assert [len(said) for said in heard] == [0, 0, 1]
    assert pool.partials_left_out == 1


async def test_a_leg_whose_partial_was_left_out_keeps_its_place(bench: Bench) -> None:
    await bench.hears("patient", PARTIAL, due_s=LONG_AGO_S)
    hearing = [bench.hears("other", PARTIAL, due_s=1), bench.hears("patient", PARTIAL, due_s=2)]
    await bench.until_their_partials_wait(2)
    await bench.let_end(*hearing)
    assert bench.decodes.log == ["patient partial", "other partial"]


async def test_a_partial_that_is_put_off_again_and_again_counts_once(bench: Bench) -> None:
    await bench.hears("late", PARTIAL, PARTIAL, NOTHING, PARTIAL, due_s=LONG_AGO_S)
    assert bench.pool.partials_left_out == 1


async def test_a_final_gives_up_the_place_of_a_partial_that_was_left_out(bench: Bench) -> None:
    await bench.let_end(bench.hears("told", PARTIAL, FINAL, due_s=LONG_AGO_S))
    hearing = [bench.hears("other", PARTIAL, due_s=1), bench.hears("told", PARTIAL, due_s=2)]
    await bench.until_their_partials_wait(2)
    await asyncio.gather(*hearing)
    assert bench.decodes.log == ["told final", "other partial", "told partial"]


async def test_a_leg_that_had_its_partial_goes_to_the_end_of_the_queue(bench: Bench) -> None:
    await bench.hears("first", PARTIAL, due_s=LONG_AGO_S)
    await bench.let_end(bench.hears("first", PARTIAL))
    hearing = [bench.hears("other", PARTIAL, due_s=1), bench.hears("first", PARTIAL, due_s=2)]
    await bench.until_their_partials_wait(2)
    await asyncio.gather(*hearing)
    assert bench.decodes.log == ["first partial", "other partial", "first partial"]


async def test_when_nothing_waits_every_partial_is_made(bench: Bench) -> None:
    (heard,) = await bench.let_end(bench.hears("only", PARTIAL, NOTHING, PARTIAL, FINAL))
    assert [[type(one) for one in said] for said in heard] == [[Partial], [], [Partial], [Final]]


async def test_a_recognizer_whose_decode_hangs_is_not_closed_under_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceassist.asr.pool.HANGS_AFTER_S", 2)
    monkeypatch.setattr("voiceassist.asr.pool.LOOK_EVERY_S", 0.001)
    decodes, piece = Decodes(), DuePiece(pcm=FINAL, rate_hz=RATE_HZ, due_s=0.0)
    leg = ScheduledLeg("agent", GatedEngine(name="hangs", decodes=decodes), Share())
    async with DecodePool(1) as pool:
        with pytest.raises(EngineError, match="has not ended"):
            await leg.hear([piece], pool, has_open_cue=False)
        ended = pool.decodes
        await leg.close(pool)
        assert pool.decodes == ended
        decodes.gate.release()
