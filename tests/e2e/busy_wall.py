"""A server in this process whose wall has as many calls as a test wants: the real pages, sockets and store.

The calls are records that are stored and published as a call's own are; no audio is heard.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from tests.shell import store_records as make
from tests.shell.people import add_person
from tests.shell.serving import Serving, serving, settings_for
from voiceassist.events import Alert, AlertLevel, Customer, Event, Person, Record
from voiceassist.store.database import DATABASE
from voiceassist.store.store import Store, open_store

READY_WITHIN_S = 60.0  # a loaded machine starts slowly
AGENTS = ("Anna Reed", "Ben Cole", "Chidinma Oluwaseun-Fitzgerald", "Dora Petrova", "Emil Sand", "Fay Wong")
TEAMS = ("returns", "billing")
CUSTOMERS = ("Martin Webb", "Olga Stein", "Priya Nair")
SAID = "I have been waiting for this parcel since the beginning of the month, and nobody calls me back"
REASONS: dict[AlertLevel, tuple[str, str, str]] = {
    "critical": ("threat", "The customer threatens to harm someone.", "you better watch your back"),
    "warning": ("insult", "The customer insults the agent.", "you are a useless idiot"),
    "info": ("escalation", "The customer wants a manager.", "let me speak to your manager"),
}


@dataclass(slots=True, kw_only=True)
class BusyWall:
    """A running server."""

    url: str
    server: Serving
    loop: asyncio.AbstractEventLoop
    seqs: dict[str, int] = field(default_factory=dict)  # by call: the newest number

    def grow(self, count: int) -> None:
        """Calls begin until there are so many, "live-0" first, and something is said in each."""
        now = datetime.now(UTC)
        new = {f"live-{n}": started(n, now - timedelta(seconds=90 - n % 60)) for n in range(len(self.seqs), count)}
        self._happen(
            [record for call_id, event in new.items() for record in self._records(call_id, event, make.said(SAID))]
        )

    def alert(self, call_id: str, level: AlertLevel) -> None:
        """Words bring an alert."""
        self._happen(self._records(call_id, alert(f"a{self.seqs[call_id]}", level)))

    def ask_help(self, call_id: str) -> None:
        """The agent asks for help."""
        asked = replace(alert(f"a{self.seqs[call_id]}", "critical"), kind="help", quote="")
        self._happen(self._records(call_id, replace(asked, reason="The agent asks for help.")))

    def end(self, call_id: str) -> None:
        """The customer hangs up."""
        self._happen(self._records(call_id, make.ended(at_ms=90_000)))

    def happen(self, call_id: str, *events: Event) -> None:
        """Whatever else."""
        self._happen(self._records(call_id, *events))

    def sign_in(self, login: str, *roles: str) -> str:
        """Somebody who may do this for every team; the cookie of their browser."""
        token: str = self.run(self._sign_in(login, roles)).result(READY_WITHIN_S)
        return token

    async def _sign_in(self, login: str, roles: tuple[str, ...]) -> str:
        await add_person(self.server, login, *roles, teams=("*",))
        token: str = await self.server.runtime.directory.open_session(login, agent="e2e", address="127.0.0.1")
        return token

    def _records(self, call_id: str, *events: Event) -> list[Record]:
        first = self.seqs.get(call_id, 0) + 1
        self.seqs[call_id] = first + len(events) + 10  # people's actions take numbers too
        return [make.record(call_id, seq, event) for seq, event in enumerate(events, start=first)]

    def _happen(self, records: list[Record]) -> None:
        self.run(self._store_and_publish(records)).result(READY_WITHIN_S)

    async def _store_and_publish(self, records: list[Record]) -> None:
        runtime = self.server.runtime
        await runtime.store.append(records)
        for record in records:
            runtime.publish(record)

    def run(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """Something in the server's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)


def started(number: int, at: datetime) -> Event:
    """A call's first event; agents, teams and customers take turns."""
    agent = AGENTS[number % len(AGENTS)]
    return replace(
        make.started(at.isoformat()),
        agent=Person(id=f"agent-{number % len(AGENTS)}", name=agent, team=TEAMS[number % len(TEAMS)]),
        customer=Customer(id=f"{number}", name=CUSTOMERS[number % len(CUSTOMERS)], tier="gold"),
    )


def alert(alert_id: str, level: AlertLevel) -> Alert:
    """An alert of that level, with its reason and the words."""
    kind, reason, quote = REASONS[level]
    return replace(make.alert(alert_id, level), at_ms=20_000, kind=kind, reason=reason, quote=quote)


async def store_finished(store: Store, count: int) -> None:
    """So many calls of the last days that are over, each with an alert that nobody resolved."""
    levels: tuple[AlertLevel, ...] = ("critical", "warning", "info")
    for number in range(count):
        at = datetime.now(UTC) - timedelta(hours=2, minutes=number * 12)
        events = (started(number, at), alert("a1", levels[number % 3]), make.ended(at_ms=90_000))
        await store.append(
            [make.record(f"over-{number}", seq, event) for seq, event in enumerate(events, start=1)]
        )


@contextmanager
def busy_wall(data_dir: Path, finished: int) -> Iterator[BusyWall]:
    """A server with finished calls whose alerts are unresolved, in a thread with a loop of its own."""
    data_dir.mkdir(parents=True, exist_ok=True)
    ready: Future[BusyWall] = Future()
    over = asyncio.Event()
    thread = Thread(target=lambda: asyncio.run(_serve(data_dir, finished, ready, over)), name="busy wall")
    thread.start()
    wall = ready.result(READY_WITHIN_S)
    try:
        yield wall
    finally:
        wall.loop.call_soon_threadsafe(over.set)
        thread.join(READY_WITHIN_S)


async def _serve(data_dir: Path, finished: int, ready: "Future[BusyWall]", over: asyncio.Event) -> None:
    try:
        store = await open_store(data_dir / DATABASE)
        await store_finished(store, finished)
        await store.close()
        async with serving(settings_for(data_dir, person="Ida")) as server:
            url = f"http://127.0.0.1:{server.port}"
            ready.set_result(BusyWall(url=url, server=server, loop=asyncio.get_running_loop()))
            await over.wait()
    except BaseException as error:
        if not ready.done():
            ready.set_exception(error)
        raise
