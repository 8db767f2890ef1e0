"""The outer limit of the test suite: nothing that was started outlives it."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.children import child

LIMITED = [sys.executable, "-m", "tests.limited"]
SON = "import time; print(1, flush=True); time.sleep(600)"
FATHER = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SON!r}])"


def test_the_commands_own_exit_code_is_given_on() -> None:
    done = subprocess.run([*LIMITED, "1", sys.executable, "-c", "raise SystemExit(3)"], check=False)
    assert done.returncode == 3


def test_what_is_not_done_in_time_is_killed_with_all_that_it_started() -> None:
    command = [*LIMITED, "0.05", sys.executable, "-c", FATHER]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 124  # the pipe closed, so the grandchild is gone too
    assert "not done after 0.05 minutes: killed" in done.stderr


@pytest.fixture(autouse=True)
def _hang_up_is_heard() -> Iterator[None]:
    """Children start with the system's default, also where `nohup` started the tests."""
    before = signal.signal(signal.SIGHUP, lambda *_: None)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_end_the_command_and_all_that_it_started(number: signal.Signals) -> None:
    with child(
        [*LIMITED, "5", sys.executable, "-c", FATHER], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as limited:
        assert limited.stdout is not None
        assert limited.stdout.readline() == "1\n"
        limited.send_signal(number)
        limited.communicate()
    assert limited.returncode != 0
