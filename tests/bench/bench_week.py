"""A week of 10,000 calls a day through a store: `python -m tests.bench.bench_week [CALLS] [DAYS] [--json FILE]`.

Runs a server without audio in this process. Each call of 300 agents and as many customers as there are calls
goes as a live one does: a journal numbers its events, the store has them, screens, metrics and notices get
them. Prints for each day: how long it took, memory, descriptors, tasks, rows of the wall, open journals, the
database and its write-ahead log. Then: how long a start takes with all of these calls, the first page of the
list and a search, and one night's retention of the first day, without the pauses that it makes for live calls.
"""

import argparse
import asyncio
import gc
import json
import logging
import random
from collections.abc import Awaitable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from tests.bench.node import MB, open_descriptors, size_of
from tests.builders import final, hangup, started
from tests.shell import store_records as make
from tests.shell.serving import settings_for
from voiceassist import retention
from voiceassist.app import running
from voiceassist.asr.cost import resident_bytes
from voiceassist.events import Customer, Event, Person
from voiceassist.logs import configure_logs
from voiceassist.runtime import Runtime
from voiceassist.store.database import DATABASE
from voiceassist.store.retention_queries import RetentionRule

CALLS, DAYS, AGENTS = 10_000, 7, 300
AT_ONCE = 50  # calls that go on at the same time
LINES = 6
UNRESOLVED_SHARE = 0.02  # calls with an alert that nobody resolves
TEXT = ("hello how can i help you today", "i would like to return the coffee machine i bought six weeks ago")
RESULT = (
    "start with {stored} calls: {start_s:.1f} s, {start_mb:.0f} MB",
    "list {list_ms:.0f} ms, search {search_ms:.0f} ms",
    "retention: {deleted} calls in {retention_s:.0f} s, {retention_ms:.1f} ms each, then {retention_mb:.0f} MB",
)


def events(number: int, at: datetime) -> Iterator[Event]:
    """Of one call."""
    agent = number % AGENTS
    person = Person(id=f"agent-{agent}", name=f"Agent {agent}", team=f"team-{agent % 10}")
    customer = Customer(id=f"customer-{number}", name=f"Customer {number}", tier="standard")
    yield replace(started(), started_at=at.isoformat(), agent=person, customer=customer)
    for line in range(LINES):
        speaker = "customer" if line % 2 else "agent"
        yield final(speaker, TEXT[line % 2], at=line * 5_000, utterance=line // 2 + 1)  # type: ignore[arg-type]
    if random.random() < 2 * UNRESOLVED_SHARE:
        yield make.alert("a1", "critical")
        if random.random() < 0.5:
            yield make.alert_changed("a1", "resolved")
    yield hangup(LINES * 5_000)


async def call(runtime: Runtime, number: int, at: datetime, room: asyncio.Semaphore) -> None:
    """One call, live to its end."""
    async with room:
        journal = runtime.store.journals.begin(f"call-{number}", runtime.publish)
        for event in events(number, at):
            await journal.write([event])
        await journal.close()


async def day(runtime: Runtime, folder: Path, number: int, calls: int) -> dict[str, float]:
    """So many calls, spread over one day; what the process is like afterwards."""
    begins = datetime.now(UTC) - timedelta(days=DAYS + 1 - number)
    room, began_s = asyncio.Semaphore(AT_ONCE), monotonic()
    async with asyncio.TaskGroup() as tasks:
        for place in range(calls):
            at = begins + timedelta(seconds=86_400 * place / calls)
            tasks.create_task(call(runtime, (number - 1) * calls + place, at, room))
    gc.collect()
    return {
        "day": number,
        "took_s": monotonic() - began_s,
        "memory_mb": resident_bytes() / MB,
        "descriptors": open_descriptors(),
        "tasks": len(asyncio.all_tasks()),
        "wall_rows": len(runtime.hub.rows),
        "open_journals": len(runtime.store.journals._open),
        "database_mb": size_of(folder / DATABASE) / MB,
        "wal_mb": size_of(folder / f"{DATABASE}-wal") / MB,
    }


async def week(folder: Path, calls: int, days: int) -> dict[str, Any]:
    """All of it, printed day by day."""
    settings = settings_for(folder, demo=False)
    by_day = []
    async with running(settings) as runtime:
        for number in range(1, days + 1):
            by_day.append(await day(runtime, folder, number, calls))
            print("  ".join(f"{name} {value:.0f}" for name, value in by_day[-1].items()), flush=True)
    began_s = monotonic()
    async with running(settings) as runtime:
        started_figures = {"start_s": monotonic() - began_s, "start_mb": resident_bytes() / MB}
        return {
            "by_day": by_day,
            "stored": calls * days,
            **started_figures,
            "list_ms": await _took_ms(runtime.store.calls()),
            "search_ms": await _took_ms(runtime.store.calls("coffee")),
            **await _night(runtime),
        }


async def _took_ms(work: Awaitable[object]) -> float:
    began_s = monotonic()
    await work
    return (monotonic() - began_s) * 1000


async def _night(runtime: Runtime) -> dict[str, float]:
    """Deletes the first day."""
    await runtime.store.retention.set_rules([RetentionRule(team=None, kind="events", days=DAYS - 1)], by="bench")
    keeping, began_s = replace(runtime.keeping(), sleep=lambda _s: asyncio.sleep(0)), monotonic()
    done = await retention.run(keeping)
    deleted, took_s = done.deleted.events, monotonic() - began_s
    return {
        "deleted": deleted,
        "retention_s": took_s,
        "retention_ms": took_s / max(1, deleted) * 1000,
        "retention_mb": resident_bytes() / MB,
    }


def main() -> None:
    """As the docstring says."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("calls", type=int, nargs="?", default=CALLS)
    given.add_argument("days", type=int, nargs="?", default=DAYS)
    given.add_argument("--json", type=Path)
    asked = given.parse_args()
    configure_logs("console", level=logging.CRITICAL)
    with TemporaryDirectory(prefix="voiceassist-bench-") as folder:
        figures = asyncio.run(week(Path(folder), asked.calls, asked.days))
    print("\n".join(RESULT).format(**figures))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
