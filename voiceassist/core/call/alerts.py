"""Decides which cues alert the supervisor, and keeps the state of every alert of one call.

Alerts stay few: the playbook says for each kind the how-manieth cue is the first to alert, and how long the kind
keeps quiet after an alert. Never touches cards. Next: `reactions.py` and `actions.py` give the events to the call.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from voiceassist.actions import ChangeAlert
from voiceassist.core.call.lateness import Lateness
from voiceassist.core.playbook.alert_reasons import reason_code
from voiceassist.core.playbook.model import ABUSE_KINDS, SECOND_MS, AlertRule, Playbook
from voiceassist.errors import ActionError
from voiceassist.events import Alert, AlertChanged, AlertLevel, AlertState, Cue, Event, Why

OURSELVES = "voiceassist"  # who changed an alert when no person did
LEVELS: tuple[AlertLevel, ...] = get_args(AlertLevel)  # in rising order
HELP = AlertRule(kind="help", level="critical", reason="The agent asks for help.")


def alert_rules(playbook: Playbook) -> Mapping[str, AlertRule]:
    """By kind: when to alert. The help button alerts even where the playbook does not name it."""
    return {"help": HELP} | dict(playbook.alerts)


def unsaid_titles(playbook: Playbook) -> Mapping[str, str]:
    """By rule: what a person calls that which was not said."""
    return {absence.id: absence.title for absence in playbook.absences}


@dataclass(slots=True)
class Alerts:
    """Every alert so far with its state."""

    rules: Mapping[str, AlertRule]  # by kind
    lateness: Lateness
    titles: Mapping[str, str] = field(default_factory=dict)  # by rule of `missing`: what was not said
    alerts: dict[str, Alert] = field(default_factory=dict)  # by id
    states: dict[str, AlertState] = field(default_factory=dict)  # by id
    told: dict[str, Cue] = field(default_factory=dict)  # by id: the cues of words that alerted, not retracted
    spared: dict[str, Cue] = field(default_factory=dict)  # by id: those that another one's alert speaks for
    cue_ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # by kind; none retracted

    def raise_for(
        self, at_ms: int, kind: str, quote: str, why: Why, at_least: AlertLevel | None = None
    ) -> list[Event]:
        """Raises an alert for a cue, if the rule of its kind allows one now.

        `at_least`: the level of the alert, if the rule's own is lower.
        """
        self.cue_ids[kind].append(why.cue_id)
        rule = self.rules.get(kind)
        if rule is None or len(self.cue_ids[kind]) < rule.from_count:
            return []
        level = max(rule.level, at_least or rule.level, key=LEVELS.index)
        if self._is_in_cooldown(at_ms, rule, level):
            return []
        alert = Alert(
            at_ms=at_ms,
            alert_id=f"a{len(self.alerts) + 1}",
            level=level,
            kind=kind,
            reason=rule.reason,
            quote=quote,
            why=why,
            reason_code=reason_code(kind, rule.reason),
            late=self.lateness.is_late,
            unsaid=self.titles.get(why.rule, "") if kind == "missing" else "",
        )
        self.alerts[alert.alert_id] = alert
        self.states[alert.alert_id] = "open"
        return [alert]

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
        return LEVELS.index(self.rules[kind].level) if kind in self.rules else -1

    def _is_spoken_for(self, cue: Cue) -> bool:
        return any(self._speaks_for(told, cue) for told in self.told.values())

    def _speaks_for(self, told: Cue, cue: Cue) -> bool:
        if not {told.kind, cue.kind} <= set(ABUSE_KINDS) or told.speaker != cue.speaker:
            return False
        shares_words = told.start_ms < cue.end_ms and cue.start_ms < told.end_ms
        return shares_words and self.gravity(told.kind) > self.gravity(cue.kind)

    def retract(self, at_ms: int, cue_id: str) -> list[Event]:
        """Retracts the alerts of a cue that never happened; it does not count any more."""
        for cue_ids in self.cue_ids.values():
            if cue_id in cue_ids:
                cue_ids.remove(cue_id)
        self.told.pop(cue_id, None)
        self.spared.pop(cue_id, None)
        raised = [id_ for id_, alert in self.alerts.items() if alert.why.cue_id == cue_id]
        return [self._set(at_ms, id_, "retracted", OURSELVES) for id_ in raised]

    def resolve_kind(self, at_ms: int, kind: str, by: str) -> list[Event]:
        """Resolves every unresolved alert of a kind."""
        ids = [id_ for id_, alert in self.alerts.items() if alert.kind == kind and self.is_unresolved(id_)]
        return [self._set(at_ms, id_, "resolved", by) for id_ in ids]

    def change(self, at_ms: int, action: ChangeAlert) -> list[Event]:
        """Carries out what a supervisor asked for. Raises ActionError."""
        if action.alert_id not in self.alerts:
            raise ActionError("unknown_alert", f"this call has no alert {action.alert_id!r}; reload the page")
        if self.states[action.alert_id] == "retracted":
            raise ActionError("alert_retracted", f"alert {action.alert_id} turned out to be untrue")
        self.states[action.alert_id] = action.state
        return [change_of(action, at_ms)]

    def has_unresolved(self, kind: str) -> bool:
        """Whether an alert of this kind is open or acknowledged."""
        return any(alert.kind == kind and self.is_unresolved(id_) for id_, alert in self.alerts.items())

    def is_unresolved(self, alert_id: str) -> bool:
        """Whether this alert is open or acknowledged."""
        return self.states[alert_id] in ("open", "acknowledged")

    def _is_in_cooldown(self, at_ms: int, rule: AlertRule, level: AlertLevel) -> bool:
        """Whether an alert of this kind, at this level or above, came within the cooldown."""
        times = [
            alert.at_ms
            for id_, alert in self.alerts.items()
            if alert.kind == rule.kind
            and self.states[id_] != "retracted"
            and LEVELS.index(alert.level) >= LEVELS.index(level)
        ]
        return bool(times) and at_ms - times[-1] < rule.cooldown_s * SECOND_MS

    def _set(self, at_ms: int, alert_id: str, state: AlertState, by: str) -> AlertChanged:
        self.states[alert_id] = state
        return AlertChanged(at_ms=at_ms, alert_id=alert_id, state=state, by=by)


def change_of(action: ChangeAlert, at_ms: int) -> AlertChanged:
    """What a person did with an alert, as the call's history has it."""
    return AlertChanged(
        at_ms=at_ms,
        alert_id=action.alert_id,
        state=action.state,
        by=action.by,
        note=action.note,
        done_at=action.done_at,
    )
