"""The `voiceassist` command in a process of its own that need not read its program and compile playbooks first.

Both take seconds of a core, and a run of the tests starts the command some twenty times. `warm.py` says what is
there already; everything else is as with a command that was typed, and `listening_server` is still started so.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from signal import Signals
from subprocess import TimeoutExpired

from voiceassist.cli import main

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.e2e.warm"])


class Forked:
    """As much of `subprocess.Popen` as a server's tests use."""

    def __init__(self, arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        """Starts `voiceassist` with these arguments; what it writes to stderr goes to the end of `log`."""
        self._arguments = arguments
        self._process = FORKS.Process(target=_run, args=(arguments, log, environment), daemon=True)
        self._process.start()

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Its exit code. Raises TimeoutExpired after so many seconds."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise TimeoutExpired(self._arguments, timeout)
        return code

    def send_signal(self, number: Signals) -> None:
        """As a person or a service manager would."""
        if self._process.pid is not None and self.poll() is None:
            os.kill(self._process.pid, number)

    def terminate(self) -> None:
        """Asks it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """Ends it."""
        self._process.kill()


def _run(arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
    errors = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(errors, sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["voiceassist", *arguments]
    main()
