"""The story of each refusal: what had been asked, the refusing words, what was offered and when, its end.

Only what turned out to be true, as the facts count it (`store/facts.py`); a false alarm stays, and says whose.
Never guesses what a refusal is about: its card's headline says so, or nothing does.
Next: `extract.py` sums them up, `server/summaries.py` shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voiceassist.core.playbook.model import CostClass
from voiceassist.core.screen.views import CallState, CueView, PromptView
from voiceassist.events import Alternative, Cue, PromptOutcome, RefusalOutcome
from voiceassist.summary.items import Quote
from voiceassist.summary.lines import CallLine, CallLines, whole

ASKED_LINES = 3  # of the customer's turn before the refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOffer:
    """An alternative on a card."""

    id: str
    text: str
    used: bool  # the agent marked it as used
    cost: CostClass | None = None  # what it costs us; None: the playbook of then does not say so any more


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalCard:
    """A card that came for a refusal."""

    prompt_id: str
    at_ms: int
    headline: str
    offers: tuple[CardOffer, ...]
    outcome: PromptOutcome | None  # None: it was still there


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalStory:
    """One refusal from the question to its end."""

    cue_id: str
    at_ms: int  # of its first word
    rule: str
    asked: tuple[Quote, ...]  # the customer's turn before it
    refused: tuple[Quote, ...]  # none: the words were deleted
    topic: str  # its card's headline; empty: it had no card
    cards: tuple[RefusalCard, ...]
    offered: tuple[Quote, ...]  # the alternative that recovered it
    outcome: RefusalOutcome | None  # None: it was open to the end
    after_ms: int | None  # from the refusal's last word to the offer's first, or to the moment it was a dead end
    false_alarm_by: str


def refusal_stories(state: CallState, lines: CallLines, closed_ms: dict[str, int]) -> tuple[RefusalStory, ...]:
    """All refusals of a call in order. `closed_ms`: when each episode ended, by the refusal's id."""
    return tuple(_story(view, state, lines, closed_ms) for view in state.cues if is_refusal(view))


def is_refusal(view: CueView) -> bool:
    """Whether it opened an episode and was not taken back."""
    return view.cue.kind == "refusal" and view.cue.reach != "colour" and view.status != "retracted"


def _story(view: CueView, state: CallState, lines: CallLines, closed_ms: dict[str, int]) -> RefusalStory:
    cue, line = view.cue, lines.of(view.cue.speaker, view.cue.utterance)
    cards = tuple(_card(card) for card in state.prompts if card.prompt.why.cue_id == cue.cue_id)
    offer = _offer(view, state)
    ended_ms = offer.start_ms if offer else closed_ms.get(cue.cue_id) if view.outcome == "dead_end" else None
    return RefusalStory(
        cue_id=cue.cue_id,
        at_ms=cue.start_ms,
        rule=cue.rule,
        asked=tuple(map(whole, _asked(lines, line))) if line else (),
        refused=lines.quote_of(cue),
        topic=cards[-1].headline if cards else "",
        cards=cards,
        offered=lines.rest_of(offer) if offer else (),
        outcome=view.outcome,
        after_ms=None if ended_ms is None else max(0, ended_ms - cue.end_ms),
        false_alarm_by=view.false_alarm_by,
    )


def _asked(lines: CallLines, line: CallLine) -> Sequence[CallLine]:
    """The customer's last turn before a line: lines that no line of the agent parts."""
    before = [*lines.before(line)]
    while before and before[-1].final.speaker != "customer":
        before.pop()
    turn: list[CallLine] = []
    while before and before[-1].final.speaker == "customer" and len(turn) < ASKED_LINES:
        turn.insert(0, before.pop())
    return turn


def _offer(view: CueView, state: CallState) -> Cue | None:
    """The alternative that its end names, of several that say the same the nearest."""
    if view.outcome != "recovered" or not view.offered:
        return None
    said = [one.cue for one in state.cues if one.cue.kind == "alternative" and one.cue.words == view.offered]
    return min(said, key=lambda cue: abs(cue.start_ms - view.cue.end_ms), default=None)


def _card(view: PromptView) -> RefusalCard:
    prompt = view.prompt
    return RefusalCard(
        prompt_id=prompt.prompt_id,
        at_ms=prompt.at_ms,
        headline=prompt.headline,
        offers=tuple(_card_offer(one, view) for one in prompt.alternatives),
        outcome=view.outcome,
    )


def _card_offer(one: Alternative, view: PromptView) -> CardOffer:
    return CardOffer(id=one.id, text=one.text, used=one.id == view.alternative)


def with_costs(
    stories: Sequence[RefusalStory], costs: dict[tuple[str, str], CostClass]
) -> tuple[RefusalStory, ...]:
    """The stories with what each alternative costs. `costs`: by id and text, as the playbook has them."""

    def priced(card: RefusalCard) -> RefusalCard:
        return replace(card, offers=tuple(replace(one, cost=costs.get((one.id, one.text))) for one in card.offers))

    return tuple(replace(story, cards=tuple(map(priced, story.cards))) for story in stories)
