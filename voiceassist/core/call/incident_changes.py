"""What people do with an incident: acknowledge it, hand it over, resolve it with a reason, open it again.

Works on the incidents of a running call and on those of a stored one alike. Whoever has not seen the last change
is refused and told what it was, so that of two who act at once only one is heard. A false alarm marks every true
cue of the incident; another reason, or opening it again, takes these marks back.
Never changes an incident itself. Next: `actions.py`, and for finished calls `runtime.py`, give the events on.
"""

from collections.abc import Mapping
from dataclasses import replace

from voiceassist.actions import ChangeAlert, MarkFalseAlarm
from voiceassist.core.call.incidents import AlertView, is_true
from voiceassist.core.call.told_cues import ToldCues
from voiceassist.errors import ActionError
from voiceassist.events import AlertChanged, Event, FalseAlarmMarked


def change_incident(incidents: Mapping[str, AlertView], told: ToldCues, action: ChangeAlert) -> list[Event]:
    """What follows from an action, at its `at_ms`. Raises ActionError, and then nothing has changed."""
    view = _named(incidents, action.alert_id)
    _check(view, action)
    change = AlertChanged(
        at_ms=action.at_ms,
        alert_id=view.incident,
        state=action.state,
        by=action.by,
        note=action.note,
        done_at=action.done_at,
        reason=action.reason,
        owner=action.owner,
    )
    return [change, *_marks(view, change, told)]


def _named(incidents: Mapping[str, AlertView], alert_id: str) -> AlertView:
    """The incident with this id, or with an alert of this id. Raises ActionError."""
    if view := incidents.get(alert_id):
        return view
    for view in incidents.values():
        if alert_id and alert_id in [alert.alert_id for alert in view.happened]:
            return view
    raise ActionError("unknown_alert", f"this call has no alert {alert_id!r}; reload the page")


def _check(view: AlertView, action: ChangeAlert) -> None:
    if view.state == "retracted":
        raise ActionError("alert_retracted", f"alert {view.incident} turned out to be untrue")
    if action.reason and action.state != "resolved":
        raise ActionError("bad_field", "change_alert: `reason` belongs to the state resolved")
    if action.owner and action.state != "acknowledged":
        raise ActionError("bad_field", "change_alert: `owner` belongs to the state acknowledged")
    if action.seen is not None and action.seen < len(view.history):
        raise _too_late(view.history[-1])


def _too_late(last: AlertChanged) -> ActionError:
    done = {"by": last.by, "state": last.state, "reason": last.reason, "owner": last.owner, "at": last.done_at}
    told = f"{last.by} was faster: alert {last.alert_id} is {last.state}; look at it, then decide again"
    return ActionError("alert_changed", told, done)


def _marks(view: AlertView, change: AlertChanged, told: ToldCues) -> list[FalseAlarmMarked]:
    was, is_ = (reason == "false_alarm" for reason in (view.reason, change.reason))
    if was == is_:
        return []
    cue_ids = dict.fromkeys(alert.why.cue_id for alert in view.happened if is_true(view, alert))
    mark = MarkFalseAlarm(at_ms=change.at_ms, cue_id="", by=change.by, marked=is_, done_at=change.done_at)
    return [told.mark(replace(mark, cue_id=cue_id)) for cue_id in cue_ids if cue_id in told.cues]
