"""Finds what the statistical classifier knows and no rule has found, as matches like those of the rules.

A playbook's `sensitivity` says how sure the classifier must be, and its `except` phrases hold for it too. Where
its words hold one of the kind's anchors ("free", "instead"), the match has two witnesses. Never adds to a kind
that a rule has found: a phrase explains a cue better than a probability does.
Next: `weigh.py` weighs rules and classifier against each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from voiceassist.core.classifier.model import Scored, classify, threshold
from voiceassist.core.cues.match import Match, is_same_sort, share_a_token
from voiceassist.core.cues.patterns import Pattern, lexicon_of, pattern_of
from voiceassist.core.cues.utterance import Utterance
from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import Token


def scores(playbook: Playbook, utterance: Utterance) -> list[Scored]:
    """What the classifier gives at its highest sensitivity, best first; nothing of kinds that are off."""
    if playbook.classifier is None:
        return []
    tokens, before = ([token.text for token in tokens] for tokens in (utterance.tokens, utterance.before))
    scored = classify(playbook.classifier, utterance.speaker, tokens, before)
    return [one for one in scored if playbook.sensitivity.get(one.kind) != "off"]


def classifier_matches(
    playbook: Playbook, utterance: Utterance, scored: Sequence[Scored], found: Sequence[Match]
) -> list[Match]:
    """The classifier's matches among `scored`, beyond those that the rules `found`."""
    matches: list[Match] = []
    for match in (_match(one, utterance.tokens) for one in scored if _is_sure_enough(playbook, one)):
        if not _is_known((*found, *matches), match):
            matches.append(match)
    kept = (match for match in matches if not _touches(exception_patterns(playbook), match, utterance.tokens))
    return [replace(match, agreed=_touches(_anchors(playbook), match, utterance.tokens)) for match in kept]


def _match(scored: Scored, tokens: Sequence[Token]) -> Match:
    matched = tokens[scored.first_token : scored.last_token + 1]
    return Match(
        kind=scored.kind,
        rule=f"{scored.kind}.classifier",
        layer="classifier",
        first_word=matched[0].word,
        last_word=matched[-1].word,
        tokens=tuple(token.text for token in matched),
        first_token=scored.first_token,
        trailing=len(tokens) - scored.last_token - 1,
        confidence=scored.probability,
        early=False,
        alone="colour",
    )


def _is_sure_enough(playbook: Playbook, scored: Scored) -> bool:
    """Whether the probability is the least that the playbook wants for a match of the classifier's own."""
    sensitivity = playbook.sensitivity.get(scored.kind, "normal")
    if sensitivity == "off" or playbook.classifier is None:
        return False
    least = threshold(playbook.classifier, scored.kind, sensitivity)
    return least is not None and scored.probability >= least


def _is_known(found: Sequence[Match], match: Match) -> bool:
    """Whether this kind was found already, or these words as some kind of abuse."""
    return any(
        known.kind == match.kind or (is_same_sort(known, match) and share_a_token(known, match)) for known in found
    )


def _touches(patterns: Mapping[str, Pattern], match: Match, tokens: Sequence[Token]) -> bool:
    """Whether the match touches a phrase of its kind's pattern."""
    pattern = patterns.get(match.kind)
    if pattern is None:
        return False
    start = len(rendered(tokens[: match.first_token]))
    end = start + len(rendered(tokens[match.first_token : match.last_token + 1]))
    return any(first < end and start < last for first, last in pattern.spans(rendered(tokens)))


@per_playbook
def exception_patterns(playbook: Playbook) -> Mapping[str, Pattern]:
    """By kind: the phrases that are never of it."""
    return {kind: pattern_of(phrases, lexicon_of(playbook)) for kind, phrases in playbook.exceptions.items()}


@per_playbook
def _anchors(playbook: Playbook) -> Mapping[str, Pattern]:
    return {kind: pattern_of(phrases, lexicon_of(playbook)) for kind, phrases in playbook.builtin.anchors.items()}
