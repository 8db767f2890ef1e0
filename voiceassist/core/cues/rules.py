"""Finds where the rules of a playbook match an utterance.

A rule matches where its phrases are, its exclusions are not, and what it asks of the other side's previous turn is
true. Never looks at other matches. Next: `classified.py` adds what no rule finds, `weigh.py` weighs all of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from voiceassist.core.cues.match import Match
from voiceassist.core.cues.matchers import CompiledRule, matcher_for
from voiceassist.core.cues.utterance import Utterance
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.phrases import rendered
from voiceassist.core.words.text import Token

HadKind = Callable[[str], bool]  # whether the other side's previous turn had a cue of this kind


def rules_hit(playbook: Playbook, utterance: Utterance) -> list[CompiledRule]:
    """The rules of the speaker's side with a phrase in the utterance, whatever else they ask for."""
    return matcher_for(playbook, utterance.speaker).candidates(utterance.text)


def rule_matches(rules: Iterable[CompiledRule], utterance: Utterance, had_kind: HadKind) -> list[Match]:
    """The matches of these rules."""
    fitting = (rule for rule in rules if _fits(rule, utterance, had_kind))
    return [match for rule in fitting for match in matches_of(rule, utterance.tokens, utterance.text)]


def silenced_matches(rules: Iterable[CompiledRule], utterance: Utterance, found: Iterable[Match]) -> list[Match]:
    """Where the phrases of these rules are, although the rules did not match: something kept them quiet."""
    tokens, text, kept = utterance.tokens, utterance.text, set(found)
    phrases = (match for rule in rules for match in _at(rule, tokens, text, rule.phrases.spans(text)))
    return [match for match in phrases if match not in kept]


def matches_of(rule: CompiledRule, tokens: Sequence[Token], text: str) -> list[Match]:
    """Where the rule's phrases are and its exclusions are not, whatever was said before."""
    return list(_at(rule, tokens, text, rule.places(text)))


def _fits(compiled: CompiledRule, utterance: Utterance, had_kind: HadKind) -> bool:
    """Whether the other side's previous turn is what the rule asks for."""
    rule = compiled.rule
    before = rendered(utterance.before) if rule.after or rule.unless_after else ""
    if rule.after and not compiled.after.found(before):
        return False
    if compiled.unless_after.found(before):
        return False
    return not rule.after_kind or had_kind(rule.after_kind)


def _at(
    rule: CompiledRule, tokens: Sequence[Token], text: str, places: Iterable[tuple[int, int]]
) -> Iterator[Match]:
    for first, end in _in_tokens(places, text):
        yield _match(rule, tokens, first, end)


def _in_tokens(places: Iterable[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
    """Places in characters, in rising order, as places in tokens: each token begins with `<`."""
    read = end = 0
    for first_char, end_char in places:
        first = end + text.count("<", read, first_char)
        read, end = end_char, first + text.count("<", first_char, end_char)
        yield first, end


def _match(compiled: CompiledRule, tokens: Sequence[Token], first: int, end: int) -> Match:
    rule, matched = compiled.rule, tokens[first:end]
    return Match(
        kind=rule.kind,
        rule=rule.id,
        layer=compiled.layer,
        first_word=matched[0].word,
        last_word=matched[-1].word,
        tokens=tuple(token.text for token in matched),
        first_token=first,
        trailing=len(tokens) - end,
        confidence=rule.confidence,
        early=rule.early,
        alone=rule.reach,
        quiet=rule.quiet,
    )
