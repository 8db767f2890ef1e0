"""Supervisors' visits without a server: what is told to the call is kept, and can be waited for."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from voiceassist.events import PhoneActed
from voiceassist.phone_control.control import PhoneControl
from voiceassist.phone_control.visits import Visits


@dataclass(kw_only=True)
class VisitDesk:
    """The visits of one phone system, and what the calls were told."""

    controls: Mapping[str, PhoneControl]
    told: list[PhoneActed] = field(default_factory=list)
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    visits: Visits = field(init=False)

    def __post_init__(self) -> None:
        self.visits = Visits(controls=self.controls, tell=self._tell, spawn=self._spawn)

    async def until(self, met: Callable[[list[str]], bool]) -> list[str]:
        """Waits until what was told meets a condition; gives it."""
        async with asyncio.timeout(20), self.heard:
            await self.heard.wait_for(lambda: bool(self.told) and met(self.lines))
        return self.lines

    @property
    def lines(self) -> list[str]:
        """Short: "whisper on"."""
        return [" ".join(filter(None, (one.deed, one.outcome, one.reason))) for one in self.told]

    async def _tell(self, _call_id: str, told: PhoneActed) -> None:
        async with self.heard:
            self.told.append(told)
            self.heard.notify_all()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.create_task(work)
