"""The process of its own: `python -m voiceassist.playbook_worker`, started by `worker.py`.

Says that it is ready. Then it reads (function, arguments) from standard input and writes (is_done, result or
error) to standard output, all pickled, until the server closes the input. What else is printed goes to standard
error.
Never listens to Ctrl-C: the server that started it ends it.
"""

import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from voiceassist.errors import VoiceassistError

READY = "ready"
NICE = 5  # of 19: live calls come first, backtests (10) last


def main() -> None:
    """Works until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(NICE)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answers every request in its turn."""
    _say(answers, READY)
    while True:
        try:
            work, args = pickle.load(requests)  # noqa: S301 - from the server that started this process
        except EOFError:
            return
        _say(answers, _answer(work, args))


def _say(answers: BinaryIO, message: object) -> None:
    answers.write(pickle.dumps(message))
    answers.flush()


def _answer(work: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bool, Any]:
    """A mistake of ours ends this process with its traceback; the server starts another one."""
    try:
        return True, work(*args)
    except VoiceassistError as error:
        return False, error


if __name__ == "__main__":
    main()
