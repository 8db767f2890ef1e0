"""Work for the playbook worker that waits until a test lets it go, or never ends."""

import os
from pathlib import Path
from threading import Event


def wait_at(gate: Path) -> str:
    """Waits until somebody writes into this named pipe, and gives what was written."""
    return gate.read_text(encoding="utf-8")


def gate_in(directory: Path) -> Path:
    """A gate that is shut."""
    gate = directory / "gate"
    os.mkfifo(gate)
    return gate


def never_end() -> None:
    """As a draft might that somebody made to do harm."""
    Event().wait()


def die() -> None:
    """As by a fault of a library in C."""
    os.abort()


def fail_badly() -> None:
    """A mistake of ours."""
    raise ZeroDivisionError
