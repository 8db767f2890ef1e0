"""Whether somebody speaks: Silero's voice detector, one leg at a time, over blocks of 32 ms.

Never decides where a line starts or ends: `audio/endpoint.py` does. Next: `moonshine/leg.py` and `vosk/leg.py`
ask it about every block that they hear.
"""

import numpy as np

from voiceassist.asr.engine import checked
from voiceassist.asr.unlocked_detector import UnlockedDetector
from voiceassist.audio.pcm import DEAD, Pcm

RATE_HZ = 16_000
BLOCK = 512  # samples: what the detector takes
BLOCK_MS = 32
VOICE = 0.5  # probability from which a block is speech: the detector's own default
FULL_SCALE = 32_767.0  # the detector's own
DEAD_BLOCKS = 16  # half a second of digital silence: on hold or muted, and the detector is not asked


class Blocks:
    """Cuts a leg's samples into blocks, however they come."""

    def __init__(self) -> None:
        self._waiting: Pcm = np.zeros(0, dtype=np.int16)

    def cut(self, pcm: Pcm) -> Pcm:
        """The blocks that are full now, one per row. Raises EngineError for samples of another kind."""
        waiting = np.concatenate((self._waiting, checked(pcm)))
        ready = len(waiting) // BLOCK * BLOCK
        self._waiting = waiting[ready:]
        return waiting[:ready].reshape(-1, BLOCK)

    def rest(self) -> Pcm:
        """The samples that make no block, once."""
        rest, self._waiting = self._waiting, self._waiting[:0]
        return rest


class VoiceDetector:
    """Of one leg."""

    def __init__(self) -> None:
        self._detector = UnlockedDetector()
        self._dead = 0  # blocks in a row

    def is_voice(self, block: Pcm) -> bool:
        """Whether there is speech in the next `BLOCK` samples."""
        self._dead = self._dead + 1 if _is_dead(block) else 0
        if self._dead >= DEAD_BLOCKS:
            self._detector.reset()  # it remembers what was before; after garbage it was deaf for seconds
            return False
        return self._detector.probability((block / FULL_SCALE).astype(np.float32)) > VOICE


def _is_dead(block: Pcm) -> bool:
    return int(np.max(block)) <= DEAD and int(np.min(block)) >= -DEAD
