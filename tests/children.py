"""Programs that tests start: each is killed when its test is done with it, whatever happens in between.

Signals: a process that ignores SIGINT (as `nohup make test &` and many CI runners start theirs) hands that on to
all its children, who then never hear Ctrl-C. `hear_ctrl_c`, called by `conftest.py`, ends that: a handler of
ours is not inherited, so children start with the system's defaults.
"""

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

Output = int | IO[bytes] | None


def hear_ctrl_c() -> None:
    """Makes this process, and every child that it starts from now on, listen to SIGINT again."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def child(
    command: Sequence[str | Path], *, stdin: Output = None, stdout: Output = None, stderr: Output = None
) -> Iterator[subprocess.Popen[str]]:
    """A program that speaks text; killed at the end if it still runs."""
    with subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, text=True) as process:
        try:
            yield process
        finally:
            process.kill()  # harmless when it has ended
