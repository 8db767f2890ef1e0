"""A server of our own in a process of its own, on a free loopback port, with an empty data folder.

On Linux it can be kept to some of the processors, so that "calls per core" is measured and not computed; the calls
then come from the others. Its log goes to a file in that folder. Always ended, whatever happens.
Next: `calls.py` calls it.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from voiceassist.errors import VoiceassistError

READY_WITHIN_S = 120.0  # a large model on a slow disk
STOP_WITHIN_S = 30.0
LOOK_EVERY_S = 0.1
ADDRESS = re.compile(r"is running at (http://[\w.:\[\]]+)/")


class ServerError(VoiceassistError):
    """The server did not come up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedProcess:
    """Where it is and what it may use."""

    url: str
    cores: int


@contextmanager
def served(engine: str, models_dir: Path | None, cores: int | None) -> Iterator[ServedProcess]:
    """A server with this engine, ended on leaving. Raises ServerError with the end of its log."""
    with TemporaryDirectory(prefix="voiceassist-bench-") as folder:
        log = Path(folder) / "log"
        with _process(_command(engine, models_dir, Path(folder)), log, cores) as process:
            yield ServedProcess(url=_address(process, log), cores=len(_allowed(process.pid)))


def _command(engine: str, models_dir: Path | None, folder: Path) -> list[str]:
    models = ["--models-dir", str(models_dir)] if models_dir else []
    serve = ["serve", "--host", "127.0.0.1", "--port", "0", "--data-dir", str(folder / "data")]
    return [sys.executable, "-m", "voiceassist", *serve, "--engine", engine, *models]


@contextmanager
def _process(command: list[str], log: Path, cores: int | None) -> Iterator[subprocess.Popen[bytes]]:
    # It takes every call: the bench finds out how many are too many, and what it would have taken by itself.
    settings = {"VOICEASSIST_MAX_CALLS": "10000"} | ({"VOICEASSIST_DECODE_WORKERS": str(cores)} if cores else {})
    # Rich would break the line with the address at the width of a terminal.
    environment = {**os.environ, **settings, "COLUMNS": "200", "NO_COLOR": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own module, and no shell
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
        try:
            if cores:
                _keep_to(process.pid, cores)
            yield process
        finally:
            _end(process)


def _keep_to(pid: int, cores: int) -> None:
    """Its threads come later and inherit this."""
    if sys.platform != "linux":
        raise ServerError("--cores: only Linux can keep a process to some processors")
    allowed = sorted(os.sched_getaffinity(0))
    if cores > len(allowed):
        raise ServerError(f"--cores {cores}: this machine has {len(allowed)}")
    os.sched_setaffinity(pid, allowed[-cores:])


def _allowed(pid: int) -> range | set[int]:
    return os.sched_getaffinity(pid) if sys.platform == "linux" else range(os.cpu_count() or 1)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until_s = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until_s and process.poll() is None:
        if found := ADDRESS.search(log.read_text(errors="replace")):
            return found[1]
        time.sleep(LOOK_EVERY_S)
    said = log.read_text(errors="replace").strip()[-500:]
    raise ServerError(f"the server did not start: {said or 'it said nothing'}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
