"""Two channels of the same length from legs that come apart: agent and customer, side by side.

A leg that is missing, or too far behind, is silent; should its audio come after all, what its channel has passed
by then is left out. Never reads a clock. Next: `store/recorder.py` writes the blocks.
"""

from collections.abc import Iterator

import numpy as np

from voiceassist.audio.pcm import AudioFrame, Pcm
from voiceassist.audio.sample_queue import SampleQueue
from voiceassist.events import SPEAKERS, Speaker

BLOCK_MS = 200  # written at a time, at least: a page of the recording is at most this plus the container's own
LONGEST_BLOCK_MS = 5_000  # at most, so that the silence of a long gap is never in memory as a whole
# So long a leg is waited for: its audio may come 30 s late (`ingest/limits.py`), and a burst takes some seconds.
LAG_MS = 35_000

Block = tuple[Pcm, Pcm]  # agent, customer; equally long


class Channels:
    """The audio of a call that waits to be written."""

    def __init__(self, legs: tuple[Speaker, ...]) -> None:
        self.rate_hz = 0  # of the first frame, and therefore of all: the source sees to that
        self._waiting = {leg: SampleQueue() for leg in legs}
        self._passed = dict.fromkeys(legs, 0)  # samples of silence that stand for audio which may still come

    def add(self, frame: AudioFrame) -> None:
        """Takes the next frame of a leg."""
        self.rate_hz = self.rate_hz or frame.rate_hz
        late = min(len(frame.pcm), self._passed[frame.speaker])
        self._passed[frame.speaker] -= late
        self._waiting[frame.speaker].add(frame.pcm[late:])

    def blocks(self) -> Iterator[Block]:
        """What can be written now."""
        while (samples := self._ready()) >= self._samples(BLOCK_MS) > 0:
            yield self._block(samples)

    def rest(self) -> Iterator[Block]:
        """All that waits, the shorter leg padded with silence."""
        while samples := max(map(len, self._waiting.values())):
            yield self._block(samples)

    def _ready(self) -> int:
        waiting = [len(queue) for queue in self._waiting.values()]
        return max(min(waiting), max(waiting) - self._samples(LAG_MS))

    def _block(self, samples: int) -> Block:
        samples = min(samples, self._samples(LONGEST_BLOCK_MS))
        agent, customer = (self._take(leg, samples) for leg in SPEAKERS)
        return agent, customer

    def _take(self, leg: Speaker, samples: int) -> Pcm:
        if leg not in self._waiting:
            return np.zeros(samples, np.int16)
        pcm = self._waiting[leg].take(samples)
        missing = samples - len(pcm)
        self._passed[leg] += missing
        return np.pad(pcm, (0, missing)) if missing else pcm

    def _samples(self, duration_ms: int) -> int:
        return self.rate_hz * duration_ms // 1000
