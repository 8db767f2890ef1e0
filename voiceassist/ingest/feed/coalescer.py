"""Makes one frame of the small ones that are heard together, so that nothing behind the edge pays per message.

Telephone systems send 20 ms at a time, some peers a sample per message: kept as they come, two bytes of audio cost
500 bytes and a task switch. A frame is kept back until the step of 40 ms in which it lies is whole, and no longer:
before that nobody would hear it (`asr/call_recognizer.py`).
Never changes the audio or the order within a leg. Next: `audio_queue.py`.
"""

from collections.abc import Iterator

import numpy as np

from voiceassist.audio.pcm import AudioFrame
from voiceassist.events import Speaker
from voiceassist.ingest.feed.gaps import Piece

STEP_MS = 40  # as it is heard


class Coalescer:
    """Frames of any length in; frames out that end where a step of their leg does, or later."""

    def __init__(self) -> None:
        self._small: dict[Speaker, list[AudioFrame]] = {}
        self._taken: dict[Speaker, int] = {}  # samples

    def add(self, piece: Piece) -> Iterator[Piece]:
        """What may go on now."""
        if not isinstance(piece, AudioFrame):
            if piece.speaker:
                yield from self._merged(piece.speaker)
            yield piece
            return
        self._small.setdefault(piece.speaker, []).append(piece)
        before, step = self._taken.get(piece.speaker, 0), piece.rate_hz * STEP_MS // 1000
        taken = self._taken[piece.speaker] = before + len(piece.pcm)
        if taken // step > before // step:
            yield from self._merged(piece.speaker)

    def flush(self) -> Iterator[Piece]:
        """What was kept back: the peer has paused or ended."""
        for speaker in tuple(self._small):
            yield from self._merged(speaker)

    def _merged(self, speaker: Speaker) -> Iterator[AudioFrame]:
        frames = self._small.pop(speaker, [])
        if len(frames) == 1:
            yield frames[0]
        elif frames:
            last = frames[-1]
            pcm = np.concatenate([frame.pcm for frame in frames])
            yield AudioFrame(speaker=speaker, pcm=pcm, rate_hz=last.rate_hz, arrived_s=last.arrived_s)
