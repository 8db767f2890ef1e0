"""The agent's screen has room for one card: decides whether a card may come now, and how it leaves.

A card of higher priority supersedes the one that is shown, nothing else interrupts it. Cooldown, cap, a gap
between cards and the agent's mute keep the screen quiet. Never decides what a card says: `card_text.py` does.
Next: `reactions.py` and `actions.py` give the events to the call.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from voiceassist.core.playbook.model import SECOND_MS, Card, Limits
from voiceassist.errors import ActionError
from voiceassist.events import (
    Alternative,
    Event,
    MuteChanged,
    Prompt,
    PromptClosed,
    PromptOutcome,
    Why,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDraft:
    """A card with everything that it would say if it came now."""

    card: Card
    kind: str
    headline: str
    say: str
    alternatives: tuple[Alternative, ...]
    why: Why


@dataclass(slots=True)
class CardSlot:
    """The card on the agent's screen, and all cards that were there before in this call."""

    limits: Limits
    muted: bool = False
    on_screen: Prompt | None = None
    shown_ms: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by the card's name
    names: dict[str, str] = field(default_factory=dict)  # prompt id → the card's name
    outcomes: dict[str, PromptOutcome] = field(default_factory=dict)  # by prompt id; closed cards
    used: Counter[str] = field(default_factory=Counter)  # alternatives by id
    last: Prompt | None = None  # that was closed
    last_closed_ms: int = 0

    def show(self, at_ms: int, draft: CardDraft) -> list[Event]:
        """Puts a card on the screen if it may come now."""
        if self.muted or not self._may_repeat(at_ms, draft.card) or not self._has_room(at_ms, draft.card):
            return []
        closed = self.close(at_ms, "superseded")
        self.shown_ms[draft.card.name].append(at_ms)
        self.on_screen = _prompt(at_ms, self._next_id(), draft)
        self.names[self.on_screen.prompt_id] = draft.card.name
        return [*closed, self.on_screen]

    def close(self, at_ms: int, outcome: PromptOutcome, alternative: str | None = None) -> list[Event]:
        """Takes the card off the screen, if there is one."""
        if self.on_screen is None:
            return []
        prompt, self.on_screen = self.on_screen, None
        self.outcomes[prompt.prompt_id] = outcome
        self.last, self.last_closed_ms = prompt, at_ms
        return [PromptClosed(at_ms=at_ms, prompt_id=prompt.prompt_id, outcome=outcome, alternative=alternative)]

    def close_for(self, at_ms: int, cue_id: str, outcome: PromptOutcome) -> list[Event]:
        """Takes the card off the screen if it came for that cue."""
        return self.close(at_ms, outcome) if self.on_screen and self.on_screen.why.cue_id == cue_id else []

    def expire(self, at_ms: int) -> list[Event]:
        """Takes the card off the screen when its time is over."""
        return self.close(at_ms, "stale") if self.on_screen and at_ms >= self.on_screen.expires_ms else []

    def use(self, at_ms: int, prompt_id: str, alternative: str | None) -> list[Event]:
        """The agent used the card. Raises ActionError."""
        prompt = self._open_card(prompt_id)
        known = [offer.id for offer in prompt.alternatives]
        if alternative is not None and alternative not in known:
            names = ", ".join(known) or "none"
            raise ActionError(
                "unknown_alternative", f"card {prompt_id} has no alternative {alternative!r}; it has: {names}"
            )
        if alternative is not None:
            self.used[alternative] += 1
        return self.close(at_ms, "used", alternative)

    def dismiss(self, at_ms: int, prompt_id: str) -> list[Event]:
        """The agent does not want the card. Raises ActionError."""
        self._open_card(prompt_id)
        return self.close(at_ms, "dismissed")

    def mute(self, at_ms: int, *, muted: bool) -> list[Event]:
        """Switches cards off or on; nothing happens when they already are."""
        if muted == self.muted:
            return []
        self.muted = muted
        closed = self.close(at_ms, "muted") if muted else []
        return [MuteChanged(at_ms=at_ms, muted=muted), *closed]

    def _open_card(self, prompt_id: str) -> Prompt:
        if prompt_id in self.outcomes:
            outcome = self.outcomes[prompt_id]
            raise ActionError("card_closed", f"card {prompt_id} is no longer on the screen ({outcome})")
        if self.on_screen is None or self.on_screen.prompt_id != prompt_id:
            raise ActionError("unknown_card", f"this call has no card {prompt_id!r}; reload the page")
        return self.on_screen

    def _may_repeat(self, at_ms: int, card: Card) -> bool:
        """Whether the card's own cap and cooldown let it come again."""
        shown = self.shown_ms[card.name]
        if len(shown) >= card.cap:
            return False
        return not shown or at_ms - shown[-1] >= card.cooldown_s * SECOND_MS

    def _has_room(self, at_ms: int, card: Card) -> bool:
        """Whether the call's cap, the card on the screen and the gap after the last one leave room."""
        if self._shown_count() >= self.limits.cards_per_call:
            return False
        if self.on_screen is not None:
            return card.priority > self.on_screen.priority
        if self.last is None or card.priority > self.last.priority:
            return True
        return at_ms - self.last_closed_ms >= self.limits.gap_s * SECOND_MS

    def _shown_count(self) -> int:
        return sum(len(times) for times in self.shown_ms.values())

    def _next_id(self) -> str:
        return f"p{self._shown_count()}"


def _prompt(at_ms: int, prompt_id: str, draft: CardDraft) -> Prompt:
    return Prompt(
        at_ms=at_ms,
        prompt_id=prompt_id,
        kind=draft.kind,
        headline=draft.headline,
        say=draft.say,
        alternatives=draft.alternatives,
        priority=draft.card.priority,
        expires_ms=at_ms + draft.card.expires_s * SECOND_MS,
        why=draft.why,
    )
