"""Carries out what people ask for in a call: the agent's buttons, alerts, false alarms, notes, coaching.

Never looks at words or cues. An action that fits nothing raises ActionError and changes nothing.
Next: `started_call.py` gives the events back.
"""

from dataclasses import dataclass

from voiceassist.actions import (
    Action,
    AddNote,
    AnswerCoaching,
    AskHelp,
    ChangeAlert,
    ChangeNote,
    CorrectLine,
    DismissPrompt,
    MarkFalseAlarm,
    MarkNotUseful,
    MarkPromise,
    PauseRecording,
    SayFine,
    SeeCoaching,
    SendCoaching,
    SetCardVolume,
    SetConsent,
    SetMute,
    SetTag,
    TakeBreak,
    UsePrompt,
    WithdrawCoaching,
)
from voiceassist.core.call.alerts import Alerts
from voiceassist.core.call.card_slot import CardSlot
from voiceassist.core.call.coaching import Coaching, CoachingAction
from voiceassist.core.call.consent import KnownConsent
from voiceassist.core.call.incident_changes import change_incident
from voiceassist.core.call.ladder import LadderPosition
from voiceassist.core.call.notes import Notes
from voiceassist.core.call.pause import Pause
from voiceassist.core.call.tags import Tags
from voiceassist.core.call.told_cues import ToldCues
from voiceassist.core.playbook.model import Playbook
from voiceassist.errors import ActionError
from voiceassist.events import AgentFine, CoachingAnswered, Event, Person, Why

WrittenDown = MarkFalseAlarm | MarkNotUseful | MarkPromise | AddNote | ChangeNote | SetTag | CorrectLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """What the actions of one call change."""

    playbook: Playbook
    agent: Person
    slot: CardSlot
    alerts: Alerts
    told: ToldCues
    pause: Pause
    consent: KnownConsent
    coaching: Coaching
    ladder: LadderPosition
    notes: Notes
    tags: Tags

    def carry_out(self, action: Action) -> list[Event]:
        """What follows from an action. Raises ActionError."""
        at_ms = action.at_ms
        match action:
            case UsePrompt():
                return self.slot.use(at_ms, action.prompt_id, action.alternative)
            case DismissPrompt():
                return self.slot.dismiss(at_ms, action.prompt_id)
            case SetMute() | SetCardVolume():
                return self._choose_cards(action)
            case AskHelp():
                return self._ask_help(at_ms)
            case SayFine() | TakeBreak():
                return self._stay(action)
            case ChangeAlert():
                return self.alerts.see(change_incident(self.alerts.incidents, self.told, action))
            case SendCoaching() | SeeCoaching() | AnswerCoaching() | WithdrawCoaching():
                return self._coach(action)
            case (
                MarkFalseAlarm()
                | MarkNotUseful()
                | MarkPromise()
                | AddNote()
                | ChangeNote()
                | SetTag()
                | CorrectLine()
            ):
                return self._write_down(action)
            case PauseRecording() | SetConsent():
                return self._record(action)

    def _write_down(self, action: WrittenDown) -> list[Event]:
        """What somebody thinks of the call; a card of no use leaves the screen with that."""
        match action:
            case MarkFalseAlarm():
                return [self.told.mark(action)]
            case MarkNotUseful():
                marked, is_open = self.told.judge(action), action.prompt_id not in self.slot.outcomes
                leaves = action.marked and is_open
                return [*(self.slot.dismiss(action.at_ms, action.prompt_id) if leaves else []), marked]
            case MarkPromise():
                return [self.told.keep(action)]
            case AddNote() | ChangeNote():
                return self.notes.carry_out(action)
            case SetTag():
                return self.tags.carry_out(action)
            case CorrectLine():
                raise ActionError("correct_later", "lines are corrected after the call: this one goes on")

    def _choose_cards(self, action: SetMute | SetCardVolume) -> list[Event]:
        if isinstance(action, SetMute):
            return self.slot.mute(action.at_ms, muted=action.muted)
        return self.slot.set_volume(action.at_ms, action.volume)

    def _record(self, action: PauseRecording | SetConsent) -> list[Event]:
        if isinstance(action, PauseRecording):
            return self.pause.change(action)
        return self.consent.change(action)

    def _coach(self, action: CoachingAction) -> list[Event]:
        """An agent who answers "need you" asks for help, too."""
        events = self.coaching.carry_out(action)
        asks = any(isinstance(event, CoachingAnswered) and event.answer == "need_you" for event in events)
        return [*events, *(self._call_for_help(action.at_ms, "need_you") if asks else [])]

    def _ask_help(self, at_ms: int) -> list[Event]:
        """The agent's help button; pressing it again while its alert is unresolved changes nothing."""
        return [] if self.alerts.has_unresolved("help") else self._call_for_help(at_ms, "help_button")

    def _call_for_help(self, at_ms: int, rule: str) -> list[Event]:
        reason = Why(
            cue_id="",
            rule=rule,
            words="",
            confidence=1.0,
            playbook=self.playbook.label,
            spoken_ms=at_ms,
            latency_ms=0,
        )
        return self.alerts.raise_for(at_ms, "help", "", reason)

    def _stay(self, action: SayFine | TakeBreak) -> list[Event]:
        if isinstance(action, TakeBreak):
            raise ActionError("not_over", "a break begins after the call: this one goes on")
        return self._say_fine(action.at_ms) if action.fine else self._take_back_fine(action.at_ms)

    def _say_fine(self, at_ms: int) -> list[Event]:
        """The agent's I'm-fine button: calms the ladder, resolves the call for help, takes a card away."""
        self.ladder.calm()
        card = self.slot.on_screen
        is_about_abuse = card is not None and card.kind in self.playbook.ladder.steps
        closed = self.slot.close(at_ms, "dismissed") if is_about_abuse else []
        return [AgentFine(at_ms=at_ms), *self.alerts.resolve_kind(at_ms, "help", self.agent.name), *closed]

    def _take_back_fine(self, at_ms: int) -> list[Event]:
        """Its undo; nothing where the customer has ended it already."""
        if self.ladder.calm_at is None:
            return []
        self.ladder.stir()
        return [AgentFine(at_ms=at_ms, fine=False)]
