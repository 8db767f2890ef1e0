"""Finds where a playbook's rules match the tokens of one utterance. Knows nothing of turns and times.

All rules of one speaker are screened at once by an RE2 set; only those that hit are located. Time is linear
in the length of the utterance. Next: `find.py` adds the context of the call.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import Playbook, Rule
from voiceassist.core.words.languages import Language
from voiceassist.core.words.phrases import Lexicon, compile_phrase, is_plain
from voiceassist.core.words.text import Token
from voiceassist.errors import PlaybookError
from voiceassist.events import SPEAKERS, Layer, Speaker

RE2_MEMORY = 64 << 20  # bytes for one set; the built-in playbook needs under 2 MB, 8 MB is RE2's default


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


def matcher_for(playbook: Playbook, speaker: Speaker) -> Matcher:
    """The compiled rules of one side. Raises PlaybookError when they are too large together."""
    return _matchers(playbook)[speaker]


@per_playbook
def _matchers(playbook: Playbook) -> Mapping[Speaker, Matcher]:
    lexicon = compile_lists(playbook.words, playbook.spoken)
    return {
        speaker: _matcher([rule for rule in playbook.rules if rule.speaker == speaker], lexicon)
        for speaker in SPEAKERS
    }


def _matcher(rules: Iterable[Rule], lexicon: Lexicon) -> Matcher:
    compiled = tuple(_compiled(rule, lexicon) for rule in rules)
    return Matcher(screen_of([rule.phrases for rule in compiled]), compiled)


def screen_of(patterns: Sequence[Pattern]) -> Any:  # noqa: ANN401 - re2 has no types
    """All patterns at once: its `Match(text)` gives the places of those that hit. Raises PlaybookError."""
    screen = re2.Set.SearchSet(_options())
    for pattern in patterns:
        screen.Add(pattern.expression.pattern)
    if patterns:
        _within_memory(screen.Compile)
    return screen


def matches_of(compiled: CompiledRule, tokens: Sequence[Token], text: str) -> list[Match]:
    """The matches of one rule, without its context."""
    return [_match(compiled, tokens, first, end) for first, end in _in_tokens(compiled.places(text), text)]


def phrases_of(compiled: CompiledRule, tokens: Sequence[Token], text: str) -> list[Match]:
    """The matches of a rule's phrases, whatever its exclusions say."""
    return [_match(compiled, tokens, first, end) for first, end in _in_tokens(compiled.phrases.spans(text), text)]


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
    )


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


def pattern_of(phrases: Sequence[str], lexicon: Lexicon) -> Pattern:
    """Phrases joined to one expression. Raises PhraseError."""
    if not phrases:
        return Pattern(None)
    return Pattern(_within_memory(lambda: re2.compile(_expression(phrases, lexicon), _options())))


def _within_memory(compile_it: Callable[[], Any]) -> Any:  # noqa: ANN401 - re2 has no types
    try:
        return compile_it()
    except re2.error as error:
        raise PlaybookError(
            f"its phrases are too large together to be looked for (more than {RE2_MEMORY >> 20} MB); "
            "take gaps, choices or lists out of them"
        ) from error


def _expression(phrases: Iterable[str], lexicon: Lexicon) -> str:
    return f"(?:{'|'.join(compile_phrase(phrase, lexicon) for phrase in phrases)})"


def _options() -> Any:  # noqa: ANN401 - re2 has no types
    options = re2.Options()
    options.max_mem = RE2_MEMORY
    options.log_errors = False
    return options
