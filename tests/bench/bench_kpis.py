"""How fast key figures are added up: `python -m tests.bench.bench_kpis [CALLS]`.

Fills a database with eight weeks of calls (80 agents in 8 teams; four of ten calls have something in them), then
prints the processor time of every question, and its share of what the same takes with the rows added up in
Python: times depend on the machine, the share does not.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from tests.shell import store_records as make
from voiceassist.store.call_scope import EVERY_CALL
from voiceassist.store.kpi_sums import By
from voiceassist.store.kpis import KpiQuestion, kpi_report
from voiceassist.store.periods import PeriodName
from voiceassist.store.rows import Row, call_rows, iso_of
from voiceassist.store.schema import CALL_SUMS, calls, fact_alerts, fact_calls
from voiceassist.store.store import open_store

CALLS = 100_000
NOW = datetime(2026, 11, 29, 18, tzinfo=UTC)  # a Sunday: the week is whole
WEEKS = timedelta(weeks=8)


def facts(count: int) -> Iterator[tuple[Row, Row, list[Row]]]:
    chance = random.Random(1)
    for number in range(count):
        started_us = int((NOW - WEEKS + number * WEEKS / count).timestamp() * 1_000_000)
        agent = chance.randrange(80)
        head = {"call_id": f"call-{number:08}", "agent_id": f"agent-{agent}"}
        who = {"agent_name": f"Agent {agent}", "agent_team": f"team {agent // 10}"}
        (call,) = call_rows(make.call(head["call_id"], started_at=iso_of(started_us)), "")
        has_some = chance.random() < 0.4
        numbers = {name: chance.randrange(3) if has_some else 0 for name in CALL_SUMS}
        numbers["duration_ms"] = chance.randrange(900_000)
        alert = head | {"started_us": started_us, "at_us": started_us, "agent_team": who["agent_team"]}
        told = {"alert_id": "a1", "level": "info", "kind": "insult", "state": "open", "by": ""}
        alerts = [alert | told | {"ack_ms": chance.randrange(600_000)}] if numbers["acknowledged"] else []
        yield call | head | who | {"status": "ended"}, head | who | {"started_us": started_us} | numbers, alerts


def fill(connection: Connection, count: int) -> None:
    rows = list(facts(count))
    connection.execute(insert(calls), [call for call, _, _ in rows])
    connection.execute(insert(fact_calls), [fact for _, fact, _ in rows])
    connection.execute(insert(fact_alerts), [alert for _, _, alerts in rows for alert in alerts])


def added_in_python(connection: Connection) -> int:
    """What the database saves us from."""
    wanted = select(fact_calls.c.agent_id, *(fact_calls.c[name] for name in CALL_SUMS))
    sums: Counter[tuple[str, int]] = Counter()
    for agent, *numbers in connection.execute(wanted):
        for place, number in enumerate(numbers):
            sums[agent, place] += number
    return len(sums)


def cpu_ms(work: Any) -> float:
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def measure(connection: Connection) -> None:
    plain = min(cpu_ms(lambda: added_in_python(connection)) for _ in range(2))
    print(f"{'the same rows added up in Python':34} {plain:8.1f} ms")
    for period in get_args(PeriodName):
        for by in get_args(By):
            asked = KpiQuestion(period=period, zone=ZoneInfo("Europe/Madrid"), now=NOW, by=by)
            spent = min(cpu_ms(lambda: kpi_report(connection, asked, EVERY_CALL)) for _ in range(3))  # noqa: B023
            print(f"{period:14} by {by:16} {spent:8.1f} ms, {spent / plain:6.1%} of that")


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        store = await open_store(Path(directory) / "calls.db")
        await store._database.transaction(lambda connection: fill(connection, count))
        await store._database.read(measure)
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS))
