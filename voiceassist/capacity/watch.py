"""Finds out what calls cost here: by a rehearsal when no call runs, then by what the process spends while some do.

Processor time only, so that what else runs on the machine changes nothing. Never decides anything.
Next: `cost.py` learns from it.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from time import monotonic, process_time, thread_time

import structlog

from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.pool import DecodePool
from voiceassist.capacity.cost import CallCost, Spent
from voiceassist.capacity.node import Capacity
from voiceassist.capacity.rehearsal import rehearse
from voiceassist.errors import EngineError, RecordingError
from voiceassist.events import SPEAKERS
from voiceassist.samples import load_sample
from voiceassist.store.audiofile import read_audio

log = structlog.get_logger()

LOOK_EVERY_S = 5.0
CALLS_LEAST_S = 1.0  # of calls, in that time: else what was spent is what the server needs without any
IDLE_SHARE = 0.1  # of what is known of that, that each look renews
REHEARSED, FROM_S, TO_S = "friendly", 8, 16  # a sample call: somebody speaks for nine tenths of these seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Sums since the start, in seconds but for the last."""

    at_s: float  # monotonic
    call_s: float
    process_s: float
    decode_s: float
    loop_s: float
    left_out: int


@dataclass(slots=True)
class SpendingOfCalls:
    """Tells calls' spending from what the server needs without any."""

    before: Spending
    idle_loop: float = 0.0  # cores
    idle_rest: float = 0.0

    def since(self, now: Spending) -> Spent | None:
        """What calls have cost since the last time; None: there was hardly any call."""
        before, self.before = self.before, now
        wall_s, call_s = now.at_s - before.at_s, now.call_s - before.call_s
        decode_s, loop_s = now.decode_s - before.decode_s, now.loop_s - before.loop_s
        rest_s = max(0.0, now.process_s - before.process_s - decode_s - loop_s)
        if call_s < CALLS_LEAST_S:
            if wall_s > 0:
                self.idle_loop += IDLE_SHARE * (loop_s / wall_s - self.idle_loop)
                self.idle_rest += IDLE_SHARE * (rest_s / wall_s - self.idle_rest)
            return None
        cpu_s = CallCost(
            decode=decode_s,
            loop=max(0.0, loop_s - self.idle_loop * wall_s),
            rest=max(0.0, rest_s - self.idle_rest * wall_s),
        )
        return Spent(call_s=call_s, cpu_s=cpu_s, left_out=now.left_out - before.left_out)


async def watch_costs(capacity: Capacity, engines: Collection[LoadedEngine]) -> None:
    """Runs for ever, on the event loop. `engines`: those that hear people."""
    spending = SpendingOfCalls(_spending(capacity.pool))
    while True:
        if capacity.learned.rehearsed is None and not capacity.calls:
            await rehearse_engines(capacity, engines)
            spending.before = _spending(capacity.pool)  # what that took is no call's
        await asyncio.sleep(LOOK_EVERY_S)
        if spent := spending.since(_spending(capacity.pool)):
            capacity.learned.learn(spent)


def _spending(pool: DecodePool) -> Spending:
    return Spending(
        at_s=monotonic(),
        call_s=pool.meter.heard_s,
        process_s=process_time(),
        decode_s=pool.meter.cpu_s,
        loop_s=thread_time(),
        left_out=pool.partials_left_out,
    )


async def rehearse_engines(capacity: Capacity, engines: Collection[LoadedEngine]) -> None:
    """What the dearest of the engines takes; nothing is learned when a call comes meanwhile."""
    try:
        cores = [await _rehearsed(capacity, engine) for engine in engines]
    except (EngineError, RecordingError) as error:  # the guess stands, and calls teach
        log.warning("a rehearsal failed", error=str(error))
        capacity.learned.rehearse(capacity.learned.cost.decode)
        return
    if None in cores:
        return
    capacity.learned.rehearse(max(one for one in cores if one is not None))
    state = capacity.state()
    log.info("capacity", calls=state.most, cores_per_call=round(state.cost.cores, 3), cores=state.cores)


async def _rehearsed(capacity: Capacity, engine: LoadedEngine) -> float | None:
    is_wanted = True

    def goes_on() -> bool:
        return is_wanted and not capacity.calls

    work = asyncio.ensure_future(asyncio.to_thread(_decoded, engine, goes_on))
    try:
        return await asyncio.shield(work)
    finally:  # the server may stop: no engine is closed while it decodes
        is_wanted = False
        await asyncio.wait([work])


def _decoded(engine: LoadedEngine, goes_on: Callable[[], bool]) -> float | None:
    audio = read_audio(load_sample(REHEARSED).recording)
    piece = slice(FROM_S * audio.rate_hz, TO_S * audio.rate_hz)
    legs = {speaker: pcm[piece] for speaker, pcm in zip(SPEAKERS, audio.channels, strict=True)}
    return rehearse(engine, legs, audio.rate_hz, goes_on)
