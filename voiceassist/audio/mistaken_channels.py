"""Notices legs that are no legs: one channel sent as two, two sent as one, or a side with nothing on it.

Two channels that are the same are noticed elsewhere (`identical.py`). Changes nothing, and never reads a clock.
Next: `audio_doubts.py`.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from voiceassist.audio.pcm import DEAD, Pcm
from voiceassist.events import Speaker

Floats = npt.NDArray[np.float64]

ALIKE = 0.5  # correlation of both channels, at either place, from which they may be samples of one
CLOSER = 0.02  # by so much neighbours across the channels are more alike than within one
QUIETER = 100.0  # times the power: 20 dB. What one side has more, while only that side talks
DEAD_S = 60  # of anything on the other side: who waits in a queue, or is muted, hears less of it
ONE_SIDED = 0.5  # of the sound, from which two sides take turns in one channel


def are_one_in_turns(agent: Pcm, customer: Pcm) -> bool:
    """Whether the channels are the even and the odd samples of one: each lies between two of the other's."""
    one, other = _centred(agent), _centred(customer)
    here, next_one = _alike(one, other), _alike(one[1:], other[:-1])
    within = max(_alike(one[1:], one[:-1]), _alike(other[1:], other[:-1]))
    return min(here, next_one) >= max(ALIKE, within + CLOSER)


def is_two_in_turns(blocks: Pcm) -> bool:
    """Whether the even and the odd samples are two sides: mostly one of both talks."""
    even, odd = ((blocks[:, first::2].astype(np.float64) ** 2).mean(axis=1) + 1 for first in (0, 1))
    return float(np.mean((even > QUIETER * odd) | (odd > QUIETER * even))) >= ONE_SIDED


def is_dead(leg: Pcm) -> bool:
    """Whether there is nothing on it, not even noise."""
    return int(np.abs(leg.astype(np.int32)).max(initial=0)) <= DEAD


def _centred(leg: Pcm) -> Floats:
    sound: Floats = leg.astype(np.float64)
    sound -= sound.mean()
    return sound


def _alike(one: Floats, other: Floats) -> float:
    return float((one * other).sum() / np.sqrt((one**2).sum() * (other**2).sum() + 1))


class DeadLegs:
    """Legs without anything on them while the other side is heard."""

    def __init__(self, legs: Sequence[Speaker], rate_hz: int) -> None:
        self._silent = set(legs) if len(legs) > 1 else set[Speaker]()  # nothing has come from them so far
        self._legs = legs
        self._heard = 0  # samples that were heard of one side only
        self._enough = rate_hz * DEAD_S

    def hear(self, channels: Sequence[Pcm]) -> list[Speaker]:
        """The legs that are dead, once that is known."""
        if not self._silent:
            return []
        alive = {leg for leg, pcm in zip(self._legs, channels, strict=True) if not is_dead(pcm)}
        self._silent -= alive
        if not self._silent or not alive:
            return []
        self._heard += len(channels[0])
        if self._heard < self._enough:
            return []
        dead, self._silent = list(self._silent), set()
        return dead
