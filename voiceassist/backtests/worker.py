"""A backtest in a process of its own: `python -m voiceassist.backtests.worker`.

Reads the job as one line of JSON, writes lines of JSON: {"done", "total"} now and then, at last {"result"} or
{"error"}. Gives way to everything else on the machine, since live calls come first. When nobody reads its output
any more, it ends. Next: `jobs.py` starts it and reads what it writes.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from pydantic import TypeAdapter

from voiceassist import wire
from voiceassist.backtests.run import backtest
from voiceassist.backtests.source import stored_calls
from voiceassist.errors import VoiceassistError
from voiceassist.playbooks import read_playbook
from voiceassist.store.call_scope import EVERY_CALL, CallScope

NICE = 10  # of 19
TOLD_EVERY_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be compared, on which calls."""

    data_dir: Path
    last: int  # calls, the newest
    name: str
    old: str  # YAML
    number: int  # of the old one
    new: str  # YAML
    scope: CallScope = EVERY_CALL  # of whoever asked: the result quotes calls


JOB = TypeAdapter(Job)


def main() -> None:
    """One job from standard input to standard output."""
    if sys.platform != "win32":
        os.nice(NICE)
    job = JOB.validate_json(sys.stdin.readline())
    try:
        _say({"result": _result(job)})
    except VoiceassistError as error:
        _say({"error": str(error)})


def _result(job: Job) -> Any:  # noqa: ANN401 - plain JSON
    old = read_playbook(job.old, job.name, job.number)
    new = read_playbook(job.new, job.name, job.number + 1)
    calls = stored_calls(job.data_dir, new.language, job.last, job.scope)
    _say({"done": 0, "total": calls.total})
    return wire.to_json(backtest(old, new, calls, progress=_Teller()))


class _Teller:
    """Says how far it is, a few times a second."""

    def __init__(self) -> None:
        self._told_s = monotonic()

    def __call__(self, done: int, total: int) -> None:
        if monotonic() - self._told_s >= TOLD_EVERY_S:
            self._told_s = monotonic()
            _say({"done": done, "total": total})


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(wire.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
