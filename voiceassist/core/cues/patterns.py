"""Compiles the phrases of a playbook to patterns, each of which is found in a text in linear time.

Keeps what it compiled: the same phrases in another playbook, or in the next draft, are the same pattern. Never
knows what a phrase is for. Next: `screens.py` looks for many patterns at once, `matchers.py` makes rules of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from voiceassist.core.playbook.cache import per_playbook
from voiceassist.core.playbook.model import Playbook
from voiceassist.core.words.cache import ContentCache
from voiceassist.core.words.languages import Language
from voiceassist.core.words.phrases import Lexicon, compile_phrase
from voiceassist.errors import PlaybookError

RE2_MEMORY = 64 << 20  # bytes for what is found together; a built-in playbook needs 10 MB, RE2's default is 8 MB
INSTRUCTION_BYTES = 16  # of an RE2 program
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


_PATTERNS = ContentCache[Pattern](PROGRAMS_KEPT, lambda pattern: pattern.size)


def compile_lists(words: Mapping[str, Sequence[str]], language: Language) -> Lexicon:
    """Named word lists as expressions; a list may use the ones before it."""
    lists: dict[str, str] = {}
    for name, phrases in words.items():
        lists[name] = _expression(phrases, Lexicon(language, lists))
    return Lexicon(language, lists)


@per_playbook
def lexicon_of(playbook: Playbook) -> Lexicon:
    """The language and the word lists of a playbook."""
    return compile_lists(playbook.words, playbook.spoken)


def pattern_of(phrases: Sequence[str], lexicon: Lexicon) -> Pattern:
    """Phrases joined to one expression. Raises PhraseError."""
    if not phrases:
        return Pattern(None)
    expression = _expression(phrases, lexicon)
    return _PATTERNS.get(expression, lambda: _pattern(expression))


def _pattern(expression: str) -> Pattern:
    return Pattern(within_memory(lambda: re2.compile(expression, re2_options())))


def within_memory(compile_it: Callable[[], Any]) -> Any:  # noqa: ANN401 - re2 has no types
    """What `compile_it` gives. Raises PlaybookError when it needs more than RE2_MEMORY."""
    try:
        return compile_it()
    except re2.error as error:
        raise _too_large() from error


def check_size(patterns: Iterable[Pattern]) -> None:
    """Raises PlaybookError when these patterns are too large together."""
    if sum(pattern.size for pattern in patterns) * INSTRUCTION_BYTES > RE2_MEMORY:
        raise _too_large()


def _too_large() -> PlaybookError:
    return PlaybookError(
        f"its phrases are too large together to be looked for (more than {RE2_MEMORY >> 20} MB); "
        "take gaps, choices or lists out of them"
    )


def _expression(phrases: Iterable[str], lexicon: Lexicon) -> str:
    return f"(?:{'|'.join(compile_phrase(phrase, lexicon) for phrase in phrases)})"


def re2_options() -> Any:  # noqa: ANN401 - re2 has no types
    """The options of every pattern and screen."""
    options = re2.Options()
    options.max_mem = RE2_MEMORY
    options.log_errors = False
    return options
