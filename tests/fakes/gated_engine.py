"""A recognizer whose decodes end when the test says so. The samples say what is due, the log what was decoded."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from voiceassist.asr.engine import PartialDue, Recognizer
from voiceassist.audio.pcm import Pcm
from voiceassist.events import Final, Partial, Speaker, Transcript, Word

RATE_HZ = 16_000
ENOUGH_S = 20.0  # a test that waits longer has failed
NOTHING, PARTIAL, FINAL = (np.full(640, value, np.int16) for value in (0, 1, 2))


@dataclass(kw_only=True)
class Decodes:
    """What is decoded, in order; each decode ends when the gate has been opened once more."""

    log: list[str] = field(default_factory=list)
    gate: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def decode(self, name: str) -> None:
        """Returns when the test says so."""
        self.log.append(name)
        self.gate.acquire(timeout=ENOUGH_S)


@dataclass(kw_only=True)
class GatedEngine:
    """Called as the call that it hears."""

    name: str
    decodes: Decodes
    language: str = "en"
    rate_hz: int = RATE_HZ
    memory_bytes: int = 0
    load_ms: int = 0

    def open(self, speaker: Speaker) -> Recognizer:
        """A recognizer for one leg."""
        return _GatedRecognizer(self.name, speaker, self.decodes)

    def close(self) -> None:
        """Nothing to free."""


class _GatedRecognizer:
    rate_hz = RATE_HZ

    def __init__(self, name: str, speaker: Speaker, decodes: Decodes) -> None:
        self._name, self._speaker, self._decodes = name, speaker, decodes
        self._utterance, self._samples = 1, 0

    def feed(self, pcm: Pcm) -> Iterator[Transcript | PartialDue]:
        self._samples += len(pcm)
        if PARTIAL[0] in pcm:
            due = PartialDue()
            yield due
            if due.is_wanted:
                yield self._said(Partial, "partial")
        if FINAL[0] in pcm:
            yield self._said(Final, "final")
            self._utterance += 1

    def finish(self) -> Sequence[Transcript]:
        return []

    def close(self) -> None:
        """Nothing to free."""

    def _said(self, kind: type[Partial] | type[Final], name: str) -> Transcript:
        self._decodes.decode(f"{self._name} {name}")
        at_ms = self._samples * 1000 // RATE_HZ
        word = Word(text="well", start_ms=at_ms, end_ms=at_ms, confidence=1.0)
        where = {"at_ms": at_ms, "start_ms": at_ms, "end_ms": at_ms, "utterance": self._utterance}
        if kind is Partial:
            return Partial(**where, speaker=self._speaker, text="well", words=(word,))
        return Final(**where, speaker=self._speaker, text="well", words=(word,), confidence=1.0)
