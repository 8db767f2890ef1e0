"""Finds what the statistical classifier knows and no rule has found, as matches like those of the rules.

A playbook's `sensitivity` says how sure the classifier must be, and its `except` phrases hold for it too. Never
adds to a kind that a rule has found: a phrase explains a cue better than a probability does.
Next: `weigh.py` weighs rules and classifier against each other.
"""

from collections.abc import Mapping, Sequence

from voiceassist.core.classifier.model import Classifier, Scored, classify, threshold
from voiceassist.core.cues.match import Match, is_same_sort, share_a_token
from voiceassist.core.cues.patterns import Pattern, lexicon_of, pattern_of
from voiceassist.core.cues.utterance import Utterance
from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import Token


def classifier_matches(playbook: Playbook, utterance: Utterance, found: Sequence[Match]) -> list[Match]:
    """The classifier's matches beyond those that the rules `found`."""
    classifier, tokens = playbook.classifier, utterance.tokens
    if classifier is None:
        return []
    before = [token.text for token in utterance.before]
    matches: list[Match] = []
    for scored in classify(classifier, utterance.speaker, [token.text for token in tokens], before):
        match = _match(classifier, scored, tokens)
        if _is_sure_enough(playbook, classifier, match) and not _is_known((*found, *matches), match):
            matches.append(match)
    return [match for match in matches if not _is_excepted(playbook, match, tokens)]


def _match(classifier: Classifier, scored: Scored, tokens: Sequence[Token]) -> Match:
    matched = tokens[scored.first_token : scored.last_token + 1]
    surest = threshold(classifier, scored.kind, "low")
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
        early=surest is not None and scored.probability >= surest,
    )


def _is_sure_enough(playbook: Playbook, classifier: Classifier, match: Match) -> bool:
    """Whether the playbook wants this kind from the classifier, at this probability."""
    sensitivity = playbook.sensitivity.get(match.kind, "normal")
    if sensitivity == "off":
        return False
    least = threshold(classifier, match.kind, sensitivity)
    return least is not None and match.confidence >= least


def _is_known(found: Sequence[Match], match: Match) -> bool:
    """Whether this kind was found already, or these words as some kind of abuse."""
    return any(
        known.kind == match.kind or (is_same_sort(known, match) and share_a_token(known, match)) for known in found
    )


def _is_excepted(playbook: Playbook, match: Match, tokens: Sequence[Token]) -> bool:
    """Whether the match touches a phrase that is never of its kind."""
    exceptions = exception_patterns(playbook).get(match.kind)
    if exceptions is None:
        return False
    start = len(rendered(tokens[: match.first_token]))
    end = start + len(rendered(tokens[match.first_token : match.last_token + 1]))
    return any(first < end and start < last for first, last in exceptions.spans(rendered(tokens)))


@per_playbook
def exception_patterns(playbook: Playbook) -> Mapping[str, Pattern]:
    """By kind: the phrases that are never of it."""
    return {kind: pattern_of(phrases, lexicon_of(playbook)) for kind, phrases in playbook.exceptions.items()}
