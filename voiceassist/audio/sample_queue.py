"""The samples of one leg that wait: pieces of any length in, stretches of any length out.

Every sample is copied at most once, however small the pieces are. Never knows what time a sample has.
Next: `legs.py` keeps one per leg for the recognizers, `store/recorder.py` one per leg for the recording.
"""

from collections import deque

import numpy as np

from voiceassist.audio.pcm import Pcm, silence


class SampleQueue:
    """Samples in order; its length is their number."""

    def __init__(self) -> None:
        self._pieces: deque[Pcm] = deque()
        self._samples = 0

    def __len__(self) -> int:
        """How many samples wait."""
        return self._samples

    def add(self, pcm: Pcm) -> None:
        """Takes the next samples."""
        if len(pcm):
            self._pieces.append(pcm)
            self._samples += len(pcm)

    def take(self, samples: int) -> Pcm:
        """The first `samples` of what waits, fewer when fewer wait."""
        parts: list[Pcm] = []
        missing = min(samples, self._samples)
        self._samples -= missing
        while missing:
            parts.append(self._first(missing))
            missing -= len(parts[-1])
        return parts[0] if len(parts) == 1 else np.concatenate([silence(0), *parts])

    def _first(self, most: int) -> Pcm:
        piece = self._pieces.popleft()
        if len(piece) > most:
            self._pieces.appendleft(piece[most:])
        return piece[:most]
