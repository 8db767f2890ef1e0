"""What a listener costs the server: processor time with none, some and many listeners of one live call.

    python -m tests.bench.bench_listeners [--listeners 20] [--seconds 10]

The server runs in this process, the listeners (aiortc) and the phone system in another. Prints milliseconds of
processor time per second of the call, all threads together, and what one more listener adds.
"""

import argparse
import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from time import process_time

import httpx
import numpy as np

from tests.fakes.whep_client import hearing
from tests.fakes.whip_client import Tones, publishing
from tests.shell.serving import serving, settings_for

SETTLE_S = 2.0


async def cost(listeners: int, seconds: float) -> float:
    """Milliseconds of processor time per second."""
    with tempfile.TemporaryDirectory() as folder:
        async with serving(settings_for(Path(folder))) as running:
            command = [sys.executable, "-m", __spec__.name, "--outside", str(running.port), str(listeners)]
            pipe = asyncio.subprocess.PIPE
            outside = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
            assert outside.stdout
            assert await outside.stdout.readline() == b"ready\n"
            await asyncio.sleep(SETTLE_S)
            before = process_time()
            await asyncio.sleep(seconds)
            spent = process_time() - before
            await outside.communicate(b"")
            return spent / seconds * 1000


async def outside(port: int, listeners: int) -> None:
    """The phone system and the listeners, until standard input is closed."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http, AsyncExitStack() as stack:
        query = "call_id=c1&legs=agent,customer"
        await stack.enter_async_context(publishing(http, Tones(400.0, 1000.0), query))
        await asyncio.sleep(0.5)
        for _ in range(listeners):
            await stack.enter_async_context(hearing(http, "c1"))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


async def compare(most: int, seconds: float) -> None:
    numbers = (0, 1, most)
    spent = [await cost(listeners, seconds) for listeners in numbers]
    for listeners, ms in zip(numbers, spent, strict=True):
        sys.stderr.write(f"{listeners:3} listeners: {ms:6.1f} ms/s\n")
    slope = np.diff(spent[1:])[0] / (most - 1)
    sys.stderr.write(f"one more listener: {slope:.2f} ms/s = {slope / 10:.2f} % of a core\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listeners", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--outside", type=int, nargs=2)
    given = parser.parse_args()
    if given.outside:
        asyncio.run(outside(*given.outside))
    else:
        asyncio.run(compare(given.listeners, given.seconds))


if __name__ == "__main__":
    main()
