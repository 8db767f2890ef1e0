"""The one card on the agent's screen: whether it may come, and how it leaves.

One at a time; a higher priority supersedes, nothing else interrupts. Cooldown, cap, a gap between cards and the
agent's mute keep the screen quiet. Never decides what a card says: `card_text.py` does. Next: `call.py`.
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
    """A card with everything that it would say in this call."""

    card: Card
    kind: str
    headline: str
    say: str
    alternatives: tuple[Alternative, ...]
    why: Why


@dataclass(slots=True)
class CardSlot:
    """What is on the screen, and what was."""

    limits: Limits
    muted: bool = False
    open: Prompt | None = None
    shown: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # card → at_ms
    names: dict[str, str] = field(default_factory=dict)  # prompt id → card
    outcomes: dict[str, PromptOutcome] = field(default_factory=dict)  # closed cards
    used: Counter[str] = field(default_factory=Counter)  # alternatives
    last: tuple[int, int] | None = None  # priority and closing time of the last card

    def show(self, at_ms: int, draft: CardDraft) -> list[Event]:
        """Puts a card on the screen if it may come now."""
        if self.muted or not self._is_fresh(at_ms, draft.card) or not self._has_room(at_ms, draft.card):
            return []
        closed = self.close(at_ms, "superseded")
        self.shown[draft.card.name].append(at_ms)
        self.open = _prompt(at_ms, self._next_id(), draft)
        self.names[self.open.prompt_id] = draft.card.name
        return [*closed, self.open]

    def close(self, at_ms: int, outcome: PromptOutcome, alternative: str | None = None) -> list[Event]:
        """Takes the card off the screen, if there is one."""
        if self.open is None:
            return []
        prompt, self.open = self.open, None
        self.outcomes[prompt.prompt_id] = outcome
        self.last = (prompt.priority, at_ms)
        return [PromptClosed(at_ms=at_ms, prompt_id=prompt.prompt_id, outcome=outcome, alternative=alternative)]

    def close_for(self, at_ms: int, cue_id: str, outcome: PromptOutcome) -> list[Event]:
        """Takes the card off the screen if that cue brought it."""
        return self.close(at_ms, outcome) if self.open and self.open.why.cue_id == cue_id else []

    def expire(self, at_ms: int) -> list[Event]:
        """Takes the card off the screen when its time is over."""
        return self.close(at_ms, "stale") if self.open and at_ms >= self.open.expires_ms else []

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
        if self.open is None or self.open.prompt_id != prompt_id:
            raise ActionError("unknown_card", f"this call has no card {prompt_id!r}; reload the page")
        return self.open

    def _is_fresh(self, at_ms: int, card: Card) -> bool:
        shown = self.shown[card.name]
        if len(shown) >= card.cap:
            return False
        return not shown or at_ms - shown[-1] >= card.cooldown_s * SECOND_MS

    def _has_room(self, at_ms: int, card: Card) -> bool:
        if self._count() >= self.limits.cards_per_call:
            return False
        if self.open is not None:
            return card.priority > self.open.priority
        if self.last is None or card.priority > self.last[0]:
            return True
        return at_ms - self.last[1] >= self.limits.gap_s * SECOND_MS

    def _count(self) -> int:
        return sum(len(times) for times in self.shown.values())

    def _next_id(self) -> str:
        return f"p{self._count()}"


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
