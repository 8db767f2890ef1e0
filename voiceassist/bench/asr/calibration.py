"""Whether an engine knows when it is guessing: its confidence in words against how many of them were right.

A word with confidence .9 should be right nine times in ten. Right means: the alignment with the reference has the
same word there; words that nobody said are wrong, words that were missed count nowhere.
Next: `results.py` sums up, `document.py` and `cli/models/bench_tables.py` show it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedWord:
    """A word that was heard."""

    confidence: float  # 0..1, the engine's own
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceBin:
    """The words of one tenth of confidence."""

    low: float
    high: float
    words: int
    right: int
    confidence: float  # mean of them

    @property
    def accuracy(self) -> float:
        """The share that is right."""
        return self.right / self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """A reliability table."""

    bins: tuple[ConfidenceBin, ...]  # only those with words in them
    words: int
    expected_error: float  # mean distance of confidence and accuracy over the bins, weighed by their words


def calibration(words: Sequence[JudgedWord]) -> Reliability | None:
    """Of nothing: None."""
    if not words:
        return None
    by_bin = [[word for word in words if _bin(word) == number] for number in range(BINS)]
    bins = tuple(_summed_up(number, of_bin) for number, of_bin in enumerate(by_bin) if of_bin)
    distance = sum(one.words * abs(one.confidence - one.accuracy) for one in bins)
    return Reliability(bins=bins, words=len(words), expected_error=distance / len(words))


def _bin(word: JudgedWord) -> int:
    """The last one includes 1.0."""
    return min(int(word.confidence * BINS), BINS - 1)


def _summed_up(number: int, words: Sequence[JudgedWord]) -> ConfidenceBin:
    return ConfidenceBin(
        low=number / BINS,
        high=(number + 1) / BINS,
        words=len(words),
        right=sum(word.is_right for word in words),
        confidence=sum(word.confidence for word in words) / len(words),
    )
