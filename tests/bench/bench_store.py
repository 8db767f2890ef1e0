"""How fast calls are stored: `python -m tests.bench.bench_store [WRITERS] [SECONDS]`.

Prints appends per second and one append's latency, for one writer and for many at once, and how long a search
takes over what was written. Each append is one Final with twelve words, as a session makes them.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

from tests.shell import store_records as make
from voiceassist.events import Record, Word
from voiceassist.store.store import Store, open_store

TEXT = "what i can do is offer you store credit for the full amount"
WORDS = tuple(
    Word(text=text, start_ms=n * 200, end_ms=n * 200 + 180, confidence=0.9) for n, text in enumerate(TEXT.split())
)


def record(call_id: str, seq: int) -> Record:
    return make.record(call_id, seq, replace(make.said(TEXT, at_ms=seq * 1000, utterance=seq), words=WORDS))


async def write_until(store: Store, call_id: str, end_s: float) -> list[float]:
    await store.append(make.call(call_id))
    latencies = []
    for seq in count(2):
        begin = time.perf_counter()
        if begin > end_s:
            break
        await store.append([record(call_id, seq)])
        latencies.append((time.perf_counter() - begin) * 1000)
    return latencies


async def measure(store: Store, writers: int, seconds: float) -> None:
    end_s = time.perf_counter() + seconds
    calls = (write_until(store, f"{writers}/{n}", end_s) for n in range(writers))
    latencies = [latency for call in await asyncio.gather(*calls) for latency in call]
    percentiles = statistics.quantiles(latencies, n=100)
    print(
        f"{writers:4} writers: {len(latencies) / seconds:8.0f} appends/s, latency "
        f"p50 {percentiles[49]:.2f} ms, p95 {percentiles[94]:.2f} ms, max {max(latencies):.2f} ms"
    )


async def measure_paced(store: Store, calls: int, seconds: int) -> None:
    """As a busy contact centre does: each call appends once a second, at its own moment."""
    latencies: list[float] = []

    async def one(number: int) -> None:
        await store.append(make.call(f"paced/{number}"))
        await asyncio.sleep(number / calls)
        for seq in range(2, 2 + seconds):
            begin = time.perf_counter()
            await store.append([record(f"paced/{number}", seq)])
            latencies.append((time.perf_counter() - begin) * 1000)
            await asyncio.sleep(1)

    await asyncio.gather(*(one(number) for number in range(calls)))
    percentiles = statistics.quantiles(latencies, n=100)
    print(
        f"{calls:4} calls, one append a second each: p50 {percentiles[49]:.2f} ms, p95 {percentiles[94]:.2f} ms, "
        f"max {max(latencies):.2f} ms"
    )


async def measure_search(store: Store) -> None:
    for query in ("", "credit", "store cred", '"full amount"', "nothing"):
        begin = time.perf_counter()
        page = await store.calls(query)
        print(f"search {query!r:16}: {(time.perf_counter() - begin) * 1000:7.1f} ms, {len(page.calls)} calls")


async def main(writers: int, seconds: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        store = await open_store(Path(directory) / "calls.db")
        await measure(store, 1, seconds)
        await measure(store, writers, seconds)
        await measure_paced(store, writers, seconds)
        await measure_search(store)
        await store.close()


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(main(*arguments, *(100, 5)[len(arguments) :]))
