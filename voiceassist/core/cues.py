"""Finds the cues of one utterance: the rules' matches, weighed with the context of the call.

Context is what the other side said before and whether this turn already refused. Never decides what happens
next. Next: `cue_tracker.py` follows an utterance from partial to final.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voiceassist.core.matchers import CompiledRule, Match, matcher_for, matches_of
from voiceassist.core.phrases import rendered
from voiceassist.core.playbook_model import Playbook
from voiceassist.core.text import tokenise
from voiceassist.core.transcript import other_side
from voiceassist.events import Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What was said before the utterance."""

    before: tuple[str, ...] = ()  # words of the other side's previous turn
    refused: bool = False  # this turn has refused already and offered nothing since


def find_cues(playbook: Playbook, speaker: Speaker, words: Sequence[str], context: Context) -> list[Match]:
    """The cues of an utterance in the order of their words; each moment once."""
    language = playbook.spoken
    tokens = tokenise(words, language)
    text = rendered(tokens)
    rules = matcher_for(playbook, speaker).candidates(text)
    if not rules:
        return []
    before = rendered(tokenise(context.before, language))
    fitting = [rule for rule in rules if _fits(playbook, rule, before)]
    found = [match for rule in fitting for match in matches_of(rule, tokens, text)]
    return _once_per_offer(_real_offers(_distinct(found)), refused=context.refused)


def is_near(one: Match, other: Match) -> bool:
    """Whether two matches are the same moment, perhaps heard a little differently."""
    if one.kind != other.kind:
        return False
    if one.kind == "refusal":
        return one.nth == other.nth
    return one.rule == other.rule or _share_a_word(one, other)


def _share_a_word(one: Match, other: Match) -> bool:
    return one.first_token <= other.last_token and other.first_token <= one.last_token


def _fits(playbook: Playbook, compiled: CompiledRule, before: str) -> bool:
    rule = compiled.rule
    if rule.after and not compiled.after.found(before):
        return False
    if compiled.unless_after.found(before):
        return False
    return not rule.after_kind or _has_kind(playbook, other_side(rule.speaker), before, rule.after_kind)


def _has_kind(playbook: Playbook, speaker: Speaker, text: str, kind: str) -> bool:
    candidates = matcher_for(playbook, speaker).candidates(text)
    return any(rule.rule.kind == kind and rule.places(text) for rule in candidates)


def _distinct(found: list[Match]) -> list[Match]:
    kept: list[Match] = []
    for match in sorted(found, key=lambda match: (match.first_token, -match.last_token)):
        if match.kind == "refusal" or not any(is_near(match, other) for other in kept):
            kept.append(match)
    return kept


def _real_offers(found: list[Match]) -> list[Match]:
    """Words of a refusal offer nothing: "that's not something we can offer"."""
    refusals = [match for match in found if match.kind == "refusal"]
    return [m for m in found if m.kind != "alternative" or not any(_share_a_word(m, no) for no in refusals)]


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
