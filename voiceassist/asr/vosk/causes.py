"""Why libvosk refuses something: it tells only standard error, and its Python wrapper only that it failed.

Never keeps anything from standard error: whatever any thread wrote meanwhile is passed on. Next: `engine.py` and
`trial.py` put the cause into their errors.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from threading import Lock
from typing import TypeVar

from voiceassist.errors import EngineError

Made = TypeVar("Made")

STDERR = 2  # libvosk writes to the file descriptor, not to Python's sys.stderr
CAUSES = ("ERROR", "ASSERTION_FAILED")  # how libvosk and OpenFst begin the lines that matter
MOST_CAUSES = 2  # the first says what was wrong with which file, the second what it was for
LONGEST_CAUSE = 300  # characters; garbage is quoted at length
NOTHING_SAID = "libvosk did not say why, as when memory runs out"

_one_at_a_time = Lock()  # this process has one standard error


def causes(stderr: bytes) -> list[str]:
    """The lines that say why, shortened."""
    lines = (line.strip() for line in stderr.decode(errors="replace").splitlines())
    return [line[:LONGEST_CAUSE] for line in lines if line.startswith(CAUSES)][:MOST_CAUSES]


def made(make: Callable[[], Made], refusal: str) -> Made:
    """What libvosk makes. Raises EngineError: `refusal` and the cause.

    What it refuses it is asked for once more, for the cause: as long as all is well standard error is left alone.
    """
    try:
        return make()
    except Exception:  # noqa: BLE001 - the wrapper raises nothing narrower
        return _made_or_explained(make, refusal)


def _made_or_explained(make: Callable[[], Made], refusal: str) -> Made:
    said = bytearray()
    try:
        with _stderr_into(said):
            return make()
    except OSError as error:  # ours: no file can be opened, or there is no standard error
        raise EngineError(f"{refusal}: {error.strerror}") from error
    except Exception as error:
        raise EngineError(f"{refusal}: {'; '.join(causes(bytes(said))) or NOTHING_SAID}") from error


@contextmanager
def _stderr_into(said: bytearray) -> Iterator[None]:
    """Adds to `said` what the process writes to standard error, and then writes it there."""
    with _one_at_a_time, TemporaryFile() as file:
        ours = os.dup(STDERR)
        try:
            os.dup2(file.fileno(), STDERR)
            yield
        finally:
            os.dup2(ours, STDERR)
            os.close(ours)
            file.seek(0)
            said += file.read()
            os.write(STDERR, said)
