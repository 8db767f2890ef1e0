"""Transcripts of a library's plain text, which has no times of words.

Never guesses times: every word of a line has the line's. Next: `library_streams.py` and `server_loop.py` give them
to `bench/asr/listener.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from voiceassist.events import Final, Partial, Speaker, Word


class _Common(TypedDict):
    at_ms: int
    speaker: Speaker
    utterance: int
    text: str
    words: tuple[Word, ...]
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainLine:
    """A line of text as a library tells it."""

    speaker: Speaker
    number: int  # counts from 1
    start_ms: int
    end_ms: int
    text: str

    def partial(self, at_ms: int) -> Partial:
        """What it is so far."""
        return Partial(**self._common(at_ms))

    def final(self, at_ms: int) -> Final:
        """What it was."""
        return Final(**self._common(at_ms), confidence=1.0)

    def _common(self, at_ms: int) -> _Common:
        return _Common(
            at_ms=at_ms,
            speaker=self.speaker,
            utterance=self.number,
            text=self.text,
            words=self._words(self.text.split()),
            start_ms=self.start_ms,
            end_ms=self.end_ms,
        )

    def _words(self, texts: Sequence[str]) -> tuple[Word, ...]:
        return tuple(Word(text=text, start_ms=self.start_ms, end_ms=self.end_ms, confidence=1.0) for text in texts)
