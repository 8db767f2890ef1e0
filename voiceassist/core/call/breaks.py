"""An agent's break after a call: told to the supervisors as an alert of its own kind, until the agent is back.

It is an `info` that nobody has to act on, and stands with the alerts of calls that are over, so that whoever looks
there sees who is away and since when. Only a call that is over has one. Never counts minutes: `runtime.py` does.
Next: `runtime.py` stores what follows, and puts the call's row on the wall.
"""

from collections.abc import Mapping
from typing import Final

from voiceassist.actions import TakeBreak
from voiceassist.core.call.incidents import AlertView, is_unresolved
from voiceassist.core.playbook.alert_reasons import OUR_REASONS
from voiceassist.events import Alert, AlertChanged, Event, Why

BREAK: Final = "break"  # the alert's kind


def break_changed(incidents: Mapping[str, AlertView], action: TakeBreak, playbook: str) -> list[Event]:
    """What follows from an action, at its `at_ms`; nothing where it is so already. `playbook`: name@version."""
    on = next((view for view in incidents.values() if view.alert.kind == BREAK and is_unresolved(view)), None)
    if action.taken == (on is not None):
        return []
    if on:
        return [_over(on, action)]
    alert_id = f"a{_highest(incidents) + 1}"
    return [
        Alert(
            at_ms=action.at_ms,
            alert_id=alert_id,
            incident=alert_id,
            level="info",
            kind=BREAK,
            reason=OUR_REASONS[BREAK][0],
            quote="",
            why=_why(action, playbook),
            reason_code=BREAK,
        )
    ]


def _over(view: AlertView, action: TakeBreak) -> AlertChanged:
    return AlertChanged(
        at_ms=action.at_ms, alert_id=view.incident, state="resolved", by=action.by, done_at=action.done_at
    )


def _highest(incidents: Mapping[str, AlertView]) -> int:
    """The highest number of an alert so far."""
    ids = (alert.alert_id for view in incidents.values() for alert in view.happened)
    return max((int(id_[1:]) for id_ in ids if id_), default=0)


def _why(action: TakeBreak, playbook: str) -> Why:
    return Why(
        cue_id="",
        rule="break_button",
        words="",
        confidence=1.0,
        playbook=playbook,
        spoken_ms=action.at_ms,
        latency_ms=0,
    )
