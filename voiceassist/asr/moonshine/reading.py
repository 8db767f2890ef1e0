"""What a model makes of one line of speech, and what it must be able to do for that.

There are two such models: Moonshine's, decoded by ourselves (`reader.py`), and the same decoded by its
maker's library (`tests/shell/moonshine_reference.py`), which tests compare with ours. Next: `leg.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from voiceassist.asr.second_listen import SecondListen
from voiceassist.audio.pcm import Pcm


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWord:
    """A word of a line."""

    text: str
    confidence: float  # 0..1; 1.0 where the model gives none


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The words of a line."""

    words: tuple[ReadWord, ...]
    tokens: tuple[int, ...] = ()  # as the model wrote them, words that nobody can have said among them


NOTHING_READ = Reading(words=())


class ReadsLines(Protocol):
    """A model that turns a whole line into words. Used by several threads at once."""

    def read(self, pcm: Pcm, before: Reading, *, voiced_ms: int) -> Reading:
        """The words of a line, `voiced_ms` of which are voice, where its beginning was read before.

        Words that are nearly as likely as others stay as they were read before. Raises EngineError.
        """

    def read_afresh(self, pcm: Pcm, *, voiced_ms: int) -> Reading:
        """The same words and confidences for the same samples, whatever was read before. Raises EngineError."""

    def preferring(self, phrases: Iterable[str]) -> "ReadsLines":
        """The same model for calls in which these phrases are likely, if it can prefer any."""

    def second_listen(self, pcm: Pcm, words: Sequence[str], first: int, end: int) -> SecondListen | None:
        """How well the words from `first` to before `end` explain the sound of a line that was read as `words`.

        None where the model cannot tell. Raises ValueError for words that say nothing, EngineError.
        """

    def close(self) -> None:
        """Frees the model; harmless when called twice."""
