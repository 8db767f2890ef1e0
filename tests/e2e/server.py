"""A voiceassist server as a person runs it: a process of its own, reached over HTTP and sockets only."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.e2e.forked import Forked
from tests.plain_http import NO_TLS
from voiceassist.samples import load_sample
from voiceassist.store.audiofile import AudioFile, read_audio

READY_WITHIN_S = 60.0  # a loaded machine reads the speech model slowly
ANSWER_WITHIN_S = 30.0
ADDRESS = re.compile(r"running at (http://127\.0\.0\.1:\d+)/")

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server."""

    process: subprocess.Popen[bytes] | Forked
    url: str
    log: Path
    token: str = ""  # of phone systems

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def socket_url(self, path: str) -> str:
        """Address of a websocket."""
        return f"ws://127.0.0.1:{self.port}{path}"

    def get(self, path: str) -> Any:
        """The JSON that an address gives."""
        return self._answer("GET", path).json()

    def recording(self, call_id: str) -> AudioFile:
        """What the review page plays."""
        file = self.log.with_name(f"{call_id}.ogg")
        file.write_bytes(self._answer("GET", f"/api/calls/{call_id}/recording").content)
        return read_audio(file)

    def play_sample(self, sample_id: str) -> str:
        """Starts a sample call as the start page does; gives the call's id."""
        return str(self._answer("POST", f"/api/samples/{sample_id}/play").json()["call_id"])

    def call(self, call_id: str) -> Json:
        """The state of one call."""
        state: Json = self.get(f"/api/calls/{call_id}")
        return state

    def events(self, call_id: str) -> list[Json]:
        """The stored events of one call."""
        events: list[Json] = self.get(f"/api/calls/{call_id}/events")
        return events

    def kept_up(self) -> bool:
        """Whether no Partial was left out because the machine was too busy."""
        metrics = self._answer("GET", "/metrics").text
        return re.search(r"^voiceassist_partials_left_out 0(\.0)?$", metrics, re.MULTILINE) is not None

    def wait_for(self, call_id: str, met: Callable[[Json], bool]) -> Json:
        """The state of one call as soon as it meets a condition; it may have been announced only."""
        return until(lambda: self._met(call_id, met), f"call {call_id}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Sends a signal and waits for the exit code."""
        self.process.send_signal(how)
        return self.process.wait(ANSWER_WITHIN_S)

    def _met(self, call_id: str, met: Callable[[Json], bool]) -> Json | None:
        try:
            state = self.call(call_id)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.NOT_FOUND:
                raise
            return None
        return state if met(state) else None

    def _answer(self, method: str, path: str) -> httpx.Response:
        answer = httpx.request(method, self.url + path, timeout=ANSWER_WITHIN_S, verify=NO_TLS)
        answer.raise_for_status()
        return answer


def until(look: Callable[[], T | None], what: str, within_s: float = READY_WITHIN_S) -> T:
    """What `look` gives as soon as it gives anything."""
    give_up_s = time.monotonic() + within_s
    while (seen := look()) is None:
        assert time.monotonic() < give_up_s, f"{what}: waited {within_s:g} s in vain"
        time.sleep(0.05)
    return seen


@contextmanager
def running_server(
    directory: Path,
    engine: str,
    port: int = 0,
    *,
    typed: bool = False,
    token: str = "",
    config: Path | None = None,
    max_calls: int = 1_000,
) -> Iterator[Server]:
    """`voiceassist demo` on this data directory; its log is beside it. Stopped at the end if it still runs.

    `typed`: the command itself, as a person types it, and not from a process that is warm already.
    `token`: what phone systems have to send. `max_calls`: how many the machine carries is no matter of most tests,
    and it is busy with others.
    """
    log = directory.with_suffix(".log")
    log.touch()
    began = log.stat().st_size
    arguments = ["demo", "--engine", engine, "--port", str(port), "--data-dir", str(directory)]
    arguments += ["--config", str(config)] if config else []
    environment = _environment(token, max_calls)
    process = _typed(arguments, log, environment) if typed else Forked(arguments, log, environment)
    try:
        url = until(lambda: _address(process, log, began), f"start of the server ({log})")
        server = Server(process=process, url=url, log=log, token=token)
        until(lambda: _readiness(server), f"readiness of the server ({log})")
        yield server
    finally:
        _end(process)


def _typed(arguments: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with log.open("ab") as errors:
        return subprocess.Popen([sys.executable, "-m", "voiceassist", *arguments], stderr=errors, env=environment)


def _end(process: subprocess.Popen[bytes] | Forked) -> None:
    """In good order; by force if it does not come to an end."""
    process.terminate()  # harmless when it has ended
    try:
        process.wait(ANSWER_WITHIN_S)
    finally:
        process.kill()


def scripted(sample_id: str) -> str:
    """The name of the engine that hears a sample call's script."""
    return f"scripted:{load_sample(sample_id).recording.with_suffix('.json')}"


def _environment(token: str, max_calls: int) -> dict[str, str]:
    """Ours, without the settings of whoever runs the tests; what people do is signed by Ida."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("VOICEASSIST_")}
    phone_systems = {"VOICEASSIST_INGEST_TOKEN": token} if token else {}
    return ours | {"VOICEASSIST_PERSON": "Ida", "VOICEASSIST_MAX_CALLS": str(max_calls)} | phone_systems


def _address(process: subprocess.Popen[bytes] | Forked, log: Path, began: int) -> str | None:
    said = log.read_bytes()[began:].decode()
    assert process.poll() is None, f"the server did not start:\n{said}"
    found = ADDRESS.search(said)
    return found[1] if found else None


def _readiness(server: Server) -> bool | None:
    try:
        return httpx.get(f"{server.url}/readyz", verify=NO_TLS).is_success or None
    except httpx.ConnectError:
        return None
