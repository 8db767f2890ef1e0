"""Keeps a leg's times true when its recognizer was fed silence that is no part of the leg.

A leg whose audio has stopped coming is in the middle of an utterance, and what comes late is to be heard where it
was spoken. So silence ends the utterance, and takes no time: transcripts are told in the leg's own time.
Never feeds anything itself: `leg_recognizer.py` does.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from voiceassist.events import Transcript


@dataclass(slots=True)
class AddedSilence:
    """All that was added to one leg."""

    length_ms: int  # of each
    _at_ms: list[int] = field(default_factory=list)  # where each begins, in the recognizer's time

    def add(self, leg_ms: int) -> None:
        """Silence was added when so much of the leg had been heard."""
        self._at_ms.append(leg_ms + len(self._at_ms) * self.length_ms)

    def in_leg(self, said: Transcript) -> Transcript:
        """A transcript of the recognizer in the leg's time."""
        return _moved(said, self._leg_ms) if self._at_ms else said

    def in_recognizer(self, said: Transcript) -> Transcript:
        """The other way round."""
        return _moved(said, self._recognizer_ms) if self._at_ms else said

    def _leg_ms(self, at_ms: int) -> int:
        added = bisect_right(self._at_ms, at_ms)
        if not added:
            return at_ms
        return at_ms - (added - 1) * self.length_ms - min(self.length_ms, at_ms - self._at_ms[added - 1])

    def _recognizer_ms(self, at_ms: int) -> int:
        before = sum(start - number * self.length_ms < at_ms for number, start in enumerate(self._at_ms))
        return at_ms + before * self.length_ms


def _moved(said: Transcript, to: Callable[[int], int]) -> Transcript:
    words = tuple(replace(word, start_ms=to(word.start_ms), end_ms=to(word.end_ms)) for word in said.words)
    at_ms, start_ms, end_ms = to(said.at_ms), to(said.start_ms), to(said.end_ms)
    return replace(said, words=words, at_ms=at_ms, start_ms=start_ms, end_ms=end_ms)
