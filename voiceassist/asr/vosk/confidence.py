"""How sure the words of Vosk's partials are.

libvosk knows it for the words that its lattice covers, which lags: for 3 to 5 of ten words of a partial (asking
costs a hundredth of the decoding). The others are as sure as the leg's Finals have been on average, and less when
they have only just been heard: 0.89 of those were in the Final and 0.99 of the others on the sample calls, 0.4 and
0.7 on recordings of people that the same model hardly understands. Next: `leg.py` tells it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voiceassist.events import Word

FRESH = 0.8  # of the confidence of words that were there before
EXPECTED, EXPECTED_WORDS = 0.9, 20  # of a leg of which little was heard: as if so many words had been so sure


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialWord:
    """A word of the utterance so far."""

    text: str
    confidence: float | None  # None: the lattice does not cover it yet


class LegConfidence:
    """Of one leg."""

    def __init__(self) -> None:
        self._sum, self._words = EXPECTED * EXPECTED_WORDS, EXPECTED_WORDS

    @property
    def mean(self) -> float:
        """How sure a word of a Final is."""
        return self._sum / self._words

    def add(self, words: Sequence[Word]) -> None:
        """Takes a Final's words into account."""
        self._sum += sum(word.confidence for word in words)
        self._words += len(words)

    def of_partial(self, words: Sequence[PartialWord], before: Sequence[str]) -> tuple[float, ...]:
        """How sure each word is; `before`: the words of the utterance when libvosk last decoded."""
        return tuple(self._each(words, before))

    def _each(self, words: Sequence[PartialWord], before: Sequence[str]) -> Iterator[float]:
        for place, word in enumerate(words):
            is_fresh = place >= len(before) or before[place] != word.text
            guess = self.mean * FRESH if is_fresh else self.mean
            yield guess if word.confidence is None else word.confidence
