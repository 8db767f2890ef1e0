"""Tries phrases on ordinary talk: `try_phrases(phrases, lexicon, turns) -> tuple[PhraseTry, ...]`.

Says where a phrase would be found that nobody meant, before it is published. Pure: the turns are an argument.
Next: `playbook_worker/work.py`, for the playbook page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voiceassist.core.cues.patterns import Pattern, pattern_of
from voiceassist.core.words.phrases import Lexicon, PhraseError, rendered
from voiceassist.core.words.text import tokenise_text
from voiceassist.errors import PlaybookError
from voiceassist.yamltext.problems import Message, told

SHOWN = 3  # turns in which a phrase was found: enough to see what is wrong with it


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseTry:
    """A phrase, and the turns in which it is found."""

    phrase: str
    count: int  # of those turns
    found: tuple[str, ...]  # the first of them
    problem: Message | None = None  # why it cannot be used


def try_phrases(phrases: Iterable[str], lexicon: Lexicon, turns: Sequence[str]) -> tuple[PhraseTry, ...]:
    """Where each phrase is found in these turns."""
    texts = [(turn, rendered(tokenise_text(turn, lexicon.language))) for turn in turns]
    return tuple(_tried(phrase, lexicon, texts) for phrase in phrases)


def _tried(phrase: str, lexicon: Lexicon, texts: Sequence[tuple[str, str]]) -> PhraseTry:
    try:
        pattern: Pattern = pattern_of([phrase], lexicon)
    except PhraseError as error:
        problem = told(f"phrase `{phrase}`: {error}", error.code, phrase=phrase, **error.given)
        return PhraseTry(phrase=phrase, count=0, found=(), problem=problem)
    except PlaybookError as error:
        return PhraseTry(phrase=phrase, count=0, found=(), problem=Message(str(error)))
    found = [turn for turn, text in texts if pattern.found(text)]
    return PhraseTry(phrase=phrase, count=len(found), found=tuple(found[:SHOWN]))
