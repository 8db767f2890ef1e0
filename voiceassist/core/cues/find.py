"""Finds the cues of one utterance: the rules' and the classifier's, weighed with the context of the call.

Context is what the other side said before and whether this turn already refused. Never decides what happens
next. Next: `tracker.py` follows an utterance from partial to final.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from voiceassist.core.cues.classified import classified
from voiceassist.core.cues.matchers import CompiledRule, Match, matcher_for, matches_of, phrases_of
from voiceassist.core.playbook.model import ABUSE_KINDS, ANSWERS, Playbook
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import Token, tokenise
from voiceassist.core.words.turns import other_side
from voiceassist.events import Speaker

Tokens: TypeAlias = Sequence[Token]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What was said before the utterance."""

    before: tuple[str, ...] = ()  # words of the other side's previous turn
    refused: bool = False  # this turn has refused already and offered nothing since


def find_cues(playbook: Playbook, speaker: Speaker, words: Sequence[str], context: Context) -> list[Match]:
    """The cues of an utterance in the order of their words; each moment once."""
    language = playbook.spoken
    tokens = tokenise(words, language)
    found = _heard(playbook, speaker, tokens, tokenise(context.before, language))
    return _once_per_offer(_real_offers(_distinct(found)), refused=context.refused)


def _heard(playbook: Playbook, speaker: Speaker, tokens: Tokens, before: Tokens) -> list[Match]:
    """What the rules find, and what the classifier adds."""
    text = rendered(tokens)
    rules = matcher_for(playbook, speaker).candidates(text)
    found = [m for rule in rules if _fits(playbook, rule, before) for m in matches_of(rule, tokens, text)]
    added = classified(playbook, speaker, tokens, [token.text for token in before], found)
    if not added:
        return found
    kept = set(found)
    denied = [match for rule in rules for match in phrases_of(rule, tokens, text) if match not in kept]
    told = [m for m in added if not _is_denied(m, denied) and _answers(playbook, speaker, m, before)]
    return [*found, *told]


def _is_denied(match: Match, denied: Sequence[Match]) -> bool:
    """Whether a rule knows these words and keeps quiet: what keeps it quiet holds for the classifier too."""
    return any(_is_same_sort(match, other) and _share_a_word(match, other) for other in denied)


def _is_same_sort(one: Match, other: Match) -> bool:
    return one.kind == other.kind or (one.kind in ABUSE_KINDS and other.kind in ABUSE_KINDS)


def _answers(playbook: Playbook, speaker: Speaker, match: Match, before: Tokens) -> bool:
    """Whether the other side said what this kind of cue must follow."""
    asked = ANSWERS.get(match.kind)
    return asked is None or _has_kind(playbook, other_side(speaker), before, asked)


def is_near(one: Match, other: Match) -> bool:
    """Whether two matches are the same moment, perhaps heard a little differently."""
    if one.kind != other.kind:
        return False
    same = one.nth == other.nth if one.kind == "refusal" else one.rule == other.rule
    return same or _share_a_word(one, other) or "classifier" in (one.layer, other.layer)


def _share_a_word(one: Match, other: Match) -> bool:
    return one.first_token <= other.last_token and other.first_token <= one.last_token


def _fits(playbook: Playbook, compiled: CompiledRule, before: Tokens) -> bool:
    rule = compiled.rule
    text = rendered(before) if rule.after or rule.unless_after else ""
    if rule.after and not compiled.after.found(text):
        return False
    if compiled.unless_after.found(text):
        return False
    return not rule.after_kind or _has_kind(playbook, other_side(rule.speaker), before, rule.after_kind)


def _has_kind(playbook: Playbook, speaker: Speaker, tokens: Tokens, kind: str) -> bool:
    return any(match.kind == kind for match in _heard(playbook, speaker, tokens, ()))


def _distinct(found: list[Match]) -> list[Match]:
    """Each moment once. Only refusals come again: nothing is compared with more than one match of a rule."""
    kept: list[Match] = []
    told: dict[str, list[Match]] = {}
    for match in sorted(found, key=lambda match: (match.first_token, -match.last_token)):
        same = told.setdefault(match.kind, [])
        if match.kind != "refusal":
            if any(is_near(match, other) for other in same):
                continue
            same.append(match)
        kept.append(match)
    return kept


def _real_offers(found: list[Match]) -> list[Match]:
    """Words of a refusal offer nothing: "that's not something we can offer"."""
    refusals = [match for match in found if match.kind == "refusal"]
    return [m for m in found if m.kind != "alternative" or not any(_swallows(no, m) for no in refusals)]


def _swallows(refusal: Match, offer: Match) -> bool:
    """The classifier's stretches are generous: they take nothing from a phrase, and lose what lies within one."""
    if "classifier" in (refusal.layer, offer.layer):
        within = refusal.first_token <= offer.first_token and offer.last_token <= refusal.last_token
        return within and offer.layer == "classifier"
    return _share_a_word(refusal, offer)


def _once_per_offer(found: list[Match], *, refused: bool) -> list[Match]:
    """A refusal said twice is one refusal; after an alternative it counts anew."""
    kept, offers = [], 0
    for match in found:
        if match.kind == "refusal" and refused:
            continue
        refused = match.kind == "refusal" or (refused and match.kind != "alternative")
        offers += match.kind == "alternative"
        kept.append(replace(match, nth=offers))
    return kept
