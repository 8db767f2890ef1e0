"""Incidents: the alerts of one call that are one matter, with what happened in each and who took care of it.

An incident has the id of its first alert. The alert that tells of it is the gravest that is true, and of equals
the first: it changes only when the incident rises, or when its cue turns out to be none. Its count is that of its
true cues. Everybody who needs to know how incidents stand (the running call, screens, the store's counts and
facts) asks `take`, so that all agree. Never decides when somebody is told: `alerts.py` does.
Next: `incident_changes.py` says what people may do with one; `core/screen` draws them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import get_args

from voiceassist.actions import AlertReason
from voiceassist.events import (
    Alert,
    AlertChanged,
    AlertLevel,
    AlertRepeated,
    AlertState,
    CueRetracted,
    Event,
    QuoteChanged,
)

LEVELS: tuple[AlertLevel, ...] = get_args(AlertLevel)  # in rising order

IncidentEvent = Alert | AlertRepeated | QuoteChanged | CueRetracted | AlertChanged
INCIDENT_EVENTS: tuple[type[IncidentEvent], ...] = get_args(IncidentEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """An incident with who took care of it."""

    incident: str  # id of its first alert
    alert: Alert  # the one that tells of it
    state: AlertState = "open"
    by: str = ""  # who changed it last
    note: str = ""
    changed_ms: int | None = None
    changed_at: str = ""  # wall clock, ISO 8601 with zone; empty: at `changed_ms` of the call
    owner: str = ""  # whose it is, or was when it was resolved; nobody's while it is open
    reason: AlertReason = ""  # why it is resolved
    count: int = 1  # its cues that are true
    risen: bool = False  # it became graver after it was acknowledged, and nobody has done anything about it since
    happened: tuple[Alert, ...] = ()  # its alerts, and its repeats without an `alert_id`, the oldest first
    untrue: tuple[str, ...] = ()  # ids of those of its cues that turned out to be none
    history: tuple[AlertChanged, ...] = ()  # all that was done about it, the oldest first


Incidents = dict[str, AlertView]  # by id, the oldest first


def incidents_in(events: Iterable[Event]) -> Incidents:
    """All incidents of a call."""
    incidents: Incidents = {}
    for event in events:
        if isinstance(event, INCIDENT_EVENTS):
            take(incidents, event)
    return incidents


def true_incidents(events: Iterable[Event]) -> list[AlertView]:
    """The incidents that did not turn out to be untrue, the oldest first."""
    return [view for view in incidents_in(events).values() if view.state != "retracted"]


def take(incidents: Incidents, event: IncidentEvent) -> None:
    """Changes the incidents that an event is about; one about none of them changes nothing."""
    match event:
        case Alert() | AlertRepeated():
            _add(incidents, event)
        case AlertChanged():
            if view := incidents.get(event.alert_id):
                incidents[view.incident] = _changed(view, event)
        case QuoteChanged() | CueRetracted():
            for view in list(incidents.values()):
                if any(alert.why.cue_id == event.cue_id for alert in view.happened):
                    incidents[view.incident] = _corrected(view, event)


def is_unresolved(view: AlertView) -> bool:
    """Whether somebody still has to look at it."""
    return view.state in ("open", "acknowledged")


def gravity(level: AlertLevel) -> int:
    """Rises with the level."""
    return LEVELS.index(level)


def is_true(view: AlertView, alert: Alert) -> bool:
    """Whether one of the things that happened in it has not turned out to be none."""
    return alert.why.cue_id not in view.untrue


def repeated(alert: Alert, incident: str) -> AlertRepeated:
    """What an alert would say, as one more cue of an incident."""
    said = {field.name: getattr(alert, field.name) for field in fields(AlertRepeated)}
    return AlertRepeated(**said | {"incident": incident})


def unquoted(view: AlertView) -> AlertView:
    """The incident without what was said, and without what people wrote about it."""
    return replace(
        view,
        alert=_without_words(view.alert),
        note="",
        happened=tuple(map(_without_words, view.happened)),
        history=tuple(replace(change, note="") for change in view.history),
    )


def _add(incidents: Incidents, event: Alert | AlertRepeated) -> None:
    """Also to an incident whose beginning cannot be read: nothing that is known of it may be lost."""
    alert = event if isinstance(event, Alert) else _as_alert(event)
    id_ = alert.incident or alert.alert_id
    view = incidents.get(id_) or AlertView(incident=id_, alert=alert)
    grown = _told(replace(view, happened=(*view.happened, alert)))
    rises = view.state == "acknowledged" and gravity(grown.alert.level) > gravity(view.alert.level)
    incidents[id_] = replace(grown, risen=view.risen or rises)


def _as_alert(repeated: AlertRepeated) -> Alert:
    return Alert(alert_id="", **{field.name: getattr(repeated, field.name) for field in fields(repeated)})


def _changed(view: AlertView, event: AlertChanged) -> AlertView:
    owners = {"acknowledged": event.owner or event.by, "open": ""}
    return replace(
        view,
        state=event.state,
        by=event.by,
        note=event.note,
        changed_ms=event.at_ms,
        changed_at=event.done_at,
        owner=owners.get(event.state, view.owner),
        reason=event.reason,
        risen=False,
        history=(*view.history, event),
    )


def _corrected(view: AlertView, event: QuoteChanged | CueRetracted) -> AlertView:
    if isinstance(event, QuoteChanged):
        happened = tuple(_requoted(alert, event) for alert in view.happened)
        return replace(view, alert=_requoted(view.alert, event), happened=happened)
    if event.cue_id in view.untrue:
        return view
    left = _told(replace(view, untrue=(*view.untrue, event.cue_id)))
    return replace(left, risen=view.risen and left.alert.level == view.alert.level)


def _told(view: AlertView) -> AlertView:
    """With the alert that tells of it now, and its count. Where nothing was true, the gravest of what was told."""
    true = [alert for alert in view.happened if is_true(view, alert)]
    leading = max(true or view.happened, key=lambda alert: gravity(alert.level))  # the first of equals
    return replace(view, alert=leading, count=len(true))


def _requoted(alert: Alert, event: QuoteChanged) -> Alert:
    if alert.why.cue_id != event.cue_id:
        return alert
    return replace(alert, quote=event.words, why=replace(alert.why, words=event.words))


def _without_words(alert: Alert) -> Alert:
    return replace(alert, quote="", why=replace(alert.why, words=""))
