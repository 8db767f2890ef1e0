"""Hears a call: frames of all legs in, transcripts, line changes and the passing of time out, by audio time.

A step first passes `audio/hearing_edge.py`, on the event loop, since it takes a third of a millisecond. Then the
legs are decoded side by side in the pool; their transcripts are merged before the next step, so the order never
depends on which decode was faster. While a step is decoded, the audio after it is read.
Next: `live/session.py` hands everything to `Call.handle`.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from time import monotonic
from typing import TypeVar

from voiceassist.asr.engine import Engine
from voiceassist.asr.heard_again import Doubtful, nothing_doubtful
from voiceassist.asr.pool import DecodePool
from voiceassist.asr.priority import Rank, Share
from voiceassist.asr.scheduled_leg import Begun, DuePiece, ScheduledLeg, WaitingPartial
from voiceassist.audio.hearing_edge import HearingEdge
from voiceassist.audio.lateness import due_s, lateness_s
from voiceassist.audio.legs import LegSync, Step
from voiceassist.audio.pcm import AudioFrame, TimePassed
from voiceassist.events import LineChange, Speaker, Tick, Transcript

# Heard at a time, live and in replay alike. Transcripts and ticks are put in order within a step; since all steps
# are equal, that order never depends on how the audio came. Half the size would double the hops between threads.
STEP_MS = 40
# One call decodes at most this many at a time, so that calls take turns in the pool; more than one catches up.
MOST_STEPS = 5
# Read ahead of the recognizers, so that the next steps are there when they are done. Full: the source is not read,
# and its own overflow rule applies.
READ_AHEAD_MS = 2 * STEP_MS * MOST_STEPS
TICK_MS = 200  # how often call time moves on, live and in replay alike


Result = TypeVar("Result")
Heard = Transcript | LineChange | Tick


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What one step of audio gave, or a few."""

    inputs: tuple[Heard, ...]
    until_ms: int
    delay_ms: int  # how late it was heard (`audio/lateness.py`)


def in_order(heard: Iterable[Transcript | LineChange], since_ms: int, until_ms: int) -> tuple[Heard, ...]:
    """What was heard, and the ticks after `since_ms` up to `until_ms`, by audio time; a tick comes last."""
    first = (since_ms // TICK_MS + 1) * TICK_MS
    ticks = [Tick(at_ms=at_ms) for at_ms in range(first, until_ms + 1, TICK_MS)]
    return tuple(sorted([*heard, *ticks], key=_place))


def _place(heard: Heard) -> tuple[int, bool, str]:
    """At the same time the agent comes first, whichever channel is theirs, and the tick last."""
    return (heard.at_ms, True, "") if isinstance(heard, Tick) else (heard.at_ms, False, heard.speaker)


async def recognise(
    frames: AsyncGenerator[AudioFrame | TimePassed, None],
    legs: tuple[Speaker, ...],
    engine: Engine,
    pool: DecodePool,
    *,
    began_s: float,
    begins: Callable[[float], None] = lambda _due_s: None,
    open_cues: Callable[[], Collection[Speaker]] = tuple,
    is_pressing: Callable[[], bool] = lambda: False,
    is_bulk: bool = False,
    doubtful: Doubtful = nothing_doubtful,
) -> AsyncGenerator[Recognised, None]:
    """Hears the frames of a call that began at `began_s` (monotonic seconds) to their end. Raises EngineError.

    `begins`: told before some audio is decoded, with the time (monotonic seconds) when it could have been heard.
    `open_cues`: the legs in which a cue waits for the next words; their partials come before other calls'.
    `is_pressing`: whether an alert or a refusal is open; such a call comes before others.
    `is_bulk`: the call is over, and nobody waits for its words: every live call comes before it.
    `doubtful`: the words of a final that are worth a second listen.
    Whatever `frames` raises comes out after the audio before it was heard. `frames` is closed in any case.
    """
    share = Share(is_bulk=is_bulk)
    recognizers = {leg: ScheduledLeg(leg, engine, share, doubtful) for leg in legs}
    async with _closing(recognizers, pool), aclosing(_steps(frames, legs)) as batches:
        since_ms, steps, edge = 0, list[Step](), HearingEdge(legs)
        async for steps in batches:
            begins(_due_s(steps[0], began_s))
            inputs: list[Heard] = []
            mended, changes = zip(*map(edge.hear, steps), strict=True)
            share.is_pressing = is_pressing()
            heard = await _hear(mended, recognizers, pool, began_s, share=share, open_cues=open_cues())
            for step, changed, transcripts in zip(steps, changes, heard, strict=True):
                inputs += in_order([*changed, *transcripts], since_ms, step.until_ms)
                since_ms = step.until_ms
            pool.meter.heard(len(steps) * STEP_MS / 1000)
            yield _recognised(inputs, steps[-1], began_s)
        if steps:
            last = await _all(leg.finish(pool, _due_s(steps[-1], began_s)) for leg in recognizers.values())
            yield _recognised(in_order(chain.from_iterable(last), since_ms, since_ms), steps[-1], began_s)


def _recognised(inputs: Iterable[Heard], step: Step, began_s: float) -> Recognised:
    late_s = lateness_s(step.until_ms, step.arrived_s, began_s=began_s, now_s=monotonic())
    return Recognised(inputs=tuple(inputs), until_ms=step.until_ms, delay_ms=int(late_s * 1000))


def _due_s(step: Step, began_s: float) -> float:
    return due_s(step.until_ms, step.arrived_s, began_s=began_s)


async def _hear(
    steps: Sequence[Step],
    recognizers: dict[Speaker, ScheduledLeg],
    pool: DecodePool,
    began_s: float,
    *,
    share: Share,
    open_cues: Collection[Speaker],
) -> list[list[Transcript]]:
    """What each step gives, of all legs."""
    due_s = [_due_s(step, began_s) for step in steps]
    pieces = {
        leg: [_piece(leg, step, at_s) for step, at_s in zip(steps, due_s, strict=True)]
        for leg in recognizers
        if any(len(step.pieces[leg]) or leg in step.silent for step in steps)
    }
    if not pieces:
        return [[] for _ in steps]
    # In one run, since every hop between threads costs the loop: hardly anything is decoded at the beginning.
    jobs = [(recognizers[leg], of_leg) for leg, of_leg in pieces.items()]
    begun = await pool.run(_begin, jobs, priority=share.priority(Rank.NEEDED, due_s[0]))
    rest = [
        recognizers[leg].go_on(at, pool, due_s[0], has_open_cue=leg in open_cues)
        for leg, at in zip(pieces, begun, strict=True)
    ]
    waits = any(isinstance(at, WaitingPartial) for at in begun)
    heard = await _all(rest) if waits else [await leg for leg in rest]  # side by side only where there is work
    return [[transcript for leg in heard for transcript in leg[number]] for number in range(len(steps))]


def _begin(jobs: Sequence[tuple[ScheduledLeg, Sequence[DuePiece]]]) -> list[Begun]:
    return [leg.begin(pieces) for leg, pieces in jobs]


def _piece(leg: Speaker, step: Step, due_s: float) -> DuePiece:
    return DuePiece(pcm=step.pieces[leg], rate_hz=step.rate_hz, due_s=due_s, falls_silent=leg in step.silent)


async def _all(jobs: Iterable[Awaitable[Result]]) -> list[Result]:
    """What every leg's job gives. Waits for all, also when one fails: no recognizer is closed while it works."""
    results = await asyncio.gather(*jobs, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]


@asynccontextmanager
async def _closing(recognizers: dict[Speaker, ScheduledLeg], pool: DecodePool) -> AsyncIterator[None]:
    """All recognizers are closed in the end, also when one cannot be."""
    try:
        yield
    finally:
        await _all(leg.close(pool) for leg in recognizers.values())


async def _steps(
    frames: AsyncGenerator[AudioFrame | TimePassed, None], legs: tuple[Speaker, ...]
) -> AsyncGenerator[list[Step], None]:
    """Steps as soon as they are whole: one at a time while we keep up, up to MOST_STEPS when more wait."""
    sync, news, room = LegSync(legs, STEP_MS), asyncio.Event(), asyncio.Event()
    reading = asyncio.create_task(_read(frames, sync, news, room))
    try:
        while not reading.done():
            news.clear()
            while steps := _some(sync.take):
                room.set()
                yield steps
            if not reading.done():
                await news.wait()
        while steps := _some(sync.take):
            yield steps
        await reading  # raises what the source raised
        while steps := _some(sync.rest):
            yield steps
    finally:
        reading.cancel()
        await asyncio.wait([reading])


async def _read(
    frames: AsyncGenerator[AudioFrame | TimePassed, None], sync: LegSync, news: asyncio.Event, room: asyncio.Event
) -> None:
    """Reads frames into `sync`, tells `news` of whole steps, and waits for `room` while enough is read ahead."""
    try:
        async with aclosing(frames):
            async for frame in frames:
                if isinstance(frame, AudioFrame):
                    sync.add(frame)
                else:
                    sync.pass_time(frame)
                if not sync.holds(STEP_MS):
                    continue
                news.set()
                while sync.holds(READ_AHEAD_MS):
                    room.clear()
                    await room.wait()
    finally:
        news.set()


def _some(step: Callable[[], Step | None]) -> list[Step]:
    return [found for _ in range(MOST_STEPS) if (found := step())]
