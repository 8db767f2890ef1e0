"""The agent's screen has room for one card: decides whether a card may come now, and how it leaves.

A card of higher priority supersedes the one that is shown, nothing else interrupts it. Cooldown, cap, a gap
between cards and the agent's mute keep the screen quiet. A card whose moment has passed is a note: at most one
stands beside the card, and takes nothing from cards that come in time. Never decides what a card says:
`card_text.py` does.
Next: `reactions.py` and `actions.py` give the events to the call.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from voiceassist.core.call.lateness import Lateness
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
    lateness: Lateness
    muted: bool = False
    on_screen: Prompt | None = None
    note: Prompt | None = None  # the newest card that came late, while it stands beside that
    shown_ms: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by the card's name
    noted_ms: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # likewise, of notes
    names: dict[str, str] = field(default_factory=dict)  # prompt id → the card's name
    outcomes: dict[str, PromptOutcome] = field(default_factory=dict)  # by prompt id; closed cards
    used: Counter[str] = field(default_factory=Counter)  # alternatives by id
    last: Prompt | None = None  # that was closed
    last_closed_ms: int = 0

    def show(self, at_ms: int, draft: CardDraft) -> list[Event]:
        """Puts a card on the screen if it may come now; one whose moment has passed, as a note."""
        if self.muted or not _may_repeat(at_ms, draft.card, self.shown_ms[draft.card.name]):
            return []
        if self.lateness.is_late:
            return self._show_note(at_ms, draft)
        if not self._has_room(at_ms, draft.card):
            return []
        closed = self.close(at_ms, "superseded")
        self.shown_ms[draft.card.name].append(at_ms)
        self.on_screen = self._prompt(at_ms, draft)
        return [*closed, self.on_screen]

    def close(self, at_ms: int, outcome: PromptOutcome) -> list[Event]:
        """Takes the card off the screen, if there is one."""
        return self._close(at_ms, self.on_screen, outcome)

    def clear(self, at_ms: int, outcome: PromptOutcome) -> list[Event]:
        """Takes the card and the note off the screen."""
        return [closed for prompt in self._open() for closed in self._close(at_ms, prompt, outcome)]

    def close_for(self, at_ms: int, cue_id: str, outcome: PromptOutcome) -> list[Event]:
        """Takes what came for that cue off the screen."""
        came = [prompt for prompt in self._open() if prompt.why.cue_id == cue_id]
        return [closed for prompt in came for closed in self._close(at_ms, prompt, outcome)]

    def expire(self, at_ms: int) -> list[Event]:
        """Takes off the screen whatever has had its time."""
        over = [prompt for prompt in self._open() if at_ms >= prompt.expires_ms]
        return [closed for prompt in over for closed in self._close(at_ms, prompt, "stale")]

    def use(self, at_ms: int, prompt_id: str, alternative: str | None) -> list[Event]:
        """The agent used the card, or did what the note says. Raises ActionError."""
        prompt = self._open_card(prompt_id)
        known = [offer.id for offer in prompt.alternatives]
        if alternative is not None and alternative not in known:
            names = ", ".join(known) or "none"
            raise ActionError(
                "unknown_alternative", f"card {prompt_id} has no alternative {alternative!r}; it has: {names}"
            )
        if alternative is not None:
            self.used[alternative] += 1
        return self._close(at_ms, prompt, "used", alternative)

    def dismiss(self, at_ms: int, prompt_id: str) -> list[Event]:
        """The agent does not want the card, or the note. Raises ActionError."""
        return self._close(at_ms, self._open_card(prompt_id), "dismissed")

    def mute(self, at_ms: int, *, muted: bool) -> list[Event]:
        """Switches cards off or on; nothing happens when they already are."""
        if muted == self.muted:
            return []
        self.muted = muted
        closed = self.clear(at_ms, "muted") if muted else []
        return [MuteChanged(at_ms=at_ms, muted=muted), *closed]

    def _open_card(self, prompt_id: str) -> Prompt:
        if prompt_id in self.outcomes:
            outcome = self.outcomes[prompt_id]
            raise ActionError("card_closed", f"card {prompt_id} is no longer on the screen ({outcome})")
        found = next((prompt for prompt in self._open() if prompt.prompt_id == prompt_id), None)
        if found is None:
            raise ActionError("unknown_card", f"this call has no card {prompt_id!r}; reload the page")
        return found

    def _open(self) -> list[Prompt]:
        """The card and the note, as far as there are any."""
        return [prompt for prompt in (self.on_screen, self.note) if prompt]

    def _close(
        self, at_ms: int, prompt: Prompt | None, outcome: PromptOutcome, alternative: str | None = None
    ) -> list[Event]:
        """Takes one of the two off the screen. A note that goes leaves no gap before the next card."""
        if prompt is None:
            return []
        if prompt is self.note:
            self.note = None
        else:
            self.on_screen, self.last, self.last_closed_ms = None, prompt, at_ms
        self.outcomes[prompt.prompt_id] = outcome
        return [PromptClosed(at_ms=at_ms, prompt_id=prompt.prompt_id, outcome=outcome, alternative=alternative)]

    def _show_note(self, at_ms: int, draft: CardDraft) -> list[Event]:
        """Notes keep to the card's cap and cooldown too, and count as no card; the newest one stands."""
        noted = self.noted_ms[draft.card.name]
        if not _may_repeat(at_ms, draft.card, noted):
            return []
        closed = self._close(at_ms, self.note, "superseded")
        noted.append(at_ms)
        self.note = self._prompt(at_ms, draft)
        return [*closed, self.note]

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

    def _prompt(self, at_ms: int, draft: CardDraft) -> Prompt:
        prompt_id = f"p{len(self.names) + 1}"
        self.names[prompt_id] = draft.card.name
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
            late=self.lateness.is_late,
        )


def _may_repeat(at_ms: int, card: Card, earlier_ms: Sequence[int]) -> bool:
    """Whether the card's own cap and cooldown let it come again after those times."""
    if len(earlier_ms) >= card.cap:
        return False
    return not earlier_ms or at_ms - earlier_ms[-1] >= card.cooldown_s * SECOND_MS
