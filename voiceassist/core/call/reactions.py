"""Answers cues: which become cards, alerts, open or recovered refusals, and what time does to them.

Holds the parts that remember (card slot, alerts, ladder, refusals) and lets each do its own work. Never looks at
words itself. Next: `call.py` hands the events on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from voiceassist.core.call.alerts import Alerts
from voiceassist.core.call.card_slot import CardDraft, CardSlot
from voiceassist.core.call.card_text import draft_for, is_unwelcome, topic_for, why
from voiceassist.core.call.ladder import Climb
from voiceassist.core.call.offers import Asker, offers_for
from voiceassist.core.call.refusals import Refusals
from voiceassist.core.cues.tracker import CueChange
from voiceassist.core.playbook.model import AlertRule, Playbook
from voiceassist.core.words.languages import Language
from voiceassist.core.words.text import tokenise
from voiceassist.core.words.turns import Turn, Turns
from voiceassist.events import (
    AgentFine,
    Cue,
    CueConfirmed,
    CueRetracted,
    Event,
    Final,
    Person,
    RefusalClosed,
    Transcript,
    Why,
)

HELP = AlertRule(kind="help", level="critical", reason="The agent asks for help.")  # unless the playbook says else
HOLD_MS = 2000  # how long a refusal's card waits for the other half of "we can't ..., but ..."


@dataclass(slots=True)
class Reactions:
    """The parts that answer cues: the card slot, the alerts, the ladder and the open refusals of one call."""

    playbook: Playbook
    turns: Turns
    agent: Person = field(default_factory=lambda: Person(id="", name=""))
    asker: Asker = field(default_factory=Asker)
    card_slot: CardSlot = field(init=False)
    alerts: Alerts = field(init=False)
    climb: Climb = field(init=False)
    refusals: Refusals = field(init=False)
    held: list[Cue] = field(default_factory=list)  # refusals whose card waits for the rest of the breath

    def __post_init__(self) -> None:
        self.card_slot = CardSlot(self.playbook.limits)
        self.alerts = Alerts({"help": HELP} | dict(self.playbook.alerts))
        self.climb = Climb(self.playbook.ladder)
        self.refusals = Refusals(self.playbook.limits, self.playbook.spoken)

    def react(self, changes: Sequence[CueChange], event: Transcript, turn: Turn) -> list[Event]:
        """What follows from an utterance's cues; the cues themselves come first."""
        at_ms, fresh = event.at_ms, [change for change in changes if isinstance(change, Cue)]
        out: list[Event] = list(changes)
        for change in changes:
            out += self._note(change, turn)
        out += self.refusals.settle(at_ms)
        for cue_id in self.refusals.answered():
            out += self.card_slot.close_for(at_ms, cue_id, "recovered")
        for closed in [item for item in out if isinstance(item, RefusalClosed)]:
            out += self.card_slot.close_for(at_ms, closed.cue_id, "recovered")
        out += self._release(event, turn)
        for cue in fresh:
            out += self._card(cue, event, turn) + self._alert(at_ms, cue)
        return out

    def too_late(self, cues: Sequence[Cue]) -> list[Event]:
        """What follows from cues at the end of the call, when no card helps any more."""
        return [*cues, *(alert for cue in cues for alert in self._alert(cue.at_ms, cue))]

    def heard(self, cues: Sequence[Cue]) -> list[Event]:
        """What follows from cues that no words show."""
        out: list[Event] = list(cues)
        for cue in cues:
            out += self._plain_card(cue) + self._alert(cue.at_ms, cue)
        return out

    def pass_time(self, at_ms: int, heard_ms: int) -> list[Event]:
        """Dead ends that are due when the audio was heard up to `heard_ms`."""
        return self._dead(at_ms, self.refusals.expire(at_ms, heard_ms, self.turns))

    def end(self, at_ms: int) -> list[Event]:
        """The call is over."""
        return self.card_slot.close(at_ms, "call_ended") + self._dead(at_ms, self.refusals.end(at_ms))

    def ask_help(self, at_ms: int) -> list[Event]:
        """The agent's help button; pressing it again while it is open changes nothing."""
        if self.alerts.is_open_for("help"):
            return []
        reason = Why(
            cue_id="",
            rule="help_button",
            words="",
            confidence=1.0,
            playbook=self.playbook.label,
            spoken_ms=at_ms,
            latency_ms=0,
        )
        return self.alerts.raise_for(at_ms, "help", "", reason)

    def say_fine(self, at_ms: int) -> list[Event]:
        """The agent's I'm-fine button: no help is needed, and no card about abuse."""
        is_ladder = self.card_slot.open is not None and self.card_slot.open.kind in self.playbook.ladder.steps
        closed = self.card_slot.close(at_ms, "dismissed") if is_ladder else []
        return [AgentFine(at_ms=at_ms), *self.alerts.resolve_kind(at_ms, "help", self.agent.name), *closed]

    def _note(self, change: CueChange, turn: Turn) -> list[Event]:
        match change:
            case Cue(kind="refusal"):
                limit = topic_for(self.playbook, self.turns, turn.words).policy.recovery_s
                self.refusals.refuse(change, turn, limit or self.playbook.limits.recovery_s)
            case Cue(kind="alternative"):
                self.refusals.offer(change, turn)
            case CueConfirmed():
                self.refusals.confirm(change.cue_id)
            case CueRetracted():
                return self._retract(change)
        return []

    def _retract(self, change: CueRetracted) -> list[Event]:
        self.refusals.retract(change.cue_id)
        self.climb.retract(change.cue_id)
        self.held = [cue for cue in self.held if cue.cue_id != change.cue_id]
        closed = self.card_slot.close_for(change.at_ms, change.cue_id, "retracted")
        return closed + self.alerts.retract(change.at_ms, change.cue_id)

    def _card(self, cue: Cue, event: Transcript, turn: Turn) -> list[Event]:
        if cue.kind == "refusal":
            return self._refusal(cue, event, turn)
        if cue.kind in self.playbook.ladder.steps:
            return self._ladder(cue, turn)
        if cue.kind == "giveaway" and self._is_offered_in(turn):
            return []  # it is the alternative that a card asked for
        return self._plain_card(cue)

    def _refusal(self, cue: Cue, event: Transcript, turn: Turn) -> list[Event]:
        if not self.refusals.is_waiting(cue.cue_id):
            return []
        if cue.early and _turns_after(cue, event, self.playbook.spoken):
            self.held.append(cue)
            return []
        return self._refusal_card(event.at_ms, cue, turn)

    def _refusal_card(self, at_ms: int, cue: Cue, turn: Turn) -> list[Event]:
        card = self.playbook.cards.get(cue.kind)
        if card is None:
            return []
        refused = turn.words if turn.speaker == cue.speaker else self.turns.before(turn.speaker)
        policy = topic_for(self.playbook, self.turns, refused).policy
        offers = offers_for(policy, replace(self.asker, used=self.card_slot.used))
        return self._show(at_ms, draft_for(self.playbook, card, cue, at_ms, policy=policy, offers=offers))

    def _release(self, event: Transcript, turn: Turn) -> list[Event]:
        """Shows the held cards whose breath brought no alternative."""
        due = [cue for cue in self.held if _breath_is_over(cue, event)]
        self.held = [cue for cue in self.held if cue not in due and self.refusals.is_waiting(cue.cue_id)]
        waiting = [cue for cue in due if self.refusals.is_waiting(cue.cue_id)]
        return [shown for cue in waiting for shown in self._refusal_card(event.at_ms, cue, turn)]

    def _ladder(self, cue: Cue, turn: Turn) -> list[Event]:
        card = self.playbook.cards[self.climb.rung_for(cue, turn.number)]
        return self._show(cue.at_ms, draft_for(self.playbook, card, cue, cue.at_ms))

    def _plain_card(self, cue: Cue) -> list[Event]:
        card = self.playbook.cards.get(cue.kind)
        return self._show(cue.at_ms, draft_for(self.playbook, card, cue, cue.at_ms)) if card else []

    def _show(self, at_ms: int, draft: CardDraft) -> list[Event]:
        return [] if is_unwelcome(self.playbook, draft.card, self.turns) else self.card_slot.show(at_ms, draft)

    def _alert(self, at_ms: int, cue: Cue) -> list[Event]:
        reason, at_least = why(self.playbook, cue, at_ms), self.climb.level_of(cue.cue_id)
        return self.alerts.raise_for(at_ms, cue.kind, cue.words, reason, at_least)

    def _dead(self, at_ms: int, dead: list[tuple[Cue, RefusalClosed]]) -> list[Event]:
        out: list[Event] = []
        for cue, closed in dead:
            reason = why(self.playbook, cue, at_ms)
            out += [closed, *self.alerts.raise_for(at_ms, "dead_end", cue.words, reason)]
        return out

    def _is_offered_in(self, turn: Turn) -> bool:
        return self.refusals.offered is not None and self.refusals.offered[0] == turn.number


def _turns_after(cue: Cue, event: Transcript, language: Language) -> bool:
    """Whether the words after the refusal announce its other half."""
    later = [word.text for word in event.words if word.start_ms >= cue.end_ms]
    said = f" {' '.join(token.text for token in tokenise(later, language))} "
    return any(f" {pivot} " in said for pivot in language.pivots)


def _breath_is_over(cue: Cue, event: Transcript) -> bool:
    if event.speaker != cue.speaker:
        return event.at_ms - cue.at_ms >= HOLD_MS
    return isinstance(event, Final) or event.utterance > cue.utterance or event.at_ms - cue.at_ms >= HOLD_MS
