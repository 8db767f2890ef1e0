"""Hears a call: frames of all legs in, transcripts and the passing of time out, in the order of audio time.

Both legs of a step are decoded side by side in the pool; their transcripts are merged before the next step, so the
order never depends on which decode was faster. Next: `session.py` hands everything to `Call.handle`.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from time import monotonic

from voiceassist.asr.ear import Ear
from voiceassist.asr.engine import Engine
from voiceassist.asr.pool import DecodePool
from voiceassist.audio.legs import LegSync, Step
from voiceassist.audio.pcm import AudioFrame
from voiceassist.events import Speaker, Tick, Transcript

# Live audio is heard in steps of at least the first (fewer hops between threads) and at most the second (so that
# calls take turns in the pool); larger steps catch up after a wait.
LEAST_MS = 40
MOST_MS = 200
# A call this far behind the world's clock is heard in a hurry: finals only, until it has caught up.
HURRY_S = 1.0
TICK_MS = 200  # how often call time moves on, live and in replay alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one step of audio gave."""

    inputs: tuple[Transcript | Tick, ...]
    until_ms: int
    arrived_s: float  # monotonic seconds when that audio had reached us


def in_order(transcripts: Iterable[Transcript], since_ms: int, until_ms: int) -> tuple[Transcript | Tick, ...]:
    """Transcripts and the ticks after `since_ms` up to `until_ms`, by audio time; a tick comes last."""
    first = (since_ms // TICK_MS + 1) * TICK_MS
    ticks = [Tick(at_ms=at_ms) for at_ms in range(first, until_ms + 1, TICK_MS)]
    return tuple(sorted([*transcripts, *ticks], key=lambda heard: heard.at_ms))


async def listen(
    frames: asyncio.Queue[AudioFrame | None], legs: tuple[Speaker, ...], engine: Engine, pool: DecodePool
) -> AsyncIterator[Heard]:
    """Hears frames until None comes. Raises EngineError."""
    async with _ears(pool) as ears:
        began_s, since_ms, step = monotonic(), 0, None
        async for step in _steps(frames, legs):
            hurry = _is_behind(step, began_s)
            pool.hurried_steps += hurry
            transcripts = await _hear(step, ears, engine, pool, hurry=hurry)
            inputs = in_order(transcripts, since_ms, step.until_ms)
            yield Heard(inputs=inputs, until_ms=step.until_ms, arrived_s=step.arrived_s)
            since_ms = step.until_ms
        if step:
            last = await asyncio.gather(*(pool.run(ear.finish) for ear in ears.values()))
            inputs = in_order((t for leg in last for t in leg), since_ms, since_ms)
            yield Heard(inputs=inputs, until_ms=since_ms, arrived_s=step.arrived_s)


def _is_behind(step: Step, began_s: float) -> bool:
    """Late by both clocks: a recording streamed faster than real time waits too, but is ahead of the world's."""
    now_s = monotonic()
    return now_s - step.arrived_s > HURRY_S and now_s - began_s - step.until_ms / 1000 > HURRY_S


async def _hear(
    step: Step, ears: dict[Speaker, Ear], engine: Engine, pool: DecodePool, *, hurry: bool
) -> list[Transcript]:
    for leg in step.pieces.keys() - ears.keys():
        ears[leg] = Ear(engine.open(leg), step.rate_hz)
    heard = await asyncio.gather(
        *(pool.run(partial(ears[leg].hear, pcm, hurry=hurry)) for leg, pcm in step.pieces.items() if len(pcm))
    )
    return [transcript for leg in heard for transcript in leg]


@asynccontextmanager
async def _ears(pool: DecodePool) -> AsyncIterator[dict[Speaker, Ear]]:
    """Ears opened as legs are first heard; all closed in the end."""
    ears: dict[Speaker, Ear] = {}
    try:
        yield ears
    finally:
        for ear in ears.values():
            await pool.run(ear.close)


async def _steps(frames: asyncio.Queue[AudioFrame | None], legs: tuple[Speaker, ...]) -> AsyncIterator[Step]:
    sync = LegSync(legs)
    while frame := await frames.get():
        sync.add(frame)
        if sync.ready_ms >= MOST_MS or (frames.empty() and sync.ready_ms >= LEAST_MS):
            while step := sync.take(MOST_MS):
                yield step
    while step := sync.rest(MOST_MS):
        yield step
