"""Collects the first seconds of sound of legs that come together, in blocks of 64 ms.

Silence is left out, however long it is; what is collected is bounded. Never reads a clock.
Next: `audio_doubts.py` looks at it.
"""

from collections.abc import Sequence

import numpy as np

from voiceassist.audio.line_sounds import LineSounds
from voiceassist.audio.pcm import Pcm, silence
from voiceassist.audio.signal import energy, power_of

BLOCK_MS = 64  # two periods of the lowest voice at half its speed
ENOUGH_S = 12  # of both legs at 16 kHz this is 768 kB
LEAST_POWER = power_of(-45.0)  # telephone speech is at -35 to -15 dBFS, lines hum below -50


class FirstSound:
    """The sound of one track."""

    def __init__(self, legs: int, rate_hz: int) -> None:
        self._samples = rate_hz * BLOCK_MS // 1000
        self._rest = [silence(0)] * legs
        self._blocks: list[list[Pcm]] = []

    @property
    def seconds(self) -> float:
        """How much sound there is."""
        return len(self._blocks) * BLOCK_MS / 1000

    def add(self, channels: Sequence[Pcm]) -> None:
        """Takes the next samples of every leg."""
        waiting = [np.concatenate(pair) for pair in zip(self._rest, channels, strict=True)]
        whole = len(waiting[0]) // self._samples * self._samples
        for at in range(0, whole, self._samples):
            if self.seconds >= ENOUGH_S:
                break
            block = [leg[at : at + self._samples] for leg in waiting]
            if any(map(self._sounds, block)):
                self._blocks.append([leg.copy() for leg in block])
        self._rest = [leg[whole:] for leg in waiting]

    def together(self) -> list[Pcm]:
        """Every leg, where any of them sounds: still sample by sample beside each other."""
        return [np.concatenate(leg) for leg in zip(*self._blocks, strict=True)]

    def of_leg(self, number: int) -> Pcm:
        """The blocks in which this leg itself sounds; shape (n, samples)."""
        sounding = [block[number] for block in self._blocks if self._sounds(block[number])]
        return np.stack(sounding) if sounding else np.zeros((0, self._samples), np.int16)

    def _sounds(self, block: Pcm) -> bool:
        return energy(block.astype(np.float32)) >= LEAST_POWER * len(block)


def is_talk(blocks: Pcm, rate_hz: int) -> bool:
    """Whether blocks of sound, shape (n, samples), have neither music nor tones. Takes some 10 ms for 12 s."""
    return not LineSounds(rate_hz).hear(blocks.reshape(-1))
