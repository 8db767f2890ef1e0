"""How long the event loop stands still while a long call is opened: `python -m tests.bench.bench_long_call`.

Stores a call of three hours with 5,000 lines of twelve words, then opens it as the pages do. A task that wants to
run every millisecond measures the longest time for which it could not.
"""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench.bench_store import record
from tests.shell import store_records as make
from voiceassist import wire
from voiceassist.store.store import Store, open_store

CALL = "long"


async def longest_stall_ms(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """While the work runs; and how long that took."""
    stalls = [0.0]

    async def tick() -> None:
        while True:
            asleep_s = time.perf_counter()
            await asyncio.sleep(0.001)
            stalls.append(time.perf_counter() - asleep_s - 0.001)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0.05)
    stalls[:] = [0.0]
    begin_s = time.perf_counter()
    await work()
    took_s = time.perf_counter() - begin_s
    await asyncio.sleep(0)
    ticking.cancel()
    return max(stalls) * 1000, took_s * 1000


async def snapshot(store: Store) -> str:
    return await asyncio.to_thread(wire.encode_in_pieces, await store.state(CALL))


async def main(lines: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        store = await open_store(Path(directory) / "calls.db")
        await store.append(make.call(CALL))
        await store.append([record(CALL, seq) for seq in range(2, 2 + lines)])
        works: dict[str, Callable[[], Awaitable[object]]] = {
            "records": lambda: store.records(CALL),
            "snapshot": lambda: snapshot(store),
            "events as JSON": lambda: store.records_json(CALL),
        }
        for name, work in works.items():
            results = [await longest_stall_ms(work) for _ in range(3)]
            stall_ms, took_ms = min(results)
            print(f"{name:16}: longest stall {stall_ms:6.1f} ms, took {took_ms:6.1f} ms")
        await store.close()


if __name__ == "__main__":
    gc.freeze()  # as `voiceassist serve` does
    asyncio.run(main(*[int(argument) for argument in sys.argv[1:2]] or [5_000]))
