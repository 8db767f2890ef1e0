"""Looks for many patterns at once: which of them are in a text.

A screen is one RE2 set. A few sets hold the built-in patterns of the language, whatever a playbook makes of them,
and are compiled once for all playbooks; small ones hold what is the playbook's own. Never says where in the text a
pattern is. Next: `matchers.py` screens rules, `core/topics/index.py` the phrases of policies.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from voiceassist.core.cues.patterns import PROGRAMS_KEPT, Pattern, check_size, re2_options, within_memory
from voiceassist.core.words.cache import ContentCache

SCREEN_INSTRUCTIONS = 50_000  # of one set of a playbook's own: RE2 holds the GIL for 25 ms while it compiles that
# Of one set of the built-in patterns. All English ones of a side in one set need more states than RE2 keeps, and a
# text of 15 words takes 450 to 930 µs; in sets of this size it takes 46 to 80 µs in all.
SHARED_INSTRUCTIONS = 200_000


@dataclass(frozen=True, slots=True)
class Screen:
    """Patterns that are looked for at once, and which places each of them stands for."""

    expressions: Any  # re2.Set
    places: tuple[tuple[int, ...], ...]  # by pattern; none: the playbook leaves it out

    def hits(self, text: str) -> Iterator[int]:
        """The places whose pattern is in the text."""
        for index in self.expressions.Match(text) or ():
            yield from self.places[index]


_SETS = ContentCache[tuple[Any, int]](PROGRAMS_KEPT, lambda made: made[1])  # with their sizes


def hits(screens: Sequence[Screen], text: str) -> list[int]:
    """The places whose pattern is in the text, in rising order."""
    return sorted(place for screen in screens for place in screen.hits(text))


def screens_of(patterns: Sequence[Pattern], shared: Sequence[Pattern] = ()) -> tuple[Screen, ...]:
    """Sets that find the places of these patterns; those of `shared` are in one that other playbooks have too.

    Raises PlaybookError when they are too large together.
    """
    check_size(patterns)
    places: dict[str, list[int]] = {}
    for place, pattern in enumerate(patterns):
        places.setdefault(pattern.expression.pattern, []).append(place)
    known = {pattern.expression.pattern for pattern in shared}
    own = [pattern for pattern in patterns if pattern.expression.pattern not in known]
    common = _in_groups(shared, SHARED_INSTRUCTIONS) if len(own) < len(patterns) else ()
    groups = [*common, *_in_groups(own, SCREEN_INSTRUCTIONS)]
    return tuple(_screen(group, places) for group in groups if group)


def _in_groups(patterns: Iterable[Pattern], most: int) -> Iterator[list[Pattern]]:
    """Each different pattern once, in groups of at most so many instructions for one set."""
    group, size = list[Pattern](), 0
    for pattern in {pattern.expression.pattern: pattern for pattern in patterns}.values():
        if group and size + pattern.size > most:
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
    screen = re2.Set.SearchSet(re2_options())
    for expression in expressions:
        screen.Add(expression)
    within_memory(screen.Compile)
    return screen
