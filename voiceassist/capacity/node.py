"""Whether this node takes another call: how many it carries, how many run, and what speaks against one more.

A call counts from the moment it is announced, so that a hundred that come at once are not all found to fit. Never
ends a call, and never refuses a leg of one that runs or a call that goes on after we broke it off. The sums are in
`cost.py` and `fullness.py`, the memory's in `asr/memory.py`.
Next: `runtime.py` asks before a peer is told that it was taken.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal, get_args

import structlog

from voiceassist.asr.cost import resident_bytes
from voiceassist.asr.loaded import LoadedEngine
from voiceassist.asr.memory import CallMemory, call_memory
from voiceassist.asr.pool import DecodePool
from voiceassist.capacity.cost import LearnedCost, calls_carried, settled
from voiceassist.capacity.fullness import CapacityState, LastHour, against, state_of
from voiceassist.capacity_settings import WhenFull
from voiceassist.cores import usable_cores
from voiceassist.errors import IngestError
from voiceassist.ingest.feed.feed import Feed
from voiceassist.ingest.source import CallInfo
from voiceassist.live.heard_later import MOST_BYTES as KEPT_BYTES
from voiceassist.live.heard_later import AfterCall
from voiceassist.live.live_call import LiveCall

log = structlog.get_logger()

CALL_LEGS = 2  # another leg may join a call that begins with one
PLAIN_LEG = 0.5  # calls: a channel that is heard for its words alone
MOST_WITHOUT_HELP = 10  # at once, until they were heard; then calls are refused. 1.2 GB at most
LOOK_EVERY_S = 1.0
MB = 1_000_000

Reason = Literal["full", "late", "no_memory"]
REASONS: tuple[Reason, ...] = get_args(Reason)

BUSY = (
    "this machine is full: {calls:g} of {most} calls run here, and {why}; try again when one has ended, place the "
    "call on another server, or {remedy}"
)
BY_COST = "one takes about {cost:.2f} of its {cores:g} cores"
MORE_CORES = "give this one more cores"
BY_SETTING = "the setting `max_calls` allows no more"
MORE_ALLOWED = "raise that setting"
LATE = (
    "this machine is behind: words arrive late in {late} of the {calls:g} calls that run here, so it takes no "
    "other until they are in time; try again in a minute, or place the call on another server"
)
NO_MEMORY = (
    "there is no memory for another call: with the engine {engine} it would take {call_mb} MB, and {free_mb} MB "
    "are left beside the calls that are open; try again when one has ended, give this machine more memory, or "
    "start voiceassist with a smaller --engine"
)


@dataclass(slots=True, kw_only=True)
class Capacity:
    """Of one node."""

    max_calls: int | None  # None: by what a call costs
    pool: DecodePool
    default_engine: Callable[[], LoadedEngine]
    engine_for: Callable[[CallInfo], LoadedEngine]
    feeds: Mapping[str, Feed]  # calls that were announced
    live: Mapping[str, LiveCall]
    when_full: WhenFull = "refuse"
    without_help: dict[str, AfterCall] = field(default_factory=dict)  # calls that are heard when they are over
    plain_legs: list[LoadedEngine] = field(default_factory=list)  # of channels heard for their words alone
    learned: LearnedCost = field(default_factory=LearnedCost)
    tell_refused: Callable[[Reason], None] = lambda _reason: None
    lately: LastHour = field(default_factory=LastHour)
    memory_before: int = field(default_factory=resident_bytes)  # of the process, before its first call
    _settled: int = 0
    _hears_later: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def calls(self) -> float:
        """That run or are announced."""
        helped = (feed for call_id, feed in self.feeds.items() if call_id not in self.without_help)
        return sum(not feed.is_over for feed in helped) + PLAIN_LEG * len(self.plain_legs)

    @property
    def most(self) -> int:
        """Calls that are taken."""
        return self.max_calls or self.by_cost()

    def by_cost(self) -> int:
        """Calls that this machine carries, by what they cost."""
        carried = calls_carried(self.learned.cost, usable_cores(), self.pool.workers)
        self._settled = settled(self._settled, carried)
        return self._settled

    def state(self) -> CapacityState:
        """At this moment."""
        calls, most, late = self.calls, self.most, self._late()
        in_memory = calls + self._memory().room_for(CALL_LEGS * self.default_engine().leg_bytes)
        return CapacityState(
            state=state_of(calls=calls, most=min(most, in_memory), late=late),
            calls=calls,
            most=int(min(most, in_memory)),
            late=late,
            refused=self.lately.count(monotonic()),
            limited_by="memory" if in_memory < most else "setting" if self.max_calls else "cores",
            cost=self.learned.cost,
            cores=usable_cores(),
            by_cost=self.by_cost(),
            when_full=self.when_full,
            without_help=len(self.without_help),
            rehearsed=self.learned.rehearsed is not None,
        )

    def check(self, info: CallInfo) -> None:
        """Raises IngestError when there is no room for a new call, which must count before anybody else asks."""
        engine = self.engine_for(info)
        is_too_many = not info.continues and self._against(1) is not None
        if is_too_many and self._take_without_help(info):
            return
        if is_too_many:
            self.check_calls(info.call_id)
        self._check_memory(engine, CALL_LEGS, info.call_id)

    @contextmanager
    def plain_leg(self, info: CallInfo) -> Iterator[LoadedEngine]:
        """What hears a channel for its words alone, and counts as long as it is heard. Raises IngestError."""
        engine = self.engine_for(info)
        self.check_calls(info.call_id, PLAIN_LEG)
        self._check_memory(engine, 1, info.call_id)
        self.plain_legs.append(engine)
        try:
            yield engine
        finally:
            self.plain_legs.remove(engine)

    def late_calls(self) -> list[LiveCall]:
        """The calls whose screens say that words arrive late, though they were taken with help."""
        helped = (live for call_id, live in self.live.items() if call_id not in self.without_help)
        return [live for live in helped if live.lateness.told_ms]

    def _late(self) -> int:
        return len(self.late_calls())

    def _take_without_help(self, info: CallInfo) -> bool:
        """Whether a call too many is recorded, to be heard when it is over."""
        gone = [call_id for call_id in self.without_help if call_id not in self.feeds and call_id not in self.live]
        for call_id in gone:  # they were announced, and never began
            del self.without_help[call_id]
        has_room = len(self.without_help) < MOST_WITHOUT_HELP and self._memory().fits(KEPT_BYTES)
        if self.when_full == "refuse" or not has_room:
            return False
        self.without_help[info.call_id] = AfterCall(turn=self._turn)
        log.warning("call_without_help", call_id=info.call_id, calls=self.calls, most=self.most)
        return True

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Entered when there is room to hear a call that is over: one at a time."""
        async with self._hears_later:
            while self._against(1):  # noqa: ASYNC110 - room comes by what calls cost, too, and nothing tells of that
                await asyncio.sleep(LOOK_EVERY_S)
            yield

    def check_calls(self, call_id: str, more: float = 1) -> None:
        """Raises IngestError when so many more calls are too many."""
        calls, late = self.calls, self._late()
        match self._against(more):
            case "full":
                told = BUSY.format(calls=calls, most=self.most, **self._why())
                raise self._refusal("full", "busy", told, call_id)
            case "late":
                raise self._refusal("late", "busy", LATE.format(late=late, calls=calls), call_id)

    def _against(self, more: float) -> Literal["full", "late"] | None:
        return against(calls=self.calls, more=more, most=self.most, late=self._late())

    def _why(self) -> dict[str, str]:
        if self.max_calls is not None:
            return {"why": BY_SETTING, "remedy": MORE_ALLOWED}
        why = BY_COST.format(cost=self.learned.cost.cores, cores=usable_cores())
        return {"why": why, "remedy": MORE_CORES}

    def _check_memory(self, engine: LoadedEngine, legs: int, call_id: str) -> None:
        """Raises IngestError when a call of so many legs would take more than there is."""
        call_bytes, memory = legs * engine.leg_bytes, self._memory()
        if not memory.fits(call_bytes):
            call_mb, free_mb = call_bytes // MB, max(0, memory.free_bytes // MB)
            told = NO_MEMORY.format(engine=engine.name, call_mb=call_mb, free_mb=free_mb)
            raise self._refusal("no_memory", "no_memory", told, call_id)

    def _memory(self) -> CallMemory:
        engines = (self.engine_for(feed.info) for feed in self.feeds.values())
        open_bytes = CALL_LEGS * sum(one.leg_bytes for one in engines)
        open_bytes += sum(one.leg_bytes for one in self.plain_legs)
        return call_memory(open_bytes, self.memory_before)

    def _refusal(self, reason: Reason, code: str, told: str, call_id: str) -> IngestError:
        self.tell_refused(reason)
        self.lately.add(monotonic())
        log.warning("call_refused", reason=reason, call_id=call_id, calls=self.calls, most=self.most)
        return IngestError(code, told)
