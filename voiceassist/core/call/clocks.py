"""The two clocks of a call, both in milliseconds from its start. Never reads a clock: time comes with the events.

Next: `started_call.py` stamps events with the one and judges what is late by the other.
"""

from dataclasses import dataclass

from voiceassist.events import Final, Input, Partial, Tick


@dataclass(frozen=True, slots=True)
class CallTime:
    """How far a call is. Neither clock runs backwards.

    What is shown is stamped with `now_ms`; what somebody failed to say is judged by `heard_ms`, so that a slow
    machine, which hears an alternative late, makes no dead end of it.
    """

    now_ms: int = 0  # call time, with the time that decoding took
    heard_ms: int = 0  # audio that was decoded

    def after(self, event: Input) -> "CallTime":
        """The time once this event has come."""
        return CallTime(max(self.now_ms, event.at_ms), max(self.heard_ms, _decoded_ms(event)))


def _decoded_ms(event: Input) -> int:
    """How much audio was decoded before this event could come."""
    match event:
        case Tick():
            return event.at_ms
        case Partial() | Final():
            return event.end_ms
    return 0
