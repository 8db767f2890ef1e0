"""The words of an utterance, as the Partial or the Final that tells them.

Every engine tells its words by these two, so this is where a word gets its bound. Never decides when something is
told. Next: the engines' legs yield them.
"""

from collections.abc import Sequence
from dataclasses import replace

from voiceassist.events import Final, Partial, Speaker, Word

# A model that loses its way says one syllable for as long as it is asked. The longest word of a dictionary has 79
# letters (German), an address on the web that is said aloud fewer; what follows tells nobody anything.
WORD_CHARS = 100


def partial_of(
    words: tuple[Word, ...], *, at_ms: int, speaker: Speaker, utterance: int, pause_ms: int = 0
) -> Partial:
    """The words so far; there must be one. Longer ones than `WORD_CHARS` are cut."""
    words = _cut(words)
    return Partial(
        at_ms=at_ms,
        speaker=speaker,
        utterance=utterance,
        text=_text(words),
        words=words,
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        pause_ms=pause_ms,
    )


def final_of(words: tuple[Word, ...], *, at_ms: int, speaker: Speaker, utterance: int, since_ms: int = 0) -> Final:
    """All words, as sure as the least sure of them. None: what was told since `since_ms` was nothing.

    Longer ones than `WORD_CHARS` are cut.
    """
    words = _cut(words)
    return Final(
        at_ms=at_ms,
        speaker=speaker,
        utterance=utterance,
        text=_text(words),
        words=words,
        start_ms=words[0].start_ms if words else since_ms,
        end_ms=words[-1].end_ms if words else since_ms,
        confidence=min((word.confidence for word in words), default=0.0),
    )


def _cut(words: tuple[Word, ...]) -> tuple[Word, ...]:
    if all(len(word.text) <= WORD_CHARS for word in words):
        return words
    return tuple(replace(word, text=word.text[:WORD_CHARS]) for word in words)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
