"""What the steps come to: delays, and what a call costs; how many calls are carried, and what kept it from more.

Per call means per second of a call that goes on: processor seconds, so cores. Memory per call is what the process
grew by since before the first call, shared among the calls of the step. Next: `chart.py` and `cli/bench/load.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voiceassist.bench.latency import percentile
from voiceassist.bench.load.steps import LoadStep, is_carried

OTHERS = 1.5  # times the processors: more programs than ours want them
BUSY = 0.8  # of its processors, over a whole step that begins and ends with fewer calls: none is left
LATE_LOOP_S = 0.25  # the event loop, not the recognizers, holds everything up


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFigures:
    """Of one step."""

    calls: int  # at once
    is_carried: bool
    cues: int
    missed: int  # cues that never came: not understood, or not in time
    refused: int
    p50_ms: float | None
    p95_ms: float | None
    cores_per_call: float
    other_cores_per_call: float  # of that, what is not recognition
    memory_per_call_bytes: float
    cores_used: float  # by the server, on average
    client_cores: float  # by the callers
    loop_lag_s: float  # 95th percentile of how late the server's event loop woke up
    partials_left_out: int  # to keep up


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFigures:
    """Of all steps."""

    cores: int
    limit_ms: float
    steps: tuple[StepFigures, ...]
    calls: int  # the most that were carried
    calls_per_core: float
    admitted: (
        int  # calls that the server would take by what they cost, as it said at the end of the last step carried
    )
    further_call_bytes: float | None  # what the process grew by with each further call; None: one step only
    limited_by: str


def load_figures(steps: Sequence[LoadStep], cores: int, limit_ms: float) -> LoadFigures:
    """All of them; there is at least one step."""
    idle_bytes = steps[0].usage[0].memory_bytes
    made = tuple(_step(step, steps[0], idle_bytes, limit_ms) for step in steps)
    carried = max((step.calls for step in made if step.is_carried), default=0)
    return LoadFigures(
        cores=cores,
        limit_ms=limit_ms,
        steps=made,
        calls=carried,
        calls_per_core=carried / cores,
        admitted=_admitted(made, steps),
        further_call_bytes=_further_call_bytes(steps),
        limited_by=_limited_by(made[-1], steps[-1], cores, limit_ms),
    )


def _admitted(made: Sequence[StepFigures], steps: Sequence[LoadStep]) -> int:
    """What it says under a load that it carries; without one, what it said at the end."""
    carried = [step for figures, step in zip(made, steps, strict=True) if figures.is_carried]
    return (carried or steps)[-1].usage[-1].calls_carried


def _step(step: LoadStep, fewest: LoadStep, idle_bytes: int, limit_ms: float) -> StepFigures:
    first, last, delays = step.usage[0], step.usage[-1], step.delays_ms
    call_s = step.played.call_s or 1.0  # every call was refused
    cpu_s, decode_cpu_s = last.cpu_s - first.cpu_s, last.decode_cpu_s - first.decode_cpu_s
    return StepFigures(
        calls=step.callers,
        is_carried=is_carried(step, fewest, limit_ms),
        cues=len(step.played.measured),
        missed=len(step.played.measured) - len(delays),
        refused=len(step.played.refused),
        p50_ms=percentile(delays, 50) if delays else None,
        p95_ms=percentile(delays, 95) if delays else None,
        cores_per_call=cpu_s / call_s,
        other_cores_per_call=(cpu_s - decode_cpu_s) / call_s,
        memory_per_call_bytes=(_most_bytes(step) - idle_bytes) / step.callers,
        cores_used=cpu_s / step.wall_s,
        client_cores=step.client_cpu_s / step.wall_s,
        loop_lag_s=percentile([one.loop_lag_s for one in step.usage], 95),
        partials_left_out=last.partials_left_out - first.partials_left_out,
    )


def _most_bytes(step: LoadStep) -> int:
    return max(one.memory_bytes for one in step.usage)


def _further_call_bytes(steps: Sequence[LoadStep]) -> float | None:
    first, last = steps[0], steps[-1]
    if last.callers == first.callers:
        return None
    return (_most_bytes(last) - _most_bytes(first)) / (last.callers - first.callers)


def _limited_by(last: StepFigures, step: LoadStep, cores: int, limit_ms: float) -> str:
    """Why the last step was too much, as far as the figures show it."""
    if last.is_carried:
        return "nothing yet: more calls were not tried"
    if step.played.refused:
        return f"the server refused {last.refused} calls: {step.played.refused[0]}"
    if last.loop_lag_s > LATE_LOOP_S:
        return f"the event loop: it woke up {last.loop_lag_s * 1000:.0f} ms late"
    if last.cores_used > BUSY * cores:
        share = 1 - last.other_cores_per_call / last.cores_per_call
        return f"processors: {last.cores_used:.1f} of {cores} cores used, {share:.0%} of that for recognition"
    if last.p95_ms is None:
        return "no cue came"
    if last.p95_ms <= limit_ms:
        return f"cues that never came: {last.missed} of {last.cues}"
    if step.machine_load > OTHERS * cores + last.cores_used + last.client_cores:
        return f"other programs on this machine: its load is {step.machine_load:.1f}, and the server is not busy"
    return (
        f"neither processors ({last.cores_used:.1f} of {cores} cores used) nor the event loop: look at the delays"
    )
