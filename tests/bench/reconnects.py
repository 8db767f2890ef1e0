"""Many call pages lose their sockets at once and come back at once, each naming the last number that it has.

Screens are real clients (`websockets`), one for each of so many live calls. After the first stretch of talk all
sockets are cut; some seconds later all of them connect again in the same moment. Says how long until a page is
live again and until all are, and whether any of them misses a record or has one twice.
Next: `bench_fanout.py` prints it.
"""

import asyncio
import json
from dataclasses import dataclass, field
from time import monotonic

import websockets

from tests.bench.talking import call_id, talking_node
from tests.bench.wall_screens import Figures, lag_figures
from voiceassist.bench.latency import percentile

TALK_S, GONE_S, AFTER_S = 5.0, 10.0, 5.0  # with all screens open; with none; with all of them again
TOGETHER = 100  # handshakes at once when the pages open for the first time


@dataclass(slots=True)
class Page:
    """One call page and the numbers of what it got."""

    url: str
    seqs: list[int] = field(default_factory=list)  # the snapshot's, then each record's
    heard: str = ""  # the first message of the last connection
    live_s: float = 0.0  # when that came
    socket: websockets.ClientConnection | None = None

    async def connect(self, boot: str) -> None:
        """Opens, or comes back for the rest."""
        rest = f"?after={self.seqs[-1]}&boot={boot}" if self.seqs else ""
        self.socket = await websockets.connect(self.url + rest, max_size=None, open_timeout=60)
        self._take(await self.socket.recv())
        self.live_s = monotonic()

    async def read(self) -> None:
        """Until the socket is cut."""
        assert self.socket is not None
        async for message in self.socket:
            self._take(message)

    def _take(self, message: str | bytes) -> None:
        said = json.loads(message)
        if said["type"] in ("snapshot", "resumed"):
            self.heard = said["type"]
            self.seqs += [said["state"]["seq"]] if said["type"] == "snapshot" else []
        elif "seq" in said:
            self.seqs.append(said["seq"])


async def measured(count: int, calls: int) -> Figures:
    """One server; all pages open, gone, and back."""
    with talking_node(max(count, calls)) as node:
        url = f"ws://127.0.0.1:{node.port}/api/calls"
        pages = [Page(f"{url}/{call_id(number)}/socket") for number in range(count)]
        for first in range(0, count, TOGETHER):
            await asyncio.gather(*(page.connect(node.boot) for page in pages[first : first + TOGETHER]))
        await _cut_after(pages, TALK_S)
        await asyncio.sleep(GONE_S)
        before, began_s = await node.usage(), monotonic()
        await asyncio.gather(*(page.connect(node.boot) for page in pages))
        after = await node.usage()
        await _cut_after(pages, AFTER_S)
        return {
            "pages": count,
            "resumed": sum(page.heard == "resumed" for page in pages),
            "records_missed_or_twice": sum(map(_faults, pages)),
            "live_again_p50_s": percentile([page.live_s - began_s for page in pages], 50),
            "live_again_all_s": max(page.live_s for page in pages) - began_s,
            "cpu_s": after.cpu_s - before.cpu_s,
            "memory_grew_mb": (after.memory_bytes - before.memory_bytes) / (1 << 20),
            **lag_figures(after),
        }


async def _cut_after(pages: list[Page], talk_s: float) -> None:
    """Reads for so long, then all sockets are dead: nobody says goodbye."""
    reading = [asyncio.create_task(page.read()) for page in pages]
    await asyncio.sleep(talk_s)
    for page, task in zip(pages, reading, strict=True):
        assert page.socket is not None
        page.socket.transport.abort()
        task.cancel()
    await asyncio.wait(reading)


def _faults(page: Page) -> int:
    expected = list(range(page.seqs[0], page.seqs[0] + len(page.seqs)))
    return sum(1 for one, other in zip(page.seqs, expected, strict=True) if one != other)
