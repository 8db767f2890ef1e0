"""Runs a command for so many minutes at most: `python -m tests.limited MINUTES COMMAND …`.

`make test` runs pytest with it, because a test that hangs in C code outlives pytest's own time limits. The command
and all that it starts are one process group, so nothing is left behind when time is up. Ctrl-C and the end of the
terminal go on to them.
"""

import os
import signal
import subprocess
import sys
from types import FrameType

TIMED_OUT = 124  # as the `timeout` command says it


def main(minutes: float, command: list[str]) -> int:
    """The command's own exit code, or TIMED_OUT."""
    with subprocess.Popen(command, start_new_session=True) as process:

        def hand_on(number: int, _frame: FrameType | None) -> None:
            os.killpg(process.pid, number)

        signal.signal(signal.SIGINT, hand_on)
        signal.signal(signal.SIGTERM, hand_on)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # ignored: nohup wants the tests to go on
            signal.signal(signal.SIGHUP, hand_on)
        try:
            return process.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            print(f"not done after {minutes:g} minutes: killed", file=sys.stderr, flush=True)  # noqa: T201
            os.killpg(process.pid, signal.SIGKILL)
            return TIMED_OUT


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
