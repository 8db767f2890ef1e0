"""How fast reports are added up: `python -m tests.bench.bench_reports [CALLS]`.

Fills a database with eight weeks of calls, as `bench_kpis.py` does, four of ten with refusals, cards, abuse, a
promise and a disclosure; then prints the processor time of every report of eight weeks, for all and for one team.
"""

import asyncio
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from tests.bench.bench_kpis import CALLS, NOW, cpu_ms, fill
from voiceassist.reports.definitions import ReportId
from voiceassist.store.call_scope import EVERY_CALL, CallScope
from voiceassist.store.kpis import KpiQuestion
from voiceassist.store.reports import examples_of, promises_of, report_of
from voiceassist.store.rows import Row
from voiceassist.store.schema import (
    RULE_NUMBERS,
    fact_abuse,
    fact_alternatives,
    fact_calls,
    fact_disclosures,
    fact_policies,
    fact_promises,
    fact_rules,
)
from voiceassist.store.store import open_store
from voiceassist.store.version_effects import version_changes

TOPICS = [f"Topic {number}" for number in range(30)]
PIECE = 5_000


def report_facts(connection: Connection) -> Iterator[dict[Any, Row]]:
    """What calls with something in them add to each table."""
    chance = random.Random(2)
    names = ("started_us", "call_id", "agent_id", "agent_name", "agent_team")
    for row in connection.execute(select(*(fact_calls.c[name] for name in names))).mappings():
        if chance.random() >= 0.4:
            continue
        head, topic = dict(row), chance.choice(TOPICS)
        ended = {"closed": 1, "recovered": 1, "dead_ends": 0}
        rule = {"call_id": head["call_id"], "started_us": head["started_us"], "version": "1"}
        yield {
            fact_policies: head | {"topic": topic, "refusals": 1, "offered": 1, "taken": 1} | ended,
            fact_alternatives: head
            | {
                "playbook": "retail",
                "alternative": topic,
                "text": topic,
                "offered": 1,
                "taken": 1,
                "recovered": 1,
            },
            fact_abuse: head | {"cue_id": "c1", "kind": "insult", "at_us": head["started_us"]},
            fact_promises: head
            | {"utterance": 1, "start_ms": 1, "words": "w", "due": "d", "outcome": "kept", "marked_by": "Sue"},
            fact_disclosures: head
            | {"disclosure": "recording", "title": "Recording", "said": 1, "late": 0, "missed": 0},
            fact_rules: rule
            | {"playbook": "retail", "kind": "refusal", "rule": topic}
            | dict.fromkeys(RULE_NUMBERS, 1),
        }


def fill_reports(connection: Connection) -> None:
    rows = list(report_facts(connection))
    for table in rows[0]:
        for start in range(0, len(rows), PIECE):
            connection.execute(insert(table), [row[table] for row in rows[start : start + PIECE]])


def measure(connection: Connection) -> None:
    asked = KpiQuestion(period="eight_weeks", zone=ZoneInfo("Europe/Madrid"), now=NOW)
    for whose, scope in (("everybody", EVERY_CALL), ("a team", CallScope(teams=frozenset({"team 3"})))):
        for of in get_args(ReportId):
            spent = min(cpu_ms(lambda: report_of(connection, of, asked, scope)) for _ in range(3))  # noqa: B023
            print(f"{of:14} of {whose:10} {spent:8.1f} ms")
        for name, work in (
            ("versions", lambda: version_changes(connection, asked, scope)),  # noqa: B023
            ("promise list", lambda: promises_of(connection, asked, scope)),  # noqa: B023
            ("examples", lambda: examples_of(connection, TOPICS[0], asked, scope)),  # noqa: B023
        ):
            print(f"{name:14} of {whose:10} {min(cpu_ms(work) for _ in range(3)):8.1f} ms")


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        store = await open_store(Path(directory) / "calls.db")
        await store._database.transaction(lambda connection: fill(connection, count))
        await store._database.transaction(fill_reports)
        await store._database.read(measure)
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS))
