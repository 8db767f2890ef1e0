"""How fast calls are found, listed and stored: `python -m tests.bench.bench_store [--keep DIR] [--json FILE]`.

Makes 100,000 calls with a million lines of Zipf-like words (90 s; once, with `--keep`), then prints what searches,
lists and facets cost in processor time; appends per second and their latency for 1, 50 and 500 writers; and how
large the log gets, also while a reader holds a transaction. Each append is one Final with twelve words; how many
of them share a commit is told, too.
"""

import argparse
import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, event, select

from tests.made_calls import Made, fill
from tests.shell import store_records as make
from voiceassist.events import Record, Word
from voiceassist.store.call_filter import CallFilter
from voiceassist.store.call_list import AskedCalls, page_of
from voiceassist.store.call_scope import CallScope
from voiceassist.store.facets import facets_of
from voiceassist.store.query import read_query
from voiceassist.store.schema import calls as stored
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


async def measure(store: Store, writers: int, seconds: float) -> dict[str, float]:
    commits: list[Connection] = []
    committed = commits.append
    event.listen(store._database.writer, "commit", committed)
    end_s = time.perf_counter() + seconds
    calls = (write_until(store, f"{writers}/{n}", end_s) for n in range(writers))
    latencies = [latency for call in await asyncio.gather(*calls) for latency in call]
    event.remove(store._database.writer, "commit", committed)
    percentiles = statistics.quantiles(latencies, n=100)
    print(
        f"{writers:4} writers: {len(latencies) / seconds:8.0f} appends/s, {len(latencies) / len(commits):5.1f} a "
        f"commit, latency p50 {percentiles[49]:.2f} ms, p95 {percentiles[94]:.2f} ms, max {max(latencies):.2f} ms"
    )
    return {
        "appends_s": len(latencies) / seconds,
        "commits_per_append": len(commits) / len(latencies),
        "p50_ms": percentiles[49],
        "p95_ms": percentiles[94],
    }


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


SEARCHES = {
    "the commonest word": AskedCalls(query=read_query('"the"')),
    "a common word": AskedCalls(query=read_query('"credit"')),
    "a rare word": AskedCalls(query=read_query("zuru")),
    "a phrase": AskedCalls(query=read_query('"late fee"')),
    "two words": AskedCalls(query=read_query('late "fee"')),
    "the beginning of words": AskedCalls(query=read_query("cred")),
    "near": AskedCalls(query=read_query("late near fee")),
    "by speaker": AskedCalls(query=read_query("agent: waive customer: fee")),
    "a word, one agent": AskedCalls(query=read_query('"the"'), scope=CallScope(own_id="agent7")),
    "a word, one team": AskedCalls(query=read_query('"the"'), scope=CallScope(teams=frozenset({"team 3"}))),
    "a word and filters": AskedCalls(
        query=read_query("fee"), filter=CallFilter(tier=("gold",), level=("critical",))
    ),
}
LISTS = {
    "every call": AskedCalls(),
    "an agent": AskedCalls(filter=CallFilter(agent=("agent7",))),
    "nobody": AskedCalls(filter=CallFilter(agent=("nobody",))),
    "three filters": AskedCalls(filter=CallFilter(tier=("gold",), language=("es",), level=("critical",))),
    "dead ends of a topic": AskedCalls(filter=CallFilter(topic=("Late fees",), outcome=("dead_end",))),
    "a kind of cue, a team": AskedCalls(filter=CallFilter(kind=("threat",), team=("team 3",))),
    "a length that none has": AskedCalls(filter=CallFilter(min_ms=10**9)),
}
REPEATS = 9


def cpu_ms(connection: Connection, work: Callable[[Connection], object]) -> list[float]:
    """Of this thread alone, which also reads the pages that are not in its cache."""
    spent = []
    for _ in range(REPEATS):
        begin = time.thread_time()
        work(connection)
        spent.append((time.thread_time() - begin) * 1000)
    return sorted(spent)


def measure_reading(connection: Connection, calls: int) -> dict[str, list[float]]:
    """Every search, list and count of choices, by its name."""
    newest = connection.execute(select(stored.c.started_us, stored.c.call_id).order_by(stored.c.started_us.desc()))
    started_us, call_id = newest.all()[calls * 9 // 10]
    works: dict[str, Callable[[Connection], object]] = {
        **{
            f"search: {name}": partial(page_of, wanted=one, limit=30, place=None) for name, one in SEARCHES.items()
        },
        **{f"list: {name}": partial(page_of, wanted=one, limit=30, place=None) for name, one in LISTS.items()},
        "list: nine tenths down": partial(page_of, wanted=AskedCalls(), limit=30, place=(started_us, call_id)),
        "facets: every call": partial(facets_of, wanted=AskedCalls()),
        "facets: a common word": partial(facets_of, wanted=SEARCHES["a common word"]),
    }
    return {name: cpu_ms(connection, work) for name, work in works.items()}


async def measure_log(store: Store, path: Path, seconds: float) -> dict[str, float]:
    """How large the log gets in megabytes: while calls are stored, while somebody reads on, and after that."""
    log = path.with_name(f"{path.name}-wal")
    sizes = {}
    await measure(store, 60, seconds)
    sizes["log while calls are stored"] = log.stat().st_size / 1e6
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM calls").fetchone()
    await measure(store, 61, seconds)
    sizes["log while a reader holds a transaction"] = log.stat().st_size / 1e6
    reader.execute("COMMIT")
    reader.close()
    await measure(store, 62, seconds)
    sizes["log after that"] = log.stat().st_size / 1e6
    return sizes


async def made_store(path: Path, made: Made) -> Store:
    """With so many calls; those of a run before, where the file is kept."""
    store = await open_store(path)
    store._database.answer_within_s = None  # all readings are one
    if not (await store.calls(limit=1)).calls:
        await store._database.transaction(lambda connection: fill(connection, made))
        await store._database.empty_log()
    return store


async def main(asked: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as directory:
        folder = asked.keep or Path(directory)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"calls-{asked.calls}-{asked.turns}.db"
        store = await made_store(path, Made(calls=asked.calls, turns=asked.turns))
        spent = await store._database.read(lambda connection: measure_reading(connection, asked.calls))
        for name, times in spent.items():
            print(f"{name:36} p50 {times[len(times) // 2]:7.1f} ms  p95 {times[-1]:7.1f} ms of a processor")
        await store.close()
        written = Path(directory) / "written.db"
        store = await open_store(written)
        stored_by = {
            f"{writers} writers": await measure(store, writers, asked.seconds) for writers in (1, 50, 500)
        }
        await measure_paced(store, 500, asked.seconds)
        sizes = await measure_log(store, written, asked.seconds)
        for name, size in sizes.items():
            print(f"{name:40} {size:8.1f} MB")
        await store.close()
    if asked.json:
        told = {name: {"p50_ms": times[len(times) // 2], "p95_ms": times[-1]} for name, times in spent.items()}
        asked.json.write_text(json.dumps({"read": told, "write": stored_by, "log_mb": sizes}, indent=2))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast calls are found, listed and stored.")
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=10, help="of each call")
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement of storing")
    parser.add_argument("--keep", type=Path, help="folder where the made calls stay for the next run")
    parser.add_argument("--json", type=Path, help="file for the figures")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(arguments()))
