"""Recognises one leg: frames of any length and rate in, transcripts out.

The same code hears a live call and a replayed recording; since resampler and recognizer both work in blocks of
their own, how the audio was split into frames changes nothing. Blocks: runs in the decode pool's threads.
Next: `scheduled_leg.py` of a live call, and `replay.py`.
"""

from collections.abc import Iterator

from voiceassist.asr.added_silence import AddedSilence
from voiceassist.asr.engine import ListensAgain, PartialDue, Recognizer, transcripts
from voiceassist.asr.second_listen import SecondListen
from voiceassist.audio.pcm import Pcm, silence
from voiceassist.audio.resample import Resampler
from voiceassist.events import Transcript

BREAK_MS = 600  # half as much again as the silence that ends an utterance (`audio/endpoint.py`)


class LegRecognizer:
    """A recognizer with the resampler that it needs."""

    def __init__(self, recognizer: Recognizer, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._recognizer = recognizer
        self._resampler = Resampler(rate_hz, recognizer.rate_hz)
        self._samples = 0
        self._added = AddedSilence(BREAK_MS)

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
        for one in self._recognizer.feed(self._resampler.feed(pcm)):
            yield one if isinstance(one, PartialDue) else self._added.in_leg(one)

    def break_off(self) -> Iterator[Transcript | PartialDue]:
        """What was said is over, since no audio comes; takes no time of the leg."""
        self._added.add(self.position_ms)
        added = silence(BREAK_MS * self.rate_hz // 1000)
        for one in self._recognizer.feed(self._resampler.feed(added)):
            yield one if isinstance(one, PartialDue) else self._added.in_leg(one)

    def finish(self) -> list[Transcript]:
        """The last transcripts. Raises EngineError."""
        last = [*transcripts(self._recognizer.feed(self._resampler.finish())), *self._recognizer.finish()]
        return [self._added.in_leg(one) for one in last]

    def second_listen(self, said: Transcript, first: int, end: int) -> SecondListen | None:
        """See `ListensAgain`; None also where the engine cannot do so. Raises ValueError, EngineError."""
        again = self._recognizer
        if not isinstance(again, ListensAgain):
            return None
        return again.second_listen(self._added.in_recognizer(said), first, end)

    def close(self) -> None:
        """Frees the recognizer."""
        self._recognizer.close()
