"""What the lines of a call share while it is placed: its clock, what came of it, who is told.

Never opens a connection. Next: `socket_line.py` and `whip.py` play the connections of a line.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from voiceassist.callers.caller import PlacedCall
from voiceassist.callers.plan import Manner
from voiceassist.callers.protocols import CallerProtocol


@dataclass(slots=True, kw_only=True)
class CallOutcome:
    """What came of it."""

    duration_ms: int  # of the recording
    warning: str = ""  # what is wrong with the recording, though it could be sent
    connections: int = 0
    frames: int = 0  # sent
    unsent: int = 0  # frames that fell into a time when the server did not listen
    told: list[str] = field(default_factory=list)  # by the server, for people


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHooks:
    """Who is told what while the call goes on."""

    started: Callable[[float], None] = lambda _at_s: None  # the monotonic second of the recording's time 0
    progress: Callable[[float, float], None] = lambda _at_ms, _of_ms: None  # how far the recording was sent
    told: Callable[[str], None] = lambda _what: None  # what the server said for people


@dataclass(slots=True, kw_only=True)
class Placing:
    """A call that is being placed."""

    url: str
    call: PlacedCall
    protocol: CallerProtocol
    rate_hz: int
    manner: Manner
    hooks: CallHooks
    outcome: CallOutcome
    began_s: float | None = None  # the recording's time 0, once the server takes audio

    def begin(self) -> None:
        """The server takes audio: the recording begins, with the first of its lines."""
        if self.began_s is None:
            self.began_s = monotonic()
            self.hooks.started(self.began_s)

    async def wait_until(self, at_ms: float) -> None:
        """Until that moment of the recording; without waiting before it has begun."""
        if self.began_s is not None:
            await asyncio.sleep(max(0.0, self.began_s + at_ms / 1000 / self.manner.speed - monotonic()))

    def tell(self, what: Sequence[str]) -> None:
        """The server said this for people."""
        for one in what:
            self.outcome.told.append(one)
            self.hooks.told(one)
