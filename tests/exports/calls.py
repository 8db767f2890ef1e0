"""Calls to export, as the store gives them."""

from tests.builders import Line, conversation, hangup, live_call, started
from voiceassist.core.screen.state import replay
from voiceassist.core.screen.views import CallState
from voiceassist.events import Event, Final, Record


def call_of(*said: Line | Final) -> CallState:
    """A call that is over. Lines go through the core, which masks what is private; finals do not."""
    if said and isinstance(said[0], Final):
        events: list[Event] = [started(), *(one for one in said if isinstance(one, Final))]
    else:
        call = live_call()
        inputs = conversation(*(one for one in said if not isinstance(one, Final)))
        events = [started(), *(event for one in inputs for event in call.handle(one))]
        events += call.handle(hangup(max((event.at_ms for event in events), default=0) + 60_000))
    records = [Record(call_id="c <1>", seq=number, event=event) for number, event in enumerate(events, start=1)]
    state = replay(records)
    assert state
    return state
