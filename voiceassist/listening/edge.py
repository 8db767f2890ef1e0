"""The newest audio of one leg, in blocks of 20 ms: what comes in steps, bursts and stalls goes out evenly.

A block is due every 20 ms whatever has come. What is not there yet is silent, and the leg is heard so much later
from then on: that is how much its line jitters. What was not needed for a while is left out. When too
much waits, because a line stalled and came back or a recording is sent faster than it plays, the oldest audio is
dropped: who listens in wants what is said now, not all of it.

The legs of a call are kept apart: one that is behind makes nobody wait for the other.
Never reads a clock. Next: `broadcast.py` takes the blocks.
"""

from collections.abc import Iterable

import numpy as np

from voiceassist.audio.pcm import Pcm, silence
from voiceassist.audio.sample_queue import SampleQueue
from voiceassist.audio.silences import Span

BLOCK_MS = 20
BEGIN_MS = 60  # so much waits when a leg is first heard: three frames of most phone systems
MOST_MS = 400  # more waits: the oldest goes, down to BEGIN_MS. A few hundred milliseconds are "now" to a person
SPARE_MS = 40  # more waited at every moment of the last LOOK_BLOCKS: it was not needed
LOOK_BLOCKS = 150  # 3 s


class LegEdge:
    """One leg, from the moment on at which somebody began to listen."""

    def __init__(self, rate_hz: int, delay_ms: int) -> None:
        """`delay_ms`: so much of the newest audio is held back."""
        self._rate_hz, self.block = rate_hz, rate_hz * BLOCK_MS // 1000
        self._delay = self._samples(delay_ms)
        self._queue = SampleQueue()
        self._end = 0  # of the newest sample, counted from the call's beginning
        self._has_begun = False
        self._least = 0  # samples that waited behind a block, at least, since...
        self._blocks = 0  # ...so many blocks
        self.dropped = 0  # samples that nobody heard, because newer ones had come

    @property
    def behind_ms(self) -> int:
        """How far the next block is behind the newest audio."""
        return len(self._queue) * 1000 // self._rate_hz

    def add(self, pcm: Pcm, end: int) -> None:
        """The next samples; `end`: how many the leg has had in the call with them."""
        self._queue.add(pcm)
        self._end = end
        too_many = len(self._queue) - self._delay - self._samples(MOST_MS)
        if too_many > 0:
            self._drop(len(self._queue) - self._delay - self._samples(BEGIN_MS))

    def take(self, masked: Iterable[Span] = ()) -> Pcm:
        """The block that is due; silent where nothing came, and in `masked` spans (milliseconds of the call)."""
        ready = len(self._queue) - self._delay
        self._has_begun = self._has_begun or ready >= self._samples(BEGIN_MS)
        if not self._has_begun or ready < self.block:
            self._look(0)
            return silence(self.block)
        start = self._end - len(self._queue)
        pcm = _without(self._queue.take(self.block), start, self._rate_hz, masked)
        self._look(ready - self.block)
        return pcm

    def _look(self, waiting: int) -> None:
        """Leaves out what waited for nothing."""
        self._least = min(self._least, waiting) if self._blocks else waiting
        self._blocks += 1
        if self._blocks == LOOK_BLOCKS:
            self._drop(max(0, self._least - self._samples(SPARE_MS)))
            self._blocks = 0

    def _drop(self, samples: int) -> None:
        self._queue.take(samples)
        self.dropped += samples

    def _samples(self, ms: int) -> int:
        return self._rate_hz * ms // 1000


def _without(pcm: Pcm, start: int, rate_hz: int, masked: Iterable[Span]) -> Pcm:
    """Silent where words were masked. The samples may be somebody else's too: they are copied before."""
    spans = [(start_ms * rate_hz // 1000 - start, end_ms * rate_hz // 1000 - start) for start_ms, end_ms in masked]
    within = [(max(0, begin), end) for begin, end in spans if begin < len(pcm) and end > 0]
    if not within:
        return pcm
    quiet = np.array(pcm)
    for begin, end in within:
        quiet[begin:end] = 0
    return quiet
