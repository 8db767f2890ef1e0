"""The agent's screen has room for one card: decides whether a card may come now, and how it leaves.

A card of higher priority supersedes the one that is shown, nothing else interrupts it. Cooldown, cap, a gap
between cards, the agent's volume and mute keep the screen quiet. A newer refusal renews the card of an older one.
What left before anybody did what it says may come again, as often as the playbook lets it. A card whose moment has
passed is a note: at most one stands beside the card, and takes nothing from cards that come in time.
Never decides what a card says: `card_text.py` does.
Next: `reactions.py` and `actions.py` give the events to the call.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from voiceassist.actions import CardVolume
from voiceassist.core.call.card_volume import PACES, CardPace
from voiceassist.core.call.lateness import Lateness
from voiceassist.core.playbook.model import SECOND_MS, Card, Limits
from voiceassist.errors import ActionError
from voiceassist.events import (
    Alternative,
    CardVolumeChanged,
    Event,
    MuteChanged,
    Prompt,
    PromptClosed,
    PromptOutcome,
    Why,
)

UNDONE: tuple[PromptOutcome, ...] = ("stale", "superseded")  # how a card leaves when nobody did what it says
RETURNS_WITHIN_MS = 120_000  # after the words that it is about; then people talk of something else


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDraft:
    """A card with everything that it would say if it came now."""

    card: Card
    kind: str
    headline: str
    say: str
    alternatives: tuple[Alternative, ...]
    why: Why
    benefit: str = ""
    again: int = 0  # times that it came before for the same cue


@dataclass(slots=True)
class CardSlot:
    """The card on the agent's screen, and all cards that were there before in this call."""

    limits: Limits
    lateness: Lateness
    protecting: frozenset[str] = frozenset()  # names of cards that come whatever the volume is
    volume: CardVolume = "normal"
    muted: bool = False
    on_screen: Prompt | None = None
    note: Prompt | None = None  # the newest card that came late, while it stands beside that
    drafts: dict[str, CardDraft] = field(default_factory=dict)  # by prompt id: of the card and the note
    undone: dict[str, CardDraft] = field(default_factory=dict)  # by cue id: what may come again
    shown_ms: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by the card's name
    noted_ms: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # likewise, of notes
    names: dict[str, str] = field(default_factory=dict)  # prompt id → the card's name
    outcomes: dict[str, PromptOutcome] = field(default_factory=dict)  # by prompt id; closed cards
    used: Counter[str] = field(default_factory=Counter)  # alternatives by id
    last: Prompt | None = None  # that was closed
    last_closed_ms: int = 0

    def show(self, at_ms: int, draft: CardDraft, *, renews: bool = False) -> list[Event]:
        """Puts a card on the screen if it may come now; one whose moment has passed, as a note.

        `renews`: it is about something newer than the last one of its name.
        """
        card, pace = draft.card, self._pace_of(draft.card)
        if self.muted or card.priority < pace.least_priority:
            return []
        if self.lateness.is_late:
            return self._show_note(at_ms, draft, pace)
        if renews and self._shows(card.name):  # the agent is not interrupted once more
            return self._put(at_ms, draft, "refreshed")
        is_fresh = renews and not self._was_dismissed(card.name)
        shown = self.shown_ms[card.name]
        if not _may_repeat(at_ms, card, shown, pace, is_fresh=is_fresh) or not self._has_room(
            at_ms, card, pace, is_fresh=is_fresh
        ):
            return []
        shown.append(at_ms)
        return self._put(at_ms, draft, "superseded")

    def close(self, at_ms: int, outcome: PromptOutcome) -> list[Event]:
        """Takes the card off the screen, if there is one."""
        return self._close(at_ms, self.on_screen, outcome)

    def clear(self, at_ms: int, outcome: PromptOutcome) -> list[Event]:
        """Takes the card and the note off the screen."""
        return [closed for prompt in self._open() for closed in self._close(at_ms, prompt, outcome)]

    def close_for(self, at_ms: int, cue_id: str, outcome: PromptOutcome) -> list[Event]:
        """Takes what came for that cue off the screen; it does not come again either."""
        self.undone.pop(cue_id, None)
        came = [prompt for prompt in self._open() if prompt.why.cue_id == cue_id]
        return [closed for prompt in came for closed in self._close(at_ms, prompt, outcome)]

    def close_kind(self, at_ms: int, kind: str, outcome: PromptOutcome) -> list[Event]:
        """Takes what is about that kind of cue off the screen; none of the kind comes again either."""
        self.undone = {cue_id: draft for cue_id, draft in self.undone.items() if draft.kind != kind}
        came = [prompt for prompt in self._open() if prompt.kind == kind]
        return [closed for prompt in came for closed in self._close(at_ms, prompt, outcome)]

    def open_drafts(self) -> list[CardDraft]:
        """What is on the screen, and what may come again."""
        return [*self.undone.values(), *self.drafts.values()]

    def undone_now(self, at_ms: int) -> list[CardDraft]:
        """What may come again now, the most urgent first, without the alternatives that were used since."""
        if self.on_screen or self.lateness.is_late or not PACES[self.volume].returns:
            return []
        recent = [d for d in self.undone.values() if at_ms - d.why.spoken_ms <= RETURNS_WITHIN_MS]
        unused = [
            replace(d, alternatives=tuple(offer for offer in d.alternatives if not self.used[offer.id]))
            for d in recent
        ]
        return sorted(unused, key=lambda draft: -draft.card.priority)

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

    def set_volume(self, at_ms: int, volume: CardVolume) -> list[Event]:
        """Fewer or more cards from here on; the one on the screen stays."""
        if volume == self.volume:
            return []
        self.volume = volume
        return [CardVolumeChanged(at_ms=at_ms, volume=volume)]

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

    def _shows(self, name: str) -> bool:
        return self.on_screen is not None and self.names[self.on_screen.prompt_id] == name

    def _put(self, at_ms: int, draft: CardDraft, outcome: PromptOutcome) -> list[Event]:
        """Puts a card in the place of the one on the screen, which leaves with that outcome."""
        closed = self.close(at_ms, outcome)
        name = draft.card.name
        self.undone = {cue_id: other for cue_id, other in self.undone.items() if other.card.name != name}
        self.on_screen = self._prompt(at_ms, draft)
        return [*closed, self.on_screen]

    def _close(
        self, at_ms: int, prompt: Prompt | None, outcome: PromptOutcome, alternative: str | None = None
    ) -> list[Event]:
        """Takes one of the two off the screen. A note that goes leaves no gap before the next card."""
        if prompt is None:
            return []
        draft = self.drafts.pop(prompt.prompt_id)
        if prompt is self.note:
            self.note = None
        else:
            self.on_screen, self.last, self.last_closed_ms = None, prompt, at_ms
            if outcome in UNDONE and draft.again < draft.card.returns:
                self.undone[draft.why.cue_id] = replace(draft, again=draft.again + 1)
        self.outcomes[prompt.prompt_id] = outcome
        return [PromptClosed(at_ms=at_ms, prompt_id=prompt.prompt_id, outcome=outcome, alternative=alternative)]

    def _show_note(self, at_ms: int, draft: CardDraft, pace: CardPace) -> list[Event]:
        """Notes keep to the card's cap and cooldown too, and count as no card; the newest one stands."""
        noted = self.noted_ms[draft.card.name]
        earlier = (self.shown_ms[draft.card.name], noted)
        if not all(_may_repeat(at_ms, draft.card, times, pace) for times in earlier):
            return []
        closed = self._close(at_ms, self.note, "superseded")
        noted.append(at_ms)
        self.note = self._prompt(at_ms, draft)
        return [*closed, self.note]

    def _pace_of(self, card: Card) -> CardPace:
        return CardPace() if card.name in self.protecting else PACES[self.volume]

    def _has_room(self, at_ms: int, card: Card, pace: CardPace, *, is_fresh: bool) -> bool:
        """Whether the call's cap, the card on the screen and the gap after the last one leave room."""
        if sum(len(times) for times in self.shown_ms.values()) >= pace.number(self.limits.cards_per_call):
            return False
        if self.on_screen is not None:
            return card.priority > self.on_screen.priority
        if self.last is None or card.priority > self.last.priority:
            return True
        is_renewed = is_fresh and self.names[self.last.prompt_id] == card.name
        return is_renewed or at_ms - self.last_closed_ms >= pace.pause_ms(self.limits.gap_s)

    def _was_dismissed(self, name: str) -> bool:
        """Whether the agent did not want this card when it was there last."""
        last = next((id_ for id_, other in reversed(self.names.items()) if other == name), "")
        return self.outcomes.get(last) == "dismissed"

    def _prompt(self, at_ms: int, draft: CardDraft) -> Prompt:
        prompt_id = f"p{len(self.names) + 1}"
        self.names[prompt_id], self.drafts[prompt_id] = draft.card.name, draft
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
            benefit=draft.benefit,
            again=draft.again,
        )


def _may_repeat(
    at_ms: int, card: Card, earlier_ms: Sequence[int], pace: CardPace, *, is_fresh: bool = False
) -> bool:
    """Whether the card's own cap and cooldown let it come again after those times; what is fresh need not rest."""
    if len(earlier_ms) >= pace.number(card.cap):
        return False
    return not earlier_ms or is_fresh or at_ms - earlier_ms[-1] >= pace.pause_ms(card.cooldown_s)
