"""One engine in use: what it is for, and how many of its recognizers are open.

Never decides which calls it gets. Next: `engines.py` holds all of them, `call_recognizer.py` opens recognizers.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol, runtime_checkable

from voiceassist.asr.engine import Engine, ListensAgain, OpensRecognizers, PartialDue, Recognizer
from voiceassist.asr.second_listen import SecondListen
from voiceassist.audio.pcm import Pcm
from voiceassist.events import Speaker, Transcript
from voiceassist.speech_models.record import FitFor


@runtime_checkable
class KnowsWords(Protocol):
    """An engine whose vocabulary can be asked."""

    def vocabulary(self, words: Iterable[str]) -> Mapping[str, bool]:
        """Whether the model knows each word."""


@runtime_checkable
class PrefersPhrases(Protocol):
    """An engine that can be told what is likely to be said."""

    def open_preferring(self, speaker: Speaker, phrases: Iterable[str]) -> Recognizer:
        """A recognizer that prefers these phrases when it is unsure. Raises EngineError."""


@runtime_checkable
class TakesMemory(Protocol):
    """An engine whose recognizers take so much memory that calls must be counted."""

    @property
    def leg_bytes(self) -> int:
        """What a leg takes once it has been heard for some minutes."""


LEG_BYTES = 5_000_000  # of other engines: a voice detector (3 MB), a line of sound, a resampler


class LoadedEngine:
    """An engine with what it is for, and how many of its recognizers are open."""

    def __init__(self, inner: Engine, fit_for: FitFor, *, language: str | None = None) -> None:
        """`language`: the tag of its calls, if it is not the engine's own."""
        self.inner = inner
        self.fit_for = fit_for
        self.name, self.language = inner.name, language or inner.language
        self.rate_hz, self.memory_bytes, self.load_ms = inner.rate_hz, inner.memory_bytes, inner.load_ms
        self.leg_bytes = inner.leg_bytes if isinstance(inner, TakesMemory) else LEG_BYTES
        self.likely_phrases: tuple[str, ...] = ()  # what an engine that can do so prefers when it is unsure
        self._numbers = count()
        self._open = set[int]()  # filled and emptied in the pool's threads, every step of which is atomic

    def also_for(self, language: str) -> "LoadedEngine":
        """The same model for calls of another tag; it costs nothing more, and is closed with either."""
        other = LoadedEngine(self.inner, self.fit_for, language=language)
        other.memory_bytes = other.load_ms = 0
        return other

    @property
    def open_recognizers(self) -> int:
        """Legs that are being heard now."""
        return len(self._open)

    def open(self, speaker: Speaker) -> Recognizer:
        """A recognizer for one leg. Raises EngineError."""
        return self.open_preferring(speaker, self.likely_phrases)

    def preferring(self, phrases: tuple[str, ...]) -> OpensRecognizers:
        """Its recognizers, which prefer these phrases where the engine can do so, instead of its likely ones."""
        return _Preferring(self, phrases) if phrases else self

    def open_preferring(self, speaker: Speaker, phrases: tuple[str, ...]) -> Recognizer:
        """A recognizer for one leg. Raises EngineError."""
        number = next(self._numbers)
        recognizer = _CountedRecognizer(self._opened(speaker, phrases), lambda: self._open.discard(number))
        self._open.add(number)
        return recognizer

    def _opened(self, speaker: Speaker, phrases: tuple[str, ...]) -> Recognizer:
        if phrases and isinstance(self.inner, PrefersPhrases):
            return self.inner.open_preferring(speaker, phrases)
        return self.inner.open(speaker)

    def unknown(self, words: Sequence[str]) -> tuple[str, ...] | None:
        """Those that the model can never hear; None when it cannot be asked."""
        if not isinstance(self.inner, KnowsWords):
            return None
        known = self.inner.vocabulary(words)
        return tuple(word for word in words if not known[word])

    def close(self) -> None:
        """Frees the model."""
        self.inner.close()


@dataclass(frozen=True, slots=True)
class _Preferring:
    """An engine for somebody who knows what is likely to be said."""

    engine: LoadedEngine
    phrases: tuple[str, ...]

    def open(self, speaker: Speaker) -> Recognizer:
        """A recognizer for one leg. Raises EngineError."""
        return self.engine.open_preferring(speaker, self.phrases)


class _CountedRecognizer:
    """A recognizer that tells when it is closed."""

    def __init__(self, inner: Recognizer, closed: Callable[[], None]) -> None:
        self._inner, self._closed = inner, closed
        self.rate_hz = inner.rate_hz

    def feed(self, pcm: Pcm) -> Iterable[Transcript | PartialDue]:
        return self._inner.feed(pcm)

    def finish(self) -> Sequence[Transcript]:
        return self._inner.finish()

    def second_listen(self, said: Transcript, first: int, end: int) -> SecondListen | None:
        return self._inner.second_listen(said, first, end) if isinstance(self._inner, ListensAgain) else None

    def close(self) -> None:
        try:
            self._inner.close()
        finally:
            self._closed()
