"""Decides which cues alert the supervisor, and to which incident of the call each belongs.

The abuse of one ladder is one incident, and so is any other kind of cue, until somebody has resolved it. Alerts
stay few: the playbook says for each kind the how-manieth cue is the first to alert, and how long the kind keeps
quiet after an alert. In an incident only what is graver breaks that quiet, and once somebody has taken it on,
nothing else is told. Every other cue only repeats it. So does a cue in the quiet after it was resolved, unless it
was a false alarm: that ends the quiet.
Never touches cards, and never says how an incident stands: `incidents.py` does.
Next: `reactions.py` and `actions.py` give the events to the call.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from voiceassist.core.call.incidents import (
    AlertView,
    IncidentEvent,
    Incidents,
    gravity,
    is_true,
    is_unresolved,
    repeated,
    take,
)
from voiceassist.core.call.lateness import Lateness
from voiceassist.core.playbook.alert_reasons import reason_code
from voiceassist.core.playbook.model import ABUSE_KINDS, SECOND_MS, AlertRule, Playbook
from voiceassist.events import (
    Alert,
    AlertChanged,
    AlertLevel,
    AlertState,
    Cue,
    CueRetracted,
    Event,
    Why,
)

OURSELVES = "voiceassist"  # who changed an alert when no person did
HELP = AlertRule(kind="help", level="critical", reason="The agent asks for help.")


def alert_rules(playbook: Playbook) -> Mapping[str, AlertRule]:
    """By kind: when to alert. The help button alerts even where the playbook does not name it."""
    return {"help": HELP} | dict(playbook.alerts)


def unsaid_titles(playbook: Playbook) -> Mapping[str, str]:
    """By rule: what a person calls that which was not said."""
    return {absence.id: absence.title for absence in playbook.absences}


def kinds_of_one_incident(playbook: Playbook) -> frozenset[str]:
    """The kinds that one incident is made of: abuse, and whatever else climbs the ladder."""
    climbing = (step.kind for step in playbook.ladder.steps.values() if step.climbs)
    return frozenset({*ABUSE_KINDS, *climbing})


@dataclass(slots=True)
class Alerts:
    """Every incident so far, and the cues that count towards the next alert."""

    rules: Mapping[str, AlertRule]  # by kind
    lateness: Lateness
    titles: Mapping[str, str] = field(default_factory=dict)  # by rule of `missing`: what was not said
    together: frozenset[str] = frozenset(ABUSE_KINDS)  # kinds of one incident
    incidents: Incidents = field(default_factory=dict)
    raised: int = 0  # alerts
    told: dict[str, Cue] = field(default_factory=dict)  # by id: the cues of words that alerted, not retracted
    spared: dict[str, Cue] = field(default_factory=dict)  # by id: those that another one's alert speaks for
    cue_ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by kind; none retracted

    def raise_for(
        self, at_ms: int, kind: str, quote: str, why: Why, at_least: AlertLevel | None = None
    ) -> list[Event]:
        """Raises an alert for a cue, if the rule of its kind allows one now; or adds it to its incident.

        `at_least`: the level of the alert, if the rule's own is lower.
        """
        self.cue_ids[kind].append(why.cue_id)
        rule = self.rules.get(kind)
        if rule is None:
            return []
        alert, last = self._draft(at_ms, rule, quote, why, at_least), self._last_of(kind)
        if self._is_told(alert, rule, last):
            return [self._tell(alert, last)]
        if last and (is_unresolved(last) or self._is_in_cooldown(alert, rule)):
            return [self._see(repeated(alert, last.incident))]
        return []

    def raise_for_cue(self, at_ms: int, cue: Cue, why: Why, at_least: AlertLevel | None) -> list[Event]:
        """As `raise_for`; of words that show two kinds of abuse, the alert of the graver one speaks for both."""
        if self._is_spoken_for(cue):
            self.spared[cue.cue_id] = cue
            return []
        raised = self.raise_for(at_ms, cue.kind, why.words, why, at_least)
        if raised:
            self.told[cue.cue_id] = cue
        return raised

    def take_freed(self) -> list[Cue]:
        """The cues that nothing speaks for any more, since what did was retracted: their own alert is due."""
        freed = [cue for cue in self.spared.values() if not self._is_spoken_for(cue)]
        for cue in freed:
            del self.spared[cue.cue_id]
        return freed

    def gravity(self, kind: str) -> int:
        """How urgent the alert of a kind is; -1: it has none."""
        return gravity(self.rules[kind].level) if kind in self.rules else -1

    def retract(self, at_ms: int, cue_id: str) -> list[Event]:
        """A cue never happened: it counts no more, and an incident of nothing else is retracted."""
        for cue_ids in self.cue_ids.values():
            if cue_id in cue_ids:
                cue_ids.remove(cue_id)
        self.told.pop(cue_id, None)
        self.spared.pop(cue_id, None)
        take(self.incidents, CueRetracted(at_ms=at_ms, cue_id=cue_id))
        empty = [view for view in self.incidents.values() if view.count == 0 and view.state != "retracted"]
        return [self._set(at_ms, view, "retracted", OURSELVES) for view in empty]

    def resolve_kind(self, at_ms: int, kind: str, by: str) -> list[Event]:
        """Resolves every unresolved incident of a kind."""
        unresolved = [view for view in self.incidents.values() if is_unresolved(view) and view.alert.kind == kind]
        return [self._set(at_ms, view, "resolved", by) for view in unresolved]

    def see(self, events: list[Event]) -> list[Event]:
        """Takes in what people did with incidents; gives it back."""
        for event in events:
            if isinstance(event, AlertChanged):
                self._see(event)
        return events

    def has_unresolved(self, kind: str) -> bool:
        """Whether an incident of this kind is open or acknowledged."""
        return any(is_unresolved(view) and view.alert.kind == kind for view in self.incidents.values())

    def _draft(self, at_ms: int, rule: AlertRule, quote: str, why: Why, at_least: AlertLevel | None) -> Alert:
        """The alert of a cue, which has no number and no incident yet."""
        return Alert(
            at_ms=at_ms,
            alert_id="",
            level=max(rule.level, at_least or rule.level, key=gravity),
            kind=rule.kind,
            reason=rule.reason,
            quote=quote,
            why=why,
            reason_code=reason_code(rule.kind, rule.reason),
            late=self.lateness.is_late,
            unsaid=self.titles.get(why.rule, "") if rule.kind == "missing" else "",
        )

    def _tell(self, alert: Alert, last: AlertView | None) -> Event:
        self.raised += 1
        id_ = f"a{self.raised}"
        incident = last.incident if last and is_unresolved(last) else id_
        return self._see(replace(alert, alert_id=id_, incident=incident))

    def _is_told(self, alert: Alert, rule: AlertRule, last: AlertView | None) -> bool:
        if len(self.cue_ids[alert.kind]) < rule.from_count:
            return False
        if last and is_unresolved(last):
            rises = gravity(alert.level) > gravity(last.alert.level)
            waits = last.state == "open" and not _is_quiet(alert, rule, _alerts_of(last))
            return rises or waits
        return not self._is_in_cooldown(alert, rule)

    def _is_in_cooldown(self, alert: Alert, rule: AlertRule) -> bool:
        """Whether an alert of this kind, at this level or above, came within the cooldown."""
        heeded = [view for view in self.incidents.values() if view.reason != "false_alarm"]
        alerts = [other for view in heeded for other in _alerts_of(view) if other.kind == alert.kind]
        return _is_quiet(alert, rule, alerts)

    def _last_of(self, kind: str) -> AlertView | None:
        """The newest incident that a cue of this kind may belong to."""
        kinds = self.together if kind in self.together else {kind}
        found = [v for v in self.incidents.values() if v.state != "retracted" and v.alert.kind in kinds]
        return found[-1] if found else None

    def _is_spoken_for(self, cue: Cue) -> bool:
        return any(self._speaks_for(told, cue) for told in self.told.values())

    def _speaks_for(self, told: Cue, cue: Cue) -> bool:
        if not {told.kind, cue.kind} <= set(ABUSE_KINDS) or told.speaker != cue.speaker:
            return False
        shares_words = told.start_ms < cue.end_ms and cue.start_ms < told.end_ms
        return shares_words and self.gravity(told.kind) > self.gravity(cue.kind)

    def _set(self, at_ms: int, view: AlertView, state: AlertState, by: str) -> Event:
        return self._see(AlertChanged(at_ms=at_ms, alert_id=view.incident, state=state, by=by))

    def _see(self, event: IncidentEvent) -> Event:
        take(self.incidents, event)
        return event


def _alerts_of(view: AlertView) -> list[Alert]:
    """What people were told of it and is still true."""
    return [alert for alert in view.happened if alert.alert_id and is_true(view, alert)]


def _is_quiet(alert: Alert, rule: AlertRule, others: Sequence[Alert]) -> bool:
    """Whether one of the others is at least as grave, and came within the cooldown."""
    times = [other.at_ms for other in others if gravity(other.level) >= gravity(alert.level)]
    return bool(times) and alert.at_ms - times[-1] < rule.cooldown_s * SECOND_MS
