"""Loads a Vosk model in a process of its own first, because a damaged one can bring its process down.

Measured by breaking every file of a model (removed, empty, cut, random, flipped bytes): most make libvosk fail
with a line on stderr, but some end its process with a segmentation fault or an assertion, and some make it take
all memory there is. So a model comes into our process only after a child loaded it and heard a second of noise,
with limits on memory and time. That costs a quarter of a second, and the model's own time to load, once per
model and version of its files. The child's stderr is the cause that people are told; ours is left alone.

Never says how well a model hears, and finds no wrong number in the middle of a graph: checksums do. Next:
`engine.py` loads what passed.
"""

import os
import signal
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
from vosk import KaldiRecognizer, Model, SetLogLevel

from voiceassist.asr.vosk.causes import NOTHING_SAID, causes
from voiceassist.errors import EngineError

Fingerprint = tuple[tuple[str, int, int], ...]  # name, bytes, modified (nanoseconds) of every file

RATE_HZ = 16_000
NOISE = 1_000  # standard deviation; in digital silence most of a graph is never touched
ERRORS_ONLY = -2  # libvosk's log level
SPARE_BYTES = 3 << 30  # address space of Python and numpy with their threads
TIMES_ITS_FILES = 8  # models take up to three times their files' size; more than this is a damaged length
SPARE_S, BYTES_PER_S = 30, 10_000_000  # a slow disk
# A thread of OpenBLAS reserves 41 MB and an arena of malloc 64 MB of address space, used or not: with dozens of
# cores a healthy model would meet the limit on memory.
FEW_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
NO_WORDS = "ERROR: its list of words is empty"


def try_out(folder: Path) -> None:
    """Returns when the model can be loaded here. Raises EngineError with libvosk's own words."""
    _try_out(folder.resolve(), _fingerprint(folder))


def _fingerprint(folder: Path) -> Fingerprint:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    stats = [(str(path.relative_to(folder)), path.stat()) for path in files]
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


@lru_cache(maxsize=64)  # remembers successes only: what raises is tried again
def _try_out(folder: Path, fingerprint: Fingerprint) -> None:
    size = sum(size for _, size, _ in fingerprint)
    command = [sys.executable, "-P", "-m", __name__, str(folder), str(SPARE_BYTES + TIMES_ITS_FILES * size)]
    longest_s = SPARE_S + size / BYTES_PER_S
    try:
        trial = subprocess.run(  # noqa: S603 - our own module, and no shell
            command,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=longest_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"vosk cannot load the model in {folder}: not done after {longest_s:.0f} s") from None
    if trial.returncode:
        raise EngineError(f"vosk cannot load the model in {folder}: {_cause(trial.returncode, trial.stderr)}")


def child_environment() -> dict[str, str]:
    """Of the trial: the modules that this process finds, and few threads."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)), **FEW_THREADS}


def _cause(code: int, stderr: bytes) -> str:
    crash = [f"it crashes libvosk ({signal.Signals(-code).name})"] if code < 0 else []
    lines = stderr.decode(errors="replace").splitlines()
    last = next((line.strip() for line in reversed(lines) if line.strip()), NOTHING_SAID)
    return "; ".join([*crash, *causes(stderr)]) or last


def _limit_this_process(memory_bytes: int) -> None:
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415 - not there on every system

    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(folder: str, memory_bytes: str) -> None:
    """The child: ends badly if the model is."""
    _limit_this_process(int(memory_bytes))
    SetLogLevel(ERRORS_ONLY)
    model = Model(folder)
    if model.vosk_model_find_word("<eps>") < 0:  # Kaldi's word number 0, in every list
        sys.exit(NO_WORDS)
    recognizer = KaldiRecognizer(model, float(RATE_HZ))
    recognizer.SetWords(True)  # noqa: FBT003 - vosk's signature
    noise = np.random.default_rng(1).normal(0, NOISE, RATE_HZ).astype(np.int16)
    recognizer.AcceptWaveform(noise.tobytes())
    recognizer.FinalResult()


if __name__ == "__main__":
    main(*sys.argv[1:])
