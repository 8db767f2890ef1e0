"""Where no phrase of a kind matched: what the statistical classifier finds, as matches like those of the rules.

A playbook's `sensitivity` says how sure it must be, and `except` phrases hold for it too. Never adds to a kind
that a rule has found already: a phrase explains a cue where there is one. Next: `find.py` puts them in order.
"""

from collections.abc import Mapping, Sequence

from voiceassist.core.classifier.model import Classifier, Scored, classify, threshold
from voiceassist.core.cues.matchers import Match, Pattern, lexicon_of, pattern_of
from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import ABUSE_KINDS, Playbook
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import Token
from voiceassist.events import Speaker


def classified(
    playbook: Playbook, speaker: Speaker, tokens: Sequence[Token], before: Sequence[str], found: Sequence[Match]
) -> list[Match]:
    """The classifier's matches beyond those `found`; `before`: tokens of the other side's previous turn."""
    classifier = playbook.classifier
    if classifier is None:
        return []
    matches: list[Match] = []
    for scored in classify(classifier, speaker, [token.text for token in tokens], before):
        match = _match(classifier, scored, tokens)
        if _is_wanted(playbook, classifier, match) and not _is_told((*found, *matches), match):
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


def _is_wanted(playbook: Playbook, classifier: Classifier, match: Match) -> bool:
    """Whether the playbook wants this kind from the classifier, at this probability."""
    sensitivity = playbook.sensitivity.get(match.kind, "normal")
    if sensitivity == "off":
        return False
    least = threshold(classifier, match.kind, sensitivity)
    return least is not None and match.confidence >= least


def _is_told(found: Sequence[Match], match: Match) -> bool:
    """Whether the same kind is known already, or other words of abuse say it better."""
    return any(known.kind == match.kind or _is_same_abuse(known, match) for known in found)


def _is_same_abuse(one: Match, other: Match) -> bool:
    both = one.kind in ABUSE_KINDS and other.kind in ABUSE_KINDS
    return both and one.first_token <= other.last_token and other.first_token <= one.last_token


def _is_excepted(playbook: Playbook, match: Match, tokens: Sequence[Token]) -> bool:
    exceptions = exception_patterns(playbook).get(match.kind)
    if exceptions is None:
        return False
    start = len(rendered(tokens[: match.first_token]))
    end = start + len(rendered(tokens[match.first_token : match.last_token + 1]))
    return any(first < end and start < last for first, last in exceptions.spans(rendered(tokens)))


@per_playbook
def exception_patterns(playbook: Playbook) -> Mapping[str, Pattern]:
    """By kind: what is never of it."""
    return {kind: pattern_of(phrases, lexicon_of(playbook)) for kind, phrases in playbook.exceptions.items()}
