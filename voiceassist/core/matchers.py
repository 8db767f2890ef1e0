"""Finds where a playbook's rules match the tokens of one utterance. Knows nothing of turns and times.

All rules of one speaker are screened at once by an RE2 set; only those that hit are located. Time is linear
in the length of the utterance. Next: `cues.py` adds the context of the call.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

import re2

from voiceassist.core.languages import Language
from voiceassist.core.phrases import Lexicon, compile_phrase, is_plain
from voiceassist.core.playbook_model import Playbook, Rule
from voiceassist.core.text import Token
from voiceassist.events import Layer, Speaker

RE2_MEMORY = 64 << 20  # bytes for one set; the built-in playbook needs under 2 MB, 8 MB is RE2's default
PLAYBOOKS_COMPILED = 8  # versions in use at once: the published one, and those being tried on stored calls


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's phrase in an utterance."""

    kind: str
    rule: str
    layer: Layer
    first_word: int  # index into the utterance's words
    last_word: int  # inclusive
    tokens: tuple[str, ...]  # the tokens that matched
    first_token: int  # their place among the utterance's tokens, which no filler shifts
    trailing: int  # how many tokens follow the match
    confidence: float  # 0..1, the rule's
    early: bool  # whether the rule may fire on a partial
    nth: int = 0  # refusals: how many alternatives stand before it in the utterance

    @property
    def last_token(self) -> int:
        """The place of its last token."""
        return self.first_token + len(self.tokens) - 1


@dataclass(frozen=True, slots=True)
class Pattern:
    """Phrases compiled to one expression; an empty list of phrases matches nothing."""

    expression: Any  # re2's compiled pattern, or None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where it matches, in characters."""
        return [match.span() for match in self.expression.finditer(text)] if self.expression else []

    def found(self, text: str) -> bool:
        """Whether it matches anywhere."""
        return self.expression is not None and self.expression.search(text) is not None


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
        return [span for span in self.phrases.spans(text) if not any(_touch(span, other) for other in excluded)]


@dataclass(frozen=True, slots=True)
class Matcher:
    """All rules of a playbook for one speaker."""

    screen: Any  # re2.Set over the rules, in their order
    rules: tuple[CompiledRule, ...]

    def candidates(self, text: str) -> list[CompiledRule]:
        """The rules with at least one phrase in the text, in playbook order."""
        return [self.rules[index] for index in sorted(self.screen.Match(text) or ())] if self.rules else []


def compile_lists(words: Mapping[str, Sequence[str]], language: Language) -> Lexicon:
    """Named word lists as expressions; a list may use the ones before it."""
    lists: dict[str, str] = {}
    for name, phrases in words.items():
        lists[name] = _expression(phrases, Lexicon(language, lists))
    return Lexicon(language, lists)


@lru_cache(maxsize=PLAYBOOKS_COMPILED)
def matcher_for(playbook: Playbook, speaker: Speaker) -> Matcher:
    """The compiled rules of one side."""
    lexicon = compile_lists(playbook.words, playbook.spoken)
    rules = [rule for rule in playbook.rules if rule.speaker == speaker]
    screen = re2.Set.SearchSet(_options())
    for rule in rules:
        screen.Add(_expression(rule.phrases, lexicon))
    if rules:
        screen.Compile()
    return Matcher(screen, tuple(_compiled(rule, lexicon) for rule in rules))


@lru_cache(maxsize=PLAYBOOKS_COMPILED)
def topics_of(playbook: Playbook) -> tuple[tuple[str, Pattern], ...]:
    """Policy ids with the phrases by which they are asked for, in playbook order."""
    lexicon = compile_lists(playbook.words, playbook.spoken)
    return tuple((policy.id, _pattern(policy.asked, lexicon)) for policy in playbook.policies)


@lru_cache(maxsize=PLAYBOOKS_COMPILED)
def absences_of(playbook: Playbook) -> tuple[tuple[str, Pattern], ...]:
    """Ids of what must be said, with its phrases."""
    lexicon = compile_lists(playbook.words, playbook.spoken)
    return tuple((absence.id, _pattern(absence.phrases, lexicon)) for absence in playbook.absences)


def matches_of(compiled: CompiledRule, tokens: Sequence[Token], text: str) -> list[Match]:
    """The matches of one rule, without its context."""
    starts = list(accumulate((len(token.text) + len("<>") for token in tokens), initial=0))
    place = {start: index for index, start in enumerate(starts)}
    return [_match(compiled, tokens, place[first], place[end]) for first, end in compiled.places(text)]


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


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
    )


def _compiled(rule: Rule, lexicon: Lexicon) -> CompiledRule:
    return CompiledRule(
        rule=rule,
        layer=_layer(rule),
        phrases=_pattern(rule.phrases, lexicon),
        exclusions=_pattern(rule.exclusions, lexicon),
        unless=_pattern(rule.unless, lexicon),
        after=_pattern(rule.after, lexicon),
        unless_after=_pattern(rule.unless_after, lexicon),
    )


def _layer(rule: Rule) -> Layer:
    if rule.after or rule.after_kind:
        return "rule"
    return "phrase" if all(is_plain(phrase) for phrase in rule.phrases) else "pattern"


def _pattern(phrases: Sequence[str], lexicon: Lexicon) -> Pattern:
    return Pattern(re2.compile(_expression(phrases, lexicon), _options()) if phrases else None)


def _expression(phrases: Iterable[str], lexicon: Lexicon) -> str:
    return f"(?:{'|'.join(compile_phrase(phrase, lexicon) for phrase in phrases)})"


def _options() -> Any:  # noqa: ANN401 - re2 has no types
    options = re2.Options()
    options.max_mem = RE2_MEMORY
    options.log_errors = False
    return options
