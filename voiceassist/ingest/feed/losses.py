"""Brings scattered losses together: one note per stretch ("2.7 s lost in 53 s"), not one per packet.

Never reads a clock: positions are samples of the leg. Next: `timeline.py` tells each stretch as a gap.
"""

from collections.abc import Iterator
from dataclasses import dataclass

APART_S = 10  # losses further apart are two stretches: screens learn of one so long after it
LONGEST_S = 60  # a line that keeps losing packets is told about every minute
ALONE_S = 1  # whoever listens notices a loss of so much: it is told at once, and by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class LossyStretch:
    """A stretch of audio in which some was lost; all of it where `lost` is its length."""

    start: int
    end: int
    lost: int


class Losses:
    """What was lost of one track."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._open: LossyStretch | None = None

    @property
    def are_open(self) -> bool:
        """Whether a stretch may go on."""
        return self._open is not None

    def add(self, start: int, samples: int) -> Iterator[LossyStretch]:
        """So much was lost from `start` on; gives the stretches that are over."""
        yield from self.over(start)
        if samples >= ALONE_S * self._rate_hz:
            yield from self.end()
            yield LossyStretch(start=start, end=start + samples, lost=samples)
            return
        before = self._open or LossyStretch(start=start, end=start, lost=0)
        self._open = LossyStretch(start=before.start, end=start + samples, lost=before.lost + samples)

    def over(self, position: int) -> Iterator[LossyStretch]:
        """The stretch, if it is over when the audio has come so far."""
        if self._open is None:
            return
        is_long = position - self._open.start >= LONGEST_S * self._rate_hz
        if is_long or position - self._open.end >= APART_S * self._rate_hz:
            yield from self.end()

    def end(self) -> Iterator[LossyStretch]:
        """The stretch, whether it is over or not."""
        if self._open:
            yield self._open
        self._open = None
