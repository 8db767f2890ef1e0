"""Writes the card for a cue: which policy fits, which alternatives this customer may have.

Pure functions over the playbook and what was said. Whether the card may come now is `deck.py`'s matter.
Next: `call.py`.
"""

from collections.abc import Iterable, Mapping

from voiceassist.core.deck import Draft
from voiceassist.core.matchers import topics_of
from voiceassist.core.phrases import rendered
from voiceassist.core.playbook_model import GENERAL, Card, Playbook, Policy
from voiceassist.core.text import tokenise
from voiceassist.core.transcript import Turns
from voiceassist.events import Alternative, Cue, Tier, Why

ALTERNATIVES_MAX = 3  # on a card, by the product's rules of taste
TURNS_BACK = 4  # a request is rarely older than the customer's last few turns


def draft_for(
    playbook: Playbook,
    card: Card,
    cue: Cue,
    at_ms: int,
    *,
    policy: Policy | None = None,
    offers: tuple[Alternative, ...] = (),
) -> Draft:
    """The card as this call would show it; a policy fills in what it says and offers."""
    return Draft(
        card=card,
        kind=cue.kind,
        headline=card.headline.replace("{topic}", policy.topic) if policy else card.headline,
        say=policy.say if policy else card.say,
        alternatives=offers,
        why=why(playbook, cue, at_ms),
    )


def policy_for(playbook: Playbook, turns: Turns, refused: Iterable[str]) -> Policy:
    """The policy that the refusal is about: by the agent's own words, else by what was asked last."""
    asked = [turn.words for turn in turns.recent("customer", TURNS_BACK)]
    for words in (tuple(refused), turns.before("agent"), *asked):
        topic = _topic(playbook, words)
        if topic:
            return topic
    return next(policy for policy in playbook.policies if policy.id == GENERAL)


def offers_for(policy: Policy, tier: Tier, used: Mapping[str, int]) -> tuple[Alternative, ...]:
    """What may really be offered: open to the customer's tier and not used up in this call."""
    open_to = (
        offer
        for offer in policy.alternatives
        if (not offer.tiers or tier in offer.tiers) and used.get(offer.id, 0) < offer.per_call
    )
    return tuple(Alternative(id=offer.id, text=offer.text) for offer in open_to)[:ALTERNATIVES_MAX]


def why(playbook: Playbook, cue: Cue, at_ms: int) -> Why:
    """The explanation that a card or alert carries."""
    return Why(
        cue_id=cue.cue_id,
        rule=cue.rule,
        words=cue.words,
        confidence=cue.confidence,
        playbook=playbook.label,
        spoken_ms=cue.end_ms,
        latency_ms=max(0, at_ms - cue.end_ms),
    )


def _topic(playbook: Playbook, words: tuple[str, ...]) -> Policy | None:
    text = rendered(tokenise(words, playbook.spoken))
    for policy, (_, asked) in zip(playbook.policies, topics_of(playbook), strict=True):
        if asked.found(text):
            return policy
    return None
