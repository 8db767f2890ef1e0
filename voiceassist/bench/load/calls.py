"""Plays so many calls at once to a server, in real time, and notes how long after its words each cue came.

Every caller plays sample calls one after the other, until all callers together have played each sample at least
once; they begin a little apart, as calls do. Never looks into the server. Next: `steps.py` counts the callers.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from voiceassist.bench.latency import Measured, measure
from voiceassist.callers.caller import CallerError
from voiceassist.samples import Sample

SPREAD_S = 4.0  # between the first and the last caller: no two calls' words fall on the same moment by design


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedCalls:
    """What came of them."""

    call_s: float  # their lengths, summed
    measured: tuple[Measured, ...]  # every cue that should have come
    refused: tuple[str, ...]  # what the server said to calls that it did not take


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetServer:
    """Where calls go."""

    url: str
    token: str | None = None


def plan(callers: int, samples: Sequence[Sample]) -> tuple[tuple[Sample, ...], ...]:
    """What each caller plays, one after the other."""
    rounds = ceil(len(samples) / callers)
    return tuple(
        tuple(samples[(caller + number * callers) % len(samples)] for number in range(rounds))
        for caller in range(callers)
    )


async def play_at_once(
    target: TargetServer, planned: Sequence[Sequence[Sample]], on_call: Callable[[], None]
) -> PlayedCalls:
    """All callers to their end; `on_call` is told whenever a call has ended."""
    apart_s = SPREAD_S / len(planned)
    told = await asyncio.gather(
        *(_caller(target, number * apart_s, samples, on_call) for number, samples in enumerate(planned))
    )
    calls = [call for of_caller in told for call in of_caller]
    return PlayedCalls(
        call_s=sum(call.call_s for call in calls),
        measured=tuple(one for call in calls for one in call.measured),
        refused=tuple(one for call in calls for one in call.refused),
    )


async def _caller(
    target: TargetServer, wait_s: float, samples: Sequence[Sample], on_call: Callable[[], None]
) -> list[PlayedCalls]:
    await asyncio.sleep(wait_s)
    played = []
    for sample in samples:
        played.append(await _played(target, sample))
        on_call()
    return played


async def _played(target: TargetServer, sample: Sample) -> PlayedCalls:
    try:
        measured = await measure(sample, target.url, target.token)
    except CallerError as error:
        return PlayedCalls(call_s=0.0, measured=(), refused=(str(error),))
    return PlayedCalls(call_s=sample.duration_ms / 1000, measured=tuple(measured), refused=())
