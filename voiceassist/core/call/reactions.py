"""Answers cues and the passing of time with events: cards, alerts, and refusals that close.

Each part does its own work: `card_choice.py` cards, `alerts.py` alerts, `refusals.py` the episodes of refusals,
`ladder.py` the rungs. This module says who is asked, and in which order. A cue brings a card and an alert only as
far as it reaches; one of a side whose language is in doubt is told and not answered. Never looks at words itself.
Next: `started_call.py` gives the events back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voiceassist.core.call.alerts import Alerts
from voiceassist.core.call.card_advice import is_followed
from voiceassist.core.call.card_choice import CardChoice
from voiceassist.core.call.card_slot import CardSlot
from voiceassist.core.call.card_text import topic_for, why
from voiceassist.core.call.clocks import CallTime
from voiceassist.core.call.incidents import gravity
from voiceassist.core.call.ladder import LadderPosition
from voiceassist.core.call.language_doubts import LanguageDoubts
from voiceassist.core.call.offers import Asker
from voiceassist.core.call.quotes import Quotes
from voiceassist.core.call.refusals import DeadEnd, Refusals
from voiceassist.core.cues.tracker import CueChange
from voiceassist.core.playbook.model import ABUSE_KINDS, Playbook
from voiceassist.core.words.turns import Turn, Turns
from voiceassist.events import (
    AgentFine,
    AlertLevel,
    Cue,
    CueConfirmed,
    CueRetracted,
    Event,
    RecoveryOffered,
    Transcript,
)

IN_ANY_LANGUAGE = ("silence", "overlap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactions:
    """The parts of one call that answer its cues."""

    playbook: Playbook
    turns: Turns
    cards: CardChoice
    slot: CardSlot
    alerts: Alerts
    ladder: LadderPosition
    refusals: Refusals
    quotes: Quotes
    doubts: LanguageDoubts

    def react_to_words(self, changes: Sequence[CueChange], event: Transcript, turn: Turn) -> list[Event]:
        """What follows from the cues of an utterance; the cues themselves come first."""
        quotes = self.quotes.hear(event, changes)
        retracted = [closed for change in changes for closed in self._note_change(change, turn)]
        done = [*self._close_recovered(event.at_ms, changes), *self._close_followed(event)]
        held = self.cards.show_held(event, turn)
        fresh = [change for change in changes if isinstance(change, Cue) and change.reach != "colour"]
        shown = [card for cue in fresh for card in self.cards.show_for(cue, event, turn)]
        due = [*(self.alerts.take_freed() if retracted else ()), *fresh]
        gravest_first = sorted(due, key=lambda cue: -self.alerts.gravity(cue.kind))
        alerts = [alert for cue in gravest_first for alert in self._alert(cue, event.at_ms)]
        again = self.cards.show_again(event)
        risen = [AgentFine(at_ms=event.at_ms, fine=False, rose=True)] if self.ladder.take_risen() else []
        return [*changes, *quotes, *retracted, *done, *held, *shown, *again, *risen, *alerts]

    def react_without_words(self, cues: Sequence[Cue]) -> list[Event]:
        """What follows from cues that no words show."""
        told = self._understood(cues)
        return [
            *cues,
            *(e for cue in told for e in (*self.cards.show_without_words(cue), *self._alert(cue, cue.at_ms))),
        ]

    def pass_time(self, time: CallTime) -> list[Event]:
        """Closes the refusals whose time is over."""
        return self._tell_dead_ends(time.now_ms, self.refusals.close_overdue(time, self.turns))

    def end(self, at_ms: int, unsaid: Sequence[Cue]) -> list[Event]:
        """Closes what is open; `unsaid`: cues of what was never said, for which a card comes too late."""
        followed = self.slot.close(at_ms, "followed") if self._told_to_end() else []
        closed = [*followed, *self.slot.clear(at_ms, "call_ended")]
        dead_ends = self._tell_dead_ends(at_ms, self.refusals.close_all(at_ms))
        alerts = [alert for cue in self._understood(unsaid) for alert in self._alert(cue, at_ms)]
        return [*closed, *dead_ends, *unsaid, *alerts, *self.offer_recovery(at_ms)]

    @property
    def is_pressing(self) -> bool:
        """Whether an alert is open that nobody has taken on, or a refusal."""
        return bool(self.refusals.episodes) or any(view.state == "open" for view in self.alerts.incidents.values())

    def offer_recovery(self, at_ms: int) -> list[Event]:
        """At the end of an abusive call: its agent is offered a moment."""
        abuse = [view for view in self.alerts.incidents.values() if view.alert.kind in ABUSE_KINDS]
        was_told = any(view.state != "retracted" and view.reason != "false_alarm" for view in abuse)
        level = self.playbook.ladder.levels.get(self.ladder.highest_name, "info")
        if was_told or (not abuse and gravity(level) >= gravity("warning")):
            return [RecoveryOffered(at_ms=at_ms, rung=self.ladder.highest_name)]
        return []

    def _note_change(self, change: CueChange, turn: Turn) -> list[Event]:
        """Tells the refusals of a change. A retracted cue takes back what it brought."""
        match change:
            case Cue(kind="refusal") if change.reach != "colour":
                limit_s = topic_for(self.playbook, self.turns, turn.words).policy.recovery_s
                self.refusals.open(change, turn, limit_s or self.playbook.limits.recovery_s)
            case Cue(kind="alternative"):  # however far it reaches: a card that goes too early costs least
                self.refusals.add_alternative(change, turn)
            case CueConfirmed():
                self.refusals.confirm(change.cue_id)
            case CueRetracted():
                return self._retract(change.at_ms, change.cue_id)
        return []

    def _understood(self, cues: Sequence[Cue]) -> list[Cue]:
        return [cue for cue in cues if self._is_understood(cue)]

    def _is_understood(self, cue: Cue) -> bool:
        """Whether the cue's side speaks the call's language, as far as we know; some cues hold in any language."""
        return cue.kind in IN_ANY_LANGUAGE or cue.speaker not in self.doubts.doubted

    def _retract(self, at_ms: int, cue_id: str) -> list[Event]:
        self.refusals.retract(cue_id)
        self.ladder.retract(cue_id)
        self.cards.retract(cue_id)
        return [*self.slot.close_for(at_ms, cue_id, "retracted"), *self.alerts.retract(at_ms, cue_id)]

    def _close_recovered(self, at_ms: int, changes: Sequence[CueChange]) -> list[Event]:
        """Closes recovered refusals, and the card of a refusal once an alternative is offered, however late."""
        closed: list[Event] = list(self.refusals.close_recovered(at_ms))
        if any(isinstance(change, Cue) and change.kind == "alternative" for change in changes):
            closed += self.slot.close_kind(at_ms, "refusal", "recovered")
        return closed

    def _close_followed(self, event: Transcript) -> list[Event]:
        """Closes the card whose advice the agent's words have followed, and lets none come again."""
        if event.speaker != "agent":
            return []
        followed = [draft for draft in self.slot.open_drafts() if is_followed(self.playbook, draft, event)]
        return [e for draft in followed for e in self.slot.close_for(event.at_ms, draft.why.cue_id, "followed")]

    def _told_to_end(self) -> bool:
        """Whether the card on the screen says that the agent may end the call: the ladder's last rung."""
        card = self.slot.on_screen
        return card is not None and [self.slot.names[card.prompt_id]] == [*self.playbook.ladder.rungs[-1:]]

    def _alert(self, cue: Cue, at_ms: int) -> list[Event]:
        if cue.reach != "alert":
            return []
        reason = why(self.playbook, cue, at_ms, self.quotes.of(cue))
        at_least = self.ladder.level_of(cue.cue_id)
        if cue.cue_id in self.ladder.quiet and not self._is_critical(cue, at_least):
            return []
        return self.alerts.raise_for_cue(at_ms, cue, reason, at_least)

    def _is_critical(self, cue: Cue, at_least: AlertLevel | None) -> bool:
        levels = [self.alerts.gravity(cue.kind), gravity(at_least or "info")]
        return max(levels) >= gravity("critical")

    def _tell_dead_ends(self, at_ms: int, dead_ends: Sequence[DeadEnd]) -> list[Event]:
        out: list[Event] = []
        for dead in dead_ends:
            quote = self.quotes.of(dead.refusal)
            reason = why(self.playbook, dead.refusal, at_ms, quote)
            out.append(dead.closed)
            if self._is_understood(dead.refusal):
                out += self.alerts.raise_for(at_ms, "dead_end", quote, reason)
        return out


def reactions_for(playbook: Playbook, asker: Asker, turns: Turns, slot: CardSlot, alerts: Alerts) -> Reactions:
    """The reactions of a new call, with a ladder, refusals and doubts of its own."""
    ladder, refusals = LadderPosition(playbook.ladder), Refusals(playbook.limits, playbook.spoken)
    quotes = Quotes(playbook.spoken)
    return Reactions(
        playbook=playbook,
        turns=turns,
        cards=CardChoice(
            playbook=playbook,
            turns=turns,
            asker=asker,
            slot=slot,
            ladder=ladder,
            refusals=refusals,
            quotes=quotes,
        ),
        slot=slot,
        alerts=alerts,
        ladder=ladder,
        refusals=refusals,
        quotes=quotes,
        doubts=LanguageDoubts(),
    )
