"""Chooses the card that a cue brings, and shows it if the screen has room.

A refusal's card offers what its policy allows; it is held back while the agent's own words announce an
alternative ("we can't do that, but ..."). An abusive customer's card is the ladder's. Every other kind has the
card of its name. Never alerts anybody. Next: `card_slot.py` decides whether the card may come now.
"""

from dataclasses import dataclass, field, replace

from voiceassist.core.call.card_slot import CardDraft, CardSlot
from voiceassist.core.call.card_text import draft_for, is_unwelcome, topic_for, why
from voiceassist.core.call.ladder import LadderPosition
from voiceassist.core.call.offers import Asker, offers_for
from voiceassist.core.call.quotes import Quotes
from voiceassist.core.call.refusals import TURN_MIN_TOKENS, Refusals
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.languages import Language
from voiceassist.core.words.text import tokenise
from voiceassist.core.words.turns import Turn, Turns, words_of
from voiceassist.events import Cue, Event, Final, Transcript, Why

HOLD_MS = 2000  # how long a refusal's card waits for the other half of "we can't ..., but ..."


@dataclass(slots=True, kw_only=True)
class CardChoice:
    """The cards that the cues of one call bring."""

    playbook: Playbook
    turns: Turns
    asker: Asker
    slot: CardSlot
    ladder: LadderPosition
    refusals: Refusals
    quotes: Quotes
    carded_turn: int = 0  # number of the agent's turn whose refusal had a card last
    held: list[Cue] = field(default_factory=list)  # refusals whose card is held back

    def show_for(self, cue: Cue, event: Transcript, turn: Turn) -> list[Event]:
        """Shows the card of a cue that this utterance brought."""
        if cue.kind == "refusal":
            return self._show_or_hold(cue, event, turn)
        if cue.kind in self.playbook.ladder.steps:
            return self._show(cue, cue.at_ms, self.ladder.climb(cue, turn.number))
        if cue.kind == "giveaway" and self.refusals.has_alternative_in(turn):
            return []  # it is the alternative that a card asked for
        return self._show(cue, cue.at_ms, cue.kind)

    def show_without_words(self, cue: Cue) -> list[Event]:
        """Shows the card of a cue that no words show."""
        return self._show(cue, cue.at_ms, cue.kind)

    def show_held(self, event: Transcript, turn: Turn) -> list[Event]:
        """Shows the cards that were held back for an alternative that did not come."""
        due = [cue for cue in self.held if _has_waited(cue, event)]
        unanswered = [cue for cue in self.held if self.refusals.is_unanswered(cue.cue_id)]
        self.held = [cue for cue in unanswered if cue not in due]
        return [shown for cue in unanswered if cue in due for shown in self._show_refusal(cue, event.at_ms, turn)]

    def show_again(self, event: Transcript) -> list[Event]:
        """Shows a card again while nobody did what it says: the customer has spoken, and the agent will answer."""
        if event.speaker == "agent" or not isinstance(event, Final):
            return []
        if len(tokenise(words_of(event), self.playbook.spoken)) < TURN_MIN_TOKENS:
            return []
        drafts = self.slot.undone_now(event.at_ms)
        return next((shown for draft in drafts if (shown := self._show_draft(event.at_ms, draft))), [])

    def retract(self, cue_id: str) -> None:
        """Forgets the held card of a cue that never happened."""
        self.held = [cue for cue in self.held if cue.cue_id != cue_id]

    def _show_or_hold(self, cue: Cue, event: Transcript, turn: Turn) -> list[Event]:
        if not self.refusals.is_unanswered(cue.cue_id):
            return []
        if cue.early and _announces_more(cue, event, self.playbook.spoken):
            self.held.append(cue)
            return []
        return self._show_refusal(cue, event.at_ms, turn)

    def _show_refusal(self, cue: Cue, at_ms: int, turn: Turn) -> list[Event]:
        card = self.playbook.cards.get(cue.kind)
        if card is None:
            return []
        refused = turn.words if turn.speaker == cue.speaker else self.turns.before(turn.speaker)
        policy = topic_for(self.playbook, self.turns, refused).policy
        offers = offers_for(policy, replace(self.asker, used=self.slot.used))
        draft = draft_for(self.playbook, card, cue, self._why(cue, at_ms), policy=policy, offers=offers)
        refused_turn = self.refusals.turn_of(cue.cue_id)
        shown = self._show_draft(at_ms, draft, renews=refused_turn != self.carded_turn)
        if shown:
            self.carded_turn = refused_turn
        return shown

    def _show(self, cue: Cue, at_ms: int, name: str) -> list[Event]:
        """Shows the card of that name, if the playbook has one."""
        card = self.playbook.cards.get(name)
        return self._show_draft(at_ms, draft_for(self.playbook, card, cue, self._why(cue, at_ms))) if card else []

    def _why(self, cue: Cue, at_ms: int) -> Why:
        return why(self.playbook, cue, at_ms, self.quotes.of(cue))

    def _show_draft(self, at_ms: int, draft: CardDraft, *, renews: bool = False) -> list[Event]:
        if is_unwelcome(self.playbook, draft.card, self.turns):
            return []
        return self.slot.show(at_ms, draft, renews=renews)


def _announces_more(cue: Cue, event: Transcript, language: Language) -> bool:
    """Whether a word after the refusal turns to its other half, as "but" does."""
    later = [word.text for word in event.words if word.start_ms >= cue.end_ms]
    said = f" {' '.join(token.text for token in tokenise(later, language))} "
    return any(f" {pivot} " in said for pivot in language.pivots)


def _has_waited(cue: Cue, event: Transcript) -> bool:
    """Whether a held card has waited long enough: its utterance is over, or the time is."""
    is_time_over = event.at_ms - cue.at_ms >= HOLD_MS
    if event.speaker != cue.speaker:
        return is_time_over
    return isinstance(event, Final) or event.utterance > cue.utterance or is_time_over
