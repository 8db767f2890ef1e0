"""A process to be killed: `python -m tests.shell.store_crasher DIRECTORY [KEY]` stores and records a call.

It says what it was promised, one line each: `stored NUMBER` after an append, `recorded MS` after a write.
Next: `test_store_crash.py` kills it and looks at what is left.
"""

import asyncio
import sys
from itertools import count
from pathlib import Path

import numpy as np

from tests.shell import store_records as make
from tests.shell.recording_keys import keys
from voiceassist.store.recordings import Recording, open_recording, recording_path
from voiceassist.store.store import Store, open_store

RATE_HZ, BLOCK_MS = 8000, 100
NOISE = np.random.default_rng(1).integers(-9000, 9000, RATE_HZ * BLOCK_MS // 1000).astype(np.int16)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def store_for_ever(store: Store) -> None:
    await store.append(make.call("x"))
    for number in count(2):
        await store.append([make.record("x", number, make.said("hello there", at_ms=number))])
        say(f"stored {number}")


def record_for_ever(recording: Recording) -> None:
    for blocks in count(1):
        recording.write(NOISE, NOISE[::-1])
        say(f"recorded {blocks * BLOCK_MS}")


async def main(directory: Path, *key: str) -> None:
    store = await open_store(directory / "calls.db")
    recording = open_recording(recording_path(directory, "x"), RATE_HZ, keys(*key))
    await asyncio.gather(store_for_ever(store), asyncio.to_thread(record_for_ever, recording))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
