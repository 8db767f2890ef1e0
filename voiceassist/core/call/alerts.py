"""The alerts of one call: when a cue is told to the supervisor, and what becomes of it.

Few alerts: each kind has its first count and its cooldown in the playbook. Never touches cards.
Next: `call.py`.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from voiceassist.core.playbook.model import SECOND_MS, AlertRule
from voiceassist.errors import ActionError
from voiceassist.events import Alert, AlertChanged, AlertLevel, AlertState, ChangeAlert, Event, Why

OURSELVES = "voiceassist"
LEVELS: tuple[AlertLevel, ...] = get_args(AlertLevel)  # in rising order


@dataclass(slots=True)
class Alerts:
    """Every alert so far with its state."""

    rules: Mapping[str, AlertRule]
    alerts: dict[str, Alert] = field(default_factory=dict)
    states: dict[str, AlertState] = field(default_factory=dict)
    counted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # kind → cue ids

    def raise_for(
        self, at_ms: int, kind: str, quote: str, why: Why, at_least: AlertLevel | None = None
    ) -> list[Event]:
        """Tells the supervisor of a cue, if its kind is told and now is the time; at least so urgently."""
        self.counted[kind].append(why.cue_id)
        rule = self.rules.get(kind)
        if rule is None or len(self.counted[kind]) < rule.from_count:
            return []
        level = max(rule.level, at_least or rule.level, key=LEVELS.index)
        if self._is_cooling(at_ms, rule, level):
            return []
        alert = Alert(
            at_ms=at_ms,
            alert_id=f"a{len(self.alerts) + 1}",
            level=level,
            kind=kind,
            reason=rule.reason,
            quote=quote,
            why=why,
        )
        self.alerts[alert.alert_id] = alert
        self.states[alert.alert_id] = "open"
        return [alert]

    def retract(self, at_ms: int, cue_id: str) -> list[Event]:
        """Takes back what a cue that never happened had raised."""
        for cue_ids in self.counted.values():
            if cue_id in cue_ids:
                cue_ids.remove(cue_id)
        raised = [id_ for id_, alert in self.alerts.items() if alert.why.cue_id == cue_id]
        return [self._set(at_ms, id_, "retracted", OURSELVES) for id_ in raised]

    def resolve_kind(self, at_ms: int, kind: str, by: str) -> list[Event]:
        """Closes the unresolved alerts of a kind."""
        ids = [id_ for id_, alert in self.alerts.items() if alert.kind == kind and self.is_unresolved(id_)]
        return [self._set(at_ms, id_, "resolved", by) for id_ in ids]

    def change(self, at_ms: int, action: ChangeAlert) -> list[Event]:
        """What a supervisor did with an alert. Raises ActionError."""
        if action.alert_id not in self.alerts:
            raise ActionError("unknown_alert", f"this call has no alert {action.alert_id!r}; reload the page")
        if self.states[action.alert_id] == "retracted":
            raise ActionError("alert_retracted", f"alert {action.alert_id} turned out to be untrue")
        return [self._set(at_ms, action.alert_id, action.state, action.by, action.note)]

    def is_open_for(self, kind: str) -> bool:
        """Whether somebody still has to look at an alert of this kind."""
        return any(alert.kind == kind and self.is_unresolved(id_) for id_, alert in self.alerts.items())

    def is_unresolved(self, alert_id: str) -> bool:
        """Whether somebody still has to look at this alert."""
        return self.states[alert_id] in ("open", "acknowledged")

    def _is_cooling(self, at_ms: int, rule: AlertRule, level: AlertLevel) -> bool:
        """Whether the like was told just now; something more urgent never waits."""
        times = [
            alert.at_ms
            for id_, alert in self.alerts.items()
            if alert.kind == rule.kind
            and self.states[id_] != "retracted"
            and LEVELS.index(alert.level) >= LEVELS.index(level)
        ]
        return bool(times) and at_ms - times[-1] < rule.cooldown_s * SECOND_MS

    def _set(self, at_ms: int, alert_id: str, state: AlertState, by: str, note: str = "") -> AlertChanged:
        self.states[alert_id] = state
        return AlertChanged(at_ms=at_ms, alert_id=alert_id, state=state, by=by, note=note)
