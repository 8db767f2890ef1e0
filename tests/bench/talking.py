"""A server in a process of its own with many live calls that are records, not audio: what screens get of them.

Every leg says something every seven seconds, twice a second there is an alert that carries its moment. Records are
stored, many at once, before they are published, as journals do. Next: `wall_screens.py` and `reconnects.py` open
screens on it.
"""

import asyncio
import json
import logging
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time

import uvloop

from tests.builders import final, started
from tests.shell import store_records as make
from tests.shell.serving import serving, settings_for
from voiceassist.asr.cost import resident_bytes
from voiceassist.events import Event, Person, Record
from voiceassist.logs import configure_logs
from voiceassist.runtime import Runtime

CALLS = 1_000
FINAL_EVERY_S = 3.5  # in each call: every seven seconds on each leg
ALERT_EVERY_S = 0.5  # anywhere
TOGETHER_S = 0.01  # what is said within it is stored together
LOOK_EVERY_S = 0.01  # at the event loop
STOP_WITHIN_S = 60.0
TEXT = "what i can do is offer you store credit for the full amount"
MARK, MARK_END = b"@@", b"##"  # around the moment of an alert, on the machine's monotonic clock


def call_id(number: int) -> str:
    return f"call-{number:04}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkingUsage:
    """Of the server's process at one moment."""

    cpu_s: float  # since it started
    memory_bytes: int
    lag_ms: tuple[float, ...]  # how late the event loop woke up, every 10 ms since the last question


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkingNode:
    """Where it is, and whom to ask about it."""

    process: "subprocess.Popen[str]"
    port: int
    boot: str

    async def usage(self) -> TalkingUsage:
        """Now."""
        return await asyncio.to_thread(self._ask)

    def _ask(self) -> TalkingUsage:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        cpu_s, memory_bytes, lags = json.loads(self.process.stdout.readline())
        return TalkingUsage(cpu_s=cpu_s, memory_bytes=memory_bytes, lag_ms=tuple(lags))


@contextmanager
def talking_node(calls: int = CALLS) -> Iterator[TalkingNode]:
    """Ended on leaving."""
    with TemporaryDirectory(prefix="voiceassist-bench-") as folder:
        command = [sys.executable, "-m", "tests.bench.talking", f"{folder}/data", str(calls)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                port, boot = process.stdout.readline().split()
                yield TalkingNode(process=process, port=int(port), boot=boot)
            finally:
                process.stdin.close()
                process.wait(STOP_WITHIN_S)


# ---- the server's process ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Talk:
    """Everything that is said, in the server's own loop."""

    runtime: Runtime
    seqs: list[int]
    said: list[Record] = field(default_factory=list)  # and not stored yet
    lags: list[float] = field(default_factory=list)

    def happen(self, call: int, event: Event) -> None:
        """Something is said in a call."""
        self.seqs[call] += 1
        self.said.append(Record(call_id=call_id(call), seq=self.seqs[call], event=event))

    async def store(self) -> None:
        """Stores what was said, then publishes it."""
        records, self.said = self.said, []
        await self.runtime.store.append(records)
        for record in records:
            self.runtime.publish(record)

    async def keep_storing(self) -> None:
        while True:
            await asyncio.sleep(TOGETHER_S)
            if self.said:
                await self.store()

    async def talk(self) -> None:
        """Finals, evenly over time; none waits for the screens, as audio does not."""
        pause_s, due_s, utterance = FINAL_EVERY_S / len(self.seqs), monotonic(), 0
        while True:
            due_s += pause_s
            utterance += 1
            speaker = "agent" if utterance % 2 else "customer"
            self.happen(random.randrange(len(self.seqs)), final(speaker, TEXT, utterance=utterance))  # type: ignore[arg-type]
            await asyncio.sleep(max(0, due_s - monotonic()))

    async def alert(self) -> None:
        """Alerts; each says when it came."""
        while True:
            call, seq = random.randrange(len(self.seqs)), self.seqs[random.randrange(len(self.seqs))]
            quote = f"{MARK.decode()}{monotonic():.6f}{MARK_END.decode()}"
            self.happen(call, replace(make.alert(f"a{seq}", "critical"), quote=quote))
            await asyncio.sleep(ALERT_EVERY_S)

    async def watch_loop(self) -> None:
        while True:
            asleep_s = monotonic()
            await asyncio.sleep(LOOK_EVERY_S)
            self.lags.append((monotonic() - asleep_s - LOOK_EVERY_S) * 1000)


async def serve(data_dir: Path, calls: int) -> None:
    """Until its input ends: its port and boot, then a line of figures for each line of input."""
    configure_logs("console", level=logging.CRITICAL)
    async with serving(settings_for(data_dir, demo=False)) as server:
        talk = Talk(server.runtime, [0] * calls)
        for call in range(calls):
            person = Person(id=f"agent-{call}", name=f"Agent {call}", team=f"team-{call % 10}")
            talk.happen(call, replace(started(), agent=person))
        await talk.store()
        works = (talk.talk(), talk.alert(), talk.keep_storing(), talk.watch_loop())
        tasks = [asyncio.create_task(work) for work in works]
        print(server.port, server.runtime.boot, flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps([process_time(), resident_bytes(), talk.lags]), flush=True)
            talk.lags.clear()
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
