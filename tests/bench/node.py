"""A real server in a process of its own, for benches: what it costs, also what only it can know of itself.

`bench_node` starts `python -m tests.bench.node`, which serves as `voiceassist serve` does and answers each line of
its input with a line of JSON: processor time, memory, descriptors, threads, tasks, how late its event loop woke up
since the last question, how large its files are. Its temporary files go to a folder of their own, so that they can
be counted. Next: the benches that put calls or screens on it.
"""

import asyncio
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time
from typing import Any

import uvloop

from tests.shell.serving import Serving, serving, settings_for
from voiceassist.asr.cost import resident_bytes
from voiceassist.cli.serve import spare_collections
from voiceassist.logs import configure_logs
from voiceassist.store.database import DATABASE

LOOK_EVERY_S = 0.01  # at the event loop
STOP_WITHIN_S = 60.0
MODELS = Path(__file__).parents[2] / "models"  # of this repository
MB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeUsage:
    """Of the server's process at one moment."""

    cpu_s: float  # since it started
    memory_bytes: int  # resident
    descriptors: int
    threads: int
    tasks: int  # of its event loop
    live_calls: int
    database_bytes: int
    wal_bytes: int
    temporary_files: int
    lag_ms: tuple[float, ...]  # how late the event loop woke up, every 10 ms since the last question


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchNode:
    """Where the server is, and whom to ask about it."""

    process: "subprocess.Popen[str]"
    port: int
    cores: int  # that it may use

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def usage(self) -> NodeUsage:
        """Now."""
        return await asyncio.to_thread(self._ask)

    def _ask(self) -> NodeUsage:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        return NodeUsage(**said | {"lag_ms": tuple(said["lag_ms"])})


@contextmanager
def bench_node(*, cores: int | None = None, **settings: Any) -> Iterator[BenchNode]:
    """A server with these settings, ended on leaving; `cores`: kept to so many of this machine's (Linux)."""
    with TemporaryDirectory(prefix="voiceassist-bench-") as folder:
        command = [sys.executable, "-m", "tests.bench.node", folder, json.dumps(settings, default=str)]
        environment = os.environ | {"TMPDIR": str(_made(Path(folder) / "tmp"))}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            try:
                allowed = _kept_to(process.pid, cores)
                assert process.stdout is not None
                yield BenchNode(process=process, port=int(process.stdout.readline()), cores=allowed)
            finally:
                _end(process)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _kept_to(pid: int, cores: int | None) -> int:
    """Its threads come later and inherit this."""
    if sys.platform != "linux":
        return os.cpu_count() or 1
    allowed = sorted(os.sched_getaffinity(0))[-cores if cores else 0 :]
    os.sched_setaffinity(pid, allowed)
    return len(allowed)


def _end(process: "subprocess.Popen[str]") -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()


# ---- the server's process ------------------------------------------------------------------------------------


async def serve(folder: Path, settings: Mapping[str, Any]) -> None:
    """Until its input ends: its port, then a line of JSON for each line of input."""
    configure_logs("console", level=logging.CRITICAL)
    given = {"demo": False, "models_dir": MODELS, **settings}
    async with serving(settings_for(folder / "data", **given)) as server:
        lags: list[float] = []
        watching = asyncio.create_task(_watch_loop(lags))
        spare_collections()
        print(server.port, flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(asdict(_usage(server, folder, lags))), flush=True)
            lags.clear()
        watching.cancel()


async def _watch_loop(lags: list[float]) -> None:
    while True:
        asleep_s = monotonic()
        await asyncio.sleep(LOOK_EVERY_S)
        lags.append((monotonic() - asleep_s - LOOK_EVERY_S) * 1000)


def _usage(server: Serving, folder: Path, lags: list[float]) -> NodeUsage:
    return NodeUsage(
        cpu_s=process_time(),
        memory_bytes=resident_bytes(),
        descriptors=open_descriptors(),
        threads=threading.active_count(),
        tasks=len(asyncio.all_tasks()),
        live_calls=len(server.runtime.live),
        database_bytes=size_of(folder / "data" / DATABASE),
        wal_bytes=size_of(folder / "data" / f"{DATABASE}-wal"),
        temporary_files=sum(1 for one in (folder / "tmp").rglob("*") if one.is_file()),
        lag_ms=tuple(lags),
    )


def open_descriptors() -> int:
    """Of this process (Linux)."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def size_of(file: Path) -> int:
    """In bytes; 0: there is none."""
    return file.stat().st_size if file.exists() else 0


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), json.loads(sys.argv[2])))
