"""A recognizer that breaks down in the middle of a call."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from voiceassist.asr.engine import Engine, PartialDue, Recognizer
from voiceassist.audio.pcm import Pcm
from voiceassist.errors import EngineError
from voiceassist.events import Speaker, Transcript

When = Literal["opened", "fed", "finished", "closed"]


@dataclass(kw_only=True)
class FailingEngine:
    """Another engine, until one leg of the next call has come to a certain point."""

    inner: Engine
    when: When = "fed"
    after_ms: int = 0  # "fed": of that leg's audio
    leg: Speaker = "customer"
    calls_left: int = 1  # how many calls fail
    name: str = "failing"
    language: str = "en"
    memory_bytes: int = 0
    load_ms: int = 0

    @property
    def rate_hz(self) -> int:
        """The inner engine's."""
        return self.inner.rate_hz

    def open(self, speaker: Speaker) -> Recognizer:
        """The inner engine's recognizer, perhaps one that will fail."""
        recognizer = self.inner.open(speaker)
        if speaker != self.leg or not self.calls_left:
            return recognizer
        self.calls_left -= 1
        if self.when == "opened":
            raise EngineError("no memory for another recognizer")
        return _FailingRecognizer(inner=recognizer, when=self.when, after_ms=self.after_ms)

    def close(self) -> None:
        """Nothing to free."""


@dataclass(kw_only=True)
class _FailingRecognizer:
    inner: Recognizer
    when: When
    after_ms: int
    heard_ms: float = 0.0

    @property
    def rate_hz(self) -> int:
        return self.inner.rate_hz

    def feed(self, pcm: Pcm) -> Iterable[Transcript | PartialDue]:
        self.heard_ms += len(pcm) * 1000 / self.rate_hz
        self._fail("fed", due=self.heard_ms >= self.after_ms)
        return self.inner.feed(pcm)

    def finish(self) -> Sequence[Transcript]:
        self._fail("finished")
        return self.inner.finish()

    def close(self) -> None:
        self.inner.close()
        self._fail("closed")

    def _fail(self, when: When, *, due: bool = True) -> None:
        if self.when == when and due:
            raise EngineError("the model returned code 7")
