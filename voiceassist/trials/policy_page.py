"""All policies of a playbook on one page in plain words: `policy_page(playbook) -> PolicyPage`. Pure.

Each sentence has a figure of how easily it reads, and the words in it that put pressure on a customer: the rules
of the kind `coercion` say which those are, never the classifier alone. Judges nothing else, rewrites nothing.
Next: `playbook_worker/work.py` makes it, `server/playbook_policies.py` shows it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from voiceassist.core.cues.find import Context, find_cues
from voiceassist.core.playbook.model import GENERAL, Offer, Playbook, Policy
from voiceassist.trials.readability import FORMULAS, Grade, grade_of, reading_ease, sentences_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainSentence:
    """One sentence of a policy."""

    text: str
    ease: float | None  # None: too short, or no formula for the language
    grade: Grade | None
    coerces: tuple[str, ...]  # the words that put pressure on somebody


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainOffer:
    """What is possible instead."""

    text: str
    detail: str
    tiers: tuple[str, ...]  # none: everybody


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainPolicy:
    """One policy."""

    id: str
    topic: str
    is_general: bool  # for all that no other policy is about
    limit: tuple[PlainSentence, ...]
    benefit: tuple[PlainSentence, ...]
    say: tuple[PlainSentence, ...]
    instead: tuple[PlainOffer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPage:
    """A playbook's policies; the general one comes last."""

    title: str
    label: str  # name@number
    language: str
    formula: str  # that the figures are of; empty: there are none
    policies: tuple[PlainPolicy, ...]


def policy_page(playbook: Playbook) -> PolicyPage:
    """The policies in their order."""
    policies = sorted(playbook.policies, key=lambda policy: policy.id == GENERAL)
    return PolicyPage(
        title=playbook.title,
        label=playbook.label,
        language=playbook.language,
        formula=FORMULAS.get(playbook.spoken.tag, ""),
        policies=tuple(_plain(playbook, policy) for policy in policies),
    )


def _plain(playbook: Playbook, policy: Policy) -> PlainPolicy:
    return PlainPolicy(
        id=policy.id,
        topic=policy.topic,
        is_general=policy.id == GENERAL,
        limit=_sentences(playbook, policy.limit),
        benefit=_sentences(playbook, policy.benefit),
        say=_sentences(playbook, policy.say),
        instead=tuple(_offers(policy.alternatives)),
    )


def _offers(offers: Iterable[Offer]) -> Iterable[PlainOffer]:
    return (PlainOffer(text=offer.text, detail=offer.detail, tiers=offer.tiers) for offer in offers)


def _sentences(playbook: Playbook, text: str) -> tuple[PlainSentence, ...]:
    return tuple(_sentence(playbook, sentence) for sentence in sentences_of(text))


def _sentence(playbook: Playbook, text: str) -> PlainSentence:
    ease = reading_ease(text, playbook.language)
    grade = None if ease is None else grade_of(ease, playbook.language)
    return PlainSentence(text=text, ease=ease, grade=grade, coerces=_coercion_in(playbook, text))


def _coercion_in(playbook: Playbook, text: str) -> tuple[str, ...]:
    words = text.split()
    found = find_cues(playbook, "agent", words, Context())
    pressing = (match for match in found if match.kind == "coercion" and match.layer != "classifier")
    return tuple(" ".join(words[match.first_word : match.last_word + 1]) for match in pressing)
