"""How loud each leg of a call is, for the screens that have the call open.

Computed once for all of them, only while there is one, and never stored. It has a lane of its own: a screen that
is slow gets the newest levels only, and what it missed is missing. A pause is silent, since the call's tap is.
Next: `server/levels.py` sends what a lane has.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from voiceassist import wire
from voiceassist.audio.level_steps import LevelSteps
from voiceassist.audio.pcm import AudioFrame
from voiceassist.events import SPEAKERS, Speaker
from voiceassist.live.live_call import LiveCall

EVERY_S = 0.2  # two steps at once: half as many messages, and nobody sees the difference


class LevelLane:
    """What waits for one screen: the newest levels, no more."""

    def __init__(self) -> None:
        self._newest: str | None = None
        self._news = asyncio.Event()
        self.is_over = False  # the call is: nothing more will come

    def put(self, text: str) -> None:
        """Replaces what was not taken. Never blocks."""
        self._newest = text
        self._news.set()

    def close(self) -> None:
        """The call is over."""
        self.is_over = True
        self._news.set()

    async def take(self) -> str | None:
        """The newest levels, when there are any; None when the call is over."""
        while self._newest is None and not self.is_over:
            self._news.clear()
            await self._news.wait()
        newest, self._newest = self._newest, None
        return newest


@dataclass(slots=True)
class CallMeter:
    """The levels of one call that were not sent yet, and who wants them."""

    lanes: set[LevelLane] = field(default_factory=set)
    _steps: dict[Speaker, LevelSteps] = field(default_factory=dict)
    _levels: dict[Speaker, list[tuple[int, int]]] = field(default_factory=lambda: {leg: [] for leg in SPEAKERS})

    def hear(self, frame: AudioFrame, end: int) -> None:
        """A frame of the call; see `audio_tap.Told`."""
        if frame.speaker not in self._steps:
            self._steps[frame.speaker] = LevelSteps(frame.rate_hz)
        self._levels[frame.speaker].extend(self._steps[frame.speaker].add(frame.pcm, end))

    def send(self, behind_ms: int) -> None:
        """Gives every lane what there is since the last time; nothing where nothing is new."""
        legs = tuple(
            wire.LegLevels(speaker=leg, from_ms=steps[0][0], levels=tuple(level for _, level in steps))
            for leg, steps in self._levels.items()
            if steps
        )
        for steps in self._levels.values():
            steps.clear()
        if legs:
            text = wire.dumps(wire.to_json(wire.Levels(legs=legs, behind_ms=behind_ms)))
            for lane in self.lanes:
                lane.put(text)


@dataclass(slots=True, kw_only=True)
class Meters:
    """Of all calls that a screen has open."""

    spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[Any]]
    behind_ms: Callable[[str], int]  # how late listeners hear that call
    calls: dict[str, CallMeter] = field(default_factory=dict)

    @contextmanager
    def watching(self, live: LiveCall) -> Iterator[LevelLane]:
        """The call's levels, for as long as the block runs."""
        call_id, lane = live.info.call_id, LevelLane()
        meter = self.calls.get(call_id) or self._begin(live)
        meter.lanes.add(lane)
        try:
            yield lane
        finally:
            meter.lanes.discard(lane)

    def _begin(self, live: LiveCall) -> CallMeter:
        meter = self.calls[live.info.call_id] = CallMeter()
        self.spawn(self._run(live, meter))
        return meter

    async def _run(self, live: LiveCall, meter: CallMeter) -> None:
        call_id = live.info.call_id
        try:
            with live.tap.telling(meter.hear):
                while meter.lanes and not live.over.is_set():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(EVERY_S):
                            await live.over.wait()
                    meter.send(self.behind_ms(call_id))
        finally:
            if self.calls.get(call_id) is meter:
                del self.calls[call_id]
            for lane in meter.lanes:
                lane.close()
