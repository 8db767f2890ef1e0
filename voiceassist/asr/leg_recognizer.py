"""Recognises one leg: frames of any length and rate in, transcripts out.

The same code hears a live call and a replayed recording; since resampler and recognizer both work in blocks of
their own, how the audio was split into frames changes nothing. Blocks: runs in the decode pool's threads.
Next: `scheduled_leg.py` of a live call, and `replay.py`.
"""

from collections.abc import Iterator

from voiceassist.asr.engine import ListensAgain, PartialDue, Recognizer, transcripts
from voiceassist.asr.second_listen import SecondListen
from voiceassist.audio.pcm import Pcm
from voiceassist.audio.resample import Resampler
from voiceassist.events import Transcript


class LegRecognizer:
    """A recognizer with the resampler that it needs."""

    def __init__(self, recognizer: Recognizer, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._recognizer = recognizer
        self._resampler = Resampler(rate_hz, recognizer.rate_hz)
        self._samples = 0

    @property
    def position_ms(self) -> int:
        """How much audio has been heard."""
        return self._samples * 1000 // self.rate_hz

    def hear(self, pcm: Pcm) -> list[Transcript]:
        """What can be said after these samples, with every Partial. Raises EngineError."""
        return transcripts(self.listen(pcm))

    def listen(self, pcm: Pcm) -> Iterator[Transcript | PartialDue]:
        """The same, as it is decoded; see `Recognizer.feed`."""
        self._samples += len(pcm)
        yield from self._recognizer.feed(self._resampler.feed(pcm))

    def finish(self) -> list[Transcript]:
        """The last transcripts. Raises EngineError."""
        return [*transcripts(self._recognizer.feed(self._resampler.finish())), *self._recognizer.finish()]

    def second_listen(self, said: Transcript, first: int, end: int) -> SecondListen | None:
        """See `ListensAgain`; None also where the engine cannot do so. Raises ValueError, EngineError."""
        again = self._recognizer
        return again.second_listen(said, first, end) if isinstance(again, ListensAgain) else None

    def close(self) -> None:
        """Frees the recognizer."""
        self._recognizer.close()
