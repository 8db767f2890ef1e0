"""Makes one frame of many tiny ones, so that nothing behind the edge pays per message.

Some peers send a sample per message: kept as they come, two bytes of audio cost 500 bytes and a task switch.
Never changes the audio or the order within a leg. Next: `audio_queue.py`.
"""

from collections.abc import Iterator

import numpy as np

from voiceassist.audio.pcm import AudioFrame
from voiceassist.events import Speaker
from voiceassist.ingest.feed.gaps import Piece

FRAME_MS = 10  # half of what telephone systems send: ordinary frames pass at once


class Coalescer:
    """Frames of any length in, frames of at least 10 ms out; keeps back less than that of each leg."""

    def __init__(self) -> None:
        self._small: dict[Speaker, list[AudioFrame]] = {}
        self._samples: dict[Speaker, int] = {}  # in `_small`

    def add(self, piece: Piece) -> Iterator[Piece]:
        """What may go on now."""
        if not isinstance(piece, AudioFrame):
            if piece.speaker:
                yield from self._merged(piece.speaker)
            yield piece
            return
        self._small.setdefault(piece.speaker, []).append(piece)
        samples = self._samples[piece.speaker] = self._samples.get(piece.speaker, 0) + len(piece.pcm)
        if samples * 1000 >= FRAME_MS * piece.rate_hz:
            yield from self._merged(piece.speaker)

    def flush(self) -> Iterator[Piece]:
        """What was kept back: the peer has paused or ended."""
        for speaker in tuple(self._small):
            yield from self._merged(speaker)

    def _merged(self, speaker: Speaker) -> Iterator[AudioFrame]:
        frames, self._samples[speaker] = self._small.pop(speaker, []), 0
        if len(frames) == 1:
            yield frames[0]
        elif frames:
            last = frames[-1]
            pcm = np.concatenate([frame.pcm for frame in frames])
            yield AudioFrame(speaker=speaker, pcm=pcm, rate_hz=last.rate_hz, arrived_s=last.arrived_s)
