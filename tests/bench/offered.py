"""Calls that come and go all the time, over several protocols, as many phone systems offer them at once.

So many callers each place a call; when it has ended they place the next one, and when the server refuses it they
try again a little later. Notes what the server said, how late every cue was, and which calls were whole. Never
looks into the server. Next: `bench_overload.py` and `bench_soak.py`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from time import monotonic
from typing import Any, Literal
from uuid import uuid4

import httpx

from voiceassist.bench.latency import Measured, measure, percentile
from voiceassist.callers.caller import CallerError
from voiceassist.samples import Sample

# Of the protocols that carry both legs, one of each kind: ours, JSON with G.711, AudioHook, L16; and one with a
# connection for each leg. WebRTC is left out: encoding Opus costs the callers what they must leave to the server.
PROTOCOLS = ("stream", "twilio", "audiohook", "freeswitch", "asterisk")
SAMPLES = ("late-return", "over-promise", "manager-please")  # 50 s each, the shortest
AGAIN_S = 2.0  # after which a caller that was refused tries again
SPREAD_S = 10.0  # between the first caller and the last one
STORED_WITHIN_S = 30.0

BUSY = "busy"  # our code; some phone systems are told after they have begun to send, by how the socket closes

Answer = Literal["whole", "refused", "broken"]
FinalPlace = tuple[str, int, int]  # speaker, start_ms, end_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedCall:
    """One call, and what came of it."""

    call_id: str
    protocol: str
    sample: str
    answer: Answer  # broken: it was taken, and did not come to its end
    said: str  # by the server, unless the call is whole
    began_s: float  # monotonic
    ended_s: float
    measured: tuple[Measured, ...] = ()  # every cue that should have come

    @property
    def delays_ms(self) -> list[float]:
        """From a cue's last word to the screen, of the cues that came."""
        return [one.cue_ms for one in self.measured if one.cue_ms is not None]


async def offer(url: str, sample: Sample, protocol: str) -> OfferedCall:
    """One call in real time, to its end."""
    taken: list[float] = []
    call = OfferedCall(
        call_id=str(uuid4()),  # as AudioHook wants them
        protocol=protocol,
        sample=sample.id,
        answer="whole",
        said="",
        began_s=monotonic(),
        ended_s=0,
    )
    try:
        measured = await measure(
            sample, url, protocol=protocol, call_id=call.call_id, on_taken=lambda: taken.append(monotonic())
        )
    except CallerError as error:
        answer: Answer = "broken" if taken and BUSY not in str(error) else "refused"
        return replace(call, answer=answer, said=str(error), ended_s=monotonic())
    return replace(call, measured=tuple(measured), ended_s=monotonic())


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is offered, and where."""

    url: str
    samples: Sequence[Sample]
    callers: int  # at once
    protocols: Sequence[str] = PROTOCOLS


async def keep_offering(demand: Demand, until_s: float, told: Callable[[OfferedCall], None]) -> None:
    """Calls until no new one begins; those that go on then are waited for. `told` gets each when it is over."""
    numbers = count()

    async def caller(place: int) -> None:
        await asyncio.sleep(SPREAD_S * place / demand.callers)
        while monotonic() < until_s:
            number = next(numbers)
            sample = demand.samples[number % len(demand.samples)]
            call = await offer(demand.url, sample, demand.protocols[number % len(demand.protocols)])
            told(call)
            if call.answer != "whole":
                await asyncio.sleep(AGAIN_S)

    await asyncio.gather(*(caller(place) for place in range(demand.callers)))


async def until_taken(url: str, sample: Sample, every_s: float = 0.1) -> float:
    """Offers a call again and again; the monotonic second when the server took it. Hangs up at once."""
    while True:
        if taken_s := await _taken(url, sample):
            return taken_s
        await asyncio.sleep(every_s)


async def _taken(url: str, sample: Sample) -> float | None:
    """When the server took the call; None: it did not."""
    taken: list[float] = []
    told = asyncio.Event()

    def tell() -> None:
        taken.append(monotonic())
        told.set()

    async with asyncio.TaskGroup() as tasks:
        call = tasks.create_task(_answered(measure(sample, url, call_id=str(uuid4()), on_taken=tell)))
        telling = tasks.create_task(told.wait())
        await asyncio.wait([call, telling], return_when=asyncio.FIRST_COMPLETED)
        call.cancel()
        telling.cancel()
    return taken[0] if taken else None


async def _answered(call: Coroutine[Any, Any, object]) -> bool:
    """Whether the call was whole."""
    try:
        await call
    except CallerError:
        return False
    return True


# ---- what was stored -----------------------------------------------------------------------------------------


async def stored_finals(http: httpx.AsyncClient, call_id: str) -> list[FinalPlace]:
    """Where each line was heard, once the call has ended: some phone systems hang up and are told nothing."""
    events: list[dict[str, Any]] = []
    until_s = monotonic() + STORED_WITHIN_S
    while monotonic() < until_s:
        answer = await http.get(f"/api/calls/{call_id}/events")
        events = answer.json() if answer.status_code == httpx.codes.OK else []
        if events and events[-1]["type"] in ("call_ended", "call_failed"):
            break
        await asyncio.sleep(0.5)
    return [(one["speaker"], one["start_ms"], one["end_ms"]) for one in events if one["type"] == "final"]


def lost_finals(alone: Iterable[FinalPlace], stored: Sequence[FinalPlace]) -> int:
    """Lines heard when the recording was played alone, at whose time nothing was heard of the same person."""
    return sum(1 for one in alone if not any(_meet(one, other) for other in stored))


def _meet(one: FinalPlace, other: FinalPlace) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


# ---- figures -------------------------------------------------------------------------------------------------


def delay_figures(calls: Iterable[OfferedCall]) -> dict[str, float | int | None]:
    """How late cues came to the screen."""
    measured = [one for call in calls for one in call.measured]
    delays = [one.cue_ms for one in measured if one.cue_ms is not None]
    return {
        "cues": len(measured),
        "missed": len(measured) - len(delays),
        "p50_ms": percentile(delays, 50) if delays else None,
        "p95_ms": percentile(delays, 95) if delays else None,
        "max_ms": max(delays, default=None),
    }


def words_of(calls: Iterable[OfferedCall], answer: Answer) -> dict[str, int]:
    """What the server said to calls with this answer, and how often, by protocol."""
    return dict(Counter(f"{call.protocol}: {call.said}" for call in calls if call.answer == answer))
