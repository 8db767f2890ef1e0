"""Compiles the rules of a playbook, and screens an utterance for those that may match. Knows no turns, no times.

The rules of one speaker are screened by RE2 sets; only those that hit are located. One set holds the built-in
rules of the language, whatever a playbook makes of them, and is compiled once for all playbooks; small ones hold
what is the playbook's own. Time is linear in the length of the utterance.
Next: `rules.py` makes matches of the hits.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import BuiltinCues, Playbook, Rule
from voiceassist.core.words.cache import ContentCache
from voiceassist.core.words.languages import Language
from voiceassist.core.words.phrases import Lexicon, compile_phrase, is_plain
from voiceassist.errors import PlaybookError
from voiceassist.events import SPEAKERS, Layer, Speaker

RE2_MEMORY = 64 << 20  # bytes for what is found together; a built-in playbook needs 10 MB, RE2's default is 8 MB
INSTRUCTION_BYTES = 16  # of an RE2 program
SCREEN_INSTRUCTIONS = 50_000  # of one set of a playbook's own: RE2 holds the GIL for 35 ms while it compiles that
TOO_LARGE = (
    "its phrases are too large together to be looked for (more than {} MB); "
    "take gaps, choices or lists out of them"
)
PROGRAMS_KEPT = 8_000_000  # instructions: 128 MB; English and one playbook are 1.4 million, another one 0.2


@dataclass(frozen=True, slots=True)
class Pattern:
    """Phrases compiled to one expression; an empty list of phrases matches nothing."""

    expression: Any  # re2's compiled pattern, or None

    @property
    def size(self) -> int:
        """How many instructions its program has."""
        return self.expression.programsize if self.expression else 0

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
class Screen:
    """Patterns that are looked for at once, and which places each of them stands for."""

    expressions: Any  # re2.Set
    places: tuple[tuple[int, ...], ...]  # by pattern; none: nobody asks for it

    def hits(self, text: str) -> Iterator[int]:
        """The places whose pattern is in the text."""
        for index in self.expressions.Match(text) or ():
            yield from self.places[index]


@dataclass(frozen=True, slots=True)
class Matcher:
    """All rules of a playbook for one speaker."""

    screens: tuple[Screen, ...]  # over the rules' places
    rules: tuple[CompiledRule, ...]

    def candidates(self, text: str) -> list[CompiledRule]:
        """The rules with at least one phrase in the text, in playbook order."""
        return [self.rules[place] for place in hits(self.screens, text)]


def hits(screens: Sequence[Screen], text: str) -> list[int]:
    """The places whose pattern is in the text, in rising order."""
    return sorted(place for screen in screens for place in screen.hits(text))


_PATTERNS = ContentCache[Pattern](PROGRAMS_KEPT, lambda pattern: pattern.size)
_SETS = ContentCache[tuple[Any, int]](PROGRAMS_KEPT, lambda made: made[1])  # with their sizes


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
def lexicon_of(playbook: Playbook) -> Lexicon:
    """The language and the word lists of a playbook."""
    return compile_lists(playbook.words, playbook.spoken)


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


def screens_of(patterns: Sequence[Pattern], shared: Sequence[Pattern] = ()) -> tuple[Screen, ...]:
    """Sets that find the places of these patterns; those of `shared` are in one that other playbooks have too.

    Raises PlaybookError when they are too large together.
    """
    _check_size(patterns)
    places: dict[str, list[int]] = {}
    for place, pattern in enumerate(patterns):
        places.setdefault(pattern.expression.pattern, []).append(place)
    known = {pattern.expression.pattern for pattern in shared}
    own = [pattern for pattern in patterns if pattern.expression.pattern not in known]
    groups = [list(shared) if len(own) < len(patterns) else [], *_in_groups(own)]
    return tuple(_screen(group, places) for group in groups if group)


def _check_size(patterns: Sequence[Pattern]) -> None:
    if sum(pattern.size for pattern in patterns) * INSTRUCTION_BYTES > RE2_MEMORY:
        raise PlaybookError(TOO_LARGE.format(RE2_MEMORY >> 20))


def _in_groups(patterns: Iterable[Pattern]) -> Iterator[list[Pattern]]:
    """Each different pattern once, in groups for one set."""
    group, size = list[Pattern](), 0
    for pattern in {pattern.expression.pattern: pattern for pattern in patterns}.values():
        if group and size + pattern.size > SCREEN_INSTRUCTIONS:
            yield group
            group, size = [], 0
        group.append(pattern)
        size += pattern.size
    yield group


def _screen(patterns: Sequence[Pattern], places: Mapping[str, Sequence[int]]) -> Screen:
    texts = tuple(pattern.expression.pattern for pattern in patterns)
    size = sum(pattern.size for pattern in patterns)
    expressions, _ = _SETS.get(texts, lambda: (_set_of(texts), size))
    return Screen(expressions, tuple(tuple(places.get(text, ())) for text in texts))


def _set_of(expressions: Iterable[str]) -> Any:  # noqa: ANN401 - re2 has no types
    """All expressions at once: its `Match(text)` gives the indexes of those that hit."""
    screen = re2.Set.SearchSet(_options())
    for expression in expressions:
        screen.Add(expression)
    _within_memory(screen.Compile)
    return screen


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
    expression = _expression(phrases, lexicon)
    return _PATTERNS.get(expression, lambda: _pattern(expression))


def _pattern(expression: str) -> Pattern:
    return Pattern(_within_memory(lambda: re2.compile(expression, _options())))


def _within_memory(compile_it: Callable[[], Any]) -> Any:  # noqa: ANN401 - re2 has no types
    try:
        return compile_it()
    except re2.error as error:
        raise PlaybookError(TOO_LARGE.format(RE2_MEMORY >> 20)) from error


def _expression(phrases: Iterable[str], lexicon: Lexicon) -> str:
    return f"(?:{'|'.join(compile_phrase(phrase, lexicon) for phrase in phrases)})"


def _options() -> Any:  # noqa: ANN401 - re2 has no types
    options = re2.Options()
    options.max_mem = RE2_MEMORY
    options.log_errors = False
    return options
