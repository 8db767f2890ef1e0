"""Compiles the rules of a playbook, and screens an utterance for those that may match.

All rules of one speaker are screened at once; only those that hit are located. Knows nothing of turns and times.
Time is linear in the length of the utterance. Next: `rules.py` makes matches of the hits.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from voiceassist.core.cues.patterns import Pattern, compile_lists, lexicon_of, pattern_of
from voiceassist.core.cues.screens import Screen, hits, screens_of
from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import BuiltinCues, Playbook, Rule
from voiceassist.core.words.languages import Language
from voiceassist.core.words.phrases import Lexicon, is_plain
from voiceassist.events import SPEAKERS, Layer, Speaker


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with its expressions."""

    rule: Rule
    layer: Layer
    phrases: Pattern
    exclusions: Pattern
    unless: Pattern
    after: Pattern
    unless_after: Pattern

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where the rule holds, in characters: its phrases, but for its exclusions."""
        if self.unless.found(text):
            return []
        excluded = self.exclusions.spans(text)
        return list(self._clear_of(excluded, text)) if excluded else self.phrases.spans(text)

    def _clear_of(self, excluded: Sequence[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
        """Matches that touch none of these places; one that does hides nothing that begins behind the place."""
        ends = [end for _, end in excluded]  # in rising order, as the places are
        found = self.phrases.expression.search(text)
        while found:
            first, end = found.span()
            near = bisect_right(ends, first)  # the first place that ends behind the match's beginning
            if near < len(excluded) and excluded[near][0] < end:
                end = ends[near]
            else:
                yield first, end
            found = self.phrases.expression.search(text, end)


@dataclass(frozen=True, slots=True)
class Matcher:
    """All rules of a playbook for one speaker."""

    screens: tuple[Screen, ...]  # over the rules' places
    rules: tuple[CompiledRule, ...]

    def candidates(self, text: str) -> list[CompiledRule]:
        """The rules with at least one phrase in the text, in playbook order."""
        return [self.rules[place] for place in hits(self.screens, text)]


def matcher_for(playbook: Playbook, speaker: Speaker) -> Matcher:
    """The compiled rules of one side. Raises PlaybookError when they are too large together."""
    return _matchers(playbook)[speaker]


@per_playbook
def _matchers(playbook: Playbook) -> Mapping[Speaker, Matcher]:
    return {speaker: _matcher(playbook, speaker) for speaker in SPEAKERS}


def _matcher(playbook: Playbook, speaker: Speaker) -> Matcher:
    lexicon = lexicon_of(playbook)
    rules = tuple(_compiled(rule, lexicon) for rule in playbook.rules if rule.speaker == speaker)
    shared = builtin_patterns(playbook.builtin, playbook.spoken, speaker)
    return Matcher(screens_of([rule.phrases for rule in rules], shared), rules)


def builtin_patterns(builtin: BuiltinCues, language: Language, speaker: Speaker) -> list[Pattern]:
    """The phrases of one side's built-in rules."""
    lexicon = compile_lists(builtin.words, language)
    return [pattern_of(rule.phrases, lexicon) for rule in builtin.rules if rule.speaker == speaker]


def _compiled(rule: Rule, lexicon: Lexicon) -> CompiledRule:
    return CompiledRule(
        rule=rule,
        layer=_layer(rule),
        phrases=pattern_of(rule.phrases, lexicon),
        exclusions=pattern_of(rule.exclusions, lexicon),
        unless=pattern_of(rule.unless, lexicon),
        after=pattern_of(rule.after, lexicon),
        unless_after=pattern_of(rule.unless_after, lexicon),
    )


def _layer(rule: Rule) -> Layer:
    if rule.after or rule.after_kind:
        return "rule"
    return "phrase" if all(is_plain(phrase) for phrase in rule.phrases) else "pattern"
