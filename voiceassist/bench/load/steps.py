"""Puts more and more calls on a server, step by step, until cues come late or calls are refused.

Next: `figures.py` makes the numbers of the steps.
"""

import os
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic, process_time

import httpx

from voiceassist.bench.latency import percentile
from voiceassist.bench.load.calls import PlayedCalls, TargetServer, plan, play_at_once
from voiceassist.bench.load.usage import ANSWER_WITHIN_S, ServerUsage, watched_usage
from voiceassist.samples import Sample

LIMIT_MS = 1_200  # of the 95th percentile from a cue's last word to the screen; later, an agent has answered

SPARE_MISSES = 0.05  # as many as may be late

StepBegins = Callable[[int, int], Callable[[], None]]  # callers, calls -> to be told of every call's end


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadStep:
    """So many calls at once, and what they cost."""

    callers: int
    played: PlayedCalls
    usage: tuple[ServerUsage, ...]  # from before the first call to after the last one
    wall_s: float
    client_cpu_s: float  # what calling and watching took on this side
    machine_load: float  # processes of this machine that ran or wanted to, when the step ended (`os.getloadavg`)

    @property
    def delays_ms(self) -> list[float]:
        """From a cue's last word to its arrival, of the cues that came."""
        return [one.cue_ms for one in self.played.measured if one.cue_ms is not None]

    @property
    def missed_share(self) -> float:
        """Of the cues that should have come."""
        planned = len(self.played.measured)
        return 1 - len(self.delays_ms) / planned if planned else 0.0


def is_carried(step: LoadStep, first: LoadStep, limit_ms: float) -> bool:
    """Whether the server kept up: no call refused, 95 % of the cues in time, hardly more missed than in `first`.

    `first`: the step of fewest calls; what is missed there is the recognizer's fault, not the load's.
    """
    delays = step.delays_ms
    is_in_time = bool(delays) and percentile(delays, 95) <= limit_ms
    return not step.played.refused and is_in_time and step.missed_share <= first.missed_share + SPARE_MISSES


async def load_steps(
    target: TargetServer, callers: Iterable[int], samples: Sequence[Sample], limit_ms: float, begins: StepBegins
) -> AsyncIterator[LoadStep]:
    """A step for each number of callers, to the first one that is too much. Raises UsageError."""
    async with httpx.AsyncClient(base_url=target.url, timeout=ANSWER_WITHIN_S) as http:
        first: LoadStep | None = None
        for number in callers:
            step = await _step(http, target, number, samples, begins)
            first = first or step
            yield step
            if not is_carried(step, first, limit_ms):
                return


async def _step(
    http: httpx.AsyncClient, target: TargetServer, callers: int, samples: Sequence[Sample], begins: StepBegins
) -> LoadStep:
    planned = plan(callers, samples)
    on_call = begins(callers, sum(map(len, planned)))
    began_s, cpu_began_s = monotonic(), process_time()
    async with watched_usage(http) as usage:
        played = await play_at_once(target, planned, on_call)
    return LoadStep(
        callers=callers,
        played=played,
        usage=tuple(usage),
        wall_s=monotonic() - began_s,
        client_cpu_s=process_time() - cpu_began_s,
        machine_load=os.getloadavg()[0],
    )
