"""Writes what the card for a cue says, and the reason that a card or an alert carries.

Functions of the playbook and of what was said; `core/topics/choose.py` chooses the policy, `offers.py` the
alternatives. Never decides whether the card may come now.
Next: `card_choice.py` hands the draft to `card_slot.py`.
"""

from collections.abc import Mapping, Sequence

from voiceassist.core.call.card_slot import CardDraft
from voiceassist.core.cues.patterns import Pattern, lexicon_of, pattern_of
from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import GENERAL, Card, Playbook, Policy
from voiceassist.core.topics.choose import TopicChoice, choose_topic
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import tokenise
from voiceassist.core.words.turns import Turns
from voiceassist.events import SPEAKERS, Alternative, Cue, Why

TURNS_BACK = 4  # a request is rarely older than the customer's last few turns


def draft_for(
    playbook: Playbook,
    card: Card,
    cue: Cue,
    reason: Why,
    *,
    policy: Policy | None = None,
    offers: tuple[Alternative, ...] = (),
) -> CardDraft:
    """The card as this call would show it. A policy, where there is one, gives the sentence to say.

    The general policy's benefit is advice on how to find one, and is not shown.
    """
    return CardDraft(
        card=card,
        kind=cue.kind,
        headline=_headline(playbook, card, cue, policy),
        say=policy.say if policy else card.say,
        alternatives=offers,
        why=reason,
        benefit=policy.benefit if policy and policy.id != GENERAL else "",
    )


def topic_for(playbook: Playbook, turns: Turns, refused: Sequence[str]) -> TopicChoice:
    """What a refusal is about, by the agent's words that refused and by what the customer asked lately."""
    now = turns.before("agent")  # the customer's last turn, with what is being said right now
    earlier = [turn.words for turn in turns.recent("customer", TURNS_BACK)[1:]]
    return choose_topic(playbook, refused, [now, *earlier])


def is_unwelcome(playbook: Playbook, card: Card, turns: Turns) -> bool:
    """Whether either side just said a phrase of the card's `not_when`."""
    if not card.not_when:
        return False
    lately = (tokenise(turns.before(speaker), playbook.spoken) for speaker in SPEAKERS)
    return any(unwelcome_phrases(playbook)[card.name].found(rendered(tokens)) for tokens in lately)


@per_playbook
def unwelcome_phrases(playbook: Playbook) -> Mapping[str, Pattern]:
    """By the card's name: the phrases that keep it away."""
    lexicon = lexicon_of(playbook)
    return {name: pattern_of(card.not_when, lexicon) for name, card in playbook.cards.items()}


def why(playbook: Playbook, cue: Cue, at_ms: int, quote: str) -> Why:
    """The explanation that a card or an alert for this cue carries; `quote`: its words with their clause."""
    return Why(
        cue_id=cue.cue_id,
        rule=cue.rule,
        words=quote,
        confidence=cue.confidence,
        playbook=playbook.label,
        spoken_ms=cue.end_ms,
        latency_ms=max(0, at_ms - cue.end_ms),
    )


def _headline(playbook: Playbook, card: Card, cue: Cue, policy: Policy | None) -> str:
    title = next((absence.title for absence in playbook.absences if absence.id == cue.rule), card.name)
    return card.headline.replace("{topic}", policy.topic if policy else card.name).replace("{title}", title)
