"""The outer limit of the test suite: nothing that was started outlives it."""

import signal
import subprocess
import sys

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


def test_ctrl_c_ends_the_command_and_all_that_it_started() -> None:
    with child(
        [*LIMITED, "5", sys.executable, "-c", FATHER], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as limited:
        assert limited.stdout is not None
        assert limited.stdout.readline() == "1\n"
        limited.send_signal(signal.SIGINT)
        limited.communicate()
    assert limited.returncode != 0
